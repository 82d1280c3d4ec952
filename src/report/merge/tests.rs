//! Joined reports are what one run would have written, and nothing goes missing unseen.

use proptest::prelude::*;

use super::*;
use crate::report::fixtures::{at, check, report};
use crate::report::{Interruption, ShardReport};

const KIND: &str = "ecs.digest-running";

fn part(from: &str, report: Report) -> Part {
    let from = from.to_owned();
    Part { from, report }
}

/// A report of checks that passed.
fn passed(ids: &[&str]) -> Report {
    report(
        ids.iter()
            .map(|id| check(id, KIND, Verdict::Passed, ""))
            .collect(),
    )
}

/// A shard's report of checks that passed, by their places.
fn shard(index: u32, of: u32, checks: usize, places: &[usize]) -> Part {
    let ids: Vec<String> = places.iter().map(|place| format!("c{place}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut report = passed(&ids);
    report.shard = Some(ShardReport {
        index,
        of,
        checks,
        places: places.to_vec(),
        plan: "4b5e".to_owned(),
    });
    report.verdict = Verdict::of_run(&report.checks, report.shard.as_ref());
    part(&format!("{index}.json"), report)
}

fn three() -> Vec<Part> {
    vec![
        shard(3, 3, 4, &[1]),
        shard(1, 3, 4, &[]),
        shard(2, 3, 4, &[0, 2, 3]),
    ]
}

fn ids(report: &Report) -> Vec<&str> {
    report.checks.iter().map(|check| &*check.id).collect()
}

#[track_caller]
fn refused(parts: Vec<Part>) -> String {
    merge(parts, None).expect_err("refused").to_string()
}

#[test]
fn shards_become_the_report_of_the_whole_suite() {
    let mut parts = three();
    parts[0].report.started_at = at("23:46:10");
    parts[0].report.took_ms = 400_000;
    parts[2].report.checks[0].verdict = Verdict::Failed;
    parts[2].report.verdict = Verdict::Failed;
    parts[2].report.counts = counts(&parts[2].report.checks);
    let whole = merge(parts, None).expect("joined");
    assert_eq!(
        ids(&whole),
        ["c0", "c1", "c2", "c3"],
        "in the suite's order"
    );
    assert_eq!((whole.verdict, whole.exit_code), (Verdict::Failed, 1));
    assert_eq!((whole.counts.passed, whole.counts.failed), (3, 1));
    assert_eq!((whole.shard, whole.started_at), (None, at("23:46:00")));
    assert_eq!(whole.took_ms, 410_000, "until the last one ended");
    let calls = whole.calls.iter();
    let calls: Vec<_> = calls
        .map(|call| (&*call.call, call.count, call.throttled))
        .collect();
    assert_eq!(
        calls,
        [
            ("ecs:DescribeServices", 93, 0),
            ("ecs:DescribeTasks", 186, 6)
        ]
    );
}

#[test]
fn a_shard_that_was_stopped_stops_the_whole() {
    let mut parts = three();
    parts[1].report.interrupted = Some(Interruption::Terminate);
    parts[1].report.exit_code = 143;
    let whole = merge(parts, None).expect("joined");
    assert_eq!(whole.interrupted, Some(Interruption::Terminate));
    assert_eq!(whole.exit_code, 143);
}

#[test]
fn what_is_no_check_of_the_suite_comes_last() {
    let mut parts = three();
    let baseline = check("baseline:web", "baseline", Verdict::Inconclusive, "");
    parts[1].report.checks.push(baseline);
    parts[1].report.verdict = Verdict::Inconclusive;
    parts[1].report.counts = counts(&parts[1].report.checks);
    let whole = merge(parts, None).expect("joined");
    assert_eq!(ids(&whole), ["c0", "c1", "c2", "c3", "baseline:web"]);
    assert_eq!(whole.exit_code, 3);
}

/// A glob that matches nothing may stand for services of any shard.
#[test]
fn what_was_not_found_is_told_by_all_and_counts_once() {
    let mut parts = three();
    for part in &mut parts {
        let report = &mut part.report;
        let unfound = |id: &str| {
            check(
                id,
                KIND,
                Verdict::Inconclusive,
                "matches none of 4 services",
            )
        };
        match &part.from[..] {
            "2.json" => report.checks[1] = unfound("c2"),
            _ => report.checks.push(unfound("c2")),
        }
        report.counts = counts(&report.checks);
        report.verdict = Verdict::Inconclusive;
    }
    let whole = merge(parts.clone(), None).expect("joined");
    assert_eq!(ids(&whole), ["c0", "c1", "c2", "c3"]);
    assert_eq!((whole.exit_code, whole.counts.inconclusive), (3, 1));
    // No place, and a verdict of its own: nobody can tell which of the two is meant.
    parts[0].report.checks[1].verdict = Verdict::Passed;
    parts[0].report.counts = counts(&parts[0].report.checks);
    parts[0].report.verdict = Verdict::Passed;
    assert!(refused(parts).starts_with("the check `c2` is in 3.json and in 1.json"));
}

#[test]
fn no_shard_goes_missing() {
    let mut parts = three();
    parts.remove(1);
    assert_eq!(
        refused(parts),
        "shard 1 of 3 is missing; a suite is judged when all of its shards are, so give that report too: \
         `touchdown run --shard 1/3 --json FILE` writes it"
    );
    assert!(refused(vec![shard(2, 4, 1, &[0])]).starts_with("shards 1, 3, 4 of 4 are missing"));
    let told = refused(vec![shard(1, 4_000_000_000, 1, &[0])]);
    assert!(
        told.contains(", 21 and 3999999979 more of 4000000000 are"),
        "{told}"
    );
}

#[test]
fn no_shard_counts_twice() {
    let mut parts = three();
    parts.push(part("again.json", parts[0].report.clone()));
    let told = refused(parts);
    assert!(
        told.contains("3.json (begun 2025-11-18T23:46:00Z) and again.json (begun"),
        "{told}"
    );
    assert!(told.contains("both shard 3 of 3") && told.contains("the later report alone"));
}

#[test]
fn shards_are_of_one_plan_and_one_number() {
    let with = |change: fn(&mut ShardReport)| {
        let mut parts = three();
        change(parts[2].report.shard.as_mut().expect("a shard"));
        refused(parts)
    };
    let other = with(|shard| shard.plan = "9999".to_owned());
    assert!(
        other.starts_with("3.json (4 checks) and 2.json (4 checks) are shards of different plans")
    );
    let mut parts = three();
    parts[2].report.interrupted = Some(Interruption::Terminate);
    shard_of(&mut parts[2].report).plan = "9999".to_owned();
    let early = refused(parts);
    assert!(
        early.contains("2.json was interrupted, perhaps before it had found its services"),
        "{early}"
    );
    let total = with(|shard| shard.of = 4);
    assert!(
        total.starts_with("3.json is shard 3 of 3, and 2.json is shard 2 of 4"),
        "{total}"
    );
    let mut parts = three();
    parts.push(part("whole.json", passed(&["x"])));
    let mixed = "3.json is shard 3 of 3, and whole.json is no shard";
    assert!(refused(parts.clone()).starts_with(mixed));
    parts.rotate_right(1);
    assert!(refused(parts).starts_with(mixed));
}

#[test]
fn a_report_that_was_changed_is_refused() {
    type Change = fn(&mut Report);
    let changes: [(Change, &str); 4] = [
        (
            |report| report.checks[1].id = "c0".into(),
            "it has two checks `c0`",
        ),
        (
            |report| {
                report.checks.pop();
                report.counts = counts(&report.checks);
            },
            "it holds 2 of its 3 checks",
        ),
        (|report| shard_of(report).index = 0, "it is shard 0 of 3"),
        (
            |report| shard_of(report).places = vec![0, 2, 9],
            "the `places` of its checks are not ascending",
        ),
    ];
    for (change, told) in changes {
        let mut parts = three();
        change(&mut parts[2].report);
        let refusal = refused(parts);
        let whole = format!("2.json contradicts itself: {told}");
        assert!(refusal.starts_with(&whole), "{refusal}");
    }
    let mut parts = three();
    shard_of(&mut parts[2].report).places = vec![1, 2, 3];
    assert!(refused(parts).starts_with("the shards don't hold each of the suite's 4 checks once"));
}

fn shard_of(report: &mut Report) -> &mut ShardReport {
    report.shard.as_mut().expect("a shard")
}

#[test]
fn reports_of_whole_suites_follow_each_other() {
    let parts = || {
        vec![
            part("b.json", passed(&["b"])),
            part("a.json", passed(&["a"])),
        ]
    };
    let whole = merge(parts(), None).expect("joined");
    assert_eq!(
        (ids(&whole), &*whole.suite),
        (vec!["b", "a"], "inventory, after deploy")
    );
    let mut other = parts();
    other[1].report.suite = "shop".to_owned();
    let told = refused(other.clone());
    assert!(
        told.starts_with(
            "b.json is of `inventory, after deploy`, and a.json is of `shop`; `--name"
        )
    );
    assert_eq!(merge(other, Some("both")).expect("joined").suite, "both");
    let mut twice = parts();
    twice[1].report.checks[0].id = "b".to_owned();
    assert!(refused(twice).starts_with("the check `b` is in b.json and in a.json"));
}

#[test]
fn checking_nothing_is_no_pass() {
    let none = refused(vec![shard(1, 2, 0, &[]), shard(2, 2, 0, &[])]);
    assert!(
        none.starts_with("none of the reports has a check"),
        "{none}"
    );
    assert_eq!(refused(Vec::new()), none);
    let mut empty = passed(&[]);
    empty.verdict = Verdict::Inconclusive;
    assert_eq!(refused(vec![part("a.json", empty)]), none);
}

#[test]
fn one_target_is_one_deployment_of_one_service() {
    let two = |change: fn(&mut crate::report::TargetReport)| {
        let mut parts = vec![
            part("a.json", passed(&["a"])),
            part("b.json", passed(&["b"])),
        ];
        change(parts[1].report.targets.get_mut("web").expect("a target"));
        merge(parts, None)
    };
    let told = |change| two(change).expect_err("refused").to_string();
    let elsewhere = told(|web| web.cluster = "prod".into());
    assert!(
        elsewhere.starts_with(
            "the target `web` is `dev-inventory-cluster/dashboard` in a.json, and `prod/dashboard` in b.json"
        ),
        "{elsewhere}"
    );
    let overtaken = told(|web| web.deployment = Some("ecs-svc/2".into()));
    assert!(
        overtaken.contains("`ecs-svc/4817263549201837465` in a.json, and `ecs-svc/2` in b.json")
    );
    let unfound = two(|web| {
        web.service = "dash*".into();
        web.deployment = None;
    });
    let unfound = unfound.expect("joined");
    assert_eq!(
        unfound.targets,
        passed(&["a"]).targets,
        "what was found is told"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn however_checks_are_parted_the_verdict_is_that_of_all(
        checks in prop::collection::vec((0_usize..4, any::<bool>(), 0_u32..5), 1..20),
    ) {
        const VERDICTS: [Verdict; 4] =
            [Verdict::Passed, Verdict::Failed, Verdict::Inconclusive, Verdict::Skipped];
        let all: Vec<CheckReport> = checks.iter().enumerate().map(|(place, (verdict, required, _))| {
            let mut check = check(&format!("c{place}"), KIND, VERDICTS[*verdict], "");
            check.required = *required;
            check
        }).collect();
        let parts = (0..5).map(|home| {
            let places = (0..all.len()).filter(|&place| checks[place].2 == home);
            let mut part = shard(home + 1, 5, all.len(), &places.collect::<Vec<_>>());
            let own = part.report.checks.iter().map(|check| {
                let own = all.iter().find(|other| other.id == check.id);
                own.expect("one of all").clone()
            });
            part.report.checks = own.collect();
            part.report.counts = counts(&part.report.checks);
            part.report.verdict = Verdict::of_run(&part.report.checks, part.report.shard.as_ref());
            part
        });
        let whole = merge(parts.collect(), None).expect("joined");
        prop_assert_eq!(whole.verdict, Verdict::of_run(&all, None));
        prop_assert_eq!(whole.counts, counts(&all));
        prop_assert_eq!(whole.checks, all);
    }
}
