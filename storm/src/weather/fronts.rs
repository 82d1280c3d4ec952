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
    /// Words in lower case, of which one must be in an inconclusive check's headline or hint.
    pub causes: &'static [&'static str],
}

/// How long it lasts.
#[derive(Debug, Clone, Copy)]
enum Spell {
    /// Bursts, or the whole run.
    Either,
    /// From some moment on, to the end.
    ToTheEnd,
}

/// A front as a seed has it.
pub(super) struct Drawn {
    pub name: String,
    pub faults: Vec<Fault>,
    pub later: SignedDuration,
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

/// Every kind of weather.
pub(super) static FRONTS: [Front; 7] = [
    Front {
        name: "throttled",
        kind: FaultKind::Throttled,
        calls: &AWS,
        spell: Spell::Either,
        causes: &["throttled"],
    },
    Front {
        name: "500",
        kind: FaultKind::Broken,
        calls: &AWS,
        spell: Spell::Either,
        causes: &["serverexception", "internalfailure"],
    },
    Front {
        name: "503",
        kind: FaultKind::Unavailable,
        calls: &AWS,
        spell: Spell::Either,
        causes: &["serviceunavailable"],
    },
    Front {
        name: "502 of a proxy",
        kind: FaultKind::BadGateway,
        calls: &AWS,
        spell: Spell::Either,
        causes: &["http 502"],
    },
    Front {
        name: "slow",
        kind: FaultKind::Slow,
        calls: &AWS,
        spell: Spell::Either,
        causes: &["in time", "no answer within"],
    },
    Front {
        name: "denied",
        kind: FaultKind::Denied,
        calls: &AWS,
        spell: Spell::ToTheEnd,
        causes: &["was denied"],
    },
    Front {
        name: "expired",
        kind: FaultKind::Expired,
        calls: &["*"],
        spell: Spell::ToTheEnd,
        causes: &["expired"],
    },
];

/// How much longer than a burst it may take until touchdown looks again: throttling stretches the pause
/// between looks up to 30 s, and a look that goes wrong may take its whole time-out of 15 s.
const AFTERMATH: SignedDuration = SignedDuration::from_secs(45);

impl Front {
    pub(super) fn drawn(&self, lot: &Lot, lasting: SignedDuration) -> Drawn {
        let call = *lot.one_of("call", self.calls);
        match self.spell {
            Spell::Either if lot.below("spell", 4) > 0 => self.bursts(call, lot, lasting),
            Spell::Either => self.to_the_end(call, lot, SignedDuration::ZERO, lasting),
            Spell::ToTheEnd => {
                let whole = u64::try_from(lasting.as_secs()).unwrap_or(0);
                let after = lot.seconds("after", 0, whole);
                self.to_the_end(call, lot, after, lasting)
            }
        }
    }

    /// One to three bursts of 2 to 20 seconds.
    fn bursts(&self, call: &str, lot: &Lot, lasting: SignedDuration) -> Drawn {
        let whole = u64::try_from(lasting.as_secs()).unwrap_or(0);
        let bursts = (0..=lot.below("bursts", 3)).map(|number| {
            let lot = lot.named(&format!("burst {number}"));
            let span = lot.seconds("span", 2, 20);
            Fault {
                after: lot.seconds("after", 0, whole),
                ..self.fault(call, &lot).lasting(span)
            }
        });
        let faults: Vec<Fault> = bursts.collect();
        let spans = faults.iter().filter_map(|fault| fault.lasts);
        let later = spans.fold(SignedDuration::ZERO, |sum, span| sum + span + AFTERMATH);
        Drawn {
            name: format!("{} in bursts on {call}", self.name),
            faults,
            later,
        }
    }

    fn to_the_end(
        &self,
        call: &str,
        lot: &Lot,
        after: SignedDuration,
        lasting: SignedDuration,
    ) -> Drawn {
        Drawn {
            name: format!("{} on {call}", self.name),
            faults: vec![Fault {
                after,
                ..self.fault(call, lot)
            }],
            later: lasting,
        }
    }

    fn fault(&self, call: &str, lot: &Lot) -> Fault {
        let mut fault = Fault::new(call, self.kind);
        if self.kind == FaultKind::Slow {
            fault.delay = Some(lot.seconds("delay", 1, 20));
        }
        fault
    }
}
