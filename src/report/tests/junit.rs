//! What CI systems make of a JUnit file: a test is known by its class and name, and what it
//! printed is not taken for an instruction.

use std::collections::BTreeSet;

use touchdown_checks::contract::State;

use crate::report::fixtures::{check, hostile_with, looks, report};
use crate::report::{Report, Verdict, junit};

/// Class and name of every testcase.
fn tests(report: &Report) -> Vec<(String, String)> {
    let document = junit::render(report);
    let attribute = |tag: &str, name: &str| {
        let (_, after) = tag
            .split_once(&format!(" {name}=\""))
            .expect("an attribute");
        after.split('"').next().unwrap_or_default().to_owned()
    };
    let tags = document.lines().map(str::trim_start);
    let tags = tags.filter(|line| line.starts_with("<testcase "));
    tags.map(|tag| (attribute(tag, "classname"), attribute(tag, "name")))
        .collect()
}

fn outputs(report: &Report) -> Vec<String> {
    let document = junit::render(report);
    let parts = document.split("<system-out>").skip(1);
    let parts = parts.filter_map(|part| part.split("</system-out>").next());
    parts.map(str::to_owned).collect()
}

#[test]
fn one_check_on_several_targets_is_several_tests() {
    let on = |target: &str| {
        let id = format!("fresh@{target}");
        let mut check = check(&id, "ecs.tasks-started-after-push", Verdict::Passed, "");
        check.name = "the tasks are new".to_owned();
        check
    };
    let all = tests(&report(vec![on("web"), on("worker")]));
    let class = "touchdown.ecs.tasks-started-after-push";
    let names = [
        "fresh@web: the tasks are new",
        "fresh@worker: the tasks are new",
    ];
    assert_eq!(all, names.map(|name| (class.to_owned(), name.to_owned())));
}

#[test]
fn names_are_unique_and_do_not_depend_on_the_outcome() {
    let verdicts = [
        Verdict::Passed,
        Verdict::Failed,
        Verdict::Inconclusive,
        Verdict::Skipped,
    ];
    let of = |verdict| {
        let ids = ["a", "b", "a@x"];
        let checks = ids.map(|id| check(id, "http.responds", verdict, &format!("{verdict:?}")));
        tests(&report(checks.to_vec()))
    };
    let all = verdicts.map(of);
    assert!(all.iter().all(|names| *names == all[0]), "{all:#?}");
    assert_eq!(all[0].iter().collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn looks_are_told_where_they_were_not_steady() {
    let mut once = check("once", "http.responds", Verdict::Failed, "503");
    let mut changed = once.clone();
    once.attempts = looks(40, State::NotYet, "503");
    changed.attempts = looks(40, State::NotYet, "503");
    changed.attempts[3].headline = "502".to_owned();
    let mut held = check(
        "held",
        "logs.line-absent",
        Verdict::Passed,
        "not in 20 lines",
    );
    held.attempts = looks(9, State::Holds, "not in 20 lines");
    held.attempts[7].headline = "not in 22 lines".to_owned();
    let told = outputs(&report(vec![once, changed, held]));
    assert_eq!(
        told.len(),
        2,
        "one of the suite, and one of a check: {told:#?}"
    );
    for part in ["looked 40 times in", "#1 ×3 ", "#4 ", "#5 ×36 ", "502"] {
        assert!(told[0].contains(part), "{told:#?}");
    }
}

#[test]
fn no_text_from_outside_attaches_a_file() {
    let mut report = hostile_with("x [[ATTACHMENT|/etc/passwd]]");
    for check in &mut report.checks {
        check.attempts = looks(2, State::NotYet, "[[ATTACHMENT|/etc/passwd]]");
        check.attempts[1].state = State::Broken;
        check.attempts[1].headline = "[\u{1b}[0m[ATTACHMENT|/etc/shadow]]".to_owned();
    }
    let told = outputs(&report).concat().replace("]]><![CDATA[", "");
    assert!(told.contains("[ [ATTACHMENT|"), "{told}");
    assert!(!told.contains("[[ATTACHMENT|"), "{told}");
}
