//! The kinds of weather: which fault, on which calls, for how long, and what it excuses.

use jiff::SignedDuration;
use touchdown_simulator::{Fault, FaultKind};

use super::Lot;

/// A kind of weather.
#[derive(Debug)]
pub(super) struct Front {
    /// Its name in a table.
    pub name: &'static str,
    kind: FaultKind,
    /// The calls of which one is drawn.
    calls: &'static [&'static str],
    spell: Spell,
    /// Words in lower case, of which one must be in an inconclusive check's headline or hint. Where there
    /// are none, the verdict must be the right one.
    pub causes: &'static [&'static str],
}

/// How long it lasts.
#[derive(Debug, Clone, Copy)]
enum Spell {
    /// Bursts, or the whole run.
    Either,
    /// From some moment on, to the end.
    FromSomeMoment,
    /// The whole run.
    Whole,
}

/// A front as a seed has it.
pub(super) struct Drawn {
    pub name: String,
    pub faults: Vec<Fault>,
    pub later: SignedDuration,
    pub clock_ahead: SignedDuration,
}

/// What may break without touchdown's doing. Pages are no part of it: where the page of a service does not
/// answer, that is the truth about the service.
const AWS: [&str; 9] = [
    "ecs:*",
    "ecs:DescribeServices",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecs:DescribeTaskDefinition",
    "ecr:*",
    "logs:*",
    "elasticloadbalancing:*",
    "cloudwatch:*",
];

/// What lists page by page.
const LISTINGS: [&str; 4] = ["ecs:*", "ecs:ListTasks", "ecr:*", "logs:*"];

/// What AWS reads from replicas that may lag.
const REPLICAS: [&str; 6] = [
    "ecs:*",
    "ecs:DescribeServices",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecr:*",
    "elasticloadbalancing:*",
];

const EVERYTHING: [&str; 1] = ["*"];

const UNDELIVERED: [&str; 2] = ["could not be delivered", "unreadable answer"];
const LATE: [&str; 3] = ["in time", "no answer within", "still reading"];
const UNREADABLE: [&str; 1] = ["unreadable answer"];

const fn front(
    name: &'static str,
    kind: FaultKind,
    calls: &'static [&'static str],
    spell: Spell,
    causes: &'static [&'static str],
) -> Front {
    Front {
        name,
        kind,
        calls,
        spell,
        causes,
    }
}

/// Every kind of weather.
#[rustfmt::skip]
pub(super) static FRONTS: [Front; 22] = [
    front("throttled", FaultKind::Throttled, &AWS, Spell::Either, &["throttled"]),
    front("500", FaultKind::Broken, &AWS, Spell::Either, &["serverexception", "internalfailure"]),
    front("503", FaultKind::Unavailable, &AWS, Spell::Either, &["serviceunavailable"]),
    front("502 of a proxy", FaultKind::BadGateway, &AWS, Spell::Either, &["http 502"]),
    front("html", FaultKind::Html, &AWS, Spell::Either, &UNREADABLE),
    front("slow", FaultKind::Slow, &AWS, Spell::Either, &LATE),
    front("refused", FaultKind::Refused, &AWS, Spell::Either, &UNDELIVERED),
    front("reset", FaultKind::Reset, &AWS, Spell::Either, &UNDELIVERED),
    front("hung", FaultKind::Hung, &AWS, Spell::Either, &LATE),
    front("drip", FaultKind::Drip, &AWS, Spell::Either, &LATE),
    front("truncated", FaultKind::Truncated, &AWS, Spell::Either, &UNDELIVERED),
    front("malformed", FaultKind::Malformed, &AWS, Spell::Either, &UNREADABLE),
    front("denied", FaultKind::Denied, &AWS, Spell::FromSomeMoment, &["was denied"]),
    front("expired", FaultKind::Expired, &EVERYTHING, Spell::FromSomeMoment, &["expired"]),
    front("missing", FaultKind::Missing, &["ecs:DescribeTasks"], Spell::Either, &["missing"]),
    front("empty pages", FaultKind::EmptyPages, &LISTINGS, Spell::Either, &[]),
    front("endless pages", FaultKind::Endless, &LISTINGS, Spell::Either, &["did not come to an end", "more lines than one look can read", "no answer within", "still reading"]),
    front("same token", FaultKind::SameToken, &LISTINGS, Spell::Either, &["same token"]),
    front("duplicated", FaultKind::Duplicated, &EVERYTHING, Spell::Whole, &[]),
    front("reordered", FaultKind::Reordered, &EVERYTHING, Spell::Whole, &[]),
    front("stale", FaultKind::Stale, &REPLICAS, Spell::Either, &["from an older state", "says missing"]),
    front("clock off", FaultKind::Skewed, &EVERYTHING, Spell::Whole, &["the clock"]),
];

/// How much longer than a burst it may take until touchdown looks again: throttling stretches the pause
/// between looks up to 30 s, and a look that goes wrong may take its whole time-out of 15 s.
const AFTERMATH: SignedDuration = SignedDuration::from_secs(45);

/// Until when a fault can leave a check open, counted from the run's beginning. A listing without end
/// that has begun goes on when no other begins any more.
pub(super) fn is_felt_until(fault: &Fault) -> SignedDuration {
    if fault.fault == FaultKind::Endless {
        return SignedDuration::MAX;
    }
    let lag = fault.by.unwrap_or_default();
    fault.lasts.map_or(SignedDuration::MAX, |lasts| {
        fault.after + lasts + lag + AFTERMATH
    })
}

impl Front {
    pub(super) fn drawn(&self, lot: &Lot, lasting: SignedDuration) -> Drawn {
        let call = *lot.one_of("call", self.calls);
        let mut drawn = match self.spell {
            Spell::Either if lot.below("spell", 4) > 0 => self.bursts(call, lot, lasting),
            Spell::Either | Spell::Whole => self.on(call, lot, SignedDuration::ZERO, lasting),
            Spell::FromSomeMoment => {
                let after = lot.seconds("after", 0, seconds(lasting));
                self.on(call, lot, after, lasting)
            }
        };
        if self.kind == FaultKind::Skewed {
            let off = lot.seconds("off", 3, 600);
            let ahead = lot.below("ahead", 2) == 0;
            drawn.clock_ahead = if ahead { off } else { -off };
        }
        drawn
    }

    /// One to three bursts of 2 to 20 seconds.
    fn bursts(&self, call: &str, lot: &Lot, lasting: SignedDuration) -> Drawn {
        let bursts = (0..=lot.below("bursts", 3)).map(|number| {
            let lot = lot.named(&format!("burst {number}"));
            let fault = self.fault(call, &lot);
            fault
                .lasting(lot.seconds("span", 2, 20))
                .beginning(lot.seconds("after", 0, seconds(lasting)))
        });
        let faults: Vec<Fault> = bursts.collect();
        let spans = faults.iter().map(|fault| {
            let lag = fault.by.unwrap_or_default();
            fault.lasts.unwrap_or_default() + lag + AFTERMATH
        });
        Drawn {
            name: format!("{} in bursts on {call}", self.name),
            later: spans.fold(SignedDuration::ZERO, |sum, span| sum + span),
            faults,
            clock_ahead: SignedDuration::ZERO,
        }
    }

    /// From a moment on.
    fn on(&self, call: &str, lot: &Lot, after: SignedDuration, lasting: SignedDuration) -> Drawn {
        let fault = self.fault(call, lot).beginning(after);
        let later = match self.kind {
            // What is read is right, only later.
            FaultKind::Stale => fault.by.unwrap_or_default(),
            FaultKind::Duplicated | FaultKind::Reordered | FaultKind::Skewed => {
                SignedDuration::ZERO
            }
            _ => lasting,
        };
        Drawn {
            name: format!("{} on {call}", self.name),
            faults: vec![fault],
            later,
            clock_ahead: SignedDuration::ZERO,
        }
    }

    fn fault(&self, call: &str, lot: &Lot) -> Fault {
        let mut fault = Fault::new(call, self.kind);
        match self.kind {
            FaultKind::Slow => fault.delay = Some(lot.seconds("delay", 1, 20)),
            FaultKind::Stale => fault.by = Some(lot.seconds("by", 1, 20)),
            _ => {}
        }
        fault
    }
}

fn seconds(span: SignedDuration) -> u64 {
    u64::try_from(span.as_secs()).unwrap_or(0)
}
