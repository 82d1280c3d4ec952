//! What every part of the page needs to know, and the small pieces that parts share.

use jiff::Timestamp;
use maud::{Markup, html};
use touchdown_checks::contract::rfc3339;

use super::anchors::anchors;
use crate::report::clip::clip;
use crate::report::text::Times;
use crate::report::{CheckReport, Report, Verdict, words};

/// What every part of the page needs to know.
pub(super) struct Page<'a> {
    /// The report that is rendered.
    pub(super) report: &'a Report,
    /// How times are written.
    pub(super) times: Times,
    /// The link target of each check, in the order of the checks.
    anchors: Vec<String>,
}

impl<'a> Page<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        Self {
            report,
            times: Times::short(report.started_at),
            anchors: anchors(&report.checks),
        }
    }

    /// Each check with its link target.
    pub(super) fn checks(&self) -> impl Iterator<Item = (&'a CheckReport, &str)> {
        let anchors = self.anchors.iter().map(String::as_str);
        self.report.checks.iter().zip(anchors)
    }

    /// A time as the page writes it.
    pub(super) fn time(&self, at: Timestamp) -> Markup {
        time(at, self.times)
    }
}

/// A time, to the second; the whole of it is in its attribute.
pub(super) fn time(at: Timestamp, times: Times) -> Markup {
    html! { time datetime=(rfc3339::text(at)) { (times.text(at)) } }
}

/// A cell of a table. Only a long text is wrapped, so that no time and no id is torn apart.
pub(super) fn cell(text: &str) -> Markup {
    const LONG: usize = 40;
    let is_long = text.len() > LONG || text.contains('\n');
    html! { td.long[is_long] { (clip(text)) } }
}

/// `✖ FAILED`. The word stands beside the sign, so that neither the sign nor its colour has to
/// be known.
pub(super) fn badge(verdict: Verdict) -> Markup {
    html! {
        span class={ "badge " (words::verdict(verdict)) } {
            span aria-hidden="true" { (words::mark(verdict)) } " "
            (words::verdict(verdict).to_uppercase())
        }
    }
}

/// What a check is called: its id as code, and its name where that says more.
pub(super) fn title(check: &CheckReport) -> Markup {
    let whole = words::title(&check.id, &check.name);
    let name = whole.strip_prefix(&check.id).unwrap_or_default();
    html! { code { (clip(&check.id)) } (clip(name)) }
}

/// What to do next. The indented lines of a hint are commands, which are kept whole.
pub(super) fn hint(text: &str) -> Markup {
    let text = clip(text);
    let lines: Vec<&str> = text.lines().collect();
    let is_command = |line: &str| line.starts_with("  ");
    html! {
        div.hint {
            @for (at, part) in lines.chunk_by(|a, b| is_command(a) == is_command(b)).enumerate() {
                @if is_command(part[0]) {
                    pre { code { @for line in part { (line.trim()) "\n" } } }
                } @else {
                    p { @if at == 0 { strong { "Next: " } } (part.join("\n")) }
                }
            }
        }
    }
}
