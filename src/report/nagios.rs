//! One line for a monitoring system: Nagios, Icinga, Checkmk and whoever else calls plugins.
//!
//! `TOUCHDOWN CRITICAL - fresh: 2 of 3 tasks started before the push (shop: 1 failed in 4s) |
//! 'passed'=0;;;0;1 …`, as the Monitoring Plugins Development Guidelines ask for
//! (<https://www.monitoring-plugins.org/doc/guidelines.html>). The number that belongs to a
//! state is the exit code, which [`crate::exit`] gives.

use super::{CheckReport, Report, Verdict, escape, words};

/// The longest line, in bytes. NRPE's second protocol, which is still the default of many
/// agents, carries 1,024 with the byte that ends them, and cuts what is longer: performance
/// data first.
const LONGEST: usize = 1_000;

/// A state as monitoring systems know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The run passed, and nothing in it failed.
    Ok,
    /// The run passed, but a check that is not required did not.
    Warning,
    /// The run failed.
    Critical,
    /// It could not be told, or the run was interrupted.
    Unknown,
}

impl State {
    /// The state that a run's report stands for.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        match report.verdict {
            _ if report.interrupted.is_some() => Self::Unknown,
            Verdict::Failed => Self::Critical,
            Verdict::Inconclusive | Verdict::Skipped => Self::Unknown,
            Verdict::Passed if report.checks.iter().any(words::waived) => Self::Warning,
            Verdict::Passed => Self::Ok,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// The report as one line, with a line end behind it.
#[must_use]
pub fn render(report: &Report) -> String {
    let run = format!("{}: {}", report.title(), words::summary(report));
    let text = match telling(report) {
        // A pager shows the start alone.
        Some(check) => format!("{}: {} ({run})", check.id, check.headline),
        None => run,
    };
    line(State::of(report), &text, &performance(report))
}

/// The line where there is no report, with a line end behind it: nothing ran.
#[must_use]
pub fn unknown(reason: &str) -> String {
    line(State::Unknown, reason, "")
}

/// The check that the state is owed to.
fn telling(report: &Report) -> Option<&CheckReport> {
    let gates = |check: &&CheckReport| check.required && check.verdict == report.verdict;
    let mut checks = report.checks.iter();
    match State::of(report) {
        State::Ok => None,
        State::Warning => checks.find(|check| words::waived(check)),
        State::Critical => checks.find(gates),
        // An interruption is told by the summary.
        State::Unknown if report.interrupted.is_some() => None,
        State::Unknown => checks.find(gates),
    }
}

/// `'passed'=2;;;0;3 …`: label, value, and behind two thresholds that there are not, the least
/// and the greatest value there can be. The quotes are what Icinga advises.
fn performance(report: &Report) -> String {
    let all = report.checks.len();
    let counts = [
        ("passed", report.counts.passed),
        ("failed", report.counts.failed),
        ("inconclusive", report.counts.inconclusive),
        ("skipped", report.counts.skipped),
    ];
    let counts = counts.map(|(label, count)| format!("'{label}'={count};;;0;{all}"));
    let (seconds, millis) = (report.took_ms / 1000, report.took_ms % 1000);
    format!("{} 'took'={seconds}.{millis:03}s;;;0", counts.join(" "))
}

fn line(state: State, text: &str, performance: &str) -> String {
    let head = format!("TOUCHDOWN {} - ", state.word());
    let tail = match performance {
        "" => "\n".to_owned(),
        performance => format!(" | {performance}\n"),
    };
    let room = LONGEST.saturating_sub(head.len() + tail.len());
    format!("{head}{}{tail}", clipped(&clean(text), room))
}

/// Text from outside on one line, without what begins performance data, and without the
/// angle brackets that make Icinga Web take it for HTML.
fn clean(text: &str) -> String {
    let alike = |c| match c {
        '|' => '¦',
        '<' => '‹',
        '>' => '›',
        c => c,
    };
    escape::line(text).chars().map(alike).collect()
}

fn clipped(text: &str, bytes: usize) -> String {
    const END: &str = "…";
    if text.len() <= bytes {
        return text.to_owned();
    }
    let room = bytes.saturating_sub(END.len());
    format!("{}{END}", &text[..text.floor_char_boundary(room)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Interruption;
    use crate::report::fixtures::{check, report};
    use crate::report::tests::perfdata;

    fn of(verdicts: &[(Verdict, bool)]) -> Report {
        let checks = verdicts
            .iter()
            .enumerate()
            .map(|(number, (verdict, required))| {
                let mut check = check(&format!("c{number}"), "http.responds", *verdict, "seen");
                check.required = *required;
                check
            });
        report(checks.collect())
    }

    #[test]
    fn the_state_is_that_of_the_run_and_a_waived_check_warns() {
        use Verdict::{Failed, Inconclusive, Passed, Skipped};
        for (verdicts, state, text) in [
            (&[(Passed, true)][..], State::Ok, "inventory"),
            (
                &[(Passed, true), (Failed, false)],
                State::Warning,
                "c1: seen (",
            ),
            (
                &[(Passed, true), (Inconclusive, false)],
                State::Warning,
                "c1: seen (",
            ),
            (
                &[(Failed, false), (Failed, true)],
                State::Critical,
                "c1: seen (",
            ),
            (
                &[(Inconclusive, true), (Failed, true)],
                State::Critical,
                "c1: seen (",
            ),
            (
                &[(Passed, true), (Inconclusive, true)],
                State::Unknown,
                "c1: seen (",
            ),
            (&[(Passed, true), (Skipped, true)], State::Ok, "inventory"),
        ] {
            let report = of(verdicts);
            assert_eq!(State::of(&report), state, "{verdicts:?}");
            let line = render(&report);
            let told = format!("TOUCHDOWN {} - {text}", state.word());
            assert!(line.starts_with(&told), "{line}");
        }
    }

    #[test]
    fn an_interrupted_run_is_unknown_whatever_it_knew() {
        let mut report = of(&[(Verdict::Failed, true)]);
        report.interrupted = Some(Interruption::Terminate);
        assert_eq!(State::of(&report), State::Unknown);
        assert!(render(&report).contains("terminated (SIGTERM or SIGHUP)"));
    }

    #[test]
    fn performance_data_counts_the_checks_and_the_seconds() {
        let report = of(&[(Verdict::Passed, true), (Verdict::Failed, true)]);
        let line = render(&report);
        let measures = perfdata::measures(&line).expect("performance data");
        let told: Vec<(&str, &str, &str, &str, &str)> = measures
            .iter()
            .map(|m| (&*m.label, &*m.value, &*m.unit, &*m.least, &*m.most))
            .collect();
        assert_eq!(
            told,
            [
                ("passed", "1", "", "0", "2"),
                ("failed", "1", "", "0", "2"),
                ("inconclusive", "0", "", "0", "2"),
                ("skipped", "0", "", "0", "2"),
                ("took", "302.450", "s", "0", ""),
            ]
        );
    }

    #[test]
    fn a_long_text_is_cut_and_the_performance_data_kept() {
        let mut report = of(&[(Verdict::Failed, true)]);
        report.checks[0].headline = "部署 | 'took'=0s ".repeat(1_000);
        let line = render(&report);
        assert!(line.len() <= LONGEST, "{}", line.len());
        assert!(line.contains("… | 'passed'=0;;;0;1 "), "{line}");
        assert_eq!(perfdata::measures(&line).expect("as before").len(), 5);
    }

    #[test]
    fn where_nothing_ran_there_is_no_performance_data() {
        assert_eq!(unknown("no\nsuite"), "TOUCHDOWN UNKNOWN - no␊suite\n");
    }
}
