//! Saved reports that are joined: the whole is no greener than its parts. Input: three reports, of which the
//! last may be missing.

use touchdown::report::merge::{Part, merge};
use touchdown::report::{Report, Verdict, json};

use crate::parts;

pub(crate) fn joined(data: &[u8]) {
    let texts: [String; 3] = parts::of(data);
    let read = texts
        .iter()
        .filter(|text| !text.trim().is_empty())
        .map(|text| json::read(text));
    let Ok(reports) = read.collect::<Result<Vec<Report>, _>>() else {
        return;
    };
    let named = reports.iter().enumerate().map(|(number, report)| Part {
        from: format!("{number}.json"),
        report: report.clone(),
    });
    match merge(named.collect(), None) {
        Ok(whole) => assert_joined(&whole, &reports),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn assert_joined(whole: &Report, parts: &[Report]) {
    let of_parts: usize = parts.iter().map(|part| part.checks.len()).sum();
    assert_eq!(whole.checks.len(), of_parts, "a check went missing");
    let red = |part: &Report| {
        let mut checks = part.checks.iter();
        checks.any(|check| check.required && check.verdict != Verdict::Passed)
    };
    assert!(whole.verdict != Verdict::Passed || !parts.iter().any(red));
    assert!(whole.exit_code != 0 || whole.verdict == Verdict::Passed);
    let saved = json::render(whole);
    let again = json::read(&saved).expect("a report that was joined");
    assert_eq!(json::render(&again), saved);
}
