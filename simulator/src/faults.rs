//! Faults on demand: an action denied, throttled, broken or slow, for a span of virtual time.
//!
//! A fault never counts calls: whether it strikes depends on the clock alone, so that looking more often
//! changes nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

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
    /// HTTP 500.
    Broken,
    /// HTTP 503.
    Unavailable,
    /// HTTP 502 with a page of HTML, as a proxy answers.
    BadGateway,
    /// The answer comes late.
    Slow,
}

/// A fault and the calls it strikes.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// How late a slow answer comes, in real time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<SignedDuration>,
}

/// A fault of a scenario; it counts from the scenario's start.
pub(crate) type FaultWindow = Fault;

impl Fault {
    /// A fault that begins at once and does not end.
    pub fn new(call: &str, fault: FaultKind) -> Self {
        Self {
            call: call.to_owned(),
            fault,
            after: SignedDuration::ZERO,
            lasts: None,
            delay: None,
        }
    }

    /// The same fault, ending after `span` of virtual time.
    #[must_use]
    pub fn lasting(mut self, span: SignedDuration) -> Self {
        self.lasts = Some(span);
        self
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
