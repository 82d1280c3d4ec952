//! What marks and spans look like. Each has a shape of its own, so that none is told by its
//! colour alone.

use maud::{Markup, html};
use touchdown_checks::contract::State;

use super::lane::{Phase, Sign};
use super::pixels::Px;
use crate::report::words;

/// How a span is drawn, and the word for it.
pub(super) struct Look {
    pub(super) class: &'static str,
    pub(super) height: f64,
    pub(super) word: &'static str,
}

pub(super) fn look(phase: Phase) -> Look {
    let (class, height, word) = match phase {
        Phase::Starting => ("starting", 4.0, "starting"),
        Phase::Running => ("running", 14.0, "running"),
        Phase::Stopping => ("stopping", 4.0, "stopping"),
        Phase::Said(state) => {
            let (class, height) = match state {
                State::Holds => ("holds", 10.0),
                State::NotYet => ("not-yet", 4.0),
                State::Broken => ("broken-off", 10.0),
                State::Unobserved => ("unobserved", 3.0),
            };
            (class, height, words::state(state))
        }
    };
    Look {
        class,
        height,
        word,
    }
}

pub(super) fn class(sign: Sign) -> &'static str {
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

pub(super) fn shape(sign: Sign, x: f64, y: f64) -> Markup {
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

/// What the shapes mean, where no word stands beside them.
pub(super) fn legend() -> Markup {
    let signs = [
        (Sign::Pushed, "pushed"),
        (Sign::Began, "deployment began"),
        (Sign::Healthy, "seen healthy"),
        (Sign::Stopped, "other task stopped"),
        (Sign::Lost, "judged task stopped"),
        (Sign::Line, "log line"),
    ];
    let tasks = [Phase::Starting, Phase::Running, Phase::Stopping];
    let states = [
        State::Holds,
        State::NotYet,
        State::Broken,
        State::Unobserved,
    ];
    html! {
        ul.legend {
            @for (sign, what) in signs {
                (key(html! { g class={ "mark " (class(sign)) } { (shape(sign, 14.0, 10.0)) } }, what))
            }
        }
        ul.legend {
            li { "Tasks:" }
            @for phase in tasks { (key(bar(phase), look(phase).word)) }
            (key(html! { g.other { (bar(Phase::Running)) } }, "of another deployment"))
            li { "Looks:" }
            @for state in states { (key(bar(Phase::Said(state)), words::state(state))) }
        }
    }
}

fn key(drawing: Markup, what: &str) -> Markup {
    html! { li { svg viewBox="0 0 28 20" aria-hidden="true" { (drawing) } (what) } }
}

fn bar(phase: Phase) -> Markup {
    let Look { class, height, .. } = look(phase);
    html! {
        rect class=(class) x="2" y=(Px(10.0 - height / 2.0)) width="24" height=(Px(height)) {}
    }
}
