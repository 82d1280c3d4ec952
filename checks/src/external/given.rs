//! What a plug-in is given: its check's fields, and what is known of the target.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::contract::{Attempt, Target, Unobserved, rfc3339};
use crate::ecs::Picture;
use crate::reads::{Container, Reads, Task, TaskDefinition};

use super::PROTOCOL;

/// A target group's ARN, where there is one, and the container and port that its requests go to.
type Balanced<'p> = (Option<&'p str>, &'p str, u16);

/// The document that a plug-in reads.
pub(super) fn document(kind: &str, fields: &Value, attempt: &Attempt, target: Value) -> Value {
    let times = &attempt.times;
    json!({
        "protocol": PROTOCOL,
        "kind": kind,
        "check": fields,
        "now": rfc3339::text(times.now),
        "run_started": rfc3339::text(times.run_started),
        "timeout_ms": u64::try_from(times.limit.as_millis()).unwrap_or(u64::MAX),
        "target": target,
    })
}

/// Looks at the target as far as a plug-in is told of it.
pub(super) async fn target(target: &Target, reads: &Reads) -> Result<Value, Unobserved> {
    let picture = Picture::observe(target, reads).await?;
    let revision = &target.deployment.task_definition;
    let definition = reads.task_definition(&target.region, revision).await?;
    Ok(told(target, &picture, &definition.value))
}

/// The target as one document.
fn told(target: &Target, picture: &Picture, definition: &Arc<TaskDefinition>) -> Value {
    let of_service = &picture.service.value.load_balancers;
    let of_deployment = picture
        .deployment(target)
        .map(|judged| &judged.load_balancers);
    let mut balancing: Vec<Balanced<'_>> = of_service
        .iter()
        .chain(of_deployment.into_iter().flatten())
        .map(|one| (one.target_group.as_deref(), &*one.container, one.port))
        .collect();
    balancing.sort_unstable();
    balancing.dedup();
    let mut groups: Vec<&str> = balancing.iter().filter_map(|(group, ..)| *group).collect();
    groups.dedup();
    let balancing = balancing.iter().map(|(group, container, port)| {
        json!({ "target_group": group, "container": container, "port": port })
    });
    let judged = &target.deployment;
    let containers = definition.containers.iter().map(|container| {
        json!({ "name": container.name, "image": container.image, "essential": container.essential })
    });
    let tasks = picture.tasks.value.iter();
    json!({
        "name": target.spec.name,
        "region": target.region,
        "cluster": target.cluster,
        "service": target.service,
        "service_arn": target.service_arn,
        "deployment": {
            "id": judged.id,
            "task_definition": judged.task_definition,
            "created_at": judged.created_at.map(rfc3339::text),
        },
        "desired": picture.desired(target),
        "tasks": tasks.map(|task| of_task(task, &judged.id)).collect::<Vec<_>>(),
        "expected_image": target.spec.image.as_ref().map(ToString::to_string),
        "expected_digests": target.expected_digests(),
        "containers": containers.collect::<Vec<_>>(),
        "load_balancers": balancing.collect::<Vec<_>>(),
        "target_groups": groups,
    })
}

fn of_task(task: &Task, judged: &str) -> Value {
    json!({
        "id": task.id,
        "arn": task.arn,
        "of_judged_deployment": task.started_by == judged,
        "deployment": task.started_by,
        "task_definition": task.task_definition,
        "last_status": task.last_status,
        "desired_status": task.desired_status,
        "health": task.health,
        "address": task.address,
        "ipv6_address": task.ipv6_address,
        "created_at": task.created_at.map(rfc3339::text),
        "started_at": task.started_at.map(rfc3339::text),
        "containers": task.containers.iter().map(of_container).collect::<Vec<_>>(),
    })
}

fn of_container(container: &Container) -> Value {
    json!({
        "name": container.name,
        "image": container.image,
        "digest": container.digest,
        "last_status": container.last_status,
        "health": container.health,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Expected, ImageReference, Known};
    use crate::ecs::literal::{at, picture, target, task};
    use crate::reads::{ContainerDefinition, LoadBalancing};

    fn balanced(group: Option<&str>, container: &str, port: u16) -> LoadBalancing {
        LoadBalancing {
            target_group: group.map(str::to_owned),
            container: container.into(),
            port,
            ..LoadBalancing::default()
        }
    }

    fn definition() -> Arc<TaskDefinition> {
        let app = ContainerDefinition {
            name: "app".into(),
            image: "repo:latest-dev".into(),
            essential: true,
            ..ContainerDefinition::default()
        };
        let containers = vec![app];
        Arc::new(TaskDefinition {
            containers,
            ..TaskDefinition::default()
        })
    }

    #[test]
    fn a_target_is_told_with_its_tasks_load_balancers_and_expected_digests() {
        let target = target("ecs-svc/1");
        let image: ImageReference = "repo:latest-dev".parse().expect("an image");
        let expected = Expected {
            image: image.clone(),
            defined: image,
            known: Known::Offered {
                digest: "sha256:new".into(),
            },
            source: None,
        };
        target
            .expected
            .set([("app".to_owned(), expected)].into())
            .expect("unset");
        let mut old = task("t0", "ecs-svc/0", "23:10:00", Some("sha256:old"));
        old.last_status = "STOPPED".into();
        let mut new = task("t1", "ecs-svc/1", "23:25:00", None);
        new.address = Some("10.0.0.7".into());
        let mut picture = picture(2, vec![old, new]);
        let service = picture.service_mut();
        service.load_balancers = vec![
            balanced(Some("arn:tg/b"), "app", 80),
            balanced(None, "app", 81),
        ];
        service.deployments[0].load_balancers = vec![
            balanced(Some("arn:tg/b"), "app", 80),
            balanced(Some("arn:tg/a"), "app", 80),
        ];
        let told = told(&target, &picture, &definition());
        assert_eq!(
            told["load_balancers"],
            json!([
                { "target_group": null, "container": "app", "port": 81 },
                { "target_group": "arn:tg/a", "container": "app", "port": 80 },
                { "target_group": "arn:tg/b", "container": "app", "port": 80 },
            ])
        );
        assert_eq!(told["target_groups"], json!(["arn:tg/a", "arn:tg/b"]));
        assert_eq!(told["expected_digests"], json!({ "app": "sha256:new" }));
        assert_eq!(
            told["containers"],
            json!([{ "name": "app", "image": "repo:latest-dev", "essential": true }])
        );
        assert_eq!(
            (&told["name"], &told["desired"], &told["expected_image"]),
            (&json!("web"), &json!(2), &Value::Null)
        );
        assert_eq!(
            told["deployment"],
            json!({
                "id": "ecs-svc/1",
                "task_definition": "arn:aws:ecs:us-east-1:1:task-definition/web:5",
                "created_at": rfc3339::text(at("23:24:00")),
            })
        );
        let of =
            |field: &str| [&told["tasks"][0][field], &told["tasks"][1][field]].map(Value::clone);
        assert_eq!(of("of_judged_deployment"), [json!(false), json!(true)]);
        assert_eq!(of("last_status"), [json!("STOPPED"), json!("RUNNING")]);
        assert_eq!(of("address"), [Value::Null, json!("10.0.0.7")]);
        assert_eq!(
            of("containers").map(|all| all[0]["digest"].clone()),
            [json!("sha256:old"), Value::Null]
        );
    }
}
