//! The real binary over real sockets, under every kind of fault.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use touchdown_simulator::{Clock, FaultKind, Scenario, Simulator};

use crate::outcome::{Outcome, Reports};
use crate::place::{Place, ended};
use crate::table::{BROKEN, Deployment, HEALTHY, Row, TABLE};

/// More would only wait for the two cores of a small machine.
const AT_ONCE: usize = 4;

/// Where nothing comes at all, a look is given up soon; everywhere else the time-out must not come first on
/// a machine that is busy.
fn defaults(row: Option<&Row>) -> &'static str {
    match row.map(|row| row.kind) {
        Some(FaultKind::Hung | FaultKind::Drip | FaultKind::Slow) => {
            "within: 2s, every: 300ms, timeout: 1s"
        }
        _ => "within: 2s, every: 300ms, timeout: 12s",
    }
}

fn run(deployment: &Deployment, row: Option<&Row>) -> Result<Outcome, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let scenario = Scenario::named(deployment.incident).map_err(|error| told(&error))?;
    let simulator = Simulator::new(scenario, Clock::at_speed(1.0)).map_err(|error| told(&error))?;
    let served = simulator.start_on(0).map_err(|error| told(&error))?;
    if let Some(row) = row {
        simulator.fault(row.fault());
    }
    let place =
        Place::with_suite(&deployment.suite(&simulator, defaults(row), "within: 2s", "1ms"));
    let url = served.url();
    let arguments = [
        "run",
        "--json",
        "report.json",
        "--junit",
        "report.xml",
        "--html",
        "report.html",
        "--endpoint-url",
        &url,
    ];
    let ended = ended(place.touchdown(&arguments));
    if ended.code.is_none() || ended.stderr.contains("panicked") {
        return Err(format!("a hang, or a panic: {ended:#?}"));
    }
    let outcome = Outcome::of(&Reports {
        json: place.read("report.json"),
        junit: place.read("report.xml"),
        html: place.read("report.html"),
    })?;
    match outcome.code() == ended.code.map(i64::from) {
        true => Ok(outcome),
        false => Err(format!("the report has another exit code than {ended:#?}")),
    }
}

/// The first row of each kind; what is wrong under any of them is told at once.
fn hold_against_the_table(deployment: &Deployment) {
    let calm = run(deployment, None).expect("reports");
    assert_eq!(calm.code(), Some(i64::from(deployment.code)));
    let is_first = |(place, row): &(usize, &Row)| {
        !TABLE[..*place].iter().any(|before| before.kind == row.kind)
    };
    let rows: Vec<&Row> = TABLE
        .iter()
        .enumerate()
        .filter(is_first)
        .map(|(_, row)| row)
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            let compared =
                run(deployment, Some(row)).and_then(|run| run.compare(&calm, row.causes));
            wrong.extend(
                compared
                    .err()
                    .map(|told| format!("{}:\n{told}", row.name())),
            );
        }
        wrong
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let ended = workers
            .into_iter()
            .map(|worker| worker.join().expect("no panic"));
        ended.flatten().collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_healthy_deployment_is_never_red() {
    hold_against_the_table(&HEALTHY);
}

#[test]
fn a_broken_deployment_is_never_green() {
    hold_against_the_table(&BROKEN);
}
