//! A verdict, held against what may be said over time.

use std::time::Duration;

use jiff::SignedDuration;
use touchdown::report::{CheckReport, Verdict};

use super::Says;
use super::watched::STEP;
use crate::trial::Sort;

/// A look begins so long after the one before, at the most: 2 s, and a tenth more.
const ROUND: Duration = Duration::from_millis(2_200);

/// The times that bound a check.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How long it may take until it first holds, late lines included.
    pub within: Duration,
    /// How long it must keep holding.
    pub hold: Duration,
    /// It passes at the end of its window only.
    pub forbids: bool,
}

/// What a verdict is held against.
#[derive(Debug)]
pub struct Held<'a> {
    /// What may be said, at each step from when the check's window opened.
    pub says: &'a [Says],
    /// What might have been said before, which an old answer may still tell.
    pub before: Option<Says>,
    /// The check's times.
    pub bounds: Bounds,
    /// When tasks stopped, which a hold must not have in it.
    pub stops: Vec<SignedDuration>,
    /// What the weather excuses.
    pub delays: Delays,
}

/// What bad weather does to the time at which something is seen; nothing in calm weather.
#[derive(Debug, Clone, Copy, Default)]
pub struct Delays {
    /// How much later than the truth it may be seen.
    pub later: Duration,
    /// How old what a verdict speaks of may be: as old as an answer may be, and as long as a look may last.
    pub older: Duration,
    /// How long the look at the deadline may last.
    pub last_look: Duration,
}

/// What the comparison found.
#[derive(Debug, Default)]
pub struct Found {
    /// What is wrong, in words.
    pub misses: Vec<(Sort, String)>,
    /// How many rounds after the truth the verdict came, where the truth had settled it.
    pub rounds_late: Option<f64>,
}

impl Held<'_> {
    /// Holds a check's verdict against the truth.
    pub fn against(&self, check: &CheckReport) -> Found {
        let at = Duration::from_millis(check.took_ms);
        let mut found = Found::default();
        let says = self.near(at);
        let wrong = match check.verdict {
            Verdict::Passed => (!self.may_pass(at)).then_some(Sort::FalseGreen),
            Verdict::Failed => (!self.may_fail(at)).then_some(Sort::FalseRed),
            Verdict::Inconclusive | Verdict::Skipped => {
                (!self.may_be_open(at)).then_some(Sort::LeftOpen)
            }
        };
        let told = |what: &str| {
            format!(
                "{what} after {at:.1?} ({}), where the truth is: {says}",
                check.headline
            )
        };
        if let Some(sort) = wrong {
            found
                .misses
                .push((sort, told(&format!("{:?}", check.verdict))));
            return found;
        }
        let (due, rounds) = self.due(at);
        found.rounds_late = rounds;
        if let Some(due) = due.filter(|due| at > *due) {
            let since = at - due;
            found.misses.push((
                Sort::Late,
                told(&format!("{:?}, {since:.1?} too late,", check.verdict)),
            ));
        }
        found
    }

    /// What may be said around an instant, as exactly as the truth is dated, or was so as long before as the
    /// weather excuses.
    fn near(&self, at: Duration) -> Says {
        let (first, last) = (
            self.step(at.saturating_sub(STEP + self.delays.older)),
            self.step(at + STEP),
        );
        let before = self.before.filter(|_| at < STEP + self.delays.older);
        let says = self.says[first..=last].iter().copied().chain(before);
        says.reduce(|one, other| one | other)
            .unwrap_or(Says::UNKNOWN)
    }

    fn step(&self, at: Duration) -> usize {
        let step = at.as_millis() / STEP.as_millis();
        usize::try_from(step)
            .unwrap_or(usize::MAX)
            .min(self.says.len() - 1)
    }

    fn is_past(&self, at: Duration) -> bool {
        at + STEP >= self.bounds.within
    }

    /// True when it passed, and for as long as it should hold: no look can have missed it.
    fn may_pass(&self, at: Duration) -> bool {
        if !self.near(at).may_be(Says::HOLDS) || self.bounds.forbids && !self.is_past(at) {
            return false;
        }
        let steps = self.delays.older.as_millis() / STEP.as_millis();
        let mut ages = (0..=u32::try_from(steps).unwrap_or(0)).map(|steps| STEP * steps);
        let held_before = || {
            let before = self.before.filter(|_| at < self.delays.older);
            self.bounds.hold.is_zero() && before.is_some_and(|says| says.may_be(Says::HOLDS))
        };
        ages.any(|age| self.held_until(at.saturating_sub(age))) || held_before()
    }

    fn held_until(&self, at: Duration) -> bool {
        let began = at.saturating_sub(self.bounds.hold);
        let held = &self.says[self.step(began)..=self.step(at)];
        let longest = longest_run(held, |says| !says.may_be(Says::HOLDS));
        let stopped = |stop: &SignedDuration| {
            let stop = Duration::try_from(*stop).unwrap_or_default();
            // The look that began the hold, and the one that ended it, need not have seen it.
            stop > began + ROUND && stop + STEP < at
        };
        let unseen = !self.bounds.hold.is_zero() && self.stops.iter().any(stopped);
        longest <= ROUND && !unseen
    }

    /// Settled, or not true at the deadline.
    fn may_fail(&self, at: Duration) -> bool {
        let says = self.near(at);
        says.may_be(Says::BROKEN) || self.is_past(at) && says.may_be(Says::NOT_YET)
    }

    fn may_be_open(&self, at: Duration) -> bool {
        let says = self.near(at);
        says.may_be(Says::OPEN) || self.is_past(at) && says.may_be(Says::UNKNOWN)
    }

    /// By when the verdict was due, and how many rounds after the truth it came where the truth had
    /// settled it at all.
    fn due(&self, at: Duration) -> (Option<Duration>, Option<f64>) {
        let last_look = self.delays.last_look;
        let mut due = self.bounds.within + self.bounds.hold + ROUND + STEP + last_look;
        let mut rounds = None;
        let mut from = 0;
        while from < self.says.len() {
            let says = self.says[from];
            let alike = self.says[from..]
                .iter()
                .take_while(|other| **other == says)
                .count();
            let (began, ended) = (time(from), time(from + alike));
            from += alike;
            let passes = says == Says::HOLDS;
            if !says.settles() || passes && self.bounds.forbids || began > at {
                continue;
            }
            let hold = if passes {
                self.bounds.hold
            } else {
                Duration::ZERO
            };
            // Weather that tears a hold lets it begin anew.
            let torn = if self.delays.later.is_zero() {
                Duration::ZERO
            } else {
                hold
            };
            let allowed = ROUND * if passes { 1 } else { 2 } + hold + torn + self.delays.later;
            // The truth must last until a look can see it.
            if ended >= began + allowed || ended >= at {
                due = due.min(began + allowed + STEP);
            }
            if ended + STEP >= at {
                let late = at.saturating_sub(began + hold).as_secs_f64();
                rounds = Some(late / ROUND.as_secs_f64());
            }
        }
        (Some(due), rounds)
    }
}

fn time(step: usize) -> Duration {
    STEP * u32::try_from(step).unwrap_or(u32::MAX)
}

/// How long the longest stretch is of which that is true.
fn longest_run(says: &[Says], is: impl Fn(&Says) -> bool) -> Duration {
    let runs = says.split(|one| !is(one));
    time(runs.map(<[Says]>::len).max().unwrap_or(0))
}

#[cfg(test)]
mod tests;
