//! The picture as SVG.

use maud::{Markup, Render, html};
use touchdown_checks::contract::{State, rfc3339};

use super::lane::{Lane, Mark, Phase, Sign, Span};
use super::limit::Limited;
use super::scale::{Extent, Scale};
use super::ticks::{roughly, ticks};
use crate::report::text::clip;
use crate::report::{Charset, words};

const WIDTH: f64 = 1_000.0;
/// Where the lanes are, right of their labels.
pub(super) const PLOT: Extent = (248.0, WIDTH - 4.0);
/// The columns that a label has, and those that a note takes from it.
const LABEL: usize = 32;
const NOTE: usize = 8;
const AXIS: f64 = 44.0;
const LANE: f64 = 24.0;
const BETWEEN_GROUPS: f64 = 12.0;

/// A place or a size in the drawing, with one digit.
struct Px(f64);

impl Render for Px {
    fn render_to(&self, text: &mut String) {
        text.push_str(&format!("{:.1}", self.0));
    }
}

/// The picture of these lanes.
pub(super) fn svg(target: Option<&str>, groups: &[Limited<Lane<'_>>], scale: &Scale) -> Markup {
    let mut y = AXIS;
    let mut lanes = Vec::new();
    for group in groups {
        for lane in &group.kept {
            lanes.push((y + LANE / 2.0, lane));
            y += LANE;
        }
        y += BETWEEN_GROUPS;
    }
    let height = y;
    html! {
        svg viewBox={ "0 0 " (Px(WIDTH)) " " (Px(height)) } role="img" aria-label=(named(target)) {
            desc { "Time goes from left to right. The table below has the same facts." }
            (axis(scale, height))
            @for (_, lane) in lanes.iter().filter(|(_, lane)| lane.guides) { (guides(lane, scale, height)) }
            @for (y, lane) in &lanes { (drawn(lane, *y, scale)) }
            @for pause in scale.breaks() {
                g.break {
                    title { "nothing happened for " (roughly(pause.lasted)) }
                    rect x=(Px(pause.x - 5.0)) y=(Px(AXIS - 12.0)) width="10" height=(Px(height - AXIS + 12.0)) {}
                    path d={ "M" (Px(pause.x - 5.0)) " " (Px(AXIS - 12.0)) "v" (Px(height)) "M" (Px(pause.x + 5.0)) " " (Px(AXIS - 12.0)) "v" (Px(height)) } {}
                    text x=(Px(pause.x)) y=(Px(AXIS - 18.0)) text-anchor="middle" { (roughly(pause.lasted)) }
                }
            }
        }
    }
}

fn named(target: Option<&str>) -> String {
    match target {
        Some(target) => format!("What happened of target {target}, and what the checks saw"),
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

fn guides(lane: &Lane<'_>, scale: &Scale, height: f64) -> Markup {
    html! {
        @for mark in &lane.marks {
            line class={ "guide " (class(mark.sign)) } x1=(Px(scale.x(mark.at))) x2=(Px(scale.x(mark.at))) y1=(Px(AXIS)) y2=(Px(height)) {}
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
            text.label x="2" y=(Px(y + 4.0)) { (clip(&lane.label, room, Charset::Utf8)) }
            text.note x=(Px(PLOT.0 - 8.0)) y=(Px(y + 4.0)) text-anchor="end" { (lane.note) }
            @for one in &lane.spans { (span(one, y, scale)) }
            @for one in &lane.marks {
                @if scale.before(one.at).is_none() { (mark(one, y, scale)) }
            }
            @if let Some((at, before)) = before {
                text.before x=(Px(scale.x(at) + 4.0)) y=(Px(y + 4.0)) { "◀ " (roughly(before)) " before" }
            }
        }
    }
}

fn span(span: &Span, y: f64, scale: &Scale) -> Markup {
    let (from, to) = (scale.x(span.from), scale.x(span.to));
    let (class, height) = match span.phase {
        Phase::Starting => ("starting", 4.0),
        Phase::Running => ("running", 14.0),
        Phase::Stopping => ("stopping", 4.0),
        Phase::Said(State::Holds) => ("holds", 10.0),
        Phase::Said(State::NotYet) => ("not-yet", 4.0),
        Phase::Said(State::Broken) => ("broken-off", 10.0),
        Phase::Said(State::Unobserved) => ("unobserved", 2.0),
    };
    html! {
        rect class=(class) x=(Px(from)) y=(Px(y - height / 2.0)) width=(Px((to - from).max(1.5))) height=(Px(height)) {}
    }
}

/// A mark, with what happened and when for whoever points at it.
fn mark(mark: &Mark<'_>, y: f64, scale: &Scale) -> Markup {
    let x = scale.x(mark.at);
    html! {
        g class={ "mark " (class(mark.sign)) } {
            title { (rfc3339::text(mark.at)) " " (mark.what) }
            (shape(mark.sign, x, y))
        }
    }
}

fn class(sign: Sign) -> &'static str {
    match sign {
        Sign::Pushed => "pushed",
        Sign::Began => "began",
        Sign::Step => "step",
        Sign::Healthy => "healthy",
        Sign::Stopped => "stopped",
        Sign::Lost => "lost",
        Sign::Line => "line",
        Sign::Turned => "turned",
        Sign::Settled(verdict) => words::verdict(verdict),
    }
}

/// Every sign has a shape of its own, so that none is told by its colour.
fn shape(sign: Sign, x: f64, y: f64) -> Markup {
    let text = |shown: &str| {
        html! { text x=(Px(x)) y=(Px(y + 5.0)) text-anchor="middle" { (shown) } }
    };
    let path = |drawing: &str| html! { path d={ "M" (Px(x)) " " (Px(y)) (drawing) } {} };
    match sign {
        Sign::Pushed => path("m0-7l7 7l-7 7l-7-7z"),
        Sign::Began => path("m-4-7l9 7l-9 7z"),
        Sign::Step => path("m-1-6h2v12h-2z"),
        Sign::Turned => path("m-0.5-5h1v10h-1z"),
        Sign::Line => path("m-5-5h10l-5 9z"),
        Sign::Stopped => path("m-4-4h8v8h-8z"),
        Sign::Lost => text("✖"),
        Sign::Healthy => text("✚"),
        Sign::Settled(verdict) => text(words::mark(verdict)),
    }
}

/// What the shapes mean, as far as words beside them don't say it.
pub(super) fn legend() -> Markup {
    let key = |sign: Sign, what: &str| {
        html! {
            li {
                svg viewBox="0 0 20 20" aria-hidden="true" {
                    g class={ "mark " (class(sign)) } { (shape(sign, 10.0, 10.0)) }
                }
                (what)
            }
        }
    };
    html! {
        ul.legend {
            (key(Sign::Pushed, "pushed"))
            (key(Sign::Began, "deployment began"))
            (key(Sign::Healthy, "seen healthy"))
            (key(Sign::Stopped, "other task stopped"))
            (key(Sign::Lost, "judged task stopped"))
            (key(Sign::Line, "log line"))
        }
    }
}
