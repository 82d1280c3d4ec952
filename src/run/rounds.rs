//! Rounds of looks: which checks are due together, what they share, and when it ends.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use touchdown_checks::contract::{Baseline, Memory, Times};
use touchdown_checks::reads::{Connections, Reads};

mod opening;
mod telling;

use super::bounds::bounded;
use super::course::{Due, Next};
use super::event::{Event, Observer};
use super::look::{Look, Made, Round, jitter};
use super::outcome::Outcome;
use super::rollouts::Rollouts;
use super::summary::{self, Ledger};
use super::targets::{Sought, sought};
use crate::plan::{Plan, PlannedCheck};
use crate::redact::Redactor;
use crate::report::{Interruption, Report};

/// What a run is told beside its plan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The longest that the whole run may take.
    pub timeout: Option<Duration>,
    /// What services ran before the deploy, for the checks that compare with it.
    pub baselines: Vec<Baseline>,
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
    outcomes: Vec<Outcome>,
    memories: Vec<Memory>,
    /// When each open check that isn't being looked at is due.
    due: BTreeMap<usize, Due>,
    looks: JoinSet<Made>,
    /// Targets that are being found although no check of theirs may look yet.
    findings: JoinSet<()>,
    rollouts: Rollouts,
    round: u64,
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
        Self {
            plan,
            connections,
            redactor: plan.redactor.clone(),
            observer,
            began,
            ends: options.timeout.map(|timeout| began + timeout),
            targets: sought(plan, &baselines),
            baselines,
            outcomes: plan.checks.iter().map(|_| Outcome::waiting()).collect(),
            memories: plan.checks.iter().map(|_| Memory::default()).collect(),
            due: BTreeMap::new(),
            looks: JoinSet::new(),
            findings: JoinSet::new(),
            rollouts: Rollouts::default(),
            round: 0,
        }
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger {
            connections: &self.connections,
            redactor: &self.redactor,
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
            if self
                .outcomes
                .iter()
                .all(|outcome| outcome.settled().is_some())
            {
                return None;
            }
            let next = self.due.values().map(|due| due.at).min();
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

    /// Looks, on one picture, at all checks that are due now or so soon that they may share
    /// it: within a quarter of their pause.
    fn start_round(&mut self) {
        let now = Instant::now();
        let together = |(index, due): (&usize, &Due)| {
            let early = if due.exact {
                Duration::ZERO
            } else {
                self.plan.checks[*index].every / 4
            };
            (due.at <= now + early).then_some(*index)
        };
        let indices: Vec<usize> = self.due.iter().filter_map(together).collect();
        self.round += 1;
        let round = Round {
            number: self.round,
            reads: Reads::of_round(Arc::clone(&self.connections)),
            jitter: jitter(self.connections.clock().at(self.began), self.round),
        };
        if self.round == 1 {
            self.find_targets(&round.reads);
        }
        for index in indices {
            self.due.remove(&index);
            let check = &self.plan.checks[index];
            let look = Look {
                index,
                check: Arc::clone(&check.check),
                target: check
                    .target
                    .as_ref()
                    .and_then(|name| self.targets.get(name))
                    .cloned(),
                round: round.clone(),
                times: self.times(check, index, now),
                memory: self.memories[index].clone(),
                began: now,
                last_look: self.outcomes[index].last_look(),
            };
            self.looks.spawn(look.make());
        }
    }

    /// Settles on the first round's picture what is judged, also by checks that wait for others.
    fn find_targets(&mut self, reads: &Reads) {
        for sought in self.targets.values() {
            let (sought, reads) = (Arc::clone(sought), reads.clone());
            self.findings.spawn(async move {
                sought.settle(&reads).await;
            });
        }
    }

    /// How long a look may take: its own time-out, but not past the run's end.
    fn limit(&self, check: &PlannedCheck, now: Instant) -> Duration {
        const AT_LEAST: Duration = Duration::from_secs(1);
        let left = self
            .ends
            .map(|ends| ends.saturating_duration_since(now).max(AT_LEAST));
        left.map_or(check.timeout, |left| left.min(check.timeout))
    }

    fn times(&self, check: &PlannedCheck, index: usize, now: Instant) -> Times {
        let clock = self.connections.clock();
        let followed = check.follows.as_ref().and_then(|planned| {
            let place = self
                .plan
                .checks
                .iter()
                .position(|other| other.id == *planned)?;
            // The check knows the other one by the id that the suite gives it.
            Some((
                check.check.follows()?.to_owned(),
                clock.at(self.outcomes[place].held_since?),
            ))
        });
        Times {
            now: clock.at(now),
            run_started: clock.at(self.began),
            opened: clock.at(self.outcomes[index].opened.unwrap_or(now)),
            limit: self.limit(check, now),
            held_since: followed.into_iter().collect(),
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
        self.redactor.learn_credentials(&self.connections);
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
                self.tell_settled(index);
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
                self.tell_settled(index);
            }
        }
    }
}

async fn sleep_until(at: Option<Instant>) {
    if let Some(at) = at {
        tokio::time::sleep_until(at).await;
    }
}
