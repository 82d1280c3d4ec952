//! An incident of the simulator, and what the runner says of it.

use std::sync::Arc;
use std::time::Duration;

use touchdown::catalog::Catalog;
use touchdown::plan::Plan;
use touchdown::report::{CheckReport, Format, Report, Verdict, json};
use touchdown::run::{Options, run};
use touchdown::suite::{Sources, Suite};
use touchdown_simulator::{Clock, Scenario, Simulator};
use touchdown_storm::InProcess;

use crate::commands;
use crate::wire::{self, Change};

/// The longest that a run of one look may take by the virtual clock: every question's attempts, each
/// given up in time.
const LONGEST: Duration = Duration::from_secs(120);

/// An incident, with what one look at it asks.
pub(crate) struct World {
    scenario: Scenario,
    plan: Plan,
}

impl World {
    /// The incident of that name, and the checks of a suite, each of which looks once.
    pub fn new(incident: &str, suite: &str) -> Self {
        let read = Suite::parse(
            "suite.yaml",
            suite.as_bytes(),
            &Sources::none(),
            &Catalog::built_in(),
        );
        let suite = read.unwrap_or_else(|mistakes| panic!("{mistakes}"));
        Self {
            scenario: Scenario::named(incident).expect("an incident of the simulator"),
            plan: Plan::of(&suite).one_look(),
        }
    }

    /// What the runner says where answers are changed so. The report is whole in any case.
    pub fn judged(&self, change: Change) -> Report {
        let report = paused().block_on(async {
            let simulator = Simulator::new(self.scenario.clone(), Clock::default());
            let simulator = simulator.expect("a scenario that holds together");
            let connections = Arc::new(wire::connections(
                &simulator,
                change,
                Arc::new(InProcess(simulator.clone())),
            ));
            let stop = std::future::pending();
            run(&self.plan, connections, Options::default(), stop, &mut ()).await
        });
        assert_whole(&report, self.plan.checks.len());
        report
    }
}

/// The ids of the checks that passed.
pub(crate) fn passed(report: &Report) -> Vec<&str> {
    let passed = |check: &&CheckReport| check.verdict == Verdict::Passed;
    let ids = report.checks.iter().filter(passed);
    ids.map(|check| check.id.as_str()).collect()
}

/// A runtime whose clock takes no time.
pub(crate) fn paused() -> tokio::runtime::Runtime {
    let mut paused = tokio::runtime::Builder::new_current_thread();
    let paused = paused.enable_all().start_paused(true).build();
    paused.expect("a runtime")
}

/// Fails where the report of a run is no whole one.
pub(crate) fn assert_whole(report: &Report, checks: usize) {
    assert_eq!(report.checks.len(), checks);
    assert!(
        u128::from(report.took_ms) <= LONGEST.as_millis(),
        "{} ms of one look",
        report.took_ms
    );
    for check in &report.checks {
        assert!(!check.headline.is_empty(), "{check:?}");
        assert!(
            !check.headline.contains(" panicked: "),
            "{}",
            check.headline
        );
    }
    let saved = json::render(report);
    let read = json::read(&saved).expect("a report that was written");
    assert_eq!(json::render(&read), saved);
    commands::assert_plain(&Format::Human.render(report));
}
