//! Where lines go: other regions, streams without a prefix, and the detour through FireLens.

mod support;

use serde_json::{Value, json};
use support::{ask, body, pass, place, send_to, still, still_from};
use touchdown_simulator::{Scenario, Simulator};

/// The container definition that a service's tasks were made from.
fn definition(simulator: &Simulator, service: &str, container: &str) -> Value {
    let service = place(simulator, service).service(simulator);
    let input = json!({ "taskDefinition": service["taskDefinition"] });
    let described = ask(simulator, "ecs:DescribeTaskDefinition", input);
    let containers = described["taskDefinition"]["containerDefinitions"].as_array();
    let found = containers.expect("containers").iter();
    found
        .clone()
        .find(|it| it["name"] == container)
        .expect("the container")
        .clone()
}

fn stream_names(answer: &Value) -> Vec<&str> {
    let streams = answer["logStreams"].as_array().expect("streams").iter();
    streams
        .filter_map(|stream| stream["logStreamName"].as_str())
        .collect()
}

/// The ids of a service's tasks.
fn ids(simulator: &Simulator, service: &str) -> Vec<String> {
    let tasks = place(simulator, service).wanted(simulator);
    let arns = tasks.iter().filter_map(|task| task["taskArn"].as_str());
    arns.filter_map(|arn| arn.rsplit('/').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn lines_of_another_region_are_found_only_there() {
    let simulator = still("cross-region-logs");
    let log = &definition(&simulator, "payments", "app")["logConfiguration"];
    assert_eq!(
        *log,
        json!({
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/ecs/prod/payments",
                "awslogs-region": "eu-west-1",
                "awslogs-stream-prefix": "payments",
            },
        })
    );
    let input =
        json!({ "logGroupName": "/ecs/prod/payments", "filterPattern": "\"version=5.1.0\"" });
    let there = send_to(&simulator, "eu-west-1", "logs:FilterLogEvents", &input);
    assert_eq!(there.status(), 200);
    let events = body(&there)["events"].as_array().map_or(0, Vec::len);
    assert!(events > 2, "{events}");
    let here = send_to(&simulator, "us-east-1", "logs:FilterLogEvents", &input);
    assert_eq!(body(&here)["__type"], "ResourceNotFoundException");
    let input = json!({ "logGroupName": "/ecs/prod/payments" });
    let streams = send_to(&simulator, "eu-west-1", "logs:DescribeLogStreams", &input);
    let arn = body(&streams)["logStreams"][0]["arn"].clone();
    assert!(
        arn.as_str()
            .is_some_and(|arn| arn.starts_with("arn:aws:logs:eu-west-1:210987654321:")),
        "{arn}"
    );
}

#[test]
fn firelens_wraps_each_line_and_names_the_stream_by_itself() {
    let simulator = still("firelens");
    let app = definition(&simulator, "search", "app");
    assert_eq!(
        app["logConfiguration"],
        json!({
            "logDriver": "awsfirelens",
            "options": {
                "Name": "cloudwatch_logs",
                "log_group_name": "/ecs/prod-shop/search",
                "region": "eu-west-1",
                "auto_create_group": "true",
                "log_stream_prefix": "search-",
            },
        })
    );
    let router = definition(&simulator, "search", "log_router");
    assert_eq!(router["firelensConfiguration"]["type"], "fluentbit");
    let id = ids(&simulator, "search")[0].clone();
    let stream = format!("search-app-firelens-{id}");
    let input = json!({ "logGroupName": "/ecs/prod-shop/search", "logStreamNames": [stream] });
    let found = ask(&simulator, "logs:FilterLogEvents", input);
    let message = found["events"][0]["message"].as_str().expect("a message");
    let line: Value = serde_json::from_str(message).expect("it is JSON");
    assert_eq!(line["log"], "INFO search ready version=1.9.0");
    assert_eq!(line["source"], "stdout");
    assert_eq!(line["container_name"], "app");
    assert_eq!(line["ecs_cluster"], "prod-shop");
    assert_eq!(line["ecs_task_definition"], "search:24");
    assert_eq!(
        line["ecs_task_arn"],
        format!("arn:aws:ecs:eu-west-1:210987654321:task/prod-shop/{id}")
    );
    let second = found["events"][1]["message"].as_str().expect("a message");
    assert!(
        second.contains(r#"ranking=\"hybrid\""#),
        "quotes are escaped within JSON: {second}"
    );
}

const ON_EC2: &str = r#"
about: awslogs without a prefix
starts_at: 2025-01-01T12:00:00Z
account: "123456789012"
region: us-east-1
cluster: small
repositories: { web: { created_at: 2025-01-01T00:00:00Z } }
images:
  one: { repository: web, built_at: 2025-01-01T10:00:00Z, layers: [{ made_by: "COPY . .", content: one }], logs: [{ line: hello }] }
task_definitions:
  web:1: { registered_at: 2025-01-01T10:00:00Z, containers: [{ name: web, image: web:v1, log: { group: /web } }] }
services:
  web: { name: web, launch_type: EC2 }
history:
  - { at: 2025-01-01T10:05:00Z, push: { image: one, tags: [v1] } }
  - { at: 2025-01-01T10:10:00Z, create_service: { service: web, task_definition: "web:1" } }
"#;

#[test]
fn without_a_prefix_the_stream_is_named_after_the_runtime_id() {
    let simulator = still_from(ON_EC2);
    let task = place(&simulator, "web").wanted(&simulator)[0].clone();
    let runtime = task["containers"][0]["runtimeId"].as_str().expect("an id");
    assert_eq!(runtime.len(), 64);
    let input = json!({ "logGroupName": "/web" });
    let streams = ask(&simulator, "logs:DescribeLogStreams", input);
    assert_eq!(stream_names(&streams), [runtime]);
    let options = &definition(&simulator, "web", "web")["logConfiguration"]["options"];
    assert!(options.get("awslogs-stream-prefix").is_none());
}

#[test]
fn firelens_without_a_prefix_is_a_mistake() {
    let yaml = ON_EC2.replace(
        "log: { group: /web }",
        "log: { driver: awsfirelens, group: /web }",
    );
    let told = Scenario::parse(&yaml).expect_err("it is not sound");
    assert!(told.to_string().contains("needs a prefix"), "{told}");
}

#[test]
fn a_registered_task_definition_may_log_through_firelens() {
    let simulator = still("firelens");
    let mut app = definition(&simulator, "search", "app");
    let router = definition(&simulator, "search", "log_router");
    app["logConfiguration"]["options"]["log_stream_prefix"] = "next-".into();
    let input = json!({ "family": "search", "containerDefinitions": [app, router] });
    ask(&simulator, "ecs:RegisterTaskDefinition", input);
    let place = place(&simulator, "search");
    let update =
        json!({ "cluster": place.cluster, "service": place.service, "taskDefinition": "search" });
    ask(&simulator, "ecs:UpdateService", update);
    pass(&simulator, 180);
    let input = json!({ "logGroupName": "/ecs/prod-shop/search", "logStreamNamePrefix": "next-app-firelens-" });
    let streams = ask(&simulator, "logs:DescribeLogStreams", input);
    assert_eq!(stream_names(&streams).len(), 2);
}
