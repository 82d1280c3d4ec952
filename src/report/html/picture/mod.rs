//! The timeline picture: what happened of a target, and when each check saw what.
//!
//! What is shown is worked out as lanes on a scale (`course`, `looking`, `scale`), and drawn
//! after that (`draw`). The same facts stand in a table below, for whoever can't see it.

mod course;
mod draw;
mod facts;
mod lane;
mod limit;
mod looking;
mod pixels;
mod scale;
mod signs;
mod ticks;

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use touchdown_checks::contract::Rollout;

use super::page::Page;
use crate::report::CheckReport;
use lane::Lane;
use limit::Limited;
use scale::Scale;

/// A check with its link target.
type Linked<'a> = (&'a CheckReport, &'a str);

/// The picture of a target with the checks that look at it, or of the checks that look at none.
/// With a single target, all are in its picture.
pub(super) fn of_target(
    target: Option<&str>,
    rollout: Option<&Rollout>,
    page: &Page<'_>,
) -> Markup {
    let only = page.report.targets.len() == 1;
    let belongs =
        |check: &CheckReport| check.target.as_deref() == target || (only && check.target.is_none());
    let checks: Vec<Linked<'_>> = page.checks().filter(|(check, _)| belongs(check)).collect();
    let end = end(page);
    let mut groups = rollout.map_or_else(Vec::new, |rollout| course::groups(rollout, end));
    groups.extend(looking::groups(&checks));
    groups.retain(|group| !group.kept.is_empty());
    if groups.is_empty() {
        return html! {};
    }
    shown(target, &groups, end, page)
}

/// Whether some checks belong to no target's picture.
pub(super) fn has_others(page: &Page<'_>) -> bool {
    let without = page
        .report
        .checks
        .iter()
        .any(|check| check.target.is_none());
    page.report.targets.len() != 1 && without
}

/// When the run ended, which is where the picture ends.
fn end(page: &Page<'_>) -> Timestamp {
    let took = SignedDuration::from_millis(i64::try_from(page.report.took_ms).unwrap_or(i64::MAX));
    let begun = page.report.started_at;
    begun.checked_add(took).unwrap_or(begun)
}

fn shown(
    target: Option<&str>,
    groups: &[Limited<Lane<'_>>],
    end: Timestamp,
    page: &Page<'_>,
) -> Markup {
    let lanes = || groups.iter().flat_map(|group| &group.kept);
    let counting = lanes().filter(|lane| lane.sets_the_scale);
    let mut moments: Vec<Timestamp> = counting.flat_map(Lane::times).collect();
    let first = moments
        .iter()
        .copied()
        .fold(page.report.started_at, Timestamp::min);
    // What began before all that matters begins at the edge; what it came through later counts.
    moments.extend(lanes().flat_map(Lane::times).filter(|&at| at >= first));
    moments.extend([page.report.started_at, end]);
    let scale = Scale::of(moments, draw::PLOT);
    html! {
        figure.picture {
            div.canvas tabindex="0" { (draw::svg(target, groups, &scale)) }
            figcaption { (signs::legend()) @for group in groups { (left_out(group)) } }
            (facts::table(groups, page))
        }
    }
}

fn left_out(group: &Limited<Lane<'_>>) -> Markup {
    html! {
        @if group.left_out > 0 {
            p { "Not drawn: " (group.left_out) " more " (group.of) "." }
        }
    }
}

#[cfg(test)]
mod tests;
