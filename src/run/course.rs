//! The course of one check through time: given what each look said, when to look again, or
//! what the check ends in. It does no I/O and reads no clock.

use std::time::Duration;

use tokio::time::Instant;
use touchdown_checks::contract::State;

use crate::report::Verdict;

/// The times that bound a check.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// How long it may take until the statement first holds, late evidence included.
    pub within: Duration,
    /// The pause between looks.
    pub every: Duration,
    /// How long it must keep holding.
    pub hold: Option<Duration>,
    /// Whether the statement forbids something, and so passes only when its window ends.
    pub forbids: bool,
    /// When the whole run ends, whatever the check's own times.
    pub run_ends: Option<Instant>,
}

/// One look, as far as time is concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looked {
    pub began: Instant,
    pub ended: Instant,
    pub state: State,
    /// For `unobserved`: looking again can't help.
    pub lasting: bool,
    /// Whether AWS asked to slow down meanwhile.
    pub throttled: bool,
    /// The shortest pause that the budget for requests allows.
    pub least_pause: Duration,
}

/// What follows a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Look again then.
    Again(Due),
    /// The check has its verdict.
    Settled(Verdict, Why),
}

/// When to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub at: Instant,
    /// Whether it is a last look at a deadline, which must not be made earlier.
    pub exact: bool,
}

/// Why a check settled, for the headline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The look says it all.
    AsSeen,
    /// It was still so at the deadline.
    Deadline(Duration),
    /// It held for as long as it should.
    Held(Duration),
    /// It did not keep holding, and there is no time to begin anew.
    Flapped(Duration),
    /// It could not be watched closely enough while it should hold.
    LostSight,
    /// The forbidden did not happen in the whole window.
    WindowOver(Duration),
    /// The run's own time was over first.
    RunOver,
}

/// A stretch of holding.
#[derive(Clone, Copy, Debug)]
struct Streak {
    /// When the first of its looks was over: what that look saw may have begun to hold only then.
    since: Instant,
    looks: u32,
    last_ended: Instant,
    /// The longest pause since then.
    pause: Duration,
}

impl Streak {
    /// When a next look is too late to tell that it held meanwhile: no gap may be over twice
    /// the pause, which is the stretched one where throttling has made it longer.
    fn out_of_sight(&self) -> Instant {
        self.last_ended + 2 * self.pause
    }
}

/// Where a check stands in time.
#[derive(Clone, Debug)]
pub(super) struct Course {
    bounds: Bounds,
    opened: Instant,
    deadline: Instant,
    streak: Option<Streak>,
    /// How many times the pause was doubled because of throttling.
    stretched: u32,
    /// The shortest pause that the budget for requests allows.
    least_pause: Duration,
    flapped: bool,
}

/// Throttling stretches the pause up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Course {
    /// A check whose window opens now.
    pub fn open(bounds: Bounds, opened: Instant) -> Self {
        let mut window = bounds.within;
        if bounds.forbids {
            // What must stay away has to stay away a little longer; there is nothing to
            // begin anew.
            window += bounds.hold.unwrap_or_default();
        }
        Self {
            bounds,
            opened,
            deadline: opened + window,
            streak: None,
            stretched: 0,
            least_pause: Duration::ZERO,
            flapped: false,
        }
    }

    /// When it first looks.
    pub fn first(&self) -> Due {
        Due {
            at: self.opened,
            exact: false,
        }
    }

    /// The deadline; none in a stretch of holding, for which it is no more.
    pub fn deadline(&self) -> Option<Instant> {
        self.streak.is_none().then_some(self.deadline)
    }

    /// Whether the last look ended a stretch of holding.
    pub fn flapped(&self) -> bool {
        self.flapped
    }

    /// How many looks saw it hold since then.
    pub fn looks_held(&self) -> u32 {
        self.streak.map_or(0, |streak| streak.looks)
    }

    /// Since when it holds without a break, where it should keep holding.
    pub fn holding_since(&self) -> Option<Instant> {
        self.streak.map(|streak| streak.since)
    }

    /// Takes a look into account. `jitter` is a factor around 1, the same for all checks of
    /// a round, so that they stay together.
    pub fn after(&mut self, look: Looked, jitter: f64) -> Next {
        self.flapped = false;
        let next = match look.state {
            State::Broken => Next::Settled(Verdict::Failed, Why::AsSeen),
            State::Unobserved if look.lasting => Next::Settled(Verdict::Inconclusive, Why::AsSeen),
            State::Unobserved => self.unobserved(look),
            State::NotYet => self.not_yet(look),
            State::Holds => self.holds(look),
        };
        self.pace(look);
        match next {
            Next::Settled(..) => next,
            Next::Again(latest) => self.again(look, latest, jitter),
        }
    }

    /// Stretches or relaxes the pause. How close the look before was is told by the pause
    /// that led to it, so this comes after.
    fn pace(&mut self, look: Looked) {
        self.least_pause = look.least_pause;
        self.stretched = match look.throttled {
            true if self.pause() < LONGEST_PAUSE => self.stretched + 1,
            true => self.stretched,
            false => self.stretched.saturating_sub(1),
        };
        let pause = self.pause();
        if let Some(streak) = &mut self.streak {
            streak.pause = streak.pause.max(pause);
        }
    }

    /// The budget for requests has put the next look off until then: another pause that throttling, here by
    /// touchdown itself, has made longer.
    pub fn put_off(&mut self, until: Instant) {
        if let Some(streak) = &mut self.streak {
            let pause = until.saturating_duration_since(streak.last_ended);
            streak.pause = streak.pause.max(pause);
        }
    }

    fn is_past(&self, look: Looked) -> bool {
        look.began >= self.deadline
    }

    fn not_yet(&mut self, look: Looked) -> Next {
        let streak = self.streak.take();
        self.flapped = streak.is_some();
        match streak {
            Some(streak) if self.is_past(look) => {
                Next::Settled(Verdict::Failed, Why::Flapped(look.began - streak.since))
            }
            _ if self.is_past(look) => {
                Next::Settled(Verdict::Failed, Why::Deadline(self.deadline - self.opened))
            }
            _ => Next::Again(self.last_look()),
        }
    }

    fn unobserved(&mut self, look: Looked) -> Next {
        let in_sight = self
            .streak
            .is_some_and(|streak| look.ended <= streak.out_of_sight());
        if in_sight {
            return Next::Again(self.last_look());
        }
        let lost = self.streak.take().is_some();
        match self.is_past(look) {
            true if lost => Next::Settled(Verdict::Inconclusive, Why::LostSight),
            true => Next::Settled(
                Verdict::Inconclusive,
                Why::Deadline(self.deadline - self.opened),
            ),
            false => Next::Again(self.last_look()),
        }
    }

    fn holds(&mut self, look: Looked) -> Next {
        if self.bounds.forbids {
            return match self.is_past(look) {
                true => Next::Settled(
                    Verdict::Passed,
                    Why::WindowOver(self.deadline - self.opened),
                ),
                false => Next::Again(self.last_look()),
            };
        }
        let Some(hold) = self.bounds.hold else {
            return Next::Settled(Verdict::Passed, Why::AsSeen);
        };
        let (since, looks) = match self.streak.take() {
            Some(streak) if look.began <= streak.out_of_sight() => (streak.since, streak.looks + 1),
            // Looks too far apart prove nothing of the time between them.
            Some(_) if self.is_past(look) => {
                return Next::Settled(Verdict::Inconclusive, Why::LostSight);
            }
            _ => (look.ended, 1),
        };
        let streak = Streak {
            since,
            looks,
            last_ended: look.ended,
            pause: Duration::ZERO,
        };
        self.streak = Some(streak);
        let held = streak.since + hold;
        if look.began >= held && streak.looks >= 2 {
            return Next::Settled(Verdict::Passed, Why::Held(hold));
        }
        Next::Again(Due {
            at: held.max(look.ended),
            exact: true,
        })
    }

    fn pause(&self) -> Duration {
        let every = self.bounds.every;
        let doubled = every.saturating_mul(1 << self.stretched);
        doubled.min(LONGEST_PAUSE.max(every)).max(self.least_pause)
    }

    /// The look at the deadline.
    fn last_look(&self) -> Due {
        Due {
            at: self.deadline,
            exact: true,
        }
    }

    /// After a pause, at `latest` at the latest, and never after the run's end.
    fn again(&self, look: Looked, latest: Due, jitter: f64) -> Next {
        let paused = Due {
            at: look.began + self.pause().mul_f64(jitter),
            exact: false,
        };
        // One look that could not be made must not tear a hold, so the next one comes well
        // before it is too late.
        let in_sight = self.streak.map(|streak| Due {
            at: streak.out_of_sight() - streak.pause / 4,
            exact: false,
        });
        // In a hold, the deadline for the first `holds` is past and doesn't call.
        let calls = [Some(latest), in_sight].into_iter().flatten();
        let calls = calls.filter(|due| due.at > look.began);
        let mut due = calls
            .chain([paused])
            .min_by_key(|due| due.at)
            .unwrap_or(paused);
        due.at = due.at.max(look.ended);
        let Some(ends) = self.bounds.run_ends else {
            return Next::Again(due);
        };
        // Whoever bounds the run wants it to end, so no look begins after that.
        if look.began >= ends || look.ended > ends {
            return Next::Settled(Verdict::Inconclusive, Why::RunOver);
        }
        if due.at >= ends {
            due = Due {
                at: ends,
                exact: true,
            };
        }
        Next::Again(due)
    }
}

#[cfg(test)]
#[path = "course_tests.rs"]
mod tests;
