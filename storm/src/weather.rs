//! Weather: what goes wrong between touchdown and AWS during a run, drawn from a seed, and what it excuses.
//!
//! No weather excuses a false verdict. It may make a verdict later, or leave it inconclusive, and then
//! the report must name the cause.

mod fronts;
#[cfg(test)]
mod tests;

use jiff::SignedDuration;
use touchdown::checks::reads::Connections;
use touchdown_simulator::{Fault, FaultKind, Simulator};

use crate::connections_off;

use crate::draw::{hash, spread};
use fronts::{FRONTS, Front};

/// The faults that strike during one run.
#[derive(Debug, Clone)]
pub struct Weather {
    name: String,
    faults: Vec<Fault>,
    /// What a check may be inconclusive for, and until when into the run.
    causes: Vec<(&'static [&'static str], SignedDuration)>,
    later: SignedDuration,
    clock_ahead: SignedDuration,
}

impl Weather {
    /// Nothing goes wrong.
    #[must_use]
    pub fn calm() -> Self {
        Self {
            name: "calm".to_owned(),
            faults: Vec::new(),
            causes: Vec::new(),
            later: SignedDuration::ZERO,
            clock_ahead: SignedDuration::ZERO,
        }
    }

    /// The weather of a seed, over a run of that length: one kind of fault for most seeds, two or three
    /// together for some; as short bursts or for as long as the run lasts.
    #[must_use]
    pub fn drawn(seed: u64, lasting: SignedDuration) -> Self {
        let lot = Lot(seed);
        let number = match lot.below("how many", 4) {
            0..=2 => 1,
            _ => 2 + lot.below("how many more", 2),
        };
        let mut weather = Self::calm();
        for place in 0..number {
            let front = lot.one_of(&format!("front {place}"), &FRONTS);
            weather.add(
                front,
                &lot.named(&format!("{}/{place}", front.name)),
                lasting,
            );
        }
        weather
    }

    fn add(&mut self, front: &Front, lot: &Lot, lasting: SignedDuration) {
        let drawn = front.drawn(lot, lasting);
        if self.faults.is_empty() {
            self.name.clear();
        } else {
            self.name.push_str(" + ");
        }
        self.name.push_str(&drawn.name);
        let ends = drawn.faults.iter().map(fronts::is_felt_until);
        let ends = ends.max().unwrap_or(SignedDuration::ZERO);
        self.causes.push((front.causes, ends));
        self.faults.extend(drawn.faults);
        self.later = self.later.saturating_add(drawn.later);
        self.clock_ahead = self.clock_ahead.saturating_add(drawn.clock_ahead);
    }

    /// What it is called in a table: `throttled in bursts on ecs:*`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The faults, each counting from when it is armed.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// How far the clock of the machine that touchdown runs on is ahead of AWS's; negative where it is
    /// behind.
    #[must_use]
    pub fn clock_ahead(&self) -> SignedDuration {
        self.clock_ahead
    }

    /// Whether the deployment before may be shown for a while.
    #[must_use]
    pub fn shows_older_services(&self) -> bool {
        let shows = |fault: &Fault| {
            fault.fault == FaultKind::Stale
                && ["ecs:*", "ecs:DescribeServices"].contains(&fault.call.as_str())
        };
        self.faults.iter().any(shows)
    }

    /// How old the oldest answers are.
    #[must_use]
    pub fn oldest(&self) -> SignedDuration {
        let ages = self.faults.iter().filter_map(|fault| fault.by);
        ages.max().unwrap_or(SignedDuration::ZERO)
    }

    /// Arms the faults, now, and connects with a clock that is as wrong as the weather has it.
    #[must_use]
    pub fn breaks_over(&self, simulator: &Simulator) -> Connections {
        for fault in &self.faults {
            simulator.fault(fault.clone());
        }
        connections_off(simulator, self.clock_ahead)
    }

    /// Whether a check may be inconclusive that says this, so long after the run began: its headline and
    /// its hint together must name a cause that this weather has, and has had until lately.
    #[must_use]
    pub fn excuses(&self, told: &str, at: SignedDuration) -> bool {
        let told = told.to_lowercase();
        let names = |causes: &[&str]| causes.iter().any(|cause| told.contains(cause));
        self.causes
            .iter()
            .any(|(causes, ends)| at <= *ends && names(causes))
    }

    /// How much later than in calm weather the truth may be seen.
    #[must_use]
    pub fn later(&self) -> SignedDuration {
        self.later
    }
}

/// Independent draws: each has a name, so that a new one changes none of the others.
#[derive(Debug, Clone, Copy)]
struct Lot(u64);

impl Lot {
    /// The draws of a part.
    fn named(&self, name: &str) -> Self {
        Self(self.number(name))
    }

    /// Any number.
    fn number(&self, name: &str) -> u64 {
        spread(hash(self.0.to_le_bytes().into_iter().chain(name.bytes())))
    }

    fn below(&self, name: &str, bound: u64) -> u64 {
        self.number(name) % bound.max(1)
    }

    fn one_of<'a, T>(&self, name: &str, of: &'a [T]) -> &'a T {
        let place = self.below(name, u64::try_from(of.len()).unwrap_or(1));
        &of[usize::try_from(place).unwrap_or(0)]
    }

    /// A span of `least..=most` seconds.
    fn seconds(&self, name: &str, least: u64, most: u64) -> SignedDuration {
        let drawn = least + self.below(name, most.saturating_sub(least) + 1);
        SignedDuration::from_secs(i64::try_from(drawn).unwrap_or(i64::MAX))
    }
}
