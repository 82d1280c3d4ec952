//! How tasks die, in the words of AWS: told by the task, its containers, the service's events and the logs.

mod support;

use serde_json::{Value, json};
use support::{Place, ask, pass, place, still_from};
use touchdown_simulator::Simulator;

/// A service that runs `good`, and is deployed anew with `web:2` when the test says so.
const SHOP: &str = r#"
about: a small shop
starts_at: 2025-03-03T12:00:00Z
account: "123456789012"
region: us-east-1
cluster: shop
repositories:
  web: { created_at: 2025-01-01T00:00:00Z }
secrets:
  shop/db: { readable: false }
images:
  good:
    repository: web
    built_at: 2025-03-01T10:00:00Z
    layers: [{ made_by: "COPY . /app", content: good }]
    pages: { /health: { body: ok } }
    logs: [{ after: -10ms, line: started }]
  next:
    repository: web
    built_at: 2025-03-03T11:00:00Z
    platforms: [PLATFORM]
    layers: [{ made_by: "COPY . /app", content: next }, { made_by: 'CMD ["serve", "--port", "8080"]' }]
    pages: { /health: { status: STATUS, body: health } }
    logs: [{ after: -10ms, line: starting }]
IMAGE
task_definitions:
  web:1: { registered_at: 2025-03-01T10:00:00Z, containers: [{ name: app, image: "web:v1", port: 8080 }] }
  web:2:
    registered_at: 2025-03-03T11:00:00Z
    containers:
      - { name: app, image: "web:v2", port: 8080, log: { group: /shop, prefix: web }, CONTAINER }
services:
  web: { name: web, SERVICE }
history:
  - { at: 2025-03-01T10:05:00Z, push: { image: good, tags: [v1] } }
  - { at: 2025-03-01T10:10:00Z, create_service: { service: web, task_definition: "web:1" } }
  - { at: 2025-03-03T11:05:00Z, push: { image: next, tags: [v2] } }
  - { at: 2025-03-03T12:00:00Z, update_service: { service: web, task_definition: "web:2" } }
"#;

const BALANCER: &str = "load_balancer: { target_group: web/73e2d6bc24d8a067, container: app, port: 8080, \
                        health_path: /health, deregistration_delay: 30s }";

/// The shop with parts of it said otherwise.
fn shop(parts: &[(&str, &str)]) -> Simulator {
    let given = |name: &str, default: &'static str| {
        let part = parts.iter().find(|(part, _)| *part == name);
        part.map_or(default.to_owned(), |(_, text)| (*text).to_owned())
    };
    let yaml = SHOP
        .replace("PLATFORM", &given("platform", "linux/amd64"))
        .replace("STATUS", &given("status", "200"))
        .replace("IMAGE", &given("image", ""))
        .replace("CONTAINER", &given("container", ""))
        .replace("SERVICE", &given("service", ""));
    still_from(&yaml)
}

/// The first task of the new deployment after so many seconds.
fn first(simulator: &Simulator, place: &Place, seconds: u64) -> Value {
    let new = place.service(simulator)["deployments"][0].clone();
    pass(simulator, seconds);
    let mut tasks = place.tasks_of(simulator, &new);
    tasks.sort_by(|one, other| {
        one["createdAt"]
            .as_f64()
            .partial_cmp(&other["createdAt"].as_f64())
            .expect("times")
    });
    tasks.first().cloned().expect("a task")
}

fn events(simulator: &Simulator, place: &Place) -> Vec<String> {
    let service = place.service(simulator);
    let events = service["events"].as_array().cloned().unwrap_or_default();
    events
        .iter()
        .filter_map(|event| Some(event["message"].as_str()?.to_owned()))
        .collect()
}

fn logged(simulator: &Simulator) -> Vec<String> {
    let found = ask(
        simulator,
        "logs:FilterLogEvents",
        json!({ "logGroupName": "/shop" }),
    );
    let events = found["events"].as_array().cloned().unwrap_or_default();
    events
        .iter()
        .filter_map(|event| Some(event["message"].as_str()?.to_owned()))
        .collect()
}

#[test]
fn a_container_that_crashes_takes_its_task_along() {
    let exit =
        "    exit: { after: 4s, code: 3, last_lines: ['KeyError: DATABASE_URL', 'exiting'] }";
    let simulator = shop(&[("image", exit)]);
    let place = place(&simulator, "web");
    let task = first(&simulator, &place, 120);
    assert_eq!(task["lastStatus"], "STOPPED");
    assert_eq!(task["stopCode"], "EssentialContainerExited");
    assert_eq!(task["stoppedReason"], "Essential container in task exited");
    assert_eq!(task["containers"][0]["exitCode"], 3);
    assert_eq!(task["containers"][0]["lastStatus"], "STOPPED");
    for instant in ["startedAt", "stoppingAt", "executionStoppedAt", "stoppedAt"] {
        assert!(task[instant].is_f64(), "{instant}");
    }
    let lines = logged(&simulator);
    assert_eq!(
        lines[..3],
        ["starting", "KeyError: DATABASE_URL", "exiting"]
    );
}

#[test]
fn what_is_set_does_not_crash() {
    let exit = "    exit: { after: 1s, unless_set: DATABASE_URL }";
    let set = "environment: { DATABASE_URL: postgres }";
    let simulator = shop(&[("image", exit), ("container", set)]);
    let place = place(&simulator, "web");
    assert_eq!(first(&simulator, &place, 300)["lastStatus"], "RUNNING");
    assert_eq!(
        place.service(&simulator)["deployments"][0]["rolloutState"],
        "COMPLETED"
    );
}

#[test]
fn what_takes_more_memory_than_its_task_has_is_killed() {
    let simulator = shop(&[("image", "    memory: { peak: 700, after: 20s }")]);
    let place = place(&simulator, "web");
    let task = first(&simulator, &place, 150);
    assert_eq!(task["stoppedReason"], "Essential container in task exited");
    assert_eq!(task["containers"][0]["exitCode"], 137);
    let reason = "OutOfMemoryError: Container killed due to memory usage";
    assert_eq!(task["containers"][0]["reason"], reason);
}

#[test]
fn a_plain_image_of_another_platform_is_pulled_and_cannot_be_executed() {
    let simulator = shop(&[("platform", "linux/arm64")]);
    let place = place(&simulator, "web");
    let task = first(&simulator, &place, 120);
    assert!(
        task["containers"][0]["imageDigest"].is_string(),
        "the pull succeeds"
    );
    assert_eq!(task["stoppedReason"], "Essential container in task exited");
    assert_eq!(task["containers"][0]["exitCode"], 255);
    let lines = logged(&simulator);
    assert!(!lines.is_empty());
    assert!(
        lines
            .iter()
            .all(|line| line == "exec /usr/local/bin/serve: exec format error"),
        "{lines:?}"
    );
}

#[test]
fn a_health_command_without_its_program_fails_and_says_so_only_where_it_is_heard() {
    let check = "health_check: { command: 'curl -f http://localhost:8080/health >> /proc/1/fd/1 2>&1 || exit 1', \
                 interval: 10s, retries: 2, start_period: 20s }";
    let python = "    programs: [sh, python]";
    let simulator = shop(&[("image", python), ("container", check)]);
    let place = place(&simulator, "web");
    let task = first(&simulator, &place, 45);
    assert_eq!(task["healthStatus"], "UNKNOWN");
    pass(&simulator, 120);
    let task = place
        .tasks(&simulator)
        .into_iter()
        .find(|one| one["taskArn"] == task["taskArn"])
        .expect("listed");
    assert_eq!(task["stopCode"], "ServiceSchedulerInitiated");
    assert_eq!(task["stoppedReason"], "Task failed container health checks");
    assert_eq!(task["healthStatus"], "UNHEALTHY");
    assert_eq!(task["containers"][0]["healthStatus"], "UNHEALTHY");
    let id = task["taskArn"]
        .as_str()
        .and_then(|arn| arn.rsplit('/').next())
        .expect("an id");
    let told = format!("(service web) (task {id}) failed container health checks.");
    assert!(events(&simulator, &place).contains(&told));
    assert!(logged(&simulator).contains(&"/bin/sh: 1: curl: not found".to_owned()));

    let silent = check.replace(" >> /proc/1/fd/1 2>&1", "");
    let simulator = shop(&[("image", python), ("container", &silent)]);
    pass(&simulator, 150);
    assert!(logged(&simulator).iter().all(|line| line == "starting"));
}

#[test]
fn a_boot_longer_than_the_start_period_and_the_retries_fails() {
    let check = |period: &str| {
        format!(
            "health_check: {{ command: 'wget -q http://localhost:8080/health', interval: 10s, retries: 3, start_period: {period} }}"
        )
    };
    for (period, verdict) in [("60s", "UNHEALTHY"), ("90s", "HEALTHY")] {
        let simulator = shop(&[
            ("image", "    boots_in: 100s"),
            ("container", &check(period)),
        ]);
        let place = place(&simulator, "web");
        assert_eq!(
            first(&simulator, &place, 170)["healthStatus"],
            verdict,
            "{period}"
        );
    }
}

#[test]
fn a_page_that_is_an_error_fails_the_load_balancers_checks() {
    let simulator = shop(&[("status", "503"), ("service", BALANCER)]);
    let place = place(&simulator, "web");
    let task = first(&simulator, &place, 180);
    let group = "(target-group arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/73e2d6bc24d8a067)";
    assert_eq!(task["stopCode"], "ServiceSchedulerInitiated");
    assert_eq!(
        task["stoppedReason"],
        format!("Task failed ELB health checks in {group}")
    );
    let id = task["taskArn"]
        .as_str()
        .and_then(|arn| arn.rsplit('/').next())
        .expect("an id");
    let told = format!(
        "(service web) (task {id}) (port 8080) is unhealthy in {group} due to (reason Health checks failed with \
         these codes: [503])."
    );
    assert!(events(&simulator, &place).contains(&told));
    assert_eq!(
        place.service(&simulator)["deployments"][1]["runningCount"],
        1,
        "the old task stays"
    );
}

#[test]
fn a_secret_that_may_not_be_read_stops_the_task_before_the_pull() {
    let simulator = shop(&[("container", "secrets: { DB_PASSWORD: shop/db }")]);
    let place = place(&simulator, "web");
    let task = first(&simulator, &place, 60);
    assert_eq!(task["stopCode"], "TaskFailedToStart");
    let reason = task["stoppedReason"].as_str().expect("a reason");
    assert!(
        reason
            .starts_with("ResourceInitializationError: unable to pull secrets or registry auth: "),
        "{reason}"
    );
    assert!(
        reason.contains("not authorized to perform: secretsmanager:GetSecretValue"),
        "{reason}"
    );
    assert!(task.get("pullStartedAt").is_none() && task.get("startedAt").is_none());
    simulator
        .perform_yaml("steps: [{ allow_secret: { secret: shop/db } }]")
        .expect("it can be done");
    pass(&simulator, 400);
    assert_eq!(
        place.service(&simulator)["deployments"][0]["rolloutState"],
        "COMPLETED"
    );
}

#[test]
fn without_capacity_no_task_is_created_and_it_is_told_once() {
    let texts = [
        (
            "FARGATE",
            "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. \
                     Please try again later or in a different availability zone.",
        ),
        (
            "EC2",
            "(service web) was unable to place a task because no container instance met all of its requirements.",
        ),
    ];
    for (launch_type, text) in texts {
        let simulator = shop(&[("service", &format!("launch_type: {launch_type}"))]);
        let place = place(&simulator, "web");
        simulator
            .perform_yaml("steps: [{ set_capacity: { available: false } }]")
            .expect("it can be done");
        pass(&simulator, 900);
        let new = place.service(&simulator)["deployments"][0].clone();
        assert!(place.tasks_of(&simulator, &new).is_empty());
        assert_eq!(
            (&new["rolloutState"], &new["failedTasks"]),
            (&json!("IN_PROGRESS"), &json!(0))
        );
        let told = events(&simulator, &place)
            .into_iter()
            .filter(|event| event == text)
            .count();
        assert_eq!(told, 1, "{launch_type}");
        simulator
            .perform_yaml("steps: [{ set_capacity: { available: true } }]")
            .expect("it can be done");
        pass(&simulator, 300);
        assert_eq!(
            place.service(&simulator)["deployments"][0]["rolloutState"],
            "COMPLETED"
        );
    }
}

#[test]
fn an_agent_on_an_instance_tells_a_missing_tag_in_the_container_only() {
    let simulator = shop(&[("service", "launch_type: EC2")]);
    let place = place(&simulator, "web");
    simulator
        .perform_yaml("steps: [{ delete_image: { image: next } }]")
        .expect("it can be done");
    let task = first(&simulator, &place, 90);
    assert_eq!(task["stopCode"], "TaskFailedToStart");
    assert_eq!(task["stoppedReason"], "Task failed to start");
    let reason = "CannotPullImageManifestError: manifest unknown: Requested image not found";
    assert_eq!(task["containers"][0]["reason"], reason);
    assert_eq!(task["launchType"], "EC2");
    assert!(task.get("platformVersion").is_none() && task["containerInstanceArn"].is_string());
}

#[test]
fn spot_capacity_that_is_taken_back_is_no_failure_of_the_deployment() {
    let simulator = shop(&[("service", "launch_type: FARGATE_SPOT")]);
    let place = place(&simulator, "web");
    let task = first(&simulator, &place, 200);
    simulator
        .perform_yaml("steps: [{ interrupt_tasks: { service: web } }]")
        .expect("it can be done");
    pass(&simulator, 120);
    let tasks = place.tasks(&simulator);
    let old = tasks
        .iter()
        .find(|one| one["taskArn"] == task["taskArn"])
        .expect("listed for an hour");
    assert_eq!(old["stopCode"], "SpotInterruption");
    assert_eq!(old["stoppedReason"], "Your Spot Task was interrupted.");
    assert_eq!(old["capacityProviderName"], "FARGATE_SPOT");
    let deployment = place.service(&simulator)["deployments"][0].clone();
    assert_eq!(
        (&deployment["failedTasks"], &deployment["runningCount"]),
        (&json!(0), &json!(1))
    );
    assert!(
        deployment.get("launchType").is_none(),
        "it has a capacity provider strategy"
    );
}
