//! Shrinking: a failing story is made plainer, choice by choice, for as long as it still fails.

use crate::story::{
    Breaker, Build, Fate, Logs, Naming, Pipeline, Platforms, Push, Reported, Sidecars, Statement,
    Story, Strategy,
};
use crate::trial::{Sort, Trial};

/// A change that makes a story plainer.
type Step = fn(&mut Story);

/// What is tried, the weightiest first.
const STEPS: &[Step] = &[
    |story| story.incident = None,
    |story| story.fate = Fate::Lives,
    |story| story.strategy = Strategy::Rolling(Breaker::Off, (100, 200)),
    |story| story.sidecars = Sidecars::None,
    |story| story.balancer = None,
    |story| story.health_check = false,
    |story| story.desired = 1,
    |story| story.desired = 2,
    |story| story.unpinned = false,
    |story| story.platforms = Platforms::Plain,
    |story| story.reported = Reported::Index,
    |story| story.build = Build::Fresh,
    |story| story.push = Push::Before(60),
    |story| story.naming = Naming::Version,
    |story| story.pipeline = Pipeline::NewRevision,
    |story| story.expects_tag = false,
    |story| story.says_when = false,
    |story| story.boots_in_ms = 0,
    |story| {
        story.logs = Logs {
            least_lag: 0,
            most_lag: 1_000,
            empty_pages: 0,
            line_after: Some(0),
            silent: false,
        };
    },
    |story| story.hold = 0,
    |story| story.within = 300,
    |story| story.lead_ms = 1_000,
    |story| story.lead_ms = 300_000,
];

/// The plainest story that still fails in one of the same sorts, of the same check.
pub fn shrunk(trial: &Trial, sort: Sort, statement: Option<Statement>) -> Trial {
    let fails = |trial: &Trial| {
        let misses = trial.run().misses;
        misses
            .iter()
            .any(|miss| miss.sort == sort && miss.statement == statement)
    };
    let mut smallest = trial.clone();
    if let Some(kept) = statement {
        let without = Statement::ALL
            .into_iter()
            .filter(|other| *other != kept)
            .collect();
        keep_if(&mut smallest, |story| story.without = without, fails);
    }
    loop {
        let before = smallest.story.clone();
        for step in STEPS {
            keep_if(&mut smallest, step, fails);
        }
        if smallest.story == before {
            return smallest;
        }
    }
}

fn keep_if(trial: &mut Trial, step: impl FnOnce(&mut Story), fails: impl Fn(&Trial) -> bool) {
    let mut plainer = trial.clone();
    step(&mut plainer.story);
    plainer = plainer.sound();
    if plainer.story != trial.story && fails(&plainer) {
        *trial = plainer;
    }
}
