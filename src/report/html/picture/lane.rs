//! A lane of the picture: one thing, and what it came through.

use std::borrow::Cow;

use jiff::Timestamp;
use touchdown_checks::contract::State;

use crate::report::text::clip;
use crate::report::{Charset, Verdict, escape};

/// One thing, and what it came through.
pub(super) struct Lane<'a> {
    /// What it is: `task 1536dcb5`.
    pub(super) label: String,
    /// What has to be known of it: `old`.
    pub(super) note: &'static str,
    /// Whether it is what the run judges, or came before or after that.
    pub(super) judged: bool,
    /// Whether the picture reaches back to where this begins.
    pub(super) sets_the_scale: bool,
    /// Whether each of its marks is drawn through all lanes.
    pub(super) guides: bool,
    /// The link target of the check that it is of.
    pub(super) anchor: Option<&'a str>,
    /// What lasted, in the order of time.
    pub(super) spans: Vec<Span>,
    /// What happened, in the order of time.
    pub(super) marks: Vec<Mark<'a>>,
}

/// What lasted from one moment to another.
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) phase: Phase,
}

/// What lasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// A task was being made ready.
    Starting,
    /// A task ran.
    Running,
    /// A task was on its way out.
    Stopping,
    /// Looks said this.
    Said(State),
}

/// What happened at one moment.
pub(super) struct Mark<'a> {
    pub(super) at: Timestamp,
    pub(super) sign: Sign,
    /// What happened, in words.
    pub(super) what: Cow<'a, str>,
}

/// What a mark is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// An image was pushed.
    Pushed,
    /// A deployment began.
    Began,
    /// A task came a step further.
    Step,
    /// A task was healthy.
    Healthy,
    /// A task of another deployment had stopped.
    Stopped,
    /// A task of the judged deployment had stopped.
    Lost,
    /// A log line that was looked for.
    Line,
    /// What looks said changed.
    Turned,
    /// A check settled.
    Settled(Verdict),
}

/// So much of a log line, a headline or a stop reason is told of a mark; the checks have the
/// whole.
pub(super) const MOST_TOLD: usize = 240;

/// A text in one line of so many columns at most, what would act or hide in it made visible
/// first, so that all of it is counted.
pub(super) fn short(text: &str, columns: usize) -> String {
    clip(&escape::line(text), columns, Charset::Utf8)
}

impl Lane<'_> {
    /// Every moment of it.
    pub(super) fn times(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let spans = self.spans.iter().flat_map(|span| [span.from, span.to]);
        spans.chain(self.marks.iter().map(|mark| mark.at))
    }
}
