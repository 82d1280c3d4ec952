//! The lanes of the checks: the log lines they found, and what their looks said.

use jiff::{SignedDuration, Timestamp};
use touchdown_checks::contract::{Body, Line};

use super::Linked;
use super::lane::{Lane, MOST_TOLD, Mark, Phase, Sign, Span, short};
use super::limit::Limited;
use crate::report::{CheckReport, Verdict, looks, words};

/// The most lanes of each kind.
const MOST_CHECKS: usize = 20;
const MOST_LINES: usize = 8;

/// The lanes of these checks.
pub(super) fn groups<'a>(checks: &[Linked<'a>]) -> Vec<Limited<Lane<'a>>> {
    let weight = |(check, _): &Linked<'_>| weight(check.verdict);
    let looked = |(check, _): &Linked<'_>| check.verdict != Verdict::Skipped;
    let finders = checks.iter().copied().filter(|(check, _)| {
        let mut found = sought(check);
        found.next().is_some()
    });
    let lookers = checks.iter().copied().filter(looked);
    vec![
        Limited::of("checks with log lines", MOST_LINES, finders, weight).map(lines),
        Limited::of("checks", MOST_CHECKS, lookers, weight).map(check),
    ]
}

fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Failed => 3,
        Verdict::Inconclusive => 2,
        Verdict::Passed => 1,
        Verdict::Skipped => 0,
    }
}

/// The quoted lines that were looked for, with their times.
fn sought(check: &CheckReport) -> impl Iterator<Item = (Timestamp, &Line)> {
    let excerpts = check.evidence.iter().filter_map(|one| match &one.body {
        Body::Excerpt { lines, .. } => Some(lines),
        Body::Compared { .. }
        | Body::Table { .. }
        | Body::Timeline { .. }
        | Body::Picture { .. } => None,
    });
    let lines = excerpts.flatten().filter(|line| line.matched.is_some());
    lines.filter_map(|line| Some((line.at?, line)))
}

fn lines<'a>((check, anchor): Linked<'a>) -> Lane<'a> {
    let mark = |(at, line): (Timestamp, &'a Line)| Mark {
        at,
        sign: Sign::Line,
        what: short(&line.text, MOST_TOLD).into(),
    };
    let mut marks: Vec<Mark<'a>> = sought(check).map(mark).collect();
    marks.sort_by_key(|mark| mark.at);
    Lane {
        marks,
        spans: Vec::new(),
        label: format!("lines of {}", check.id),
        ..lane(check, anchor)
    }
}

fn check<'a>((check, anchor): Linked<'a>) -> Lane<'a> {
    let settled = settled(check);
    let runs: Vec<_> = check.attempts.chunk_by(|a, b| a.state == b.state).collect();
    let begins = runs.iter().filter_map(|run| run.first());
    let ends = begins.clone().skip(1).map(|look| look.at).chain([settled]);
    let spans = begins.zip(ends).map(|(look, to)| Span {
        from: look.at,
        to: to.max(look.at),
        phase: Phase::Said(look.state),
    });
    let turns = runs.iter().filter_map(|run| {
        let first = run.first()?;
        let (number, state) = (looks::numbers(run), words::state(first.state));
        let headline = short(&first.headline, MOST_TOLD);
        Some(Mark {
            at: first.at,
            sign: Sign::Turned,
            what: format!("look {number}, {state}: {headline}").into(),
        })
    });
    let end = Mark {
        at: settled,
        sign: Sign::Settled(check.verdict),
        what: format!(
            "{}: {}",
            words::verdict(check.verdict),
            short(&check.headline, MOST_TOLD)
        )
        .into(),
    };
    Lane {
        spans: spans.collect(),
        marks: turns.chain([end]).collect(),
        ..lane(check, anchor)
    }
}

/// When the check settled.
fn settled(check: &CheckReport) -> Timestamp {
    let took = SignedDuration::from_millis(i64::try_from(check.took_ms).unwrap_or(i64::MAX));
    let begun = check.started_at;
    begun.checked_add(took).unwrap_or(begun)
}

/// A lane of a check, empty.
fn lane<'a>(check: &'a CheckReport, anchor: &'a str) -> Lane<'a> {
    Lane {
        label: check.id.clone(),
        note: "",
        judged: true,
        sets_the_scale: true,
        guides: false,
        anchor: Some(anchor),
        spans: Vec::new(),
        marks: Vec::new(),
    }
}
