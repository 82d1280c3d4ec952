//! The words that reports share: titles, verdicts, counts.

use std::time::Duration;

use touchdown_checks::contract::{Period, State, Step};

use super::{CheckReport, Interruption, Report, Verdict};

/// `passed`.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Skipped => "skipped",
    }
}

/// `✖`, and so on: a verdict as one sign.
pub(crate) fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✔",
        Verdict::Failed => "✖",
        Verdict::Inconclusive => "?",
        Verdict::Skipped => "-",
    }
}

/// `not yet`: what a look says, in words.
pub(crate) fn state(state: State) -> &'static str {
    match state {
        State::Holds => "holds",
        State::NotYet => "not yet",
        State::Broken => "broken",
        State::Unobserved => "could not look",
    }
}

/// `pull started`: what a task came through.
pub(crate) fn step(step: Step) -> &'static str {
    match step {
        Step::Created => "created",
        Step::PullStarted => "pull started",
        Step::Pulled => "pulled",
        Step::Started => "started",
        Step::Healthy => "seen healthy",
        Step::Stopping => "stopping",
        Step::Ended => "containers ended",
        Step::Stopped => "stopped",
    }
}

/// What a check is called: its id, and its name where that says more.
pub(crate) fn title(id: &str, name: &str) -> String {
    match telling_name(id, name) {
        Some(name) => format!("{id}: {name}"),
        None => id.to_owned(),
    }
}

/// A check's name for people, where it says more than the id.
pub(crate) fn telling_name<'a>(id: &str, name: &'a str) -> Option<&'a str> {
    let plain = id.split('@').next().unwrap_or(id);
    let says_more = !name.is_empty() && name != id && name != plain;
    says_more.then_some(name)
}

/// `2 failed (1 not required), 3 passed`: worst first, and nothing of what there is none.
pub(crate) fn counts(checks: &[CheckReport]) -> String {
    let parts: Vec<String> = [
        Verdict::Failed,
        Verdict::Inconclusive,
        Verdict::Passed,
        Verdict::Skipped,
    ]
    .into_iter()
    .filter_map(|verdict| count(checks, verdict))
    .collect();
    if parts.is_empty() {
        "no checks".to_owned()
    } else {
        parts.join(", ")
    }
}

/// Beside `PASSED`, a bare `1 failed` would be a riddle.
fn count(checks: &[CheckReport], of: Verdict) -> Option<String> {
    let alike: Vec<&CheckReport> = checks.iter().filter(|check| check.verdict == of).collect();
    let optional = alike.iter().filter(|check| waived(check)).count();
    match (alike.len(), optional) {
        (0, _) => None,
        (all, 0) => Some(format!("{all} {}", verdict(of))),
        (all, some) if all == some => Some(format!("{all} {} (not required)", verdict(of))),
        (all, some) => Some(format!("{all} {} ({some} not required)", verdict(of))),
    }
}

/// Whether a check did not pass, and does not gate.
pub(crate) fn waived(check: &CheckReport) -> bool {
    !check.required && matches!(check.verdict, Verdict::Failed | Verdict::Inconclusive)
}

/// What ended the run before its time.
pub(crate) fn interruption(interruption: Interruption) -> &'static str {
    match interruption {
        Interruption::Interrupt => "interrupted (Ctrl-C)",
        Interruption::Terminate => "terminated (SIGTERM or SIGHUP)",
    }
}

/// `1 check` or `2 checks`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// `looked 31 times in 5m2s`.
pub(crate) fn looks(check: &CheckReport) -> String {
    match check.attempts.len() {
        0 => "never looked".to_owned(),
        1 => format!("looked once in {}", took(check.took_ms)),
        count => format!("looked {count} times in {}", took(check.took_ms)),
    }
}

/// `1m5s`.
pub(crate) fn took(millis: u64) -> String {
    Period::from(Duration::from_millis(millis)).to_string()
}

/// The run in one line: `2 failed, 3 passed in 5m2s`, and which shard it is of how many.
pub(crate) fn summary(report: &Report) -> String {
    let mut text = match &report.shard {
        Some(shard) if report.checks.is_empty() => {
            format!("nothing to check in shard {} of {}", shard.index, shard.of)
        }
        shard => {
            let of = shard.as_ref();
            let of = of.map(|shard| format!(" (shard {} of {})", shard.index, shard.of));
            let (counts, took) = (counts(&report.checks), took(report.took_ms));
            format!("{counts} in {took}{}", of.unwrap_or_default())
        }
    };
    if let Some(by) = report.interrupted {
        text.push_str(", ");
        text.push_str(interruption(by));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;

    #[test]
    fn a_title_says_a_thing_once() {
        assert_eq!(title("fresh", "fresh"), "fresh");
        assert_eq!(title("fresh@web", "fresh"), "fresh@web");
        assert_eq!(title("fresh@web", "new tasks"), "fresh@web: new tasks");
    }

    #[test]
    fn counts_name_the_worst_first_and_what_does_not_gate() {
        let mut checks = vec![
            fixtures::check("a", "http.responds", Verdict::Passed, ""),
            fixtures::check("b", "http.responds", Verdict::Failed, ""),
        ];
        assert_eq!(counts(&checks), "1 failed, 1 passed");
        checks[1].required = false;
        assert_eq!(counts(&checks), "1 failed (not required), 1 passed");
        assert_eq!(counts(&[]), "no checks");
    }
}
