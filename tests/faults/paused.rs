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

/// The times that a suite gives.
pub(crate) struct Times {
    pub defaults: &'static str,
    pub stable: &'static str,
    pub ingestion: &'static str,
    /// Until the report, whatever happens: the last look begins at the deadline, ingestion included, and
    /// takes its time-out at most, and a moment to say so.
    pub longest: Duration,
}

/// Where all that is judged has happened already.
const SHORT: Times = Times {
    defaults: "within: 30s, every: 3s, timeout: 15s",
    stable: "hold: 9s",
    ingestion: "10s",
    longest: Duration::from_secs(30 + 10 + 15 + 1),
};

/// Where a rollout is still under way.
pub(crate) const LONG: Times = Times {
    defaults: "within: 60s, every: 2s, timeout: 15s",
    stable: "hold: 20s",
    ingestion: "20s",
    longest: Duration::from_secs(60 + 20 + 15 + 1),
};

/// Judges a deployment in the weather that `arm` makes.
fn judged(
    deployment: &Deployment,
    times: &Times,
    arm: impl FnOnce(&Simulator),
) -> Result<Outcome, String> {
    let suite = |simulator: &Simulator| {
        deployment.suite(simulator, times.defaults, times.stable, times.ingestion)
    };
    ran(deployment.incident, arm, suite, times.longest)
}

/// Runs a suite against an incident, once `arm` has made the weather.
pub(crate) fn ran(
    name: &str,
    arm: impl FnOnce(&Simulator),
    suite: impl FnOnce(&Simulator) -> String,
    longest: Duration,
) -> Result<Outcome, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        let simulator = incident(name);
        arm(&simulator);
        let connections = Arc::new(connections(&simulator));
        let plan = plan_of(&suite(&simulator), &Catalog::built_in());
        let began = Instant::now();
        let mut observer = ();
        let run = run(
            &plan,
            connections,
            Options::default(),
            never(),
            &mut observer,
        );
        let report = timeout(longest, run).await;
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
    let calm = judged(deployment, &SHORT, |_| {}).expect("reports");
    assert_eq!(calm.code(), Some(i64::from(deployment.code)));
    let wrong = TABLE.iter().filter_map(|row: &Row| {
        let outcome = judged(deployment, &SHORT, |simulator| simulator.fault(row.fault()));
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

/// The stability alone, which a hold watches for longer than the deadline for its begin.
const STABLE: &str = "
version: 1
name: stable
defaults: { within: 10s, every: 2s, timeout: 15s }
targets:
  service: { cluster: prod-shop, service: checkout, region: eu-west-1 }
checks:
  - { id: stable, check: ecs.stable, hold: 30s }
";

#[test]
fn a_replica_that_lags_tears_no_hold() {
    // Somewhere among these moments, the last new task has just begun to run when the run begins.
    for moment in (24..=96).step_by(6) {
        let deployed = |simulator: &Simulator| {
            simulator.perform("deploy-again").expect("an action of it");
            simulator.advance(Duration::from_secs(moment));
        };
        let longest = Duration::from_secs(60);
        let calm = ran("healthy", deployed, |_| STABLE.to_owned(), longest).expect("reports");
        let arm = |simulator: &Simulator| {
            deployed(simulator);
            let stale = Fault::new("ecs:*", FaultKind::Stale);
            let stale = stale.beginning(SignedDuration::from_secs(13));
            simulator.fault(stale.lasting(SignedDuration::from_secs(4)));
        };
        let lagging = ran("healthy", arm, |_| STABLE.to_owned(), longest).expect("reports");
        if let Err(told) = lagging.compare(&calm, OLDER) {
            panic!("{moment} s after the deploy:\n{told}");
        }
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
