//! A story watched from its beginning on: the truth at each step, on a simulator of its own.

use std::time::Duration;

use jiff::SignedDuration;
use touchdown_simulator::truth::{LineTruth, PushedTruth, Truth};
use touchdown_simulator::{Clock, ScenarioError, Simulator};

use super::Says;
use super::statements;
use crate::story::{SERVICE, Statement, Story};

/// How far apart the instants are at which the truth is read, and so how exactly it is dated.
pub const STEP: Duration = Duration::from_millis(200);

/// The truth over time, from when the run begins.
#[derive(Debug)]
pub struct Watched<'a> {
    pub(super) story: &'a Story,
    pub(super) truths: Vec<Truth>,
    /// What was so before, as long as an answer of the run's beginning may be old.
    before: Vec<Truth>,
    /// Every line that was written, until the end of the watch.
    pub(super) lines: Vec<LineTruth>,
    /// How old what AWS tells of the service may be.
    pub(super) lag: SignedDuration,
}

impl<'a> Watched<'a> {
    /// Plays the story for a while on a clock of its own, and notes what is so. What AWS tells of the
    /// service may be as old as `lag`.
    pub fn play(
        story: &'a Story,
        lasting: Duration,
        lag: SignedDuration,
    ) -> Result<Self, ScenarioError> {
        let simulator = Simulator::new(story.scenario()?, Clock::standing_still())?;
        let truths = read_for(&simulator, lasting + STEP);
        let lead = Duration::try_from(lag).unwrap_or_default();
        let before = match lead.is_zero() {
            true => Vec::new(),
            false => {
                let scenario = story.scenario_from_before(lag)?;
                let earlier = Simulator::new(scenario, Clock::standing_still())?;
                read_for(&earlier, lead)
            }
        };
        Ok(Self {
            story,
            truths,
            before,
            lines: simulator.lines(SERVICE),
            lag,
        })
    }

    /// What may be said of a statement, at each step.
    pub fn says(&self, statement: Statement) -> Vec<Says> {
        self.truths
            .iter()
            .map(|truth| statements::says(self, statement, truth))
            .collect()
    }

    /// What might have been said of a statement before the run, as long as answers may be old and the judged
    /// deployment was there.
    pub fn said_before(&self, statement: Statement) -> Option<Says> {
        let is_there = |truth: &&Truth| truth.deployments.len() > self.judged();
        let before = self.before.iter().filter(is_there);
        let says = before.map(|truth| statements::says(self, statement, truth));
        says.reduce(|one, other| one | other)
    }

    /// What is so at the beginning.
    pub(super) fn first(&self) -> &Truth {
        &self.truths[0]
    }

    /// The place of the judged deployment: PRIMARY when the run begins.
    pub(super) fn judged(&self) -> usize {
        self.first().deployments.len() - 1
    }

    /// What the tag stood for when the run began, or when it first stood for anything.
    pub(super) fn meant(&self, tag: &str, now: &Truth) -> Option<&PushedTruth> {
        let so_far = self.truths.iter().take_while(|truth| truth.at <= now.at);
        so_far.filter_map(|truth| truth.tags.get(tag)).next()
    }

    /// When a task of the judged deployment stopped during the run, and not because it was no longer
    /// needed: so long after the beginning.
    pub fn stops(&self) -> Vec<SignedDuration> {
        let Some(last) = self.truths.last() else {
            return Vec::new();
        };
        let began = self.first().at;
        super::ends::failed(last, self.judged())
            .map(|stop| stop.at.duration_since(began))
            .filter(|at| at.is_positive())
            .collect()
    }
}

/// What is so from now on for a while, at each step.
fn read_for(simulator: &Simulator, lasting: Duration) -> Vec<Truth> {
    let steps = lasting.as_millis().div_ceil(STEP.as_millis());
    let mut truths = Vec::new();
    for _ in 0..steps {
        truths.extend(simulator.truth(SERVICE));
        simulator.advance(STEP);
    }
    truths
}
