//! Suites: mistakes are told at their place, a good suite has a plan, and no secret gets out.

use touchdown::catalog::Catalog;
use touchdown::plan::Plan;
use touchdown::suite::{Sources, Suite, SuiteErrors};

use crate::commands;

/// The value of `API_TOKEN`. It has a character that YAML and JSON write in two ways.
const SECRET: &str = "hunter2/swordfish";

pub(crate) fn read(data: &[u8]) {
    match Suite::parse("suite.yaml", data, &sources(), &Catalog::built_in()) {
        Ok(suite) => assert_planned(&suite),
        Err(errors) => assert_told(data, &errors),
    }
}

fn sources() -> Sources {
    Sources::new([("HOST".to_owned(), "example.org".to_owned())], |name| {
        (name == "API_TOKEN").then(|| SECRET.to_owned())
    })
}

fn assert_planned(suite: &Suite) {
    let plan = Plan::of(suite);
    assert!(!plan.checks.is_empty(), "a suite without a check");
    // A year of a week each is more than the bounds of a suite allow one check.
    let bound = std::time::Duration::from_secs(366 * 24 * 60 * 60) * plan.checks.len() as u32;
    assert!(plan.longest() <= bound, "{:?}", plan.longest());
}

fn assert_told(data: &[u8], errors: &SuiteErrors) {
    let told = errors.to_string();
    assert!(!errors.mistakes().is_empty(), "refused without a mistake");
    assert!(told.contains("suite.yaml"), "{told}");
    let written = String::from_utf8_lossy(data);
    assert!(!told.contains(SECRET) || written.contains(SECRET), "{told}");
    // Commands for a CI system are broken up where it is printed.
    commands::assert_visible(&told);
    for mistake in errors.mistakes() {
        assert!(!mistake.message.is_empty());
        let (Some(line), Some(column)) = (mistake.line(), mistake.column()) else {
            continue;
        };
        if mistake.file() != "suite.yaml" {
            continue;
        }
        let found = written.split('\n').nth(line - 1);
        let width = found.map(|found| found.chars().count());
        assert!(
            width.is_some_and(|width| column <= width + 1),
            "{line}:{column} is outside of the file: {}",
            mistake.message
        );
    }
}
