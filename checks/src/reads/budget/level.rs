//! How much one token bucket holds, whenever AWS counts what it is asked.
//!
//! A request counts when it arrives. When that is, only AWS knows: after it was sent, and before it
//! was answered. A bucket that is full until then gets no fuller meanwhile, so that whoever counts it
//! when it is sent soon thinks that there is more than there is. Here it counts as late as can be.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::Allowance;
use crate::reads::connect::CONNECT;

/// A request that has no answer yet has arrived by then: connecting takes no longer.
const ARRIVED: Duration = CONNECT;

#[derive(Debug)]
pub(super) struct Level {
    allowance: Allowance,
    /// What is left of it if everything has arrived as late as it can have.
    tokens: f64,
    at: Instant,
    /// How many requests have taken a place in the queue.
    places: u32,
    /// How many of them have arrived for sure.
    arrived: u32,
    /// Those that were sent and may not have arrived, each with the time at which it has for sure.
    on_the_way: BTreeSet<(Instant, u32)>,
}

impl Level {
    pub fn full(allowance: Allowance, now: Instant) -> Self {
        Self {
            allowance,
            tokens: allowance.burst,
            at: now,
            places: 0,
            arrived: 0,
            on_the_way: BTreeSet::new(),
        }
    }

    /// Takes the next place in the queue: who asked first is served first.
    pub fn enlist(&mut self) -> u32 {
        self.places += 1;
        self.places
    }

    /// How long the request in that place has to wait as far as it is known now; zero where it may
    /// be sent.
    pub fn wait(&mut self, place: u32, now: Instant) -> Duration {
        self.pass(now);
        let needed = f64::from(place) - f64::from(self.arrived);
        self.allowance.time_for(needed - self.tokens)
    }

    /// How long until so many requests can be sent at once, or where they are more than the bucket
    /// holds, until it is full.
    pub fn short_of(&mut self, requests: u32, now: Instant) -> Duration {
        self.pass(now);
        let free = self.tokens - f64::from(self.places - self.arrived);
        let requests = f64::from(requests).min(self.allowance.burst);
        self.allowance.time_for(requests - free)
    }

    /// The request in that place is sent. What this returns says so when it is over.
    pub fn send(&mut self, place: u32, now: Instant) -> (Instant, u32) {
        let on_the_way = (now + ARRIVED, place);
        self.on_the_way.insert(on_the_way);
        on_the_way
    }

    /// It has been answered, or was given up, by now.
    pub fn end(&mut self, on_the_way: &(Instant, u32), now: Instant) {
        self.pass(now);
        if self.on_the_way.remove(on_the_way) {
            self.arrive(now);
        }
    }

    /// A request gives its place up, as if it had been sent.
    pub fn leave(&mut self, now: Instant) {
        self.pass(now);
        self.arrive(now);
    }

    /// Brings it to the present.
    fn pass(&mut self, now: Instant) {
        while let Some(first) = self.on_the_way.first().copied() {
            if first.0 > now {
                break;
            }
            self.on_the_way.remove(&first);
            self.arrive(first.0);
        }
        self.refill(now);
    }

    fn arrive(&mut self, at: Instant) {
        self.refill(at);
        self.tokens -= 1.0;
        self.arrived += 1;
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        // A part of a token, which is what one of many runs may have, would never be a whole one.
        let holds = self.allowance.burst.max(1.0);
        self.tokens = (self.tokens + passed * self.allowance.per_second).min(holds);
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests;
