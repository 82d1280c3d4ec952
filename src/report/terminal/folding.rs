//! Parts of the report that a CI system's log viewer folds away.

use jiff::SignedDuration;

use crate::report::CheckReport;

/// What the viewer of a log can fold away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Folding {
    /// Nothing.
    #[default]
    None,
    /// What stands between the marks that GitLab's jobs print, as
    /// <https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections> tells them.
    GitLab,
}

impl Folding {
    /// Rows of the `number`th check, to be folded away under a title of one line. The marks
    /// stand at the start of their lines, and carry the time that the check took.
    pub(super) fn around(
        self,
        check: &CheckReport,
        number: usize,
        title: &str,
        rows: Vec<String>,
    ) -> Vec<String> {
        if self == Self::None || rows.is_empty() {
            return rows;
        }
        let name = section_name(check, number);
        let took = SignedDuration::from_millis(i64::try_from(check.took_ms).unwrap_or(i64::MAX));
        let ended_at = check.started_at.saturating_add(took);
        let (start, end) = (
            check.started_at.as_second(),
            ended_at.unwrap_or(check.started_at).as_second(),
        );
        let mut folded = vec![format!(
            "\u{1b}[0Ksection_start:{start}:{name}[collapsed=true]\r\u{1b}[0K{title}"
        )];
        folded.extend(rows);
        folded.push(format!("\u{1b}[0Ksection_end:{end}:{name}\r\u{1b}[0K"));
        folded
    }
}

/// A name of letters, digits, `_`, `.` and `-`, which no other section of the job has: another
/// run may have checks of the same ids.
fn section_name(check: &CheckReport, number: usize) -> String {
    /// The rest of a longer id tells nobody more.
    const LONGEST: usize = 60;
    let letter = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' | '-' => c,
        _ => '_',
    };
    let id: String = check.id.chars().take(LONGEST).map(letter).collect();
    format!(
        "touchdown-{}-{number}-{id}",
        check.started_at.as_millisecond()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::terminal::{Style, chain, render};
    use crate::report::tests::{corpus, scenarios};
    use crate::report::{Report, Verdict, fixtures};

    const GITLAB: Style = Style {
        folding: Folding::GitLab,
        ..Style::FILE
    };

    /// What GitLab takes for a mark, by the rule of its log parser, which reads line by line:
    /// kind, time and name.
    fn marks(page: &str) -> Vec<(String, i64, String)> {
        let pattern = r"section_(start|end):(\d+):([^\r\[]+)(?:\[[^\r]*\])?\r\x1b\[0K";
        let pattern = regex::Regex::new(pattern).expect("a pattern");
        let mark = |found: regex::Captures<'_>| {
            let time = found[2].parse().expect("a number");
            (found[1].to_owned(), time, found[3].to_owned())
        };
        let found = page
            .split('\n')
            .flat_map(|line| pattern.captures_iter(line));
        found.map(mark).collect()
    }

    /// Every section begins, ends where it should, and has a name of its own.
    fn assert_sound(page: &str, count: usize) {
        let marks = marks(page);
        assert_eq!(marks.len(), count * 2, "{page:?}");
        let mut names = std::collections::BTreeSet::new();
        for pair in marks.chunks(2) {
            let [(start, began, name), (end, ended, same)] = pair else {
                panic!("half a section: {pair:?}");
            };
            assert_eq!((&**start, &**end), ("start", "end"));
            assert_eq!(name, same);
            assert!(began <= ended);
            let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            assert!(name.chars().all(allowed), "{name}");
            assert!(names.insert(name.clone()), "{name} twice");
        }
    }

    fn scenario(name: &str) -> Report {
        let mut all = scenarios::all().into_iter();
        all.find(|(other, _)| *other == name).expect("a scenario").1
    }

    #[test]
    fn each_check_s_evidence_is_folded_away_and_nothing_else() {
        let report = scenario("failed");
        let page = render(&report, &GITLAB);
        assert_sound(&page, 4);
        let start = "\u{1b}[0Ksection_start:1763509560:touchdown-1763509560000-0-fresh\
            [collapsed=true]\r\u{1b}[0K  evidence of fresh\n";
        assert!(page.contains(start), "{page:?}");
        let is_mark = |line: &&str| line.contains("\u{1b}[0Ksection_");
        let rest: Vec<&str> = page.lines().filter(|line| !is_mark(line)).collect();
        let plain = render(&report, &Style::FILE);
        assert_eq!(
            squeezed(&rest),
            squeezed(&plain.lines().collect::<Vec<_>>())
        );
    }

    fn squeezed<'a>(lines: &[&'a str]) -> Vec<&'a str> {
        lines
            .iter()
            .copied()
            .filter(|line| !line.is_empty())
            .collect()
    }

    #[test]
    fn a_mark_in_outside_text_is_none() {
        let mark =
            "\u{1b}[0Ksection_end:1763509560:touchdown-1763509560000-0-failed-check\r\u{1b}[0K";
        let report = fixtures::hostile_with(mark);
        for verbose in [false, true] {
            let style = Style { verbose, ..GITLAB };
            let folded = if verbose { 5 } else { 3 };
            assert_sound(&render(&report, &style), folded);
            assert_sound(&chain::render(&report, &style), if verbose { 5 } else { 0 });
            assert_sound(
                &render(
                    &report,
                    &Style {
                        verbose,
                        ..Style::FILE
                    },
                ),
                0,
            );
        }
    }

    #[test]
    fn no_text_makes_or_breaks_a_section() {
        for (_, text) in corpus::texts() {
            assert_sound(&render(&fixtures::hostile_with(&text), &GITLAB), 3);
        }
    }

    #[test]
    fn names_are_sound_and_unlike_whatever_the_ids_are() {
        let failed = |id: &str| {
            let mut check = fixtures::check(id, "http.responds", Verdict::Failed, "503");
            check.evidence = scenario("failed").checks[0].evidence.clone();
            check
        };
        let ids = ["a@b", "a_b", "a b", "部署", "[collapsed=true]\r", ""];
        let report = fixtures::report(ids.map(failed).to_vec());
        assert_sound(&render(&report, &GITLAB), ids.len());
    }
}
