//! What became of one check so far: its looks, its latest findings, its verdict.

use std::time::Duration;

use tokio::time::Instant;
use touchdown_checks::contract::{Clock, Evidence, Finding, Period, State, Unobserved};

use super::course::{Course, Looked, Next, Why};
use crate::report::{AttemptReport, Verdict};

/// A check on its way to a verdict.
pub(super) struct Outcome {
    pub stage: Stage,
    pub opened: Option<Instant>,
    pub attempts: Vec<AttemptReport>,
    /// What the latest look found.
    latest: Option<Finding>,
    /// Where the latest look could not be made, the evidence of the latest one that could.
    seen_before: Vec<Evidence>,
    /// When the look began that made it hold.
    pub held_since: Option<Instant>,
}

/// Where a check stands.
pub(super) enum Stage {
    /// Its needs have not settled.
    Waiting,
    /// It is being looked at from time to time.
    Open(Course),
    /// It has its verdict.
    Settled(Settled),
}

/// A verdict, and why.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    pub verdict: Verdict,
    pub headline: String,
    pub hint: Option<String>,
    pub at: Instant,
}

/// A look that has ended.
pub(super) struct Ended {
    pub began: Instant,
    pub ended: Instant,
    pub finding: Finding,
    /// Whether AWS asked to slow down meanwhile.
    pub throttled: bool,
    /// The shortest pause until the next look that the budget for requests allows.
    pub least_pause: Duration,
    /// The round's factor for the pause until the next look.
    pub jitter: f64,
}

impl Outcome {
    pub fn waiting() -> Self {
        Self {
            stage: Stage::Waiting,
            opened: None,
            attempts: Vec::new(),
            latest: None,
            seen_before: Vec::new(),
            held_since: None,
        }
    }

    pub fn settled(&self) -> Option<&Settled> {
        match &self.stage {
            Stage::Settled(settled) => Some(settled),
            _ => None,
        }
    }

    /// When the last look begins, unless one sees it hold before.
    pub fn last_look(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Open(course) => course.deadline(),
            _ => None,
        }
    }

    /// Its next look has been put off until then.
    pub fn put_off(&mut self, until: Instant) {
        if let Stage::Open(course) = &mut self.stage {
            course.put_off(until);
        }
    }

    pub fn passed(&self) -> bool {
        self.settled()
            .is_some_and(|settled| settled.verdict == Verdict::Passed)
    }

    /// A value that the look saved which made it pass.
    pub fn saved(&self, name: &str) -> Option<&str> {
        let latest = self.latest.as_ref().filter(|_| self.passed())?;
        latest.saved.get(name).map(|saved| saved.text.as_str())
    }

    /// Takes a look into account: what follows from it, and the look as it is reported.
    pub fn take(&mut self, ended: Ended, clock: &Clock) -> Option<Next> {
        let Stage::Open(course) = &mut self.stage else {
            return None;
        };
        let finding = ended.finding;
        let looked = Looked {
            began: ended.began,
            ended: ended.ended,
            state: finding.state,
            lasting: finding.lasting,
            throttled: ended.throttled,
            least_pause: ended.least_pause,
        };
        let was_holding = course.holding_since();
        let next = course.after(looked, ended.jitter);
        if finding.state == State::Holds {
            self.held_since = course.holding_since().or(was_holding).or(Some(ended.began));
        }
        self.attempts.push(AttemptReport {
            number: u32::try_from(self.attempts.len() + 1).unwrap_or(u32::MAX),
            at: clock.at(ended.began),
            took_ms: millis(ended.ended - ended.began),
            state: finding.state,
            headline: finding.headline.clone(),
            flap: course.flapped(),
        });
        self.replace(finding);
        Some(next)
    }

    fn replace(&mut self, finding: Finding) {
        let is_seen = finding.state != State::Unobserved;
        let before = self.latest.replace(finding);
        if is_seen {
            self.seen_before = Vec::new();
        } else if let Some(before) = before.filter(|before| before.state != State::Unobserved) {
            self.seen_before = before.evidence;
        }
    }

    /// What the report quotes: what the latest look brought; where that is nothing because it could
    /// not be made, what the latest one brought that could.
    pub fn evidence(&self) -> &[Evidence] {
        match &self.latest {
            Some(finding) if !finding.evidence.is_empty() => &finding.evidence,
            _ => &self.seen_before,
        }
    }

    /// Settles the check as its course says.
    pub fn settle(&mut self, verdict: Verdict, why: Why, at: Instant) {
        let never = || Finding::unobserved("never looked at");
        let finding = self.latest.get_or_insert_with(never);
        let (latest, state) = (finding.headline.clone(), finding.state);
        let hint = finding.hint.clone();
        let flaps = self.attempts.iter().filter(|attempt| attempt.flap).count();
        let looks_held = match &self.stage {
            Stage::Open(course) => course.looks_held(),
            _ => 0,
        };
        let seen = match why {
            Why::LostSight => self.lost_sight_of(latest, state),
            _ => latest,
        };
        let headline = worded(&seen, why, looks_held, flaps);
        self.stage = Stage::Settled(Settled {
            verdict,
            headline,
            hint,
            at,
        });
    }

    /// What was seen last, with why it could not be seen before, where that is known.
    fn lost_sight_of(&self, latest: String, state: State) -> String {
        let unobserved = |attempt: &&AttemptReport| attempt.state == State::Unobserved;
        match self.attempts.iter().rfind(unobserved) {
            Some(attempt) if state != State::Unobserved => {
                format!("{latest}; before that: {}", attempt.headline)
            }
            _ => latest,
        }
    }

    /// Settles a check that was stopped from outside before it had a verdict.
    pub fn cut_short(&mut self, why: &str, at: Instant) {
        let headline = match &self.latest {
            Some(finding) => format!("{why}; last seen: {}", finding.headline),
            None => format!("{why}; it was never looked at"),
        };
        let hint = self
            .latest
            .as_ref()
            .and_then(|finding| finding.hint.clone());
        self.stage = Stage::Settled(Settled {
            verdict: Verdict::Inconclusive,
            headline,
            hint,
            at,
        });
    }

    /// Takes back a verdict that was of what turned out not to be the one to judge; none other.
    pub fn take_back(&mut self, why: &Unobserved) -> bool {
        let Stage::Settled(settled) = &mut self.stage else {
            return false;
        };
        let said = match settled.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::Inconclusive | Verdict::Skipped => return false,
        };
        *settled = Settled {
            verdict: Verdict::Inconclusive,
            headline: format!(
                "{}; of the one before it {said}: {}",
                why.headline, settled.headline
            ),
            hint: why.hint.clone(),
            at: settled.at,
        };
        true
    }

    /// Settles a check that makes no sense on its target.
    pub fn leave_out(&mut self, why: &str, at: Instant) {
        self.stage = Stage::Settled(Settled {
            verdict: Verdict::Skipped,
            headline: format!("not looked at: {why}"),
            hint: None,
            at,
        });
    }

    /// Settles a check whose needs did not pass.
    pub fn skip(&mut self, need: &str, verdict: Verdict, at: Instant) {
        let became = match verdict {
            Verdict::Failed => "failed",
            Verdict::Skipped => "was skipped",
            Verdict::Inconclusive | Verdict::Passed => "was inconclusive",
        };
        self.stage = Stage::Settled(Settled {
            verdict: Verdict::Skipped,
            headline: format!("not looked at: it needs `{need}`, which {became}"),
            hint: None,
            at,
        });
    }
}

/// The headline of a verdict: what was seen, and how time came into it.
fn worded(seen: &str, why: Why, looks_held: u32, flaps: usize) -> String {
    let period = |duration: Duration| Period::from(duration);
    let flapping = match flaps {
        0 => String::new(),
        1 => ", after it had stopped holding once".into(),
        times => format!(", after it had stopped holding {times} times"),
    };
    match why {
        Why::AsSeen => seen.to_owned(),
        Why::Deadline(Duration::ZERO) => seen.to_owned(),
        Why::Deadline(after) => format!("after {} still: {seen}", period(after)),
        Why::Held(hold) => format!(
            "{seen}; held for {} in {looks_held} looks{flapping}",
            period(hold)
        ),
        Why::Flapped(after) => format!("it stopped holding after {}: {seen}", period(after)),
        Why::LostSight => {
            format!("it could not be watched closely enough while it should hold: {seen}")
        }
        Why::WindowOver(window) => format!("{seen}; looked at for {}", period(window)),
        Why::RunOver => format!("the run's time was over first; last seen: {seen}"),
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
