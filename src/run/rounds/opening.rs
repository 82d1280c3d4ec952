//! Opening checks: which of them may be looked at, and which never will be.

use tokio::time::Instant;

use super::Rounds;
use crate::report::Verdict;
use crate::run::course::{Bounds, Course};
use crate::run::event::Event;
use crate::run::outcome::Stage;

impl Rounds<'_> {
    /// Opens the checks whose needs have passed, and skips those whose needs have not.
    pub(super) fn open_what_can_be(&mut self) {
        let now = Instant::now();
        // A check that is skipped settles, which may let others go on; none needs itself in a
        // circle, so this comes to an end.
        while self.settled_since_opening {
            self.settled_since_opening = false;
            for index in std::mem::take(&mut self.waiting) {
                let mut needs = self.plan.checks[index].needs.iter();
                match needs.all(|need| self.outcomes[*need].settled().is_some()) {
                    true => self.decide(index, now),
                    false => self.waiting.push(index),
                }
            }
        }
    }

    /// Opens a check whose needs have settled, or settles it without a look.
    fn decide(&mut self, index: usize, now: Instant) {
        let check = &self.plan.checks[index];
        let mut needs = check.needs.iter();
        let unmet = needs.find(|need| !self.outcomes[**need].passed());
        if let Some(why) = &check.left_out {
            self.outcomes[index].leave_out(why, now);
        } else if let Some(&need) = unmet {
            let settled = self.outcomes[need].settled();
            let verdict = settled.map_or(Verdict::Skipped, |settled| settled.verdict);
            self.outcomes[index].skip(&self.plan.checks[need].id, verdict, now);
        } else if self.ends.is_some_and(|ends| now >= ends) {
            self.outcomes[index].cut_short("the run's time was over first", now);
        } else {
            return self.open(index, now);
        }
        self.has_settled(index);
    }

    fn open(&mut self, index: usize, now: Instant) {
        self.fill(index);
        let check = &self.plan.checks[index];
        let allowance = match check.filling {
            Some(_) => self.checks[index].allowance(),
            None => check.allowance,
        };
        let bounds = Bounds {
            within: check.within + allowance,
            every: check.every,
            hold: check.hold,
            forbids: check.forbids,
            run_ends: self.ends,
        };
        let course = Course::open(bounds, now);
        self.due.insert(index, course.first());
        self.outcomes[index].opened = Some(now);
        self.outcomes[index].stage = Stage::Open(course);
        self.observer.event(&Event::Opened {
            check: index,
            within: bounds.within,
        });
    }
}
