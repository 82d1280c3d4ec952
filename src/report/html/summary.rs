//! What is read first: the verdict, the broken link, and what was judged.

use maud::{Markup, html};
use touchdown_checks::contract::Body;

use super::evidence::compared;
use super::page::{self, Page};
use super::picture;
use crate::report::clip::clip;
use crate::report::difference::are_alike;
use crate::report::order::first_broken;
use crate::report::text::Times;
use crate::report::{CheckReport, Report, TargetReport, Verdict, words};

/// The band at the top: the verdict, the suite, the counts, and when it was.
pub(super) fn verdict(page: &Page<'_>) -> Markup {
    let report = page.report;
    html! {
        header class={ "verdict " (words::verdict(report.verdict)) } {
            h1 {
                span.sign aria-hidden="true" { (words::mark(report.verdict)) }
                (words::verdict(report.verdict).to_uppercase())
            }
            p.suite { (clip(&report.title())) }
            p { (words::summary(report)) }
            p.when {
                "Started at " (page::time(report.started_at, Times::Dated))
                ", exit code " (report.exit_code)
            }
            @if report.interrupted.is_some() {
                p { "The run was stopped before its time; this is what was known by then." }
            }
        }
    }
}

/// The first check that explains the verdict, with what to do, and the others by name.
pub(super) fn broken_link(page: &Page<'_>) -> Markup {
    let Some(broken) = first_broken(page.report) else {
        return html! {};
    };
    let others = page.checks().filter(|(check, _)| {
        matches!(check.verdict, Verdict::Failed | Verdict::Inconclusive)
            && !std::ptr::eq(*check, broken)
    });
    let others: Vec<(&CheckReport, &str)> = others.collect();
    let anchor = page
        .checks()
        .find(|(check, _)| std::ptr::eq(*check, broken));
    html! {
        section class={ "broken " (words::verdict(broken.verdict)) } {
            h2 {
                (page::badge(broken.verdict)) " "
                @if let Some((_, anchor)) = anchor {
                    a href={ "#" (anchor) } { (page::title(broken)) }
                }
            }
            p.headline { (clip(&broken.headline)) }
            @if let Some(hint) = &broken.hint { (page::hint(hint)) }
            @if let Some(body) = first_difference(broken) { (body) }
            @if !others.is_empty() { (beside(&others)) }
        }
    }
}

/// The first thing that is not as expected, value against value.
fn first_difference(check: &CheckReport) -> Option<Markup> {
    check.evidence.iter().find_map(|one| match &one.body {
        Body::Compared {
            what,
            expected,
            seen,
        } if expected != seen && are_alike(expected, seen) => Some(html! {
            h3 { (clip(what)) }
            (compared(expected, seen, check.verdict))
        }),
        _ => None,
    })
}

/// The most of the other checks that are named; all of them are in the list of checks.
const MOST_NAMED: usize = 12;

fn beside(others: &[(&CheckReport, &str)]) -> Markup {
    html! {
        p.beside { "Did not pass either:" }
        ul.beside {
            @for (check, anchor) in others.iter().take(MOST_NAMED) {
                li {
                    (page::badge(check.verdict)) " "
                    a href={ "#" (anchor) } { code { (clip(&check.id)) } }
                    @if words::waived(check) { " (not required)" }
                }
            }
            @if let Some(more) = others.len().checked_sub(MOST_NAMED).filter(|&more| more > 0) {
                li { "and " (more) " more" }
            }
        }
    }
}

/// What was judged: each target with what is known of it.
pub(super) fn targets(page: &Page<'_>) -> Markup {
    html! {
        @for (name, target) in &page.report.targets {
            section.target {
                h2 { "Target " code { (clip(name)) } }
                (facts(target))
                (picture::of_target(Some(name), target.rollout.as_ref(), page))
            }
        }
        @if picture::has_others(page) {
            section.target {
                h2 { "Checks of no target" }
                (picture::of_target(None, None, page))
            }
        }
    }
}

fn facts(target: &TargetReport) -> Markup {
    let service = format!("{}/{}", target.cluster, target.service);
    // Where each container has one, the one of them all says nothing more.
    let of_all = target.expected_digest.as_ref();
    let of_all = of_all.filter(|_| target.expected_digests.is_empty());
    let known = [
        ("service", Some(&service)),
        ("region", target.region.as_ref()),
        ("task definition", target.task_definition.as_ref()),
        ("deployment", target.deployment.as_ref()),
        ("expected digest", of_all),
    ];
    html! {
        dl.facts {
            @for (label, value) in known {
                @if let Some(value) = value {
                    div { dt { (label) } dd { (clip(value)) } }
                }
            }
            @for (container, digest) in &target.expected_digests {
                div { dt { "expected digest of " (container) } dd { (digest) } }
            }
        }
    }
}

/// What was asked of AWS, and how often.
pub(super) fn calls(report: &Report) -> Markup {
    html! {
        footer {
            @if !report.calls.is_empty() {
                details {
                    summary { h2 { "What was asked of AWS" } }
                    div.scroll tabindex="0" {
                        table {
                            tr { @for heading in ["AWS call", "requests", "throttled", "failed"] {
                                th scope="col" { (heading) }
                            } }
                            @for call in &report.calls {
                                tr {
                                    td { (clip(&call.call)) }
                                    @for count in [call.count, call.throttled, call.failed] {
                                        td.number { (count) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p { "Written by touchdown. All times are UTC." }
        }
    }
}
