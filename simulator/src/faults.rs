//! Faults on demand: an action denied, throttled, broken, slow or wrong, for a span of virtual time.
//!
//! A fault never counts calls: whether it strikes depends on the clock alone, so that looking more often
//! changes nothing.

mod delivery;
mod distortion;
mod past;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use delivery::{Carried, Delivery};
pub(crate) use distortion::Distortions;
pub(crate) use past::{Deed, Past};

use crate::time::after;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// `AccessDeniedException`.
    Denied,
    /// `ThrottlingException`, "Rate exceeded".
    Throttled,
    /// `ExpiredTokenException`.
    Expired,
    /// `UnrecognizedClientException`.
    Unrecognized,
    /// AWS holds the time at which a request was signed against its own clock, and refuses one that is
    /// more than five minutes off: `InvalidSignatureException`.
    Skewed,
    /// HTTP 500.
    Broken,
    /// HTTP 503.
    Unavailable,
    /// HTTP 502 with a page of HTML, as a proxy answers.
    BadGateway,
    /// HTTP 200 with a page of HTML, as a captive portal or a log-in page answers.
    Html,
    /// The answer comes late.
    Slow,
    /// Nobody listens. Where the call is not `*`, the connection was there before the call was known,
    /// and is reset.
    Refused,
    /// The connection is reset before an answer came.
    Reset,
    /// The connection stays, and no answer ever comes.
    Hung,
    /// The answer comes byte by byte.
    Drip,
    /// The connection ends in the middle of the answer.
    Truncated,
    /// The answer is cut in the middle and says that it is whole, so it is no JSON, XML or CBOR.
    Malformed,
    /// 64 MiB of spaces follow the answer.
    Gigantic,
    /// The answer lacks a field, wherever it would have it.
    Lacking,
    /// What was asked for by name is said to be `MISSING`.
    Missing,
    /// A listing begins with empty pages, each with a token.
    EmptyPages,
    /// A listing never ends: every page has a further token.
    Endless,
    /// A listing never ends: every page has the same token, and the same entries.
    SameToken,
    /// Every entry of the answer is there twice.
    Duplicated,
    /// The entries of the answer come in another order each second.
    Reordered,
    /// The answer is that of some time ago.
    Stale,
}

/// A fault and the calls it strikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `ecs:DescribeTasks`, `ecs:*`, `*`; a page is `http:/path`.
    pub call: String,
    /// What goes wrong.
    pub fault: FaultKind,
    /// From when on, counted from when the fault is made.
    #[serde(default)]
    pub after: SignedDuration,
    /// For how long; without end if not said.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub lasts: Option<SignedDuration>,
    /// How late a slow answer comes, and how long each byte of a dripping one takes (1 s if not said),
    /// in real time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<SignedDuration>,
    /// How old a stale answer is, in virtual time: 20 s if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<SignedDuration>,
    /// The field that the answer lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A fault of a scenario; it counts from the scenario's start.
pub(crate) type FaultWindow = Fault;

/// Reads of AWS are said to lag by seconds; nobody has seen more than this.
const STALE: SignedDuration = SignedDuration::from_secs(20);
/// So slow that no answer of AWS comes to its end within a time-out.
const DRIPS: Duration = Duration::from_secs(1);

impl Fault {
    /// A fault that begins at once and does not end.
    pub fn new(call: &str, fault: FaultKind) -> Self {
        Self {
            call: call.to_owned(),
            fault,
            after: SignedDuration::ZERO,
            lasts: None,
            delay: None,
            by: None,
            field: None,
        }
    }

    /// The same fault, ending after `span` of virtual time.
    #[must_use]
    pub fn lasting(mut self, span: SignedDuration) -> Self {
        self.lasts = Some(span);
        self
    }

    /// The same fault, beginning `span` of virtual time after it is made.
    #[must_use]
    pub fn beginning(mut self, span: SignedDuration) -> Self {
        self.after = span;
        self
    }

    /// What is wrong with it: a fault that would do nothing.
    pub(crate) fn mistake(&self) -> Option<String> {
        let needs = |what: &str| {
            let kind = serde_json::to_value(self.fault).unwrap_or_default();
            Some(format!("a fault {kind} needs `{what}`"))
        };
        match self.fault {
            FaultKind::Lacking if self.field.is_none() => needs("field"),
            FaultKind::Slow if self.delay.is_none() => needs("delay"),
            _ => None,
        }
    }
}

/// A fault with its window of virtual time.
#[derive(Debug, Clone)]
pub(crate) struct Armed {
    pub fault: Fault,
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Armed {
    pub(crate) fn at(now: Timestamp, fault: Fault) -> Self {
        let from = after(now, fault.after);
        Self {
            from,
            until: fault.lasts.map(|span| after(from, span)),
            fault,
        }
    }

    /// Whether it strikes a call at an instant.
    pub(crate) fn strikes(&self, call: &str, now: Timestamp) -> bool {
        let named = match self.fault.call.strip_suffix('*') {
            Some(start) => call.starts_with(start),
            None => call == self.fault.call,
        };
        named && now >= self.from && self.until.is_none_or(|until| now < until)
    }
}

/// The faults that strike one call, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Striking(Vec<Fault>);

impl Striking {
    pub(crate) fn of(armed: &[Armed], call: &str, now: Timestamp) -> Self {
        let striking = armed.iter().filter(|armed| armed.strikes(call, now));
        Self(striking.map(|armed| armed.fault.clone()).collect())
    }

    /// What goes wrong, each once for each fault.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = FaultKind> {
        self.0.iter().map(|fault| fault.fault)
    }

    fn has(&self, kind: FaultKind) -> bool {
        self.kinds().any(|striking| striking == kind)
    }

    fn of_kind(&self, kind: FaultKind) -> impl Iterator<Item = &Fault> {
        self.0.iter().filter(move |fault| fault.fault == kind)
    }

    /// Whether the answer is cut in the middle.
    pub(crate) fn garbles(&self) -> bool {
        self.has(FaultKind::Malformed)
    }

    /// How old the answer is, if it is not of now.
    pub(crate) fn age(&self) -> Option<SignedDuration> {
        let ages = self.of_kind(FaultKind::Stale);
        ages.map(|fault| fault.by.unwrap_or(STALE)).max()
    }

    /// The longest delay.
    pub(crate) fn delay(&self) -> Option<Duration> {
        let delays = self.of_kind(FaultKind::Slow);
        delays
            .filter_map(|fault| fault.delay?.try_into().ok())
            .max()
    }

    /// How the answer fails to arrive: the worst way that strikes.
    pub(crate) fn delivery(&self) -> Option<Delivery> {
        let dripping = || {
            let slowest = self.of_kind(FaultKind::Drip);
            let each = |fault: &Fault| fault.delay.and_then(|delay| delay.try_into().ok());
            let slowest = slowest.map(|fault| each(fault).unwrap_or(DRIPS)).max()?;
            Some(Delivery::Dripping(slowest))
        };
        let as_is = |kind, delivery| self.has(kind).then_some(delivery);
        as_is(FaultKind::Refused, Delivery::Refused)
            .or(as_is(FaultKind::Reset, Delivery::Reset))
            .or(as_is(FaultKind::Hung, Delivery::Hung))
            .or(as_is(FaultKind::Truncated, Delivery::Truncated))
            .or(as_is(FaultKind::Gigantic, Delivery::Gigantic))
            .or_else(dripping)
    }

    /// How the answer's content is wrong.
    pub(crate) fn distortions(&self, call: &str, now: Timestamp) -> Distortions {
        Distortions::of(&self.0, call, now)
    }
}
