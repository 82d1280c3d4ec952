//! The runner in-process on a paused clock, with the times that users give, under every fault.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::{Instant, timeout};
use touchdown::catalog::Catalog;
use touchdown::report::Format;
use touchdown::run::{Options, run};
use touchdown_simulator::{Fault, FaultKind, Simulator};

use crate::common::{connections, incident, never, plan_of};
use crate::outcome::{Outcome, Reports};
use crate::table::{BROKEN, Deployment, HEALTHY, Row, TABLE};

/// A look may take so long, and begins at the deadline at the latest: within, ingestion or hold, time-out,
/// and the moment that a look has to say that it was given up.
const LONGEST: Duration = Duration::from_secs(60 + 20 + 15 + 1);

/// Runs the suite in the weather that `arm` makes.
fn judged(deployment: &Deployment, arm: impl FnOnce(&Simulator)) -> Result<Outcome, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        let simulator = incident(deployment.incident);
        arm(&simulator);
        let connections = Arc::new(connections(&simulator));
        let defaults = "within: 60s, every: 2s, timeout: 15s";
        let suite = deployment.suite(&simulator, defaults, "hold: 20s", "20s");
        let plan = plan_of(&suite, &Catalog::built_in());
        let began = Instant::now();
        let mut observer = ();
        let run = run(
            &plan,
            connections,
            Options::default(),
            never(),
            &mut observer,
        );
        let report = timeout(LONGEST, run).await;
        let report =
            report.map_err(|_| format!("it hangs: no report after {:?}", began.elapsed()))?;
        let written = |format: Format| format.render(&report);
        Outcome::of(&Reports {
            json: written(Format::Json),
            junit: written(Format::Junit),
            html: written(Format::Html),
        })
    })
}

fn hold_against_the_table(deployment: &Deployment) {
    let calm = judged(deployment, |_| {}).expect("reports");
    assert_eq!(calm.code(), Some(i64::from(deployment.code)));
    let wrong = TABLE.iter().filter_map(|row: &Row| {
        let outcome = judged(deployment, |simulator| simulator.fault(row.fault()));
        let compared = outcome.and_then(|outcome| outcome.compare(&calm, row.causes));
        compared
            .err()
            .map(|told| format!("{}:\n{told}", row.name()))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is said where an answer is older than one before.
const OLDER: &[&str] = &["from an older state"];

/// Spells of stale reads, some seconds apart: the replicas of AWS take turns.
fn replicas_take_turns(simulator: &Simulator) {
    for turn in 0..20 {
        let stale = Fault::new("ecs:*", FaultKind::Stale);
        let turn = stale.beginning(SignedDuration::from_secs(1 + 7 * turn));
        simulator.fault(turn.lasting(SignedDuration::from_secs(3)));
    }
}

#[test]
fn replicas_that_take_turns_make_no_deployment_red() {
    let calm = judged(&HEALTHY, |_| {}).expect("reports");
    for action in ["deploy-again", "stop-tasks"] {
        let outcome = judged(&HEALTHY, |simulator| {
            simulator.perform(action).expect("an action of it");
            // The old tasks have thirty seconds to leave the load balancer: most of them are gone now.
            simulator.advance(Duration::from_secs(70));
            replicas_take_turns(simulator);
        });
        let outcome = outcome.expect("reports");
        if let Err(told) = outcome.compare(&calm, OLDER) {
            panic!("{action}:\n{told}");
        }
    }
}

#[test]
fn a_deployment_that_was_there_before_the_run_is_not_said_to_come_after_it() {
    let calm = judged(&HEALTHY, |_| {}).expect("reports");
    let outcome = judged(&HEALTHY, |simulator| {
        simulator.perform("deploy-again").expect("an action of it");
        simulator.advance(Duration::from_secs(10));
        let stale = Fault::new("ecs:*", FaultKind::Stale);
        simulator.fault(stale.lasting(SignedDuration::from_secs(5)));
    });
    let outcome = outcome.expect("reports");
    assert_eq!(outcome.code(), Some(3), "it judged the deployment before");
    if let Err(told) = outcome.compare(&calm, &["AWS answered its first look from an older state"])
    {
        panic!("{told}");
    }
}

#[test]
fn a_healthy_deployment_is_never_red() {
    hold_against_the_table(&HEALTHY);
}

#[test]
fn a_broken_deployment_is_never_green() {
    hold_against_the_table(&BROKEN);
}
