//! Policies of literal places.

use std::path::PathBuf;

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

/// How the operations begin that read.
const READING: [&str; 5] = ["Describe", "List", "Get", "BatchGet", "Filter"];

#[test]
fn every_action_reads() {
    for (action, _) in ACTIONS {
        let operation = action.split(':').nth(1).expect("service:operation");
        let reads = READING.iter().any(|verb| operation.starts_with(verb));
        assert!(reads, "{action} does not read");
    }
    for action in [
        "ecs:UpdateService",
        "ecr:GetAuthorizationToken",
        "sts:AssumeRole",
        "",
    ] {
        assert!(!may_ask(action), "{action}");
    }
}

/// The IAM action of a call as it is written: `.ecs.describe_services(`.
fn written(call: &regex::Captures<'_>) -> String {
    let service = match &call[1] {
        "elb" => "elasticloadbalancing",
        other => other,
    };
    let words = call[2].split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    format!("{service}:{}", words.collect::<String>())
}

/// The code of this crate, file by file, without its tests.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source");
            let code = text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            sources.push((path, code.to_owned()));
        }
    }
    sources
}

#[test]
fn every_call_in_the_source_is_in_the_table_and_the_table_has_no_other() {
    let call = r"\.(ecs|ecr|elb|cloudwatch|logs|sts)\s*\.([a-z_]+)\(";
    let call = regex::Regex::new(call).expect("calls");
    let mut actions = BTreeSet::new();
    for (path, code) in sources() {
        let called: Vec<String> = call
            .captures_iter(&code)
            .map(|call| written(&call))
            .collect();
        // A page is no call of AWS.
        let sent = code
            .replace("sending.send()", "")
            .matches(".send()")
            .count();
        assert_eq!(
            called.len(),
            sent,
            "calls in another form, in {}",
            path.display()
        );
        actions.extend(called);
    }
    let known = ACTIONS.iter().map(|(action, _)| (*action).to_owned());
    let known: BTreeSet<String> = known.chain(["sts:GetCallerIdentity".to_owned()]).collect();
    assert_eq!(actions, known);
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
