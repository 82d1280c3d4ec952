//! The link target of each check: `#check-digest@web`.

use std::collections::BTreeSet;

use crate::report::CheckReport;

/// The `id` attribute of each check, in the order of the checks. No two are the same.
///
/// What an id in a suite may hold may stand in a fragment as it is, so that a link can be
/// written by hand. Whatever else a report brings is replaced; where that makes two the
/// same, the later one has a number.
pub(super) fn anchors(checks: &[CheckReport]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let unique = |check: &CheckReport| {
        let plain = plain(&check.id);
        let mut numbered = (2..).map(|number| format!("{plain}~{number}"));
        let mut anchor = plain.clone();
        while !taken.insert(anchor.clone()) {
            anchor = numbered.next().unwrap_or_default();
        }
        anchor
    };
    checks.iter().map(unique).collect()
}

fn plain(id: &str) -> String {
    let safe = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' | '@' => c,
        _ => '_',
    };
    format!("check-{}", id.chars().map(safe).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Verdict, fixtures};

    #[test]
    fn each_check_has_its_own() {
        let ids = ["digest@web", "digest@api", "a b", "a\"b", "a_b", "", "部"];
        let checks = ids.map(|id| fixtures::check(id, "http.responds", Verdict::Passed, ""));
        assert_eq!(
            anchors(&checks),
            [
                "check-digest@web",
                "check-digest@api",
                "check-a_b",
                "check-a_b~2",
                "check-a_b~3",
                "check-",
                "check-_"
            ]
        );
    }
}
