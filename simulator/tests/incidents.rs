//! What each incident shows, when, and that its `fix` ends it.

mod support;

use serde_json::{Value, json};
use support::{Place, ask, is_done, is_settled, page, pass, place, primary, revision, still};
use touchdown_simulator::{Clock, Scenario, Simulator, names};

fn reasons(simulator: &Simulator, place: &Place) -> Vec<String> {
    let deployment = primary(simulator, place);
    let tasks = place.tasks_of(simulator, &deployment).into_iter();
    tasks
        .filter_map(|task| Some(task["stoppedReason"].as_str()?.to_owned()))
        .collect()
}

#[test]
fn every_fix_ends_its_incident() {
    for name in names() {
        let scenario = Scenario::named(name).expect("it is sound");
        if !scenario
            .actions()
            .iter()
            .any(|(action, ..)| *action == "fix")
        {
            continue;
        }
        for wait in [0, 200, 1_100] {
            let simulator = still(name);
            pass(&simulator, wait);
            simulator.perform("fix").expect("it can be done");
            pass(&simulator, 900);
            for service in simulator.scenario().services() {
                let service = place(&simulator, service).service(&simulator);
                assert!(
                    is_settled(&service),
                    "{name}, fixed after {wait} s: {service}"
                );
            }
        }
    }
}

#[test]
fn what_is_healthy_is_so_from_the_start() {
    for name in [
        "healthy",
        "task-vanishes",
        "multi-platform-index",
        "promoted-old-digest",
    ] {
        let simulator = still(name);
        for service in simulator.scenario().services() {
            assert!(
                is_done(&primary(&simulator, &place(&simulator, service))),
                "{name}"
            );
        }
    }
}

#[test]
fn the_restart_loop_has_three_causes_one_behind_the_other() {
    let simulator = still("restart-loop");
    let place = place(&simulator, "aura");
    assert!(
        reasons(&simulator, &place)[0]
            .ends_with("does not contain descriptor matching platform 'linux/amd64'")
    );
    let stages = [
        ("fix-platform", "api-gateway", "UNHEALTHY"),
        ("fix-curl", "databases", "UNHEALTHY"),
        ("fix", "databases", "HEALTHY"),
    ];
    for (action, container, health) in stages {
        simulator.perform(action).expect("it can be done");
        pass(&simulator, 240);
        let deployment = primary(&simulator, &place);
        let mut tasks = place.tasks_of(&simulator, &deployment);
        tasks.sort_by_key(|task| task["createdAt"].as_f64().map(f64::to_bits));
        let containers = tasks[0]["containers"]
            .as_array()
            .expect("containers")
            .clone();
        let of = containers
            .iter()
            .find(|one| one["name"] == container)
            .expect("the container");
        assert_eq!(of["healthStatus"], health, "{action}");
        let failed =
            reasons(&simulator, &place).contains(&"Task failed container health checks".to_owned());
        assert_eq!(failed, health == "UNHEALTHY", "{action}");
    }
    pass(&simulator, 900);
    assert!(
        is_done(&primary(&simulator, &place)) && reasons(&simulator, &place).is_empty(),
        "it stays up"
    );
}

#[test]
fn a_rollback_ends_completed_on_the_old_revision() {
    let simulator = still("rollback-completed");
    let place = place(&simulator, "payments");
    assert_eq!(revision(&primary(&simulator, &place)), "payments-api:119");
    pass(&simulator, 300);
    let deployment = primary(&simulator, &place);
    assert!(is_done(&deployment));
    assert_eq!(revision(&deployment), "payments-api:118");
    assert_eq!(
        support::body(&page(&simulator, "/version"))["version"],
        "7.2.4"
    );
}

#[test]
fn a_completed_deployment_may_run_nothing() {
    let simulator = still("completed-with-zero");
    let place = place(&simulator, "Booking");
    pass(&simulator, 800);
    assert_eq!(primary(&simulator, &place)["failedTasks"], 3);
    pass(&simulator, 300);
    let (service, deployment) = (place.service(&simulator), primary(&simulator, &place));
    assert_eq!(service["desiredCount"], 1);
    assert_eq!(deployment["rolloutState"], "COMPLETED");
    assert_eq!(
        (&deployment["failedTasks"], &deployment["runningCount"]),
        (&json!(0), &json!(0))
    );
}

#[test]
fn an_old_task_drains_for_minutes() {
    let simulator = still("slow-drain");
    let place = place(&simulator, "collab");
    let old = place.service(&simulator)["deployments"][1].clone();
    let status = || place.tasks_of(&simulator, &old)[0]["lastStatus"].clone();
    pass(&simulator, 29);
    let new = place.tasks_of(&simulator, &primary(&simulator, &place))[0].clone();
    assert_eq!(
        (&new["lastStatus"], &new["startedAt"]),
        (&json!("RUNNING"), &json!(1_762_270_437.214)),
        "15:33:57.214"
    );
    let mut seen: Vec<(u64, Value)> = Vec::new();
    for second in 29..500 {
        if seen.last().map(|(_, status)| status) != Some(&status()) {
            seen.push((second, status()));
        }
        pass(&simulator, 1);
    }
    let at = |name: &str| {
        seen.iter()
            .find(|(_, status)| *status == name)
            .expect(name)
            .0
    };
    assert!(
        (60..75).contains(&at("DEACTIVATING")),
        "15:34:37, or nearly: {seen:?}"
    );
    assert!(
        (470..490).contains(&at("STOPPED")),
        "15:41:35, or nearly: {seen:?}"
    );
}

#[test]
fn somebody_else_deploys_twenty_seconds_after_the_start() {
    let simulator = still("overtaken");
    let place = place(&simulator, "search");
    let ours = primary(&simulator, &place);
    pass(&simulator, 19);
    assert_eq!(primary(&simulator, &place)["id"], ours["id"]);
    pass(&simulator, 1);
    assert_ne!(primary(&simulator, &place)["id"], ours["id"]);
    pass(&simulator, 120);
    assert_eq!(revision(&primary(&simulator, &place)), "search-api:209");
}

#[test]
fn each_death_shows_its_cause() {
    let told = [
        ("oom", 130, "Essential container in task exited"),
        (
            "secrets",
            0,
            "ResourceInitializationError: unable to pull secrets or registry auth: ",
        ),
        (
            "exec-format-error",
            30,
            "Essential container in task exited",
        ),
        ("cause-only-in-container", 5, "Task failed to start"),
        (
            "breaker-off-forever",
            60,
            "Essential container in task exited",
        ),
    ];
    for (name, seconds, reason) in told {
        let simulator = still(name);
        let service = simulator.scenario().services()[0].to_owned();
        let place = place(&simulator, &service);
        pass(&simulator, seconds);
        let reasons = reasons(&simulator, &place);
        assert!(
            !reasons.is_empty() && reasons.iter().all(|told| told.starts_with(reason)),
            "{name}: {reasons:?}"
        );
    }
}

#[test]
fn without_room_there_is_an_event_and_no_task() {
    let simulator = still("no-capacity");
    let place = place(&simulator, "tile");
    let deployment = primary(&simulator, &place);
    assert!(place.tasks_of(&simulator, &deployment).is_empty());
    let event = &place.service(&simulator)["events"][0]["message"];
    let text = "(service tile-builder) was unable to place a task because no container instance met all of its requirements.";
    assert_eq!(event, text);
}

#[test]
fn a_listed_task_is_missing_for_seconds() {
    let simulator = still("task-vanishes");
    let (cluster, service) = ("prod-notify", "notifier");
    let missing = || {
        let listed = ask(
            &simulator,
            "ecs:ListTasks",
            json!({ "cluster": cluster, "serviceName": service }),
        );
        let described = ask(
            &simulator,
            "ecs:DescribeTasks",
            json!({ "cluster": cluster, "tasks": listed["taskArns"] }),
        );
        let reasons: Vec<Value> = described["failures"]
            .as_array()
            .expect("failures")
            .iter()
            .map(|failure| failure["reason"].clone())
            .collect();
        reasons
    };
    let mut counts = Vec::new();
    for _ in 0..70 {
        assert!(missing().iter().all(|reason| reason == "MISSING"));
        counts.push(missing().len());
        pass(&simulator, 1);
    }
    let missed = |from: usize, to: usize| counts[from..to].iter().all(|count| *count == 1);
    assert!(missed(0, 12) && missed(60, 66));
    assert_eq!(counts.iter().sum::<usize>(), 18);
}

/// The same story, told with other ids and spans, and the same again for the same seed.
#[test]
fn a_seed_draws_the_spans_of_a_story_anew() {
    let told = |seed| {
        let scenario = Scenario::named("oom").expect("it is sound").drawn(seed);
        let simulator = Simulator::new(scenario, Clock::standing_still()).expect("it can happen");
        pass(&simulator, 300);
        primary(&simulator, &place(&simulator, "recommender"))["id"].to_string()
    };
    assert_eq!(told(1), told(1));
    assert_ne!(told(1), told(2));
}
