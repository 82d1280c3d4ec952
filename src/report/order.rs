//! The order in which reports tell of checks where not all can be told, or read.

use super::{CheckReport, Report, Verdict, words};

/// Every check, the worst first: what failed, what could not be told, what does not gate, what
/// was not looked at, what passed. Alike ones stay in the suite's order.
pub(crate) fn worst_first(report: &Report) -> Vec<&CheckReport> {
    let mut checks: Vec<&CheckReport> = report.checks.iter().collect();
    checks.sort_by_key(|check| match check.verdict {
        _ if words::waived(check) => 2,
        Verdict::Failed => 0,
        Verdict::Inconclusive => 1,
        Verdict::Skipped => 3,
        Verdict::Passed => 4,
    });
    checks
}

/// The first check that explains why the run did not pass, where it did not.
pub(crate) fn first_broken(report: &Report) -> Option<&CheckReport> {
    let worst = worst_first(report).into_iter().next()?;
    gates_shut(worst).then_some(worst)
}

/// Whether a check alone keeps the run from passing.
pub(crate) fn gates_shut(check: &CheckReport) -> bool {
    check.required && matches!(check.verdict, Verdict::Failed | Verdict::Inconclusive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures;

    #[test]
    fn what_shuts_the_gate_comes_first() {
        let of = |id: &str, verdict| fixtures::check(id, "http.responds", verdict, "");
        let mut optional = of("optional", Verdict::Failed);
        optional.required = false;
        let mut report = fixtures::report(vec![
            of("passed", Verdict::Passed),
            of("skipped", Verdict::Skipped),
            optional,
            of("unknown", Verdict::Inconclusive),
            of("failed", Verdict::Failed),
            of("failed-too", Verdict::Failed),
        ]);
        let ids: Vec<&str> = worst_first(&report).iter().map(|c| &*c.id).collect();
        assert_eq!(
            ids,
            [
                "failed",
                "failed-too",
                "unknown",
                "optional",
                "skipped",
                "passed"
            ]
        );
        assert_eq!(first_broken(&report).map(|c| &*c.id), Some("failed"));
        report.checks.truncate(3);
        assert_eq!(first_broken(&report), None);
    }
}
