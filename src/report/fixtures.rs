//! Parts of reports for tests.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use touchdown_checks::contract::{Body, Evidence, Line, Moment, Source, State};

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

/// Text that tries to be more than text, in every place that text can come to.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{1b}[31mgone\u{1b}[0m ]]> & <b> \"q\" \u{0}\u{8}\u{ffff} 👩‍🚀 \u{202e}gpj\r\n::error::owned\n##[error]x ##vso[task.complete result=Succeeded;] ]]>";

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
            lines: vec![line(None, text, text), line(Some(at("23:46:12")), "", text)],
            omitted: 1,
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
            check.hint = Some(own());
            check.evidence = bodies
                .iter()
                .map(|body| seen(text, text, body.clone()))
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
    report.targets = BTreeMap::from([(
        own(),
        TargetReport {
            cluster: own(),
            service: own(),
            ..TargetReport::default()
        },
    )]);
    report
}
