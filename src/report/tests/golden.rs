//! Each format of each scenario, as it should be: `tests/golden/report/SCENARIO.EXTENSION`.
//!
//! After a change that is meant, `UPDATE=1 cargo test golden` writes them anew.

#[path = "../../../tests/common/golden.rs"]
mod files;

use super::scenarios;
use crate::report::terminal::{self, Style};
use crate::report::{Format, Report};
use files::Golden;

#[test]
fn golden_reports() {
    let mut golden = Golden::files("tests/golden/report");
    for (scenario, report) in scenarios::all() {
        for format in Format::ALL {
            let name = format!("{scenario}.{}", format.extension());
            golden.compare(&name, &format.render(&report));
        }
        if ["passed", "failed"].contains(&scenario) {
            for (style, text) in styled(&report) {
                golden.compare(&format!("{scenario}.{style}.txt"), &text);
            }
        }
    }
    golden.finish();
}

/// The report as terminals show it beside what a file holds.
fn styled(report: &Report) -> [(&'static str, String); 2] {
    let verbose = Style {
        verbose: true,
        ..Style::FILE
    };
    let narrow = Style {
        width: 60,
        ..Style::FILE
    };
    [
        ("verbose", terminal::render(report, &verbose)),
        ("narrow", terminal::render(report, &narrow)),
    ]
}
