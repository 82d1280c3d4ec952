//! Policies of literal places.

use super::*;
use crate::CATALOG;

fn place(service: &str) -> Place {
    Place {
        partition: "aws".into(),
        region: "us-east-1".into(),
        account: "1".into(),
        cluster: "dev".into(),
        service: service.into(),
        repositories: BTreeSet::from([format!("arn:aws:ecr:us-east-1:1:repository/{service}")]),
        log_groups: BTreeSet::from([format!("arn:aws:logs:us-east-1:1:log-group:/{service}:*")]),
    }
}

#[test]
fn every_action_of_every_kind_has_its_resource() {
    let known: Vec<&str> = ACTIONS.iter().map(|(action, _)| *action).collect();
    for kind in CATALOG {
        for action in kind.actions {
            assert!(
                known.contains(action),
                "{action} of {} is not in the table of actions",
                kind.name
            );
        }
    }
}

#[test]
fn actions_on_the_same_resources_are_one_statement() {
    let actions = BTreeSet::from([
        "ecs:DescribeServices",
        "ecs:ListServiceDeployments",
        "ecs:ListTasks",
        "ecs:DescribeTaskDefinition",
        "ecr:DescribeImages",
        "logs:FilterLogEvents",
        "ecs:DescribeServiceRevisions",
    ]);
    let expected = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["ecs:DescribeTaskDefinition"], "Resource": ["*"] },
        { "Effect": "Allow", "Action": ["ecs:ListTasks"], "Resource": ["*"],
          "Condition": { "ArnLike": { "ecs:cluster": ["arn:aws:ecs:us-east-1:1:cluster/dev"] } } },
        { "Effect": "Allow", "Action": ["ecr:DescribeImages"],
          "Resource": ["arn:aws:ecr:us-east-1:1:repository/web"] },
        { "Effect": "Allow", "Action": ["ecs:DescribeServiceRevisions"],
          "Resource": ["arn:aws:ecs:us-east-1:1:service-revision/dev/web/*",
            "arn:aws:ecs:us-east-1:1:service/dev/web"] },
        { "Effect": "Allow", "Action": ["ecs:DescribeServices", "ecs:ListServiceDeployments"],
          "Resource": ["arn:aws:ecs:us-east-1:1:service/dev/web"] },
        { "Effect": "Allow", "Action": ["logs:FilterLogEvents"],
          "Resource": ["arn:aws:logs:us-east-1:1:log-group:/web:*"] },
    ] });
    assert_eq!(policy(&[(place("web"), actions)]), expected);
}

#[test]
fn an_action_is_allowed_on_the_targets_that_need_it_alone() {
    let needed = [
        (place("web"), BTreeSet::from(["ecs:DescribeServices"])),
        (
            place("api"),
            BTreeSet::from(["ecs:DescribeServices", "ecs:DescribeTasks"]),
        ),
    ];
    let policy = policy(&needed);
    assert_eq!(
        policy["Statement"][0]["Resource"],
        json!([
            "arn:aws:ecs:us-east-1:1:service/dev/api",
            "arn:aws:ecs:us-east-1:1:service/dev/web"
        ])
    );
    assert_eq!(
        policy["Statement"][1]["Resource"],
        json!(["arn:aws:ecs:us-east-1:1:task/dev/*"])
    );
}

#[test]
fn what_has_no_resource_needs_no_permission() {
    let elsewhere = Place {
        repositories: BTreeSet::new(),
        ..place("web")
    };
    let policy = policy(&[(elsewhere, BTreeSet::from(["ecr:DescribeImages"]))]);
    assert_eq!(policy["Statement"], json!([]));
}

#[test]
fn an_action_that_is_not_known_is_allowed_on_everything() {
    let policy = policy(&[(place("web"), BTreeSet::from(["s3:GetObject"]))]);
    assert_eq!(policy["Statement"][0]["Resource"], json!(["*"]));
}

#[test]
fn names_are_looked_up_where_they_are_globs() {
    let spec = |cluster: &str, service: &str| TargetSpec {
        name: "web".into(),
        cluster: cluster.into(),
        service: service.into(),
        found_by: None,
        region: None,
        containers: None,
        image: None,
        not_before: None,
    };
    assert_eq!(to_find(&spec("dev", "web")), [""; 0]);
    assert_eq!(to_find(&spec("dev", "web-*")), ["ecs:ListServices"]);
    assert_eq!(to_find(&spec("d*", "web")), ["ecs:ListClusters"]);
    let unseen = Place::unseen(&spec("dev", "web-*"), Some("us-east-1"), Some("1"));
    assert_eq!(
        unseen.arns(Resource::Service),
        ["arn:aws:ecs:us-east-1:1:service/dev/web-*"]
    );
    for (region, partition) in [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")] {
        let unseen = Place::unseen(&spec("dev", "web"), Some(region), None);
        assert_eq!(
            unseen.arns(Resource::Service),
            [format!("arn:{partition}:ecs:{region}:*:service/dev/web")]
        );
    }
}
