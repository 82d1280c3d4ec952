//! The deployment circuit breaker: failures counted in a row, FAILED, and the rollback that ends COMPLETED.

mod support;

use serde_json::{Value, json};
use support::{Place, ask, pass, place, still_from};
use touchdown_simulator::Simulator;

/// A deployment of `web:2`, whose container exits before it can be healthy.
const BROKEN: &str = r#"
about: a deployment that cannot work
starts_at: 2025-03-03T12:00:00Z
account: "123456789012"
region: us-east-1
cluster: shop
repositories:
  web: { created_at: 2025-01-01T00:00:00Z }
images:
  good: { repository: web, built_at: 2025-03-01T10:00:00Z, layers: [{ made_by: "COPY . /app", content: good }] }
  bad:
    repository: web
    built_at: 2025-03-03T11:00:00Z
    layers: [{ made_by: "COPY . /app", content: bad }]
    exit: { after: 1s, code: 1 }
task_definitions:
  web:1: { registered_at: 2025-03-01T10:00:00Z, containers: [{ name: app, image: "web:v1" }] }
  web:2: { registered_at: 2025-03-03T11:00:00Z, containers: [{ name: app, image: "web:v2" }] }
services:
  web: { name: web, desired: 2, BREAKER }
history:
  - { at: 2025-03-01T10:05:00Z, push: { image: good, tags: [v1] } }
  - { at: 2025-03-01T10:10:00Z, create_service: { service: web, task_definition: "web:1" } }
  - { at: 2025-03-03T11:05:00Z, push: { image: bad, tags: [v2] } }
  - { at: 2025-03-03T12:00:00Z, update_service: { service: web, task_definition: "web:2" } }
"#;

fn broken(breaker: &str) -> (Simulator, Place) {
    let simulator = still_from(&BROKEN.replace("BREAKER", breaker));
    let place = place(&simulator, "web");
    (simulator, place)
}

fn service_deployment(simulator: &Simulator, place: &Place) -> Value {
    let input = json!({ "cluster": place.cluster, "service": place.service });
    let listed = ask(simulator, "ecs:ListServiceDeployments", input);
    let arn = &listed["serviceDeployments"][0]["serviceDeploymentArn"];
    let described = ask(
        simulator,
        "ecs:DescribeServiceDeployments",
        json!({ "serviceDeploymentArns": [arn] }),
    );
    described["serviceDeployments"][0].clone()
}

/// Lets time pass until something holds, and gives how many seconds that took.
fn until(simulator: &Simulator, holds: impl Fn() -> bool) -> u64 {
    (0..1_200)
        .find(|_| {
            pass(simulator, 1);
            holds()
        })
        .expect("it comes to hold")
}

#[test]
fn three_failures_roll_back_to_a_deployment_that_ends_completed() {
    let (simulator, place) = broken("circuit_breaker: { rollback: true }");
    let service = place.service(&simulator);
    let (failing, old) = (
        service["deployments"][0].clone(),
        service["deployments"][1].clone(),
    );
    assert_eq!(
        service["deploymentConfiguration"]["deploymentCircuitBreaker"],
        json!({ "enable": true, "rollback": true })
    );
    until(&simulator, || {
        place.service(&simulator)["deployments"][0]["id"] != failing["id"]
    });
    let service = place.service(&simulator);
    let (new, failed) = (&service["deployments"][0], &service["deployments"][1]);
    let old_id = old["id"].as_str().expect("an id");
    assert_eq!(failed["id"], failing["id"]);
    assert_eq!(
        (&failed["status"], &failed["rolloutState"]),
        (&json!("ACTIVE"), &json!("FAILED"))
    );
    assert_eq!(
        failed["rolloutStateReason"],
        "ECS deployment circuit breaker: tasks failed to start."
    );
    assert!(failed["failedTasks"].as_u64() >= Some(3));
    assert_eq!(
        (&new["status"], &new["rolloutState"]),
        (&json!("PRIMARY"), &json!("IN_PROGRESS"))
    );
    assert_eq!(
        new["taskDefinition"], old["taskDefinition"],
        "the OLD task definition"
    );
    assert_eq!(
        new["rolloutStateReason"],
        format!("ECS deployment circuit breaker: rolling back to deploymentId {old_id}.")
    );
    let messages: Vec<&str> = service["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter_map(|event| event["message"].as_str())
        .collect();
    let failed_id = failed["id"].as_str().expect("an id");
    assert!(
        messages.contains(
            &format!(
                "(service web) (deployment {failed_id}) deployment failed: tasks failed to start."
            )
            .as_str()
        )
    );
    assert!(
        messages.contains(&format!("(service web) rolling back to deployment {old_id}.").as_str())
    );
    let described = service_deployment(&simulator, &place);
    assert_eq!(described["status"], "ROLLBACK_IN_PROGRESS");
    assert_eq!(described["deploymentCircuitBreaker"]["status"], "TRIGGERED");
    assert_eq!(
        described["rollback"]["serviceRevisionArn"],
        described["sourceServiceRevisions"][0]["arn"]
    );

    pass(&simulator, 300);
    let service = place.service(&simulator);
    let deployments = service["deployments"].as_array().expect("deployments");
    assert_eq!(deployments.len(), 1);
    let id = deployments[0]["id"].as_str().expect("an id");
    assert_eq!(deployments[0]["rolloutState"], "COMPLETED");
    assert_eq!(
        deployments[0]["rolloutStateReason"],
        format!("ECS deployment {id} completed.")
    );
    assert_eq!(
        (
            &deployments[0]["failedTasks"],
            &deployments[0]["runningCount"]
        ),
        (&json!(0), &json!(2))
    );
    let described = service_deployment(&simulator, &place);
    assert_eq!(described["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(
        described["statusReason"],
        "Service deployment rolled back because the circuit breaker threshold was exceeded."
    );
    assert_eq!(
        service["currentServiceDeployment"],
        described["serviceDeploymentArn"]
    );
    assert_eq!(
        service["currentServiceRevisions"][0]["arn"],
        described["rollback"]["serviceRevisionArn"]
    );
    assert_eq!(
        service["currentServiceRevisions"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn a_breaker_without_rollback_leaves_a_failed_deployment_that_launches_nothing() {
    let (simulator, place) = broken("circuit_breaker: { rollback: false }");
    let state = || place.service(&simulator)["deployments"][0]["rolloutState"].clone();
    until(&simulator, || state() == "FAILED");
    let failed = place.service(&simulator)["deployments"][0].clone();
    pass(&simulator, 60);
    let launched = place.tasks_of(&simulator, &failed).len();
    pass(&simulator, 900);
    let service = place.service(&simulator);
    assert_eq!(service["deployments"][0]["id"], failed["id"]);
    assert_eq!(place.tasks_of(&simulator, &failed).len(), launched);
    assert_eq!(
        service["deployments"][1]["runningCount"], 2,
        "the old tasks stay"
    );
}

#[test]
fn without_the_breaker_it_goes_on_for_ever() {
    let (simulator, place) = broken("");
    let new = place.service(&simulator)["deployments"][0].clone();
    let mut launched = 0;
    for _ in 0..4 {
        pass(&simulator, 600);
        let service = place.service(&simulator);
        let now = place.tasks_of(&simulator, &new).len();
        assert!(now > launched, "another task every few minutes");
        launched = now;
        assert_eq!(service["deployments"][0]["id"], new["id"]);
        assert_eq!(service["deployments"][0]["rolloutState"], "IN_PROGRESS");
        let text = "(service web) is unable to consistently start tasks successfully.";
        let told = service["events"]
            .as_array()
            .expect("events")
            .iter()
            .filter(|event| event["message"] == text)
            .count();
        assert_eq!(told, 1, "the same event is not told again for hours");
    }
}

#[test]
fn a_rollback_keeps_the_digest_that_was_pinned() {
    let (simulator, place) = broken("circuit_breaker: { rollback: true }");
    let before = place.wanted(&simulator)[0]["containers"][0]["imageDigest"].clone();
    simulator
        .perform_yaml("steps: [{ push: { image: bad, tags: [v1] } }]")
        .expect("it can be done");
    pass(&simulator, 900);
    let running = place.wanted(&simulator);
    assert_eq!(running.len(), 2);
    assert!(
        running
            .iter()
            .all(|task| task["containers"][0]["imageDigest"] == before)
    );
}
