//! What the picture tells of a rollout, and how it stays readable.

use jiff::Timestamp;
use scraper::{Html, Selector};
use touchdown_checks::contract::{Rollout, Step, TaskCourse};

use super::course;
use super::lane::{Lane, Phase, Sign};
use super::limit::Limited;
use crate::report::fixtures::{self, at, check, report};
use crate::report::html::render;
use crate::report::{Report, Verdict};

fn lanes(rollout: &Rollout) -> Vec<Limited<Lane<'_>>> {
    course::groups(rollout, at("23:51:02"))
}

fn task<'a>(groups: &'a [Limited<Lane<'a>>], id: &str) -> &'a Lane<'a> {
    let tasks = groups.iter().flat_map(|group| &group.kept);
    let mut found = tasks.filter(|lane| lane.label.starts_with(&format!("task {id} of :")));
    found.next().expect("the task")
}

fn phases(lane: &Lane<'_>) -> Vec<(Phase, Timestamp, Timestamp)> {
    let spans = lane.spans.iter();
    spans.map(|span| (span.phase, span.from, span.to)).collect()
}

#[test]
fn a_task_goes_through_its_phases() {
    let rollout = fixtures::rollout();
    let groups = lanes(&rollout);
    let lost = task(&groups, "77d1c0be");
    assert_eq!(
        phases(lost),
        [
            (Phase::Starting, at("23:45:20"), at("23:46:22")),
            (Phase::Running, at("23:46:22"), at("23:47:21")),
            (Phase::Stopping, at("23:47:21"), at("23:47:40")),
        ]
    );
    let end = lost.marks.last().expect("its end");
    assert_eq!((end.sign, end.at), (Sign::Lost, at("23:47:40")));
    assert!(end.what.contains("OutOfMemoryError"), "{}", end.what);

    let draining = task(&groups, "bb31c27b");
    assert_eq!((draining.judged, draining.note), (false, "other"));
    let last = phases(draining).pop();
    assert_eq!(
        last,
        Some((Phase::Stopping, at("23:47:05"), at("23:51:02")))
    );
    let pending = task(&groups, "c3e85a90");
    assert_eq!(
        phases(pending),
        [(Phase::Starting, at("23:47:30"), at("23:51:02"))],
        "what has not ended lasts until the end of the run"
    );
}

#[test]
fn of_many_tasks_the_telling_ones_are_drawn_and_the_others_counted() {
    let mut rollout = Rollout::default();
    for number in 0..300 {
        let mut steps = vec![(Step::Created, at("23:45:20"))];
        if number == 250 {
            steps.push((Step::Stopping, at("23:46:20")));
        }
        rollout.tasks.push(TaskCourse {
            id: format!("{number:08}"),
            deployment: String::new(),
            judged: number >= 200,
            last_status: "RUNNING".to_owned(),
            steps: steps.into_iter().collect(),
            stopped_reason: None,
        });
    }
    rollout.omitted_tasks = 40;
    let groups = lanes(&rollout);
    let tasks = groups.last().expect("the tasks");
    assert_eq!((tasks.kept.len(), tasks.left_out), (20, 320));
    assert!(tasks.kept.iter().all(|lane| lane.judged));
    assert!(tasks.kept.iter().any(|lane| lane.label == "task 00000250"));
}

fn with_rollout(rollout: Rollout) -> Report {
    let mut report = report(vec![check("fresh", "ecs.stable", Verdict::Failed, "gone")]);
    let target = report.targets.get_mut("web").expect("the target");
    target.rollout = Some(rollout);
    report
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).expect("a selector");
    let found = page.select(&selector);
    found.map(|element| element.text().collect()).collect()
}

#[test]
fn what_the_picture_shows_stands_in_the_table_below() {
    let page = Html::parse_document(&render(&with_rollout(fixtures::rollout())));
    let rows = texts(&page, ".facts-of-picture tr").join("\n");
    for told in [
        "23:41:07 UTCpush of dashboard:latest-devpushed",
        "2025-11-11 14:05:20 UTCrevision 3 of dashboardothercreated",
        "23:46:30 UTCtask 0f9a31c2 of :4judgedseen healthy",
        "23:47:25 UTCtask aa31c27b of :3otherstopped",
        "23:46:01 UTCfreshfailed: gone",
    ] {
        assert!(rows.contains(told), "{told} in\n{rows}");
    }
    let titles = texts(&page, "svg[role=img] .mark title");
    let healthy = "2025-11-18T23:46:30.000Z seen healthy";
    assert!(titles.iter().any(|title| title == healthy), "{titles:?}");
    assert_eq!(texts(&page, "figcaption p"), ["Not drawn: 2 more tasks."]);
}

#[test]
fn a_deployment_that_only_its_tasks_tell_of_begins_with_the_first_of_them() {
    let mut rollout = fixtures::rollout();
    for deployment in &mut rollout.deployments {
        deployment.created_at = None;
    }
    let page = Html::parse_document(&render(&with_rollout(rollout)));
    let rows = texts(&page, ".facts-of-picture tr").join("\n");
    for told in [
        "revision 4 of dashboardjudgedits first task created",
        "revision 3 of dashboardotherits first task created",
    ] {
        assert!(rows.contains(told), "{told} in\n{rows}");
    }
}

#[test]
fn what_began_long_before_begins_at_the_edge() {
    let page = Html::parse_document(&render(&with_rollout(fixtures::rollout())));
    assert_eq!(
        texts(&page, "svg .before"),
        ["◀ 7d before"; 3],
        "the other deployment and its two tasks"
    );
    let ticks = texts(&page, ".axis text");
    assert_eq!(
        ticks[..2],
        ["2025-11-18", "23:41:07"],
        "the push comes first"
    );
}

#[test]
fn each_target_has_its_picture_and_so_have_checks_of_none() {
    let checks = ["web", "api", ""].map(|target| {
        let mut one = check(&format!("of-{target}"), "ecs.stable", Verdict::Passed, "");
        one.target = (!target.is_empty()).then(|| target.to_owned());
        one
    });
    let mut report = report(checks.to_vec());
    let web = report.targets["web"].clone();
    report.targets.insert("api".to_owned(), web);
    let page = Html::parse_document(&render(&report));
    let labels: Vec<String> = texts(&page, "svg .label");
    assert_eq!(labels, ["of-api", "of-web", "of-"]);
    report.targets.remove("api");
    let page = Html::parse_document(&render(&report));
    assert_eq!(texts(&page, "svg .label"), ["of-web", "of-"]);
}
