//! The chain, from literal reports.

use super::*;
use crate::report::fixtures::{self, check, digest, seen};

const COMMAND: &str =
    "aws ecs update-service --cluster dev --service web --region us-east-1 --force-new-deployment";

fn shown(report: &Report) -> String {
    render(report, &Style::FILE)
}

fn chain() -> Report {
    let mut pinned = check(
        "pinned",
        "ecr.layers",
        Verdict::Failed,
        "the deployment pinned sha256:251ba85593d5",
    );
    pinned.name = "the deployment pinned it".into();
    pinned.attempts = fixtures::looks(1, State::Broken, "pinned another");
    pinned.hint = Some(format!(
        "It began 16m9s before the push. Force a new deployment:\n  {COMMAND}"
    ));
    let body = Body::compared("digest of `web`", digest("9f86d0"), digest("251ba8"));
    pinned.evidence = vec![seen("ecs:DescribeServiceRevisions", "web", body)];
    let mut balanced = check(
        "balanced",
        "ecs.balanced",
        Verdict::Skipped,
        "not looked at: the service is in no target group",
    );
    balanced.required = false;
    let mut report = fixtures::report(vec![
        check("pushed", "ecr.pushed", Verdict::Passed, "web:4 was pushed"),
        pinned,
        check(
            "running",
            "ecs.digest",
            Verdict::Failed,
            "task 0a1b runs another",
        ),
        check("healthy", "ecs.healthy", Verdict::Inconclusive, "denied"),
        balanced,
    ]);
    report.suite = "dev-inventory-cluster/dashboard".into();
    report
}

#[test]
fn the_first_screen_says_what_is_wrong_and_what_to_do() {
    let expected = format!(
        "\
FAILED  the chain breaks at `pinned`
  dev-inventory-cluster/dashboard, us-east-1, dashboard:4, deployment ecs-svc/4817263549201837465

  ✔ pushed    web:4 was pushed
  ✖ pinned    the deployment pinned sha256:251ba85593d5
  ✖ running   task 0a1b runs another
  ? healthy   denied
  - balanced  skipped: not looked at: the service is in no target group

✖ pinned (the deployment pinned it)
  digest of `web`
  expected  {}
  seen      {}
  where     ecs:DescribeServiceRevisions at 23:51:02 UTC
  why       It began 16m9s before the push.

Do this: Force a new deployment:
  {COMMAND}

Broken too, and perhaps because of it: running. Look again once this is mended.
Could not be told: healthy.
",
        digest("9f86d0"),
        digest("251ba8")
    );
    assert_eq!(shown(&chain()), expected);
}

#[test]
fn a_command_is_never_wrapped() {
    let narrow = Style {
        width: 40,
        ..Style::FILE
    };
    assert!(render(&chain(), &narrow).contains(&format!("\n  {COMMAND}\n")));
}

#[test]
fn the_first_failed_link_goes_before_one_that_could_not_be_told() {
    let mut report = chain();
    report.checks[0].verdict = Verdict::Inconclusive;
    assert!(shown(&report).contains("breaks at `pinned`"));
    report.checks.truncate(1);
    report.verdict = Verdict::Inconclusive;
    assert!(shown(&report).contains("it can't be told at `pushed`"));
}

#[test]
fn what_holds_for_every_link_is_said_once() {
    let mut report = chain();
    for check in &mut report.checks[..4] {
        check.verdict = Verdict::Failed;
        check.headline = "the service was rolled back to web:3".into();
        check.hint = Some("Find out why its tasks failed.".into());
        check.evidence.clear();
    }
    let shown = shown(&report);
    let expected = "\
FAILED  the service was rolled back to web:3
  dev-inventory-cluster/dashboard, us-east-1, dashboard:4, deployment ecs-svc/4817263549201837465

next: Find out why its tasks failed.
";
    assert_eq!(shown, expected);
}

#[test]
fn what_may_still_come_is_told() {
    let mut report = chain();
    let waiting = "If nothing has to be mended first, wait: `--wait 10m`";
    report.checks[1].attempts = fixtures::looks(1, State::NotYet, "so far");
    assert!(shown(&report).contains(waiting));
    report.checks[1].attempts = fixtures::looks(3, State::NotYet, "still");
    assert!(!shown(&report).contains(waiting), "it has waited");
    report.checks[1].attempts = fixtures::looks(1, State::Broken, "broken");
    assert!(!shown(&report).contains(waiting), "waiting can't help");
}

#[test]
fn evidence_that_fills_the_screen_is_left_to_verbose() {
    let mut report = chain();
    let rows = (0..20).map(|number| [format!("task {number}"), "RUNNING".to_owned()]);
    let body = Body::table("tasks", ["task", "status"], rows);
    let short = Body::table("services", ["service"], [["web".to_owned()]]);
    report.checks[1].evidence = vec![
        seen("ecs:DescribeTasks", "web", body),
        seen("ecs:DescribeServices", "web", short),
    ];
    let shown = shown(&report);
    assert!(!shown.contains("task 7"), "{shown}");
    assert!(
        !shown.contains("ecs:DescribeTasks"),
        "nothing is seen there"
    );
    assert!(shown.contains("ecs:DescribeServices"), "{shown}");
}

#[test]
fn links_that_say_the_same_are_said_once() {
    let mut report = chain();
    report.checks[2].headline = report.checks[1].headline.clone();
    assert!(shown(&report).contains("✖ running   the same as `pinned`"));
}

#[test]
fn a_chain_that_holds_says_so() {
    let mut report = chain();
    report
        .checks
        .retain(|check| check.verdict == Verdict::Passed);
    report.verdict = Verdict::Passed;
    let shown = shown(&report);
    assert!(
        shown.starts_with("PASSED  what was pushed is deployed, 1 of 1 links hold\n"),
        "{shown}"
    );
    assert_eq!(
        verdict(&report, &Style::FILE),
        "PASSED  dev-inventory-cluster/dashboard: what was pushed is deployed, 1 of 1 links hold\n"
    );
}

#[test]
fn verbose_shows_everything() {
    let verbose = Style {
        verbose: true,
        ..Style::FILE
    };
    let shown = render(&chain(), &verbose);
    assert!(
        shown.contains("request id") && shown.contains("AWS call"),
        "{shown}"
    );
}

#[test]
fn outside_text_stays_text() {
    let report = fixtures::hostile_with(fixtures::HOSTILE);
    let shown = render(&report, &Style::FILE);
    assert!(
        !shown.contains('\u{1b}') && !shown.contains("\n::error"),
        "{shown}"
    );
}

#[test]
fn a_hint_is_taken_apart() {
    let of = |hint| Advice::of(Some(hint));
    let both = of("Tasks don't fetch it. Force one:\n  aws x\n  aws y");
    assert_eq!(
        (&*both.why, &*both.what, both.commands.len()),
        ("Tasks don't fetch it.", "Force one:", 2)
    );
    let only = of("Force one:\n  aws x");
    assert_eq!((&*only.why, &*only.what), ("", "Force one:"));
    let either = of("It failed.\n  aws x\nor anew:\n  aws y");
    assert_eq!((&*either.why, &*either.what), ("", "It failed."));
    assert_eq!(either.commands, ["  aws x", "or anew:", "  aws y"]);
    let prose = of("Check the names. Then look again.");
    assert_eq!(prose.what, "Check the names. Then look again.");
    assert_eq!(Advice::of(None), Advice::default());
}
