//! The pace of rounds: none begins before the budget for requests holds what a round like it takes,
//! so that no look queues for it and rounds stay whole.

use std::collections::{BTreeMap, HashMap};

use touchdown_checks::reads::{Cost, Reads};

/// What the latest looks of the open checks cost.
#[derive(Debug, Default)]
pub(super) struct Pacing {
    /// The round of each open check's latest look.
    latest: HashMap<usize, u64>,
    /// Those rounds: how many of these checks each holds, and what it has cost.
    rounds: BTreeMap<u64, Paced>,
}

#[derive(Debug, Default)]
struct Paced {
    checks: usize,
    cost: Cost,
}

impl Pacing {
    /// Takes in that a check's look in that round has ended.
    pub fn looked(&mut self, check: usize, round: u64, reads: &Reads) {
        self.settled(check);
        self.latest.insert(check, round);
        let paced = self.rounds.entry(round).or_default();
        paced.checks += 1;
        paced.cost = reads.cost();
    }

    /// A check that is looked at no more costs nothing any more.
    pub fn settled(&mut self, check: usize) {
        let Some(round) = self.latest.remove(&check) else {
            return;
        };
        if let Some(paced) = self.rounds.get_mut(&round) {
            paced.checks -= 1;
            if paced.checks == 0 {
                self.rounds.remove(&round);
            }
        }
    }

    /// What the most expensive of those rounds has taken of each quota: the next may take as much.
    pub fn cost(&self) -> Cost {
        let mut cost = Cost::default();
        for paced in self.rounds.values() {
            cost.at_least(&paced.cost);
        }
        cost
    }
}
