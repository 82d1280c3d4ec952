//! The list of checks, which can be narrowed to those of one verdict.

use maud::{Markup, html};

use super::evidence::evidence;
use super::page::{self, Page};
use crate::report::clip::clip;
use crate::report::{CheckReport, Verdict, looks, words};

/// What the list can be narrowed to, in the order of the choices.
const VERDICTS: [Verdict; 4] = [
    Verdict::Failed,
    Verdict::Inconclusive,
    Verdict::Passed,
    Verdict::Skipped,
];

/// Every check, under the choice of which are shown.
pub(super) fn checks(page: &Page<'_>) -> Markup {
    html! {
        section.checks {
            h2 { "Checks" }
            (filters(page))
            @for (check, anchor) in page.checks() { (one(check, anchor, page)) }
        }
    }
}

/// Radio buttons, which the style acts upon: the page needs no script.
fn filters(page: &Page<'_>) -> Markup {
    let checks = &page.report.checks;
    let count = |verdict| {
        checks
            .iter()
            .filter(|check| check.verdict == verdict)
            .count()
    };
    html! {
        fieldset.filters {
            legend { "Show" }
            (choice("all", checks.len(), true))
            @for verdict in VERDICTS {
                @if verdict == Verdict::Failed || count(verdict) > 0 {
                    (choice(words::verdict(verdict), count(verdict), false))
                }
            }
        }
        @if count(Verdict::Failed) == 0 {
            p.none.no-failed {
                "No check failed."
                @if count(Verdict::Inconclusive) > 0 {
                    " " (count(Verdict::Inconclusive)) " could not be told."
                }
            }
        }
    }
}

fn choice(which: &str, count: usize, checked: bool) -> Markup {
    let id = format!("show-{which}");
    html! {
        input type="radio" name="show" id=(id) checked[checked];
        label for=(id) { (which) " " span.count { (count) } }
    }
}

/// One check. What did not pass is open; the link target is inside, so that a browser that
/// goes there opens it.
fn one(check: &CheckReport, anchor: &str, page: &Page<'_>) -> Markup {
    let open = matches!(check.verdict, Verdict::Failed | Verdict::Inconclusive);
    html! {
        details class={ "check " (words::verdict(check.verdict)) } open[open] {
            summary {
                h3 {
                    (page::badge(check.verdict)) " " (page::title(check))
                    @if words::waived(check) { " (not required)" }
                }
                p.headline { (clip(&check.headline)) }
            }
            div.body id=(anchor) {
                p.about { (about(check, page)) " " a href={ "#" (anchor) } { "link" } }
                @if let Some(text) = &check.hint { (page::hint(text)) }
                @for piece in &check.evidence { (evidence(piece, check.verdict, page)) }
                (history(check, page))
            }
        }
    }
}

/// `ecs.digest-running on web, looked 31 times in 5m2s, last at 23:46:07 UTC`.
fn about(check: &CheckReport, page: &Page<'_>) -> Markup {
    html! {
        code { (clip(&check.kind)) }
        @if let Some(target) = &check.target { " on " code { (clip(target)) } }
        ", " (words::looks(check))
        @if let [_, .., last] = check.attempts.as_slice() { ", last at " (page.time(last.at)) }
        @if let Some(flaps) = looks::flaps(check, page.times) { "; " (flaps) }
    }
}

/// Every look; those in a row that say the same are one line. A single look has said all it
/// has to say in the headline.
fn history(check: &CheckReport, page: &Page<'_>) -> Markup {
    if check.attempts.len() < 2 {
        return html! {};
    }
    html! {
        details.looks {
            summary { "All " (check.attempts.len()) " looks" }
            div.scroll tabindex="0" {
                table {
                    tr { @for heading in ["at", "look", "state", "headline"] {
                        th scope="col" { (heading) }
                    } }
                    @for run in looks::runs(&check.attempts) {
                        @if let [first, ..] = run {
                            tr {
                                td { (page.time(first.at)) }
                                td { (looks::numbers(run)) }
                                td { (words::state(first.state)) }
                                (page::cell(&first.headline))
                            }
                        }
                    }
                }
            }
        }
    }
}
