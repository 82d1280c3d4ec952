//! Which image is meant for which container.

use super::*;
use crate::ecs::picture::literal::target;

fn container(name: &str, image: &str) -> ContainerDefinition {
    ContainerDefinition {
        name: name.into(),
        image: image.into(),
        essential: true,
        ..ContainerDefinition::default()
    }
}

fn meant(
    image: &str,
    containers: Option<&[&str]>,
    defined: &[ContainerDefinition],
) -> Result<Vec<String>, String> {
    let mut target = target("ecs-svc/1");
    target.spec.image = Some(image.parse().expect("an image"));
    target.spec.containers =
        containers.map(|names| names.iter().map(ToString::to_string).collect());
    let judged: Vec<&ContainerDefinition> = defined.iter().collect();
    let named = named(&target, &judged).map_err(|unobserved| unobserved.headline)?;
    Ok(named
        .into_iter()
        .map(|(container, image, _)| format!("{container}={image}"))
        .collect())
}

#[test]
fn the_suites_image_goes_for_its_own_repository() {
    let defined = [
        container("app", "r/app:latest"),
        container("proxy", "r/proxy:1"),
    ];
    assert_eq!(
        meant("r/app:abc", None, &defined),
        Ok(vec!["app=r/app:abc".into(), "proxy=r/proxy:1".into()])
    );
    assert!(meant("r/other:abc", None, &defined).is_err());
    let digest = format!("sha256:{}", "a".repeat(64));
    assert!(
        meant(&digest, None, &defined).is_err(),
        "a bare digest beside two containers"
    );
    assert_eq!(
        meant(&digest, None, &defined[..1]),
        Ok(vec![format!("app={digest}")])
    );
    assert!(meant("r/other:abc", Some(&["app"]), &defined[..1]).is_ok());
    assert_eq!(
        meant("r/app:abc", Some(&["app", "proxy"]), &defined),
        Ok(vec!["app=r/app:abc".into(), "proxy=r/proxy:1".into()]),
        "also where both are named"
    );
}

#[test]
fn essential_containers_are_judged_unless_some_are_named() {
    let mut sidecar = container("agent", "datadog/agent:7");
    sidecar.essential = false;
    let definition = TaskDefinition {
        arn: "arn:aws:ecs:us-east-1:1:task-definition/web:5".into(),
        containers: vec![container("app", "r/app:1"), sidecar],
        ..TaskDefinition::default()
    };
    let mut target = target("ecs-svc/1");
    let names = |target: &Target| {
        judged_containers(target, &definition)
            .map(|found| found.iter().map(|c| c.name.clone()).collect::<Vec<_>>())
    };
    assert_eq!(names(&target), Ok(vec!["app".into()]));
    target.spec.containers = Some(vec!["agent".into()]);
    assert_eq!(names(&target), Ok(vec!["agent".into()]));
    target.spec.containers = Some(vec!["ap".into()]);
    let told = names(&target).expect_err("no such container");
    assert_eq!(told.headline, "web:5 has no container `ap`");
}

/// Nothing can be said of each of no containers.
#[test]
fn an_answer_without_containers_leaves_nothing_to_judge() {
    let mut sidecar = container("agent", "datadog/agent:7");
    sidecar.essential = false;
    for containers in [vec![], vec![sidecar]] {
        let definition = TaskDefinition {
            arn: "arn:aws:ecs:us-east-1:1:task-definition/web:5".into(),
            containers,
            ..TaskDefinition::default()
        };
        let told = judged_containers(&target("ecs-svc/1"), &definition).expect_err("none");
        assert_eq!(
            told.headline,
            "ecs:DescribeTaskDefinition named no essential container of web:5"
        );
    }
}
