//! A page is never too long, and what matters most is on it.

use proptest::prelude::*;
use touchdown_checks::contract::Body;

use super::parsed::parsed;
use crate::report::fixtures::{self, check, line, seen};
use crate::report::markdown::{LIMIT, render, render_within};
use crate::report::{CheckReport, Report, Verdict};

/// A check with so many rows of evidence.
fn with_rows(id: &str, verdict: Verdict, rows: usize) -> CheckReport {
    let mut check = check(id, "ecs.stable", verdict, "3 of 3 tasks");
    let row = |number| [format!("task {number}"), "RUNNING".to_owned()];
    let table = Body::table("tasks", ["task", "status"], (0..rows).map(row));
    check.evidence = vec![seen("ecs:DescribeTasks", fixtures::TASKS, table)];
    check
}

fn of_many(checks: usize, rows: usize) -> Report {
    let id = |number| format!("check-{number:05}");
    let mut all: Vec<CheckReport> = (0..checks)
        .map(|number| with_rows(&id(number), Verdict::Passed, rows))
        .collect();
    all.push(with_rows("the-last", Verdict::Failed, rows));
    fixtures::report(all)
}

#[test]
fn a_page_that_has_room_holds_everything() {
    let page = render(&of_many(100, 20));
    assert!(!page.contains("left out") && !page.contains("no room"));
    assert_eq!(page.matches("<details").count(), 101);
}

#[test]
fn a_long_page_is_cut_at_the_ends_of_sections_and_says_so() {
    let page = render(&of_many(2_000, 50));
    assert!(
        page.len() <= LIMIT && page.len() > LIMIT * 9 / 10,
        "{}",
        page.len()
    );
    let details = page.matches("<details").count();
    assert_eq!(page.matches("</details>").count(), details);
    let note = format!(
        "The evidence of {} more checks is left out here.",
        2_001 - details
    );
    assert!(page.contains(&note), "{details}");
    assert!(page.contains("Told by touchdown"));
    let failed = page.find("the-last").expect("it is told");
    assert!(
        failed < page.find("check-00000").expect("told too"),
        "the worst comes first"
    );
    assert_eq!(page.matches("<details open>").count(), 1);
}

#[test]
fn a_table_that_is_too_long_is_cut_at_the_end_of_a_row() {
    let page = render_within(&of_many(2_000, 0), 50_000);
    assert!(page.len() <= 50_000);
    let rows = page.lines().filter(|line| line.starts_with("| ✅")).count();
    let note = format!(
        "… and {} more checks, for which there is no room here.",
        2_000 - rows
    );
    assert!(page.contains(&note), "{rows}");
    assert!(page.contains("| ❌ failed | `the-last` | 3 of 3 tasks |"));
    assert!(page.contains("Told by touchdown"));
}

#[test]
fn many_rows_of_one_check_are_counted() {
    let page = render(&of_many(0, 10_000));
    assert!(page.contains("… and 9800 more rows"), "{}", page.len());
}

#[test]
fn evidence_that_is_too_much_costs_neither_the_check_nor_other_evidence() {
    let mut report = of_many(1, 3);
    let long = "部".repeat(2_000);
    let many = vec![line(None, "", &long); 200];
    let excerpt = Body::Excerpt {
        title: "lines".to_owned(),
        lines: many,
        omitted: 7,
    };
    let evidence = seen("logs:FilterLogEvents", "/ecs/dashboard", excerpt);
    report.checks[1].evidence.insert(0, evidence);
    let page = render(&report);
    assert!(page.len() <= LIMIT);
    assert!(page.contains("(1 of 2 pieces of evidence are left out here.)"));
    assert!(page.contains("| task 2 | RUNNING |"));
}

#[test]
fn a_line_of_five_megabytes_is_cut_and_nothing_else_is() {
    let long = "x ".repeat(2_500_000);
    let mut quoted = line(None, "", &format!("{long}needle{long}"));
    quoted.matched = Some("needle".to_owned());
    let mut report = of_many(3, 3);
    report.checks[3].evidence.push(seen(
        "logs:FilterLogEvents",
        &long,
        Body::Excerpt {
            title: long.clone(),
            lines: vec![quoted],
            omitted: 0,
        },
    ));
    let page = render(&report);
    assert!(page.len() < 40_000, "{}", page.len());
    assert!(page.contains("4998000 characters … "));
    assert!(page.contains("<b>needle</b>"));
    assert_eq!(page.matches("<details").count(), 4);

    let everywhere = render(&fixtures::hostile_with(&long));
    assert!(everywhere.len() <= LIMIT && everywhere.contains("Told by touchdown"));
    assert_eq!(everywhere.matches("<details").count(), 5);
}

#[test]
fn the_verdict_comes_before_all_else() {
    let report = of_many(3, 3);
    assert_eq!(render_within(&report, 0), "");
    assert_eq!(render_within(&report, 20), "## ❌ FAILED\n");
    let heading = "## ❌ FAILED: inventory, after deploy\n";
    assert_eq!(render_within(&report, heading.len() + 10), heading);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_page_is_too_long_and_none_is_broken(
        limit in 0_usize..20_000,
        text in "[a-z|`<&\n ]{0,40}",
        checks in 0_usize..12,
    ) {
        let mut report = fixtures::hostile_with(&text);
        report.checks.extend(of_many(checks, 8).checks);
        let page = render_within(&report, limit);
        prop_assert!(page.len() <= limit, "{} > {}", page.len(), limit);
        let read = parsed(&page);
        let count = |name: &str| read.structure.iter().filter(|element| *element == name).count();
        let opened = count("<details>") + count("<details open>");
        prop_assert_eq!(opened, count("</details>"));
        prop_assert_eq!(count("<pre>"), count("</pre>"));
    }
}
