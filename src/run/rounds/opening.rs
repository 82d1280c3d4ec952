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
        // A check only ever needs others, never itself in a circle, so this comes to an end.
        loop {
            let waiting = |index: &usize| matches!(self.outcomes[*index].stage, Stage::Waiting);
            let ready = (0..self.outcomes.len()).filter(waiting).find(|index| {
                self.plan.checks[*index]
                    .needs
                    .iter()
                    .all(|need| self.outcomes[*need].settled().is_some())
            });
            let Some(index) = ready else { return };
            let check = &self.plan.checks[index];
            let unmet = check
                .needs
                .iter()
                .find(|need| !self.outcomes[**need].passed());
            if let Some(why) = &check.left_out {
                self.outcomes[index].leave_out(why, now);
                self.tell_settled(index);
            } else if let Some(&need) = unmet {
                let verdict = self.outcomes[need]
                    .settled()
                    .map_or(Verdict::Skipped, |s| s.verdict);
                self.outcomes[index].skip(&self.plan.checks[need].id, verdict, now);
                self.tell_settled(index);
            } else if self.ends.is_some_and(|ends| now >= ends) {
                self.outcomes[index].cut_short("the run's time was over first", now);
                self.tell_settled(index);
            } else {
                self.open(index, now);
            }
        }
    }

    fn open(&mut self, index: usize, now: Instant) {
        let check = &self.plan.checks[index];
        let bounds = Bounds {
            within: check.within + check.allowance,
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
