//! Which checks are told as annotations.

use super::command::{Annotation, Level};
use crate::report::order::{gates_shut, worst_first};
use crate::report::{CheckReport, Report, Verdict, words};

/// GitHub shows ten errors and ten warnings of a step of a job, and drops the others.
const MOST: usize = 10;

/// Workflow commands that annotate the run with every check that did not pass, one a line, the
/// worst first; beyond ten, a notice counts the others. Nothing where all passed.
///
/// What keeps the run from passing is an error, be it failed or inconclusive: both make the job
/// red, and its annotations must say why. What is not required is a warning.
#[must_use]
pub fn annotations(report: &Report) -> String {
    let mut checks = worst_first(report);
    checks.retain(|check| matches!(check.verdict, Verdict::Failed | Verdict::Inconclusive));
    let told = checks.iter().take(MOST).map(|check| annotation(check));
    let more = checks.len().saturating_sub(MOST);
    told.chain(and_more(more))
        .map(|annotation| format!("{annotation}\n"))
        .collect()
}

/// A workflow command that annotates the run with why nothing ran.
#[must_use]
pub fn nothing_ran(reason: &str) -> String {
    Annotation::new(Level::Error, "touchdown: nothing ran", reason).to_string()
}

fn annotation(check: &CheckReport) -> Annotation {
    let (level, note) = match gates_shut(check) {
        true => (Level::Error, ""),
        false => (Level::Warning, " (not required)"),
    };
    let word = words::verdict(check.verdict);
    let title = format!("touchdown: {} {word}{note}", check.id);
    let mut message = check.headline.clone();
    if let Some(hint) = &check.hint {
        message.push_str("\nNext: ");
        message.push_str(hint);
    }
    Annotation::new(level, &title, &message)
}

/// A notice, because an eleventh error would not be shown.
fn and_more(count: usize) -> Option<Annotation> {
    let checks = words::counted(count, "more check");
    let message = format!("and {checks} that did not pass");
    (count > 0).then(|| Annotation::new(Level::Notice, "touchdown", &message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::{self, check};

    #[test]
    fn what_did_not_pass_is_told_the_worst_first() {
        let mut optional = check(
            "tag",
            "ecs.image-pinned",
            Verdict::Failed,
            "a tag that moves",
        );
        optional.required = false;
        let mut failed = check(
            "digest",
            "ecs.digest-running",
            Verdict::Failed,
            "2 of 3 tasks",
        );
        failed.hint = Some("deploy again:\n  aws ecs update-service".to_owned());
        let report = fixtures::report(vec![
            check(
                "fresh",
                "ecs.digest-running",
                Verdict::Passed,
                "3 of 3 tasks",
            ),
            optional,
            check(
                "line",
                "logs.line-seen",
                Verdict::Inconclusive,
                "AccessDenied",
            ),
            check("later", "logs.line-seen", Verdict::Skipped, "needs `line`"),
            failed,
        ]);
        let expected = "\
::error title=touchdown%3A digest failed::2 of 3 tasks%0ANext: deploy again:%0A  aws ecs update-service
::error title=touchdown%3A line inconclusive::AccessDenied
::warning title=touchdown%3A tag failed (not required)::a tag that moves
";
        assert_eq!(annotations(&report), expected);
    }

    #[test]
    fn of_many_ten_are_told_and_the_others_counted() {
        let failed = |number: usize| {
            let id = format!("check-{number:02}");
            check(&id, "http.responds", Verdict::Failed, "503")
        };
        for (checks, lines, last) in [
            (10, 10, "::error title=touchdown%3A check-09 failed::503"),
            (
                11,
                11,
                "::notice title=touchdown::and 1 more check that did not pass",
            ),
            (
                25,
                11,
                "::notice title=touchdown::and 15 more checks that did not pass",
            ),
        ] {
            let told = annotations(&fixtures::report((0..checks).map(failed).collect()));
            assert_eq!(told.lines().count(), lines);
            assert_eq!(told.lines().last(), Some(last));
        }
        assert_eq!(annotations(&fixtures::report(Vec::new())), "");
    }

    #[test]
    fn outside_text_adds_no_command() {
        let told = annotations(&fixtures::hostile_with(fixtures::HOSTILE));
        let commands: Vec<&str> = told.lines().collect();
        assert_eq!(commands.len(), 3);
        for command in commands {
            let (properties, _) = command[2..].split_once("::").expect("a command");
            assert_eq!(properties.matches('=').count(), 1, "{command}");
            assert!(!command.contains("##[") && !command.contains(char::is_control));
        }
    }
}
