//! The exit code: the only place where a verdict becomes a number.

use crate::report::nagios::State;
use crate::report::{Format, Interruption, Report, Verdict};

/// A command did what it was asked, or a run passed.
pub const OK: u8 = 0;
/// Usage or suite error: nothing ran.
pub const USAGE: u8 = 2;

const FAILED: u8 = 1;
const INCONCLUSIVE: u8 = 3;

/// The exit code of a run: 0 passed, 1 failed, 3 inconclusive; 130 and 143 where it was
/// interrupted, as shells report processes that ended by SIGINT and SIGTERM; SIGHUP counts as the latter. A shard all of whose
/// checks are in other shards was skipped; it keeps no gate shut, because those do.
#[must_use]
pub fn code(verdict: Verdict, interrupted: Option<Interruption>) -> u8 {
    match (interrupted, verdict) {
        (Some(Interruption::Interrupt), _) => 130,
        (Some(Interruption::Terminate), _) => 143,
        (None, Verdict::Passed | Verdict::Skipped) => OK,
        (None, Verdict::Failed) => FAILED,
        (None, Verdict::Inconclusive) => INCONCLUSIVE,
    }
}

/// The exit code of a run once its reports are written, `shown` being the format of standard
/// output: the run's own, and with `--format nagios` that of its state. A gate must not open
/// while the report that it promised is missing.
#[must_use]
pub fn of_run(report: &Report, shown: Option<Format>, all_written: bool) -> u8 {
    let code = match shown {
        Some(Format::Nagios) => of_state(State::of(report)),
        _ => report.exit_code,
    };
    if code == OK && !all_written {
        INCONCLUSIVE
    } else {
        code
    }
}

/// The exit code of turning a saved report into other formats: whether that succeeded,
/// whatever the saved verdict. A monitoring system asks for the verdict, and gets it.
#[must_use]
pub fn of_rendering(report: &Report, shown: Option<Format>, all_written: bool) -> u8 {
    match (shown, all_written) {
        (Some(Format::Nagios), _) => of_run(report, shown, all_written),
        (_, true) => OK,
        (_, false) => USAGE,
    }
}

/// The exit codes of the Monitoring Plugins Development Guidelines: 0 OK, 1 WARNING,
/// 2 CRITICAL, 3 UNKNOWN.
#[must_use]
pub fn of_state(state: State) -> u8 {
    match state {
        State::Ok => 0,
        State::Warning => 1,
        State::Critical => 2,
        State::Unknown => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::{check, report};

    fn ended(verdict: Verdict) -> Report {
        report(vec![check("a", "http.responds", verdict, "")])
    }

    #[test]
    fn a_run_that_passed_without_its_reports_opens_no_gate() {
        for shown in [None, Some(Format::Json), Some(Format::Nagios)] {
            assert_eq!(of_run(&ended(Verdict::Passed), shown, true), 0);
            assert_eq!(of_run(&ended(Verdict::Passed), shown, false), 3);
        }
    }

    #[test]
    fn a_monitoring_system_has_codes_of_its_own() {
        for (verdict, own, state) in [
            (Verdict::Passed, 0, 0),
            (Verdict::Failed, 1, 2),
            (Verdict::Inconclusive, 3, 3),
        ] {
            let report = ended(verdict);
            assert_eq!(of_run(&report, None, true), own);
            assert_eq!(of_run(&report, Some(Format::Nagios), true), state);
            assert_eq!(of_rendering(&report, Some(Format::Tap), true), 0);
            assert_eq!(of_rendering(&report, Some(Format::Nagios), true), state);
        }
        let mut waived = ended(Verdict::Failed);
        waived.checks[0].required = false;
        waived.verdict = Verdict::Passed;
        assert_eq!(of_run(&waived, Some(Format::Nagios), true), 1);
        let mut stopped = ended(Verdict::Failed);
        stopped.interrupted = Some(Interruption::Interrupt);
        assert_eq!(of_run(&stopped, Some(Format::Nagios), true), 3);
    }
}
