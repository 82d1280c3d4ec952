//! A report as large as any that should still be read: 1,000 checks, each with 50 rows of
//! evidence.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use touchdown::checks::contract::{
    Body, DeploymentCourse, Evidence, Line, Moment, Push, Rollout, Source, State, Step, TaskCourse,
};
use touchdown::report::{
    AttemptReport, CallReport, CheckReport, Counts, Report, TargetReport, VERSION, Verdict,
};

/// How many checks there are, and how many rows the evidence of each has.
pub const CHECKS: usize = 1_000;
pub const ROWS: usize = 50;

const LOOKS: u32 = 20;
const TASKS: usize = 50;
const CLUSTER: &str = "dev-inventory-cluster";
const DEPLOYMENT: &str = "ecs-svc/4817263549201837465";

pub fn report() -> Report {
    let checks: Vec<CheckReport> = (0..CHECKS).map(check).collect();
    Report {
        version: VERSION,
        suite: "a thousand checks".to_owned(),
        verdict: Verdict::Failed,
        exit_code: 1,
        interrupted: None,
        selection: None,
        run_id: None,
        shard: None,
        started_at: at(0),
        took_ms: 302_450,
        counts: Counts::of(checks.iter().map(|check| check.verdict)),
        targets: BTreeMap::from([("web".to_owned(), target())]),
        checks,
        calls: vec![CallReport {
            call: "ecs:DescribeTasks".to_owned(),
            count: 4_200,
            throttled: 12,
            failed: 0,
        }],
    }
}

/// So many seconds after the run began.
fn at(seconds: i64) -> Timestamp {
    const BEGAN: i64 = 1_763_509_560;
    Timestamp::from_second(BEGAN).expect("a time") + SignedDuration::from_secs(seconds)
}

fn seconds(number: usize) -> i64 {
    i64::try_from(number).expect("a small number")
}

fn task_id(number: usize) -> String {
    format!("{number:08x}c27be84d0f9a3151c0be41aa")
}

fn digest(number: usize) -> String {
    format!("sha256:{}", format!("{number:08x}").repeat(8))
}

/// One in three did not pass.
fn check(number: usize) -> CheckReport {
    let (verdict, state) = match number % 6 {
        0 => (Verdict::Failed, State::NotYet),
        3 => (Verdict::Inconclusive, State::Unobserved),
        _ => (Verdict::Passed, State::Holds),
    };
    let headline = format!("{} of {ROWS} tasks started after the push", number % ROWS);
    CheckReport {
        id: format!("check-{number}"),
        kind: "ecs.tasks-started-after-push".to_owned(),
        name: format!("the tasks of service {number} are newer than the image"),
        target: Some("web".to_owned()),
        required: true,
        verdict,
        hint: (verdict != Verdict::Passed).then(|| {
            format!("Force a new deployment:\n  aws ecs update-service --cluster {CLUSTER} --service {number} --force-new-deployment")
        }),
        started_at: at(0),
        took_ms: 302_113,
        attempts: (1..=LOOKS).map(|look| attempt(look, state, &headline)).collect(),
        evidence: vec![evidence(number)],
        headline,
    }
}

fn attempt(number: u32, state: State, headline: &str) -> AttemptReport {
    AttemptReport {
        number,
        at: at(i64::from(number) * 2),
        took_ms: 85,
        state,
        headline: headline.to_owned(),
        flap: false,
    }
}

/// The shapes of evidence in turn, each of as many rows.
fn evidence(number: usize) -> Evidence {
    let body = match number % 4 {
        0 => table(number),
        1 => excerpt(number),
        2 => timeline(number),
        _ => compared(number),
    };
    Evidence {
        source: Source {
            call: "ecs:DescribeTasks".to_owned(),
            resource: format!("arn:aws:ecs:us-east-1:123456789012:service/{CLUSTER}/{number}"),
            request_id: Some("4c1f2a9e-7d30-4f6b-9a55-0e8d1c2b3a49".to_owned()),
        },
        at: at(300),
        body,
    }
}

fn table(number: usize) -> Body {
    let rows = (0..ROWS).map(|row| {
        [
            task_id(row),
            at(seconds(row)).to_string(),
            format!("{row}m{number}s before"),
            digest(row),
        ]
    });
    Body::table(
        "tasks of the judged deployment",
        ["task", "started", "against the push", "digest"],
        rows,
    )
}

fn excerpt(number: usize) -> Body {
    let line = |row: usize| Line {
        at: Some(at(seconds(row))),
        origin: Some(format!("{}/app", task_id(row))),
        text: format!(
            "INFO extract platform='linkedin' run={row} <b>service</b> {number} | tokens=[1, 2, 3]"
        ),
        matched: Some("platform='linkedin'".to_owned()),
    };
    Body::Excerpt {
        title: "the last of them".to_owned(),
        lines: (0..ROWS).map(line).collect(),
        omitted: 12,
    }
}

fn timeline(number: usize) -> Body {
    let moment = |row: usize| Moment {
        at: at(seconds(row)),
        what: format!(
            "(service {number}) has started 1 tasks: (task {}).",
            task_id(row)
        ),
    };
    Body::Timeline {
        title: "what the service says".to_owned(),
        moments: (0..ROWS).map(moment).collect(),
    }
}

/// Values of as many lines, of which every other is another one.
fn compared(number: usize) -> Body {
    let lines = |shift: usize| {
        let line = |row: usize| format!("{}  {}", task_id(row), digest(row + row % 2 * shift));
        (0..ROWS).map(line).collect::<Vec<_>>().join("\n")
    };
    Body::compared(
        format!("digests of service {number}"),
        lines(0),
        lines(number),
    )
}

fn target() -> TargetReport {
    TargetReport {
        cluster: CLUSTER.to_owned(),
        service: "dashboard".to_owned(),
        region: Some("us-east-1".to_owned()),
        deployment: Some(DEPLOYMENT.to_owned()),
        task_definition: Some("dashboard:4".to_owned()),
        expected_digest: Some(digest(1)),
        expected_digests: BTreeMap::from([("app".to_owned(), digest(1))]),
        rollout: Some(rollout()),
    }
}

fn rollout() -> Rollout {
    Rollout {
        pushes: vec![Push {
            image: "inventory/dashboard:latest-dev".to_owned(),
            at: at(-600),
        }],
        deployments: vec![DeploymentCourse {
            id: DEPLOYMENT.to_owned(),
            task_definition: "dashboard:4".to_owned(),
            judged: true,
            created_at: Some(at(-300)),
        }],
        tasks: (0..TASKS).map(task).collect(),
        omitted_tasks: 3,
    }
}

fn task(number: usize) -> TaskCourse {
    let steps = [
        (Step::Created, 0),
        (Step::PullStarted, 8),
        (Step::Pulled, 21),
        (Step::Started, 24),
        (Step::Healthy, 55),
    ];
    TaskCourse {
        id: task_id(number),
        deployment: DEPLOYMENT.to_owned(),
        judged: true,
        last_status: "RUNNING".to_owned(),
        steps: steps
            .map(|(step, after)| (step, at(seconds(number) - 290 + after)))
            .into(),
        stopped_reason: None,
    }
}
