//! What touchdown catches: every incident of the simulator, broken and mended, through the real
//! binary over the real wire. The same table, told in `docs/incidents.md`, is made from the runs
//! on the paused clock (tests/docs.rs).

#[path = "cli/aws.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod aws;
#[path = "cli/place.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod place;
mod table;

use std::sync::Mutex;
use std::thread;

use serde_json::Value;

use aws::Aws;
use place::{Place, text};
use table::{Incident, Moment, TABLE};

/// How many incidents are judged at a time: they mostly wait.
const AT_ONCE: usize = 4;

#[test]
fn every_incident_is_told_and_its_fix_passes() {
    let open = Mutex::new(TABLE.iter());
    let wrong = Mutex::new(Vec::new());
    let take = || open.lock().expect("no panic in between").next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(incident) = take() {
                    wrong
                        .lock()
                        .expect("no panic in between")
                        .extend(judged(incident));
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic in between");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Every incident that the simulator knows has its line.
#[test]
fn the_table_is_complete() {
    let mut told: Vec<&str> = TABLE.iter().map(|incident| incident.name).collect();
    told.dedup();
    let mut known: Vec<&str> = touchdown_simulator::names().collect();
    told.sort_unstable();
    known.sort_unstable();
    assert_eq!(told, known);
}

/// What differs from the table, moment by moment.
fn judged(incident: &Incident) -> Vec<String> {
    let aws = Aws::of(incident.name);
    let place = Place::with_suite(&incident.suite());
    let mut wrong = Vec::new();
    for moment in incident.moments {
        if let Some(action) = moment.action {
            aws.simulator.perform(action).expect("one of its actions");
        }
        aws.simulator.advance(moment.later);
        let url = aws.url();
        let mut arguments = vec!["run", "--json", "report.json", "--endpoint-url", &url];
        let variables = incident.variables(&aws.simulator, "3s");
        arguments.extend(variables.iter().flat_map(|given| ["--var", given.as_str()]));
        let ended = place.run(&arguments);
        if ended.code.is_none_or(|code| code == 2) {
            wrong.push(format!("{}: {ended:#?}", incident.name));
            continue;
        }
        wrong.extend(differs(incident, moment, &place.report()));
    }
    wrong
}

/// Where a report is not what the table says.
fn differs(incident: &Incident, moment: &Moment, report: &Value) -> Option<String> {
    let checks = report["checks"].as_array().expect("checks").iter();
    let bad = |check: &&Value| ["failed", "inconclusive"].contains(&text(&check["verdict"]));
    let told: Vec<(&str, &str)> = checks
        .filter(bad)
        .map(|check| (text(&check["kind"]), text(&check["headline"])))
        .collect();
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| *kind).collect();
    let cause = told.is_empty() || told.iter().any(|(_, line)| line.contains(moment.says));
    let code = report["exit_code"].as_u64();
    let right = code == Some(moment.code.into()) && kinds == moment.kinds && cause;
    (!right).then(|| {
        format!(
            "{} after {:?}: expected {} by {:?} saying `{}`, but it was {code:?} by\n  {}",
            incident.name,
            moment.action,
            moment.code,
            moment.kinds,
            moment.says,
            told.iter()
                .map(|(kind, line)| format!("{kind}: {line}"))
                .collect::<Vec<_>>()
                .join("\n  ")
        )
    })
}
