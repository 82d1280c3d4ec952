//! Scenario files: those that come along are sound, and a mistake in one's own is told with its place.

mod support;

use support::{ask, pass, place, still, still_from};
use touchdown_simulator::{Scenario, names};

const SMALL: &str = r#"
about: a small scenario
starts_at: 2025-01-01T12:00:00Z
account: "123456789012"
region: us-east-1
cluster: small
repositories:
  web: { created_at: 2025-01-01T00:00:00Z, immutable: true }
images:
  one: { repository: web, built_at: 2025-01-01T10:00:00Z, layers: [{ made_by: "COPY . .", content: one }] }
  two: { repository: web, built_at: 2025-01-01T11:00:00Z, layers: [{ made_by: "COPY . .", content: two }] }
  arm: { repository: web, built_at: 2025-01-01T11:00:00Z, platforms: [linux/arm64], attestations: true, layers: [{ made_by: "COPY . .", content: two }] }
task_definitions:
  web:1: { registered_at: 2025-01-01T10:00:00Z, containers: [{ name: web, image: web:v1 }] }
  web:2: { registered_at: 2025-01-01T10:00:00Z, containers: [{ name: web, image: web:v2 }] }
services:
  web: { name: web, desired: 2 }
history:
  - { at: 2025-01-01T10:05:00Z, push: { image: one, tags: [v1] } }
  - { at: 2025-01-01T10:10:00Z, create_service: { service: web, task_definition: "web:1" } }
"#;

fn fault(yaml: &str) -> String {
    Scenario::parse(yaml)
        .expect_err("it is not sound")
        .to_string()
}

#[test]
fn every_incident_is_sound_and_has_a_story() {
    for name in names() {
        let scenario = Scenario::named(name).expect("it is sound");
        assert_eq!(scenario.name(), name);
        assert!(
            !scenario.about().is_empty() && !scenario.story().is_empty(),
            "{name}"
        );
        still(name);
    }
    let error = Scenario::named("stale-tga")
        .expect_err("it is misspelt")
        .to_string();
    assert!(error.contains("stale-tag"), "{error}");
}

#[test]
fn an_unknown_key_is_told_with_its_line() {
    let told = fault(&SMALL.replace("cluster: small", "clutser: small"));
    assert!(
        told.contains("clutser") && told.contains("line 6"),
        "{told}"
    );
}

#[test]
fn a_name_that_leads_nowhere_is_told_with_its_place() {
    let told = fault(&SMALL.replace("image: one, tags", "image: eins, tags"));
    assert!(
        told.contains("line 19, column") && told.contains("there is no image `eins`"),
        "{told}"
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let told = fault(&SMALL.replace("web:1: {", "web: {").replace(
        "push: { image: one, tags: [v1] }",
        "push: { image: one, tags: [''] }",
    ));
    assert!(
        told.contains("family:revision") && told.contains("a tag cannot be empty"),
        "{told}"
    );
}

#[test]
fn an_immutable_tag_cannot_be_pushed_twice() {
    let again =
        format!("{SMALL}  - {{ at: 2025-01-01T13:00:00Z, push: {{ image: two, tags: [v1] }} }}\n");
    let told = fault(&again);
    assert!(
        told.contains("immutable") && told.contains("2025-01-01T13:00:00Z"),
        "{told}"
    );
}

#[test]
fn a_step_is_one_thing() {
    let told = fault(&SMALL.replace(
        "push: { image: one, tags: [v1] }",
        "stop_tasks: { service: web }, push: { image: one, tags: [v1] }",
    ));
    assert!(told.contains("exactly one of"), "{told}");
}

#[test]
fn steps_of_ones_own_are_checked_like_a_scenario() {
    let simulator = still_from(SMALL);
    simulator
        .perform_yaml("steps: [{ push: { image: two, tags: [v2] } }]")
        .expect("it can be done");
    let error = simulator
        .perform_yaml("steps: [{ push: { image: three, tags: [v3] } }]")
        .expect_err("no such image");
    assert!(
        error.to_string().contains("there is no image `three`"),
        "{error}"
    );
    assert!(
        simulator
            .perform("fix")
            .expect_err("no such action")
            .to_string()
            .contains("no action named `fix`")
    );
}

#[test]
fn an_image_that_cannot_be_pulled_stops_its_tasks_and_the_old_ones_stay() {
    let simulator = still_from(SMALL);
    let place = place(&simulator, "web");
    let old = place.service(&simulator)["deployments"][0].clone();
    simulator
        .perform_yaml("steps: [{ update_service: { service: web, task_definition: web:2 } }]")
        .expect("it can be done");
    pass(&simulator, 120);
    let service = place.service(&simulator);
    let new = service["deployments"][0].clone();
    assert_eq!(new["rolloutState"], "IN_PROGRESS");
    assert!(new["failedTasks"].as_u64() > Some(1));
    let failed = &place.tasks_of(&simulator, &new)[0];
    assert_eq!(failed["stopCode"], "TaskFailedToStart");
    let reason = failed["stoppedReason"].as_str().expect("a reason");
    assert!(
        reason.starts_with("CannotPullContainerError: ") && reason.ends_with("/web:v2: not found"),
        "{reason}"
    );
    assert!(failed.get("startedAt").is_none());
    assert_eq!(
        place
            .tasks_of(&simulator, &old)
            .iter()
            .filter(|task| task["desiredStatus"] == "RUNNING")
            .count(),
        2
    );
}

#[test]
fn an_index_without_the_platform_is_told_as_fargate_tells_it() {
    let simulator = still_from(SMALL);
    let place = place(&simulator, "web");
    simulator
        .perform_yaml("steps: [{ push: { image: arm, tags: [v2] } }, { update_service: { service: web, task_definition: web:2 } }]")
        .expect("it can be done");
    pass(&simulator, 60);
    let new = place.service(&simulator)["deployments"][0].clone();
    assert_eq!(
        place.tasks_of(&simulator, &new)[0]["stoppedReason"],
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain \
         descriptor matching platform 'linux/amd64'"
    );
}

#[test]
fn without_version_consistency_a_replacement_pulls_what_the_tag_means_now() {
    let yaml = SMALL.replace(", immutable: true", "").replace(
        "image: web:v1 }",
        "image: web:v1, version_consistency: disabled }",
    );
    let simulator = still_from(&yaml);
    let place = place(&simulator, "web");
    let before = place.tasks(&simulator)[0]["containers"][0]["imageDigest"].clone();
    simulator
        .perform_yaml(
            "steps: [{ push: { image: two, tags: [v1] } }, { stop_tasks: { service: web } }]",
        )
        .expect("it can be done");
    pass(&simulator, 120);
    let running = place.wanted(&simulator);
    assert_eq!(running.len(), 2);
    assert!(
        running
            .iter()
            .all(|task| task["containers"][0]["imageDigest"] != before)
    );
    let definition = serde_json::json!({ "taskDefinition": "web:1" });
    let shown = ask(&simulator, "ecs:DescribeTaskDefinition", definition);
    assert_eq!(
        shown["taskDefinition"]["containerDefinitions"][0]["versionConsistency"],
        "disabled"
    );
}
