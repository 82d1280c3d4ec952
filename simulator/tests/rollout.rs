//! Deployments over virtual time: old and new side by side, what is pinned, and that looking changes nothing.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{Place, ask, page, pass, place, still};
use touchdown_simulator::{Clock, Scenario, Simulator};

fn digest_of_tag(simulator: &Simulator, repository: &str, tag: &str) -> Value {
    let input = json!({ "repositoryName": repository, "imageIds": [{ "imageTag": tag }] });
    ask(simulator, "ecr:DescribeImages", input)["imageDetails"][0]["imageDigest"].clone()
}

fn entities(simulator: &Simulator) -> Value {
    support::body(&page(simulator, "/api/summary"))["entities"].clone()
}

#[test]
fn a_stale_task_started_before_the_push_and_runs_another_digest() {
    let simulator = still("stale-tag");
    let place = place(&simulator, "Dashboard");
    let tasks = place.tasks(&simulator);
    assert_eq!(tasks.len(), 1);
    assert_eq!(
        tasks[0]["startedAt"], 1_763_508_308.331,
        "2025-11-18T23:25:08.331Z"
    );
    let tag = digest_of_tag(&simulator, "hc-tap/dashboard", "latest-dev");
    assert_ne!(tasks[0]["containers"][0]["imageDigest"], tag);
    assert_eq!(entities(&simulator), 0);
}

#[tokio::test(start_paused = true)]
async fn a_forced_deployment_replaces_the_task_as_tokio_time_passes() {
    let scenario = Scenario::named("stale-tag").expect("the incident is there");
    let simulator = Simulator::new(scenario, Clock::default()).expect("its history can happen");
    let place = place(&simulator, "Dashboard");
    let old = place.service(&simulator)["deployments"][0].clone();
    simulator.perform("fix").expect("the action is there");

    let service = place.service(&simulator);
    assert_eq!(service["deployments"][0]["status"], "PRIMARY");
    assert_eq!(service["deployments"][0]["rolloutState"], "IN_PROGRESS");
    assert_eq!(service["deployments"][1]["id"], old["id"]);
    assert_eq!(service["deployments"][1]["status"], "ACTIVE");
    let new = service["deployments"][0].clone();

    let mut seen = Vec::new();
    let mut served = Vec::new();
    for _ in 0..240 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let service = place.service(&simulator);
        let status = |deployment: &Value| {
            let tasks = place.tasks_of(&simulator, deployment);
            tasks
                .first()
                .map_or("none", |task| status_of(task))
                .to_owned()
        };
        let state = (
            status(&new),
            status(&old),
            service["deployments"][0]["rolloutState"].clone(),
        );
        if seen.last() != Some(&state) {
            seen.push(state);
        }
        served.push(entities(&simulator).as_i64().expect("a number"));
    }
    check_lifecycle(&seen);
    let (first_new, last_old) = (
        served.iter().position(|n| *n == 5421),
        served.iter().rposition(|n| *n == 0),
    );
    assert!(
        first_new.expect("the new task answers") < last_old.expect("the old one did"),
        "they take turns"
    );
    assert_eq!(served.last(), Some(&5421));
    assert_eq!(
        place.service(&simulator)["deployments"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let running = &place.tasks_of(&simulator, &new)[0]["containers"][0]["imageDigest"];
    assert_eq!(
        *running,
        digest_of_tag(&simulator, "hc-tap/dashboard", "latest-dev")
    );
}

fn status_of(task: &Value) -> &'static str {
    let known = [
        "PROVISIONING",
        "PENDING",
        "RUNNING",
        "DEACTIVATING",
        "STOPPING",
        "DEPROVISIONING",
        "STOPPED",
    ];
    let status = task["lastStatus"].as_str().expect("a status");
    if status == "RUNNING" && task["desiredStatus"] == "STOPPED" {
        return "RUNNING, told to stop";
    }
    known
        .into_iter()
        .find(|name| *name == status)
        .expect("a known status")
}

fn check_lifecycle(seen: &[(String, String, Value)]) {
    let order = |pick: fn(&(String, String, Value)) -> String| {
        let mut order: Vec<String> = seen.iter().map(pick).collect();
        order.dedup();
        order
    };
    assert_eq!(
        order(|state| state.0.clone()),
        ["none", "PROVISIONING", "PENDING", "RUNNING"]
    );
    let old = order(|state| state.1.clone());
    // The shortest phases fall between two looks.
    let lasting: Vec<&str> = old
        .iter()
        .map(String::as_str)
        .filter(|status| *status != "STOPPING")
        .collect();
    assert_eq!(
        lasting,
        [
            "RUNNING",
            "RUNNING, told to stop",
            "DEACTIVATING",
            "DEPROVISIONING",
            "STOPPED"
        ]
    );
    let told = seen
        .iter()
        .find(|state| state.1 != "RUNNING")
        .expect("the old task is told to stop");
    assert_eq!(told.0, "RUNNING", "not before the new one runs");
    let completed = seen
        .iter()
        .find(|state| state.2 == "COMPLETED")
        .expect("the deployment completes");
    assert!(
        ["STOPPING", "DEPROVISIONING"].contains(&completed.1.as_str()),
        "not before the old one is drained"
    );
}

#[test]
fn a_new_task_shows_its_facts_one_by_one() {
    let simulator = still("stale-tag");
    let place = place(&simulator, "Dashboard");
    simulator.perform("fix").expect("the action is there");
    let new = place.service(&simulator)["deployments"][0].clone();
    let mut facts = Vec::new();
    for _ in 0..90 {
        pass(&simulator, 1);
        if let Some(task) = place.tasks_of(&simulator, &new).first() {
            let known = ["pullStartedAt", "pullStoppedAt", "startedAt"]
                .map(|fact| task.get(fact).is_some());
            let digest = task["containers"][0].get("imageDigest").is_some();
            assert_eq!(
                digest, known[1],
                "the digest is known once the image is pulled"
            );
            facts.push(known);
        }
    }
    facts.dedup();
    assert_eq!(
        facts,
        [
            [false; 3],
            [true, false, false],
            [true, true, false],
            [true; 3]
        ]
    );
    let task = &place.tasks_of(&simulator, &new)[0];
    let since_created = |fact: &str| {
        task[fact].as_f64().expect("a time") - task["createdAt"].as_f64().expect("a time")
    };
    assert!((11.0..=24.0).contains(&since_created("pullStartedAt")));
    assert!((19.0..=57.0).contains(&since_created("startedAt")));
}

#[test]
fn a_replacement_of_a_stopped_task_keeps_the_pinned_digest() {
    let simulator = still("old-log-line");
    let place = place(&simulator, "backend");
    let before = place.tasks(&simulator);
    let ids: Vec<&str> = before
        .iter()
        .filter_map(|task| task["taskArn"].as_str()?.rsplit('/').next())
        .collect();
    assert_eq!(
        ids,
        [
            "793df62d5de44da497f41158a5970ce4",
            "be59a750f75344d3b689d4ebba27d6fb"
        ]
    );
    let pinned = before[0]["containers"][0]["imageDigest"].clone();
    simulator
        .perform("stop-tasks")
        .expect("the action is there");
    pass(&simulator, 240);
    let running = place.wanted(&simulator);
    assert_eq!(running.len(), 2);
    for task in &running {
        assert_eq!(task["lastStatus"], "RUNNING");
        assert_eq!(
            task["startedBy"], before[0]["startedBy"],
            "the same deployment"
        );
        assert_eq!(task["containers"][0]["imageDigest"], pinned);
        assert!(
            task["startedAt"].as_f64() > Some(1_764_155_755.952),
            "though it started after the push"
        );
    }
    assert_ne!(
        pinned,
        digest_of_tag(&simulator, "content-marketing-swarm-dev-backend", "latest")
    );
    simulator.perform("fix").expect("the action is there");
    pass(&simulator, 240);
    let fixed = place.service(&simulator)["deployments"][0].clone();
    let tasks = place.tasks_of(&simulator, &fixed);
    assert_eq!(tasks.len(), 2);
    assert_ne!(
        tasks[0]["containers"][0]["imageDigest"], pinned,
        "a forced deployment resolves the tag afresh"
    );
}

#[test]
fn two_deployments_in_a_row_leave_only_the_last() {
    let simulator = still("healthy");
    let place = place(&simulator, "checkout");
    simulator
        .perform("deploy-again")
        .expect("the action is there");
    pass(&simulator, 20);
    simulator.perform("roll-back").expect("the action is there");
    let service = place.service(&simulator);
    assert_eq!(service["deployments"].as_array().map(Vec::len), Some(3));
    pass(&simulator, 300);
    let service = place.service(&simulator);
    assert_eq!(service["deployments"].as_array().map(Vec::len), Some(1));
    assert!(
        service["taskDefinition"]
            .as_str()
            .is_some_and(|arn| arn.ends_with("checkout:41"))
    );
    let listed = ask(
        &simulator,
        "ecs:ListServiceDeployments",
        json!({ "cluster": place.cluster, "service": place.service }),
    );
    let states: Vec<&Value> = listed["serviceDeployments"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(
        states,
        ["SUCCESSFUL", "STOPPED", "SUCCESSFUL", "SUCCESSFUL"]
    );
}

#[test]
fn the_count_goes_up_and_down() {
    let simulator = still("healthy");
    let place = place(&simulator, "checkout");
    for count in [4, 1, 0] {
        let input =
            json!({ "cluster": place.cluster, "service": place.service, "desiredCount": count });
        ask(&simulator, "ecs:UpdateService", input);
        pass(&simulator, 300);
        let service = place.service(&simulator);
        assert_eq!(
            (&service["runningCount"], &service["pendingCount"]),
            (&json!(count), &json!(0))
        );
        assert_eq!(
            service["deployments"].as_array().map(Vec::len),
            Some(1),
            "no new deployment"
        );
    }
    assert_eq!(
        page(&simulator, "/health").status(),
        503,
        "nothing is behind the load balancer"
    );
}

#[test]
fn looking_changes_nothing() {
    let (busy, idle) = (still("stale-tag"), still("stale-tag"));
    let snapshot =
        |simulator: &Simulator, place: &Place| (place.service(simulator), place.tasks(simulator));
    let place = place(&busy, "Dashboard");
    for simulator in [&busy, &idle] {
        simulator.perform("fix").expect("the action is there");
    }
    for _ in 0..200 {
        pass(&busy, 1);
        snapshot(&busy, &place);
        page(&busy, "/api/summary");
    }
    pass(&idle, 200);
    assert_eq!(snapshot(&busy, &place), snapshot(&idle, &place));
    assert_eq!(snapshot(&busy, &place), snapshot(&busy, &place));
}
