//! What every incident's report says in every format: `tests/golden/incidents/INCIDENT/`.
//!
//! Time is paused and the simulated AWS is made of its scenario alone, so that a run finds the
//! same to the millisecond wherever it is made. `UPDATE=1 cargo test golden` writes the files
//! anew; the difference is then for a person to read.

mod common;
#[path = "common/golden.rs"]
mod files;
mod table;

use common::{confirmed, incident, judge_plan, plan_given};
use files::Golden;
use table::{Incident, TABLE};
use touchdown::report::terminal::{Style, chain};
use touchdown::report::{Format, Report};

/// Short, so that the looks of a report can be read.
const WITHIN: &str = "3s";

/// What is told of an incident at one moment.
struct Told {
    /// The folder of its files.
    folder: String,
    /// Of the incident's suite.
    report: Report,
    /// Of `touchdown confirm`.
    chain: Report,
}

#[test]
fn golden_incidents() {
    let mut golden = Golden::files("tests/golden/incidents");
    for told in TABLE.iter().flat_map(tell) {
        let folder = &told.folder;
        for format in Format::ALL {
            let name = format!("{folder}/report.{}", format.extension());
            golden.compare(&name, &format.render(&told.report));
        }
        let chain = chain::render(&told.chain, &Style::FILE);
        golden.compare(&format!("{folder}/confirm.txt"), &chain);
    }
    golden.finish();
}

/// An incident as it is found, and as it is found after its fix where it has a suite of its own.
fn tell(incident: &Incident) -> Vec<Told> {
    // A runtime each, so that no incident's report depends on what the others' took.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(judged(incident))
}

async fn judged(judged: &Incident) -> Vec<Told> {
    let simulator = incident(judged.name);
    let plan = plan_given(&judged.suite(), &judged.variables(&simulator, WITHIN));
    let mut told = Vec::new();
    for moment in judged.moments {
        if let Some(action) = moment.action {
            simulator.perform(action).expect("one of its actions");
        }
        simulator.advance(moment.later);
        let folder = match moment.action {
            None if told.is_empty() => judged.name.to_owned(),
            Some(action) if judged.has_its_own_suite() && moment.code == 0 => {
                format!("{}/{action}", judged.name)
            }
            _ => continue,
        };
        told.push(Told {
            folder,
            report: judge_plan(&simulator, &plan).await,
            chain: confirmed(&simulator, judged.service).await,
        });
    }
    told
}
