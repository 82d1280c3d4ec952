//! Parts of reports for tests.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use touchdown_checks::contract::{
    Body, DeploymentCourse, Evidence, Line, Moment, Push, Rollout, Source, State, Step, TaskCourse,
};

use super::{
    AttemptReport, CallReport, CheckReport, Counts, Report, TargetReport, VERSION, Verdict,
};

pub(crate) const TASKS: &str =
    "arn:aws:ecs:us-east-1:123456789012:service/dev-inventory-cluster/dashboard";

/// A time of the evening on which all of this happened.
pub(crate) fn at(clock: &str) -> Timestamp {
    let (day, clock) = clock.split_once(' ').unwrap_or(("2025-11-18", clock));
    format!("{day}T{clock}Z").parse().expect("a time")
}

/// A run of these checks.
pub(crate) fn report(checks: Vec<CheckReport>) -> Report {
    let gates = |verdict| checks.iter().any(|c| c.required && c.verdict == verdict);
    let (verdict, exit_code) = if gates(Verdict::Failed) {
        (Verdict::Failed, 1)
    } else if gates(Verdict::Inconclusive) {
        (Verdict::Inconclusive, 3)
    } else {
        (Verdict::Passed, 0)
    };
    Report {
        version: VERSION,
        suite: "inventory, after deploy".to_owned(),
        verdict,
        exit_code,
        interrupted: None,
        selection: None,
        run_id: None,
        shard: None,
        started_at: at("23:46:00"),
        took_ms: 302_450,
        counts: Counts::of(checks.iter().map(|check| check.verdict)),
        targets: BTreeMap::from([("web".to_owned(), target())]),
        checks,
        calls: vec![
            call("ecs:DescribeServices", 31, 0),
            call("ecs:DescribeTasks", 62, 2),
        ],
    }
}

fn target() -> TargetReport {
    TargetReport {
        cluster: "dev-inventory-cluster".to_owned(),
        service: "dashboard".to_owned(),
        region: Some("us-east-1".to_owned()),
        deployment: Some("ecs-svc/4817263549201837465".to_owned()),
        task_definition: Some("dashboard:4".to_owned()),
        expected_digest: Some(digest("9f86d0")),
        ..TargetReport::default()
    }
}

fn call(name: &str, count: u64, throttled: u64) -> CallReport {
    CallReport {
        call: name.to_owned(),
        count,
        throttled,
        failed: 0,
    }
}

/// A check with this outcome, looked at once.
pub(crate) fn check(id: &str, kind: &str, verdict: Verdict, headline: &str) -> CheckReport {
    let state = match verdict {
        Verdict::Passed => State::Holds,
        Verdict::Failed => State::NotYet,
        Verdict::Inconclusive | Verdict::Skipped => State::Unobserved,
    };
    CheckReport {
        id: id.to_owned(),
        kind: kind.to_owned(),
        name: id.to_owned(),
        target: kind.starts_with("ecs.").then(|| "web".to_owned()),
        required: true,
        verdict,
        headline: headline.to_owned(),
        hint: None,
        started_at: at("23:46:00"),
        took_ms: 1_204,
        attempts: match verdict {
            Verdict::Skipped => Vec::new(),
            _ => looks(1, state, headline),
        },
        evidence: Vec::new(),
    }
}

/// So many looks, two seconds apart, that say the same.
pub(crate) fn looks(count: u32, state: State, headline: &str) -> Vec<AttemptReport> {
    (1..=count)
        .map(|number| AttemptReport {
            number,
            at: at("23:46:00") + SignedDuration::from_secs(i64::from(number - 1) * 2),
            took_ms: 85,
            state,
            headline: headline.to_owned(),
            flap: false,
        })
        .collect()
}

/// Evidence from a call.
pub(crate) fn seen(call: &str, resource: &str, body: Body) -> Evidence {
    Evidence {
        source: Source {
            call: call.to_owned(),
            resource: resource.to_owned(),
            request_id: call
                .contains(':')
                .then(|| "4c1f2a9e-7d30-4f6b-9a55-0e8d1c2b3a49".to_owned()),
        },
        at: at("23:51:02.113"),
        body,
    }
}

pub(crate) fn digest(start: &str) -> String {
    format!("sha256:{start}{}", "0a1b2c3d".repeat(8))[..71].to_owned()
}

pub(crate) fn line(at: Option<Timestamp>, origin: &str, text: &str) -> Line {
    Line {
        at,
        origin: (!origin.is_empty()).then(|| origin.to_owned()),
        text: text.to_owned(),
        matched: None,
    }
}

/// A rollout of two tasks in which one runs out of memory and is replaced, while the old ones
/// drain. One began long before.
pub(crate) fn rollout() -> Rollout {
    let judged = "ecs-svc/4817263549201837465";
    let (created, pull, pulled) = (Step::Created, Step::PullStarted, Step::Pulled);
    let (started, healthy, stopping) = (Step::Started, Step::Healthy, Step::Stopping);
    let (ended, stopped) = (Step::Ended, Step::Stopped);
    let task = |id: &str, deployment: &str, steps: &[(Step, &str)]| TaskCourse {
        id: id.to_owned(),
        deployment: deployment.to_owned(),
        judged: deployment == judged,
        last_status: "RUNNING".to_owned(),
        steps: steps
            .iter()
            .map(|(step, clock)| (*step, at(clock)))
            .collect(),
        stopped_reason: None,
    };
    let old = "ecs-svc/1029384756102938475";
    let start = [
        (created, "23:45:20"),
        (pull, "23:45:31"),
        (pulled, "23:45:50"),
    ];
    let one = [(started, "23:46:20"), (healthy, "23:46:30")];
    let other = [(started, "23:46:22"), (stopping, "23:47:21")];
    let mut lost = task(
        "77d1c0be41aa4c1e",
        judged,
        &[start, [other[0], other[1], (ended, "23:47:22")]].concat(),
    );
    lost.steps.insert(stopped, at("23:47:40"));
    lost.last_status = "STOPPED".to_owned();
    lost.stopped_reason = Some("Essential container in task exited; app: OutOfMemoryError: Container killed due to memory usage".to_owned());
    let mut tasks = vec![
        task(
            "aa31c27be84d0f0f",
            old,
            &[
                (created, "2025-11-11 14:05:24"),
                (started, "2025-11-11 14:05:57"),
                (stopping, "23:46:40"),
                (ended, "23:47:10"),
                (stopped, "23:47:25"),
            ],
        ),
        task(
            "bb31c27be84d0f0f",
            old,
            &[
                (created, "2025-11-11 14:05:24"),
                (started, "2025-11-11 14:05:57"),
                (stopping, "23:47:05"),
            ],
        ),
        task("0f9a31c27be84d0f", judged, &[&start[..], &one[..]].concat()),
        lost,
        task(
            "c3e85a90d2f14b77",
            judged,
            &[(created, "23:47:30"), (pull, "23:47:41")],
        ),
    ];
    tasks[1].last_status = "DEACTIVATING".to_owned();
    tasks[4].last_status = "PENDING".to_owned();
    let deployment = |id: &str, task_definition: &str, created: &str| DeploymentCourse {
        id: id.to_owned(),
        task_definition: task_definition.to_owned(),
        judged: id == judged,
        created_at: Some(at(created)),
    };
    Rollout {
        pushes: vec![Push {
            image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/dashboard:latest-dev".to_owned(),
            at: at("23:41:07"),
        }],
        deployments: vec![
            deployment(old, "dashboard:3", "2025-11-11 14:05:20"),
            deployment(judged, "dashboard:4", "23:45:14"),
        ],
        tasks,
        omitted_tasks: 2,
    }
}

/// Text that tries to be more than text, in every place that text can come to.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{1b}[31mgone\u{1b}[0m ]]> & <b> \"q\" \u{0}\u{8}\u{ffff} 👩‍🚀 \u{202e}gpj\r\n::error::owned\n##[error]x ##vso[task.complete result=Succeeded;] ]]>";

/// The same course, in which every text is `text`.
fn hostile_rollout(text: &str) -> Rollout {
    let mut rollout = rollout();
    let own = || text.to_owned();
    for push in &mut rollout.pushes {
        push.image = own();
    }
    for deployment in &mut rollout.deployments {
        deployment.id = own();
        deployment.task_definition = own();
    }
    for task in &mut rollout.tasks {
        task.id = own();
        task.deployment = own();
        task.last_status = own();
        task.stopped_reason = Some(own());
    }
    rollout
}

/// A report in which every text from outside is `text`.
pub(crate) fn hostile_with(text: &str) -> Report {
    let own = || text.to_owned();
    let bodies = [
        Body::compared(text, text, text),
        Body::table(text, [text, text], [[own(), own()]]),
        Body::Timeline {
            title: own(),
            moments: vec![Moment {
                at: at("23:46:12"),
                what: own(),
            }],
        },
        Body::Excerpt {
            title: own(),
            lines: vec![
                line(None, text, text),
                Line {
                    matched: Some(own()),
                    ..line(Some(at("23:46:12")), "", &format!("{text} and {text}"))
                },
            ],
            omitted: 1,
        },
        Body::Picture {
            title: own(),
            media_type: own(),
            data: own(),
        },
    ];
    let verdicts = [
        Verdict::Failed,
        Verdict::Inconclusive,
        Verdict::Skipped,
        Verdict::Passed,
    ];
    let mut checks: Vec<CheckReport> = verdicts
        .into_iter()
        .map(|verdict| {
            let id = format!("{}-check", super::words::verdict(verdict));
            let mut check = check(&id, "http.responds", verdict, text);
            check.name = own();
            check.target = Some(own());
            check.hint = Some(own());
            check.evidence = bodies
                .iter()
                .map(|body| hostile_evidence(text, body))
                .collect();
            check
        })
        .collect();
    let mut optional = checks[0].clone();
    optional.id = "optional".to_owned();
    optional.required = false;
    checks.push(optional);
    let mut report = report(checks);
    report.suite = own();
    report.targets = BTreeMap::from([(own(), hostile_target(text))]);
    report.calls.push(call(text, 1, 0));
    report
}

fn hostile_evidence(text: &str, body: &Body) -> Evidence {
    let mut evidence = seen(text, text, body.clone());
    evidence.source.request_id = Some(text.to_owned());
    evidence
}

fn hostile_target(text: &str) -> TargetReport {
    let own = || text.to_owned();
    TargetReport {
        cluster: own(),
        service: own(),
        region: Some(own()),
        deployment: Some(own()),
        task_definition: Some(own()),
        expected_digest: Some(own()),
        expected_digests: BTreeMap::from([(own(), own())]),
        rollout: Some(hostile_rollout(text)),
    }
}
