//! Rounds of looks: which checks are due together, what they share, and when it ends.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use touchdown_checks::contract::{Baseline, Configured, Memory};
use touchdown_checks::reads::Connections;

mod filling;
mod hindsight;
mod opening;
mod starting;
mod telling;

use super::agenda::Agenda;
use super::bounds::bounded;
use super::course::Next;
use super::event::{Event, Observer};
use super::look::{Made, Round};
use super::outcome::Outcome;
use super::pacing::Pacing;
use super::rollouts::Rollouts;
use super::run_id::RunId;
use super::summary::{self, Ledger};
use super::targets::{Sought, sought};
use crate::plan::Plan;
use crate::redact::Redactor;
use crate::report::{Interruption, Report};

/// What a run is told beside its plan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The longest that the whole run may take.
    pub timeout: Option<Duration>,
    /// What services ran before the deploy, for the checks that compare with it.
    pub baselines: Vec<Baseline>,
    /// What `${run.id}` is.
    pub run_id: RunId,
}

/// Runs a plan to its report. `stop` ends the run before its time; what is known by then is
/// reported.
pub async fn run(
    plan: &Plan,
    connections: Arc<Connections>,
    options: Options,
    stop: impl Future<Output = Interruption>,
    observer: &mut dyn Observer,
) -> Report {
    let mut rounds = Rounds::begin(plan, connections, options, observer);
    let interrupted = rounds.go(stop).await;
    rounds.look_back();
    summary::report(plan, &rounds.ledger(), interrupted)
}

/// How often an observer may redraw or show that it is alive.
const TICK: Duration = Duration::from_millis(200);

struct Rounds<'a> {
    plan: &'a Plan,
    connections: Arc<Connections>,
    /// Knows the plan's secrets, and the credentials that AWS has been asked with.
    redactor: Redactor,
    observer: &'a mut dyn Observer,
    began: Instant,
    ends: Option<Instant>,
    baselines: Arc<[Baseline]>,
    targets: BTreeMap<String, Arc<Sought>>,
    run_id: RunId,
    /// What is looked at by, which for some is made anew when their needs have passed.
    checks: Vec<Arc<dyn Configured>>,
    outcomes: Vec<Outcome>,
    memories: Vec<Memory>,
    /// When each open check that isn't being looked at is due.
    due: Agenda,
    looks: JoinSet<Made>,
    /// Targets that are being found although no check of theirs may look yet.
    findings: JoinSet<()>,
    rollouts: Rollouts,
    pacing: Pacing,
    round: u64,
    /// The checks whose needs have not settled, in the order of the plan.
    waiting: Vec<usize>,
    /// Whether a check has settled since those that wait were last gone through.
    settled_since_opening: bool,
    /// How many checks have no verdict yet.
    open: usize,
    /// Where each check stands in the plan, by its id.
    places: HashMap<&'a str, usize>,
}

impl<'a> Rounds<'a> {
    fn begin(
        plan: &'a Plan,
        connections: Arc<Connections>,
        options: Options,
        observer: &'a mut dyn Observer,
    ) -> Self {
        let began = Instant::now();
        observer.event(&telling::started(plan));
        let baselines = options.baselines.into();
        let targets = sought(plan, &baselines);
        let ids = plan.checks.iter().map(|check| check.id.as_str());
        let checks = plan.checks.iter().map(|check| Arc::clone(&check.check));
        Self {
            plan,
            connections,
            redactor: plan.redactor.clone(),
            observer,
            began,
            ends: options.timeout.map(|timeout| began + timeout),
            targets,
            baselines,
            run_id: options.run_id,
            checks: checks.collect(),
            outcomes: plan.checks.iter().map(|_| Outcome::waiting()).collect(),
            memories: plan.checks.iter().map(|_| Memory::default()).collect(),
            due: Agenda::default(),
            looks: JoinSet::new(),
            findings: JoinSet::new(),
            rollouts: Rollouts::default(),
            pacing: Pacing::default(),
            round: 0,
            waiting: (0..plan.checks.len()).collect(),
            settled_since_opening: true,
            open: plan.checks.len(),
            places: ids.enumerate().map(|(place, id)| (id, place)).collect(),
        }
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger {
            connections: &self.connections,
            redactor: &self.redactor,
            run_id: &self.run_id,
            began: self.began,
            ended: Instant::now(),
            baselines: &self.baselines,
            targets: &self.targets,
            rollouts: &self.rollouts,
            outcomes: &self.outcomes,
        }
    }

    async fn go(&mut self, stop: impl Future<Output = Interruption>) -> Option<Interruption> {
        tokio::pin!(stop);
        let mut ticks = tokio::time::interval(TICK);
        loop {
            self.open_what_can_be();
            if self.open == 0 {
                return None;
            }
            let next = self.due.next();
            tokio::select! {
                biased;
                interruption = &mut stop => {
                    self.stop_all(interruption);
                    return Some(interruption);
                }
                Some(look) = self.looks.join_next(), if !self.looks.is_empty() => self.look_ended(look),
                () = sleep_until(next), if next.is_some() => self.start_round(),
                now = ticks.tick() => self.observer.tick(now - self.began),
            }
        }
    }

    fn look_ended(&mut self, look: Result<Made, tokio::task::JoinError>) {
        // A look catches its own panics and is never aborted while the run goes on.
        let Ok(Made {
            index,
            round,
            mut ended,
        }) = look
        else {
            return;
        };
        self.follow_rollout(index, &round);
        self.pacing.looked(index, round.number, &round.reads);
        self.redactor.learn_credentials(&self.connections);
        self.redactor.learn_saved(&ended.finding);
        ended.finding = bounded(self.redactor.clean_finding(ended.finding));
        let at = ended.ended;
        let clock = self.connections.clock();
        let Some(next) = self.outcomes[index].take(ended, &clock) else {
            return;
        };
        self.tell_looked(index, at);
        match next {
            Next::Again(due) => {
                self.due.insert(index, due);
            }
            Next::Settled(verdict, why) => {
                self.outcomes[index].settle(verdict, why, at);
                self.has_settled(index);
            }
        }
    }

    /// Looks at what the round has read of the check's target, and tells how far its tasks are.
    fn follow_rollout(&mut self, index: usize, round: &Round) {
        let name = self.plan.checks[index].target.as_ref();
        let Some((name, sought)) = name.and_then(|name| self.targets.get_key_value(name)) else {
            return;
        };
        let followed = sought.found().and_then(|target| {
            let rollouts = &mut self.rollouts;
            rollouts.follow(name, target, round.number, &round.reads)
        });
        if let Some(counts) = followed {
            self.observer.event(&Event::Tasks {
                target: name.clone(),
                counts,
            });
        }
    }

    /// A check has its verdict: what waits for it may go on.
    fn has_settled(&mut self, index: usize) {
        self.open -= 1;
        self.settled_since_opening = true;
        self.pacing.settled(index);
        self.tell_settled(index);
    }

    /// Ends every check that has no verdict yet.
    fn stop_all(&mut self, interruption: Interruption) {
        let now = Instant::now();
        let reason = match interruption {
            Interruption::Interrupt => "the run was interrupted",
            Interruption::Terminate => "the run was terminated",
        };
        self.observer.event(&Event::Stopping {
            reason: reason.to_owned(),
        });
        self.looks.abort_all();
        for index in 0..self.outcomes.len() {
            if self.outcomes[index].settled().is_none() {
                self.outcomes[index].cut_short(reason, now);
                self.has_settled(index);
            }
        }
    }
}

async fn sleep_until(at: Option<Instant>) {
    if let Some(at) = at {
        tokio::time::sleep_until(at).await;
    }
}
