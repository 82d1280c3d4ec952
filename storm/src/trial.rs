//! A trial: one story is judged by the runner, and the report is held against the oracle.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use touchdown::catalog::Catalog;
use touchdown::plan::Plan;
use touchdown::report::{CheckReport, Report, Verdict};
use touchdown::run::{Options, run};
use touchdown::suite::{Sources, Suite};
use touchdown_simulator::{Clock, Fault, FaultKind, Simulator};

use crate::oracle::{self, Delays, Held, Watched};
use crate::story::{INGESTION, Statement, Story};
use crate::weather::Weather;

/// The bound on one look, which a run may outlast its last deadline by.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Pages without end use up touchdown's own budget for requests, for which the last look waits so long.
const REFILLING: Duration = Duration::from_secs(10);

/// A story and the weather in which it is judged.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What is judged.
    pub story: Story,
    /// Whether anything goes wrong on the way to AWS.
    pub stormy: bool,
}

/// What a trial brought.
#[derive(Debug)]
pub struct Outcome {
    /// The report; none after a hang or a panic.
    pub report: Option<Report>,
    /// What is wrong with it.
    pub misses: Vec<Miss>,
    /// How many rounds after the truth each verdict came that the truth had settled.
    pub lateness: Vec<f64>,
}

/// Something that touchdown got wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// Of what sort.
    pub sort: Sort,
    /// Which check; none of the run as a whole.
    pub statement: Option<Statement>,
    /// What it said, and what is so.
    pub told: String,
}

/// Sorts of misses, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// Passed, and it is not so.
    FalseGreen,
    /// Failed, and it was or could still become so.
    FalseRed,
    /// There was no report by the last deadline and one time-out more.
    Hang,
    /// The runner or a check panicked.
    Panic,
    /// The report lacks something, or contradicts itself.
    Incomplete,
    /// The verdict came later than it could have.
    Late,
    /// It was left open, though it can be known.
    LeftOpen,
}

impl Trial {
    /// The trial of a seed.
    pub fn drawn(seed: u64, stormy: bool) -> Self {
        Self {
            story: Story::drawn(seed),
            stormy,
        }
        .sound()
    }

    /// The same trial, where it is one that can be judged. No look can tell a deployment that nobody
    /// superseded from one that AWS shows in place of its successor, so in such weather the suite says
    /// when was deployed, as docs/semantics.md asks for.
    #[must_use]
    pub fn sound(mut self) -> Self {
        self.story = self.story.sound();
        self.story.says_when |= self.weather().shows_older_services();
        self
    }

    /// The weather of the trial, for as long as its run may last.
    pub fn weather(&self) -> Weather {
        match self.stormy {
            true => Weather::drawn(
                self.story.seed,
                SignedDuration::try_from(self.longest()).unwrap_or_default(),
            ),
            false => Weather::calm(),
        }
    }

    /// Until the last deadline.
    fn longest(&self) -> Duration {
        Duration::from_secs(self.story.within + INGESTION.max(self.story.hold))
    }

    /// Judges the story, and the judgement.
    pub fn run(&self) -> Outcome {
        let weather = self.weather();
        let judged = catch_unwind(AssertUnwindSafe(|| self.judge(&weather)));
        let (sort, told) = match judged {
            Ok(Some(report)) => return self.compared(report, &weather),
            Ok(None) => (
                Sort::Hang,
                "no report by the last deadline and one time-out more",
            ),
            Err(_) => (Sort::Panic, "the runner panicked"),
        };
        Outcome {
            report: None,
            misses: vec![Miss {
                sort,
                statement: None,
                told: told.to_owned(),
            }],
            lateness: Vec::new(),
        }
    }

    /// Runs the suite against the story, with both clocks paused and in step.
    fn judge(&self, weather: &Weather) -> Option<Report> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime without I/O can be built");
        runtime.block_on(async {
            let scenario = self.story.scenario().expect("a story's scenario is sound");
            let simulator = Simulator::new(scenario, Clock::default());
            let simulator = simulator.expect("a story's scenario can be played");
            let connections = Arc::new(weather.breaks_over(&simulator));
            let catalog = Catalog::built_in();
            let suite = self.story.suite();
            let suite = Suite::parse("storm.yaml", suite.as_bytes(), &Sources::none(), &catalog);
            let plan = Plan::of(&suite.expect("a story's suite has no mistakes"));
            let mut silent = ();
            let judging = run(
                &plan,
                connections,
                Options::default(),
                std::future::pending(),
                &mut silent,
            );
            let later = Duration::try_from(weather.later()).unwrap_or_default();
            let patience = self.longest() + TIMEOUT + later + Duration::from_secs(1);
            tokio::time::timeout(patience, judging).await.ok()
        })
    }

    fn compared(&self, report: Report, weather: &Weather) -> Outcome {
        let took = Duration::from_millis(report.took_ms);
        let watched = Watched::play(&self.story, took, weather.oldest());
        let watched = watched.expect("a story's scenario can be played");
        let mut misses = incomplete(&self.story, &report);
        let mut lateness = Vec::new();
        for statement in self.story.statements() {
            let id = statement.id();
            let Some(check) = report.checks.iter().find(|check| check.id == id) else {
                continue;
            };
            let says = watched.says(statement);
            let held = Held {
                says: &says,
                before: watched.said_before(statement),
                bounds: self.bounds(statement),
                stops: match statement {
                    Statement::Stable => watched.stops(),
                    _ => Vec::new(),
                },
                delays: delays(weather, check),
            };
            let found = held.against(check);
            lateness.extend(found.rounds_late);
            misses.extend(found.misses.into_iter().filter_map(|(sort, told)| {
                let at =
                    SignedDuration::from_millis(i64::try_from(check.took_ms).unwrap_or(i64::MAX));
                let excused = sort == Sort::LeftOpen && weather.excuses(&words(check), at);
                (!excused).then_some(Miss {
                    sort,
                    statement: Some(statement),
                    told,
                })
            }));
        }
        misses.sort_by_key(|miss| miss.sort);
        Outcome {
            report: Some(report),
            misses,
            lateness,
        }
    }

    fn bounds(&self, statement: Statement) -> oracle::Bounds {
        let logs = matches!(statement, Statement::LineSeen | Statement::LineAbsent);
        let seconds = self.story.within + if logs { INGESTION } else { 0 };
        let hold = match statement {
            Statement::Stable => self.story.hold,
            _ => 0,
        };
        oracle::Bounds {
            within: Duration::from_secs(seconds),
            hold: Duration::from_secs(hold),
            forbids: statement == Statement::LineAbsent,
        }
    }
}

/// What the weather excuses in a check's verdict: what it speaks of is as old as the look that decided it was
/// long, and as the answers may have been.
fn delays(weather: &Weather, check: &CheckReport) -> Delays {
    if weather.faults().is_empty() {
        return Delays::default();
    }
    let long = |span: SignedDuration| Duration::try_from(span).unwrap_or_default();
    let took = check.attempts.last().map_or(0, |attempt| attempt.took_ms);
    let is_endless = |fault: &Fault| fault.fault == FaultKind::Endless;
    let endless = weather.faults().iter().any(is_endless);
    // AWS's clock is guessed by whole seconds where it isn't the run's.
    let guessed = match weather.clock_ahead().is_zero() {
        true => Duration::ZERO,
        false => Duration::from_secs(1),
    };
    Delays {
        later: long(weather.later()) + guessed,
        older: Duration::from_millis(took) + long(weather.oldest()),
        last_look: TIMEOUT + if endless { REFILLING } else { Duration::ZERO },
    }
}

/// What a check tells of its verdict.
fn words(check: &CheckReport) -> String {
    let hint = check.hint.as_deref().unwrap_or_default();
    format!("{}\n{hint}", check.headline)
}

/// Whether the report lacks a check, a word or a look, or contradicts itself.
fn incomplete(story: &Story, report: &Report) -> Vec<Miss> {
    let mut misses = Vec::new();
    let mut tell = |sort, statement, told: String| {
        misses.push(Miss {
            sort,
            statement,
            told,
        })
    };
    for statement in story.statements() {
        let id = statement.id();
        match report.checks.iter().find(|check| check.id == id) {
            None => tell(
                Sort::Incomplete,
                Some(statement),
                "it is not in the report".to_owned(),
            ),
            Some(check) if check.headline.is_empty() || check.attempts.is_empty() => {
                tell(
                    Sort::Incomplete,
                    Some(statement),
                    "it has no headline or no look".to_owned(),
                );
            }
            Some(check) if words(check).contains("panicked") => {
                tell(Sort::Panic, Some(statement), check.headline.clone());
            }
            Some(_) => {}
        }
    }
    let any = |verdict| report.checks.iter().any(|check| check.verdict == verdict);
    let (verdict, code) = match () {
        () if any(Verdict::Failed) => (Verdict::Failed, 1),
        () if any(Verdict::Inconclusive) || any(Verdict::Skipped) => (Verdict::Inconclusive, 3),
        () => (Verdict::Passed, 0),
    };
    if (report.verdict, report.exit_code) != (verdict, code) {
        let told = format!(
            "the run is {:?}, its checks make it {verdict:?}",
            report.verdict
        );
        tell(Sort::Incomplete, None, told);
    }
    misses
}
