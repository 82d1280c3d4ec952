//! What is going to happen, in the order of virtual time.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use jiff::Timestamp;

use crate::scenario::format::Stage;

/// Something that is due at an instant. Tasks and services go by their position in the world.
#[derive(Debug, Clone, Copy)]
pub(super) enum Due {
    /// An event of the scenario's history, by its position.
    Event(usize),
    /// The service scheduler compares what runs with what is wanted.
    Reconcile(usize),
    PullStarts(usize),
    Registers(usize),
    /// A task has become steady.
    Steady(usize),
    /// A container of a task ends by itself.
    ContainerEnds(usize, usize),
    /// The container health check of a task has failed too often.
    Unhealthy(usize),
    /// The load balancer's health checks of a task have failed too often.
    GivenUp(usize),
    /// The circuit breaker has seen enough.
    Breaks {
        service: usize,
        deployment: usize,
    },
    /// A deployment that moves traffic has been long enough at a stage.
    NextStage {
        service: usize,
        deployment: usize,
        from: Stage,
    },
    /// The time has come to repeat that nothing changed.
    SteadyStill {
        service: usize,
        deployment: usize,
    },
}

/// Entries of the same instant keep the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Queue {
    order: BinaryHeap<Reverse<(Timestamp, u64)>>,
    entries: BTreeMap<u64, Due>,
    made: u64,
}

impl Queue {
    pub(super) fn push(&mut self, at: Timestamp, due: Due) {
        self.made += 1;
        self.order.push(Reverse((at, self.made)));
        self.entries.insert(self.made, due);
    }

    /// The earliest entry, if it is due by `now`.
    pub(super) fn next_by(&mut self, now: Timestamp) -> Option<(Timestamp, Due)> {
        let Reverse((at, number)) = *self.order.peek()?;
        if at > now {
            return None;
        }
        self.order.pop();
        self.entries.remove(&number).map(|due| (at, due))
    }
}
