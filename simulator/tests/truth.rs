//! What the simulator says is really so, where incidents tell it.

use std::time::Duration;

use touchdown_simulator::truth::{Cause, Phase, Truth};
use touchdown_simulator::{Clock, Scenario, Simulator};

fn simulated(incident: &str) -> Simulator {
    let scenario = Scenario::named(incident).expect("an incident");
    Simulator::new(scenario, Clock::standing_still()).expect("a sound scenario")
}

fn truth(simulator: &Simulator, service: &str) -> Truth {
    simulator.truth(service).expect("the service is there")
}

const DASHBOARD: &str = "HcTapStack-DashboardService4A4198DA-BbF2TLrVEnLf";

#[test]
fn a_rollback_undoes_the_deployment_whose_tasks_ended() {
    let simulator = simulated("rollback-completed");
    simulator.advance(Duration::from_secs(600));
    let truth = truth(&simulator, "payments-api");
    let [old, failed, back] = &truth.deployments[..] else {
        panic!("three deployments, not {:#?}", truth.deployments);
    };
    assert_eq!(
        (old.failed, failed.failed, back.undoes),
        (false, true, Some(1))
    );
    assert!(back.complete && back.revision == old.revision && back.pins == old.pins);
    let causes = |deployment| {
        let tasks = truth
            .tasks
            .iter()
            .filter(move |task| task.deployment == deployment);
        tasks
            .filter_map(|task| Some(task.stop.as_ref()?.cause))
            .collect::<Vec<_>>()
    };
    assert!(
        causes(1).len() >= 3 && causes(1).contains(&Cause::Exited(1)),
        "{:?}",
        causes(1)
    );
    let running = truth
        .tasks
        .iter()
        .filter(|task| task.phase == Phase::Runs && task.stays);
    assert!(running.clone().all(|task| task.deployment != 1) && running.count() == truth.desired);
}

#[test]
fn a_tag_that_moved_is_not_what_runs() {
    let truth = truth(&simulated("stale-tag"), DASHBOARD);
    assert_eq!(
        truth.tags["hc-tap/dashboard:latest-dev"].image,
        "dashboard-4a68d39"
    );
    let running = truth
        .tasks
        .iter()
        .find(|task| task.phase == Phase::Runs)
        .expect("a task");
    assert_eq!(
        running.containers[0].image.as_deref(),
        Some("dashboard-e3dc690")
    );
    assert!(running.is_served && running.answers);
}

#[test]
fn a_line_is_written_before_it_can_be_read() {
    let simulator = simulated("stale-tag");
    let mut under_way = 0;
    for _ in 0..40 {
        let (now, lines) = (simulator.now(), simulator.lines(DASHBOARD));
        assert!(lines.iter().all(|line| line.written_at < line.readable_at));
        assert!(!lines.is_empty() && lines.iter().all(|line| line.written_at <= now));
        under_way += lines.iter().filter(|line| line.readable_at > now).count();
        simulator.advance(Duration::from_secs(1));
    }
    assert!(under_way > 0);
}
