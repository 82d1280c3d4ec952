//! The picture as SVG.

use maud::{Markup, html};
use touchdown_checks::contract::rfc3339;

use super::lane::{Lane, Mark, Span, short};
use super::limit::Limited;
use super::pixels::Px;
use super::scale::{Break, Extent, Scale};
use super::signs;
use super::ticks::{roughly, ticks};

const WIDTH: f64 = 1_000.0;
/// Where the lanes are, right of their labels.
pub(super) const PLOT: Extent = (248.0, WIDTH - 18.0);
/// The columns that a label has, and those that a note takes from it.
const LABEL: usize = 32;
const NOTE: usize = 8;
/// How high the labels of the axis are, a lane, and what is between two kinds of lanes.
const AXIS: f64 = 44.0;
const LANE: f64 = 24.0;
const BETWEEN_GROUPS: f64 = 12.0;
/// From the middle of a lane to where letters stand.
const BASE: f64 = 4.0;

/// The picture of these lanes.
pub(super) fn svg(target: Option<&str>, groups: &[Limited<Lane<'_>>], scale: &Scale) -> Markup {
    let (lanes, height) = placed(groups);
    html! {
        svg viewBox={ "0 0 " (Px(WIDTH)) " " (Px(height)) } role="img" aria-label=(named(target)) {
            desc { "Time goes from left to right. The table below has the same facts." }
            (axis(scale, height))
            @for (_, lane) in lanes.iter().filter(|(_, lane)| lane.guides) {
                (guides(lane, scale, height))
            }
            @for (y, lane) in &lanes { (drawn(lane, *y, scale)) }
            @for pause in scale.breaks() { (cut(pause, height)) }
        }
    }
}

/// Each lane with the height of its middle, and how high all of them are.
fn placed<'a, 'b>(groups: &'b [Limited<Lane<'a>>]) -> (Vec<(f64, &'b Lane<'a>)>, f64) {
    let mut y = AXIS;
    let mut lanes = Vec::new();
    for group in groups {
        for lane in &group.kept {
            lanes.push((y + LANE / 2.0, lane));
            y += LANE;
        }
        y += BETWEEN_GROUPS;
    }
    (lanes, y)
}

fn named(target: Option<&str>) -> String {
    match target {
        Some(target) => format!(
            "What happened of target {}, and what the checks saw",
            short(target, LABEL)
        ),
        None => "What the checks saw".to_owned(),
    }
}

fn axis(scale: &Scale, height: f64) -> Markup {
    html! {
        g.axis {
            @for tick in ticks(scale) {
                @if let Some(day) = &tick.day {
                    text x=(Px(tick.x)) y="12" text-anchor="middle" { (day) }
                }
                text x=(Px(tick.x)) y="27" text-anchor="middle" { (tick.clock) }
                line x1=(Px(tick.x)) x2=(Px(tick.x)) y1="32" y2=(Px(height)) {}
            }
        }
    }
}

/// A pause that was cut out: the lanes are torn there.
fn cut(pause: Break, height: f64) -> Markup {
    let (left, right, top) = (pause.x - 5.0, pause.x + 5.0, AXIS - 12.0);
    let lasted = roughly(pause.lasted);
    html! {
        g.break {
            title { "Nothing is drawn of " (lasted) " here." }
            rect x=(Px(left)) y=(Px(top)) width="10" height=(Px(height - top)) {}
            @for edge in [left, right] {
                line x1=(Px(edge)) x2=(Px(edge)) y1=(Px(top)) y2=(Px(height)) {}
            }
            text x=(Px(pause.x)) y="27" text-anchor="middle" { (lasted) }
        }
    }
}

fn guides(lane: &Lane<'_>, scale: &Scale, height: f64) -> Markup {
    let class = |mark: &Mark<'_>| format!("guide {}", signs::class(mark.sign));
    html! {
        @for mark in lane.marks.iter().filter(|mark| scale.before(mark.at).is_none()) {
            @let x = scale.x(mark.at);
            line class=(class(mark)) x1=(Px(x)) x2=(Px(x)) y1=(Px(AXIS)) y2=(Px(height)) {}
        }
    }
}

fn drawn(lane: &Lane<'_>, y: f64, scale: &Scale) -> Markup {
    let first = lane.times().min();
    let before = first.and_then(|first| Some((first, scale.before(first)?)));
    let room = if lane.note.is_empty() {
        LABEL
    } else {
        LABEL - NOTE
    };
    html! {
        g class=(if lane.judged { "judged" } else { "other" }) {
            text.label x="2" y=(Px(y + BASE)) { (short(&lane.label, room)) }
            @if !lane.note.is_empty() {
                text.note x=(Px(PLOT.0 - 8.0)) y=(Px(y + BASE)) text-anchor="end" { (lane.note) }
            }
            @for one in &lane.spans { (span(one, y, scale)) }
            @for one in lane.marks.iter().filter(|mark| scale.before(mark.at).is_none()) {
                (mark(one, y, scale))
            }
            @if let Some((at, before)) = before {
                text.before x=(Px(scale.x(at) + 4.0)) y=(Px(y + BASE)) {
                    "◀ " (roughly(before)) " before"
                }
            }
        }
    }
}

/// What lasted. What was too short to be seen is drawn as wide as can be seen.
fn span(span: &Span, y: f64, scale: &Scale) -> Markup {
    const LEAST: f64 = 1.5;
    let look = signs::look(span.phase);
    let (from, to) = (scale.x(span.from), scale.x(span.to));
    html! {
        rect class=(look.class) x=(Px(from)) y=(Px(y - look.height / 2.0))
            width=(Px((to - from).max(LEAST))) height=(Px(look.height)) {
            title {
                (look.word) " from " (rfc3339::text(span.from)) " to " (rfc3339::text(span.to))
            }
        }
    }
}

/// A mark, with what happened and when for whoever points at it.
fn mark(mark: &Mark<'_>, y: f64, scale: &Scale) -> Markup {
    html! {
        g class={ "mark " (signs::class(mark.sign)) } {
            title { (rfc3339::text(mark.at)) " " (mark.what) }
            (signs::shape(mark.sign, scale.x(mark.at), y))
        }
    }
}
