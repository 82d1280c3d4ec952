//! When the truth is there, when touchdown says it, and what `aws ecs wait services-stable` would
//! have said and when: in virtual time, over many draws of the same stories.
//!
//! `cargo bench --profile dev --bench verdicts -- 200` draws 200 times. `benches/README.md` says
//! more, and holds figures.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "figures/mod.rs"]
mod figures;
#[path = "../tests/table/mod.rs"]
mod table;
#[path = "watched/mod.rs"]
mod watched;

use std::time::Duration;

use figures::{Spread, say};
use touchdown::report::Report;
use touchdown_simulator::{Clock, Scenario, Simulator};
use watched::{Truth, Watched};

/// A story, and the truth that a run has to tell.
struct Story {
    incident: &'static str,
    action: &'static str,
    truth: Truth,
}

const STORIES: &[Story] = &[
    story("restart-loop", "fix-platform", Truth::Stopped(1)),
    story("restart-loop", "fix-curl", Truth::Stopped(2)),
    story("secrets", "force-again", Truth::Stopped(2)),
    story("breaker-off-forever", "force-again", Truth::Stopped(2)),
    story("restart-loop", "fix", Truth::Deployed),
    story("stale-tag", "fix", Truth::Deployed),
    story("cached-layers", "fix", Truth::Deployed),
];

const fn story(incident: &'static str, action: &'static str, truth: Truth) -> Story {
    Story {
        incident,
        action,
        truth,
    }
}

/// How exactly the truth is dated, and how far apart the looks are that find it first.
const FINE: Duration = Duration::from_millis(100);
const COARSE: Duration = Duration::from_secs(5);
/// When nobody waits any more.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// The waiter looks so often, so far apart, and says `Max attempts exceeded` after the last look.
const WAITER_LOOKS: u32 = 40;
const WAITER_PAUSE: Duration = Duration::from_secs(15);

/// What one draw of a story brought, in seconds from the deploy.
struct Told {
    truth: f64,
    touchdown: f64,
    right: bool,
    waiter: Waiter,
}

/// What the waiter ended with, and when.
#[derive(Clone, Copy)]
enum Waiter {
    Stable(f64),
    MaxAttemptsExceeded(f64),
}

fn main() {
    let Some(given) = figures::asked() else {
        return;
    };
    let number = given.iter().find_map(|argument| argument.parse().ok());
    let draws: u64 = number.unwrap_or(200);
    say(&format!(
        "| story, {draws} draws | truth after, s | touchdown later by, s | right | services-stable says | and that later by, s |\n|---|---|---|---|---|---|"
    ));
    let mut all: Vec<(Truth, Told)> = Vec::new();
    for story in STORIES {
        let told: Vec<Told> = (1..=draws).map(|seed| story.tell(seed)).collect();
        say(&story.row(&told));
        all.extend(told.into_iter().map(|told| (story.truth, told)));
    }
    let (green, red): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(truth, _)| *truth == Truth::Deployed);
    say("");
    for (colour, told) in [("red", red), ("green", green)] {
        let told: Vec<Told> = told.into_iter().map(|(_, told)| told).collect();
        say(&sooner(colour, &told, colour == "red"));
    }
}

impl Story {
    fn drawn(&self, seed: u64, clock: Clock) -> Simulator {
        let scenario = Scenario::named(self.incident).expect("an incident");
        let simulator = Simulator::new(scenario.drawn(seed), clock).expect("a sound story");
        simulator.perform(self.action).expect("one of its actions");
        simulator
    }

    fn tell(&self, seed: u64) -> Told {
        let last_look = WAITER_PAUSE * (WAITER_LOOKS - 1);
        let stable = self.first(seed, Duration::ZERO, WAITER_PAUSE, is_stable);
        let waiter = match stable.filter(|at| *at <= last_look) {
            Some(at) => Waiter::Stable(at.as_secs_f64()),
            None => Waiter::MaxAttemptsExceeded(last_look.as_secs_f64()),
        };
        let is_true = |watched: &Watched| watched.is(self.truth);
        // What has become true stays so, so that a coarse look may go before the fine one.
        let coarse = self.first(seed, Duration::ZERO, COARSE, is_true);
        let truth =
            coarse.and_then(|at| self.first(seed, at.saturating_sub(COARSE), FINE, is_true));
        let report = self.judged(seed);
        let expected = match self.truth {
            Truth::Stopped(_) => 1,
            Truth::Deployed => 0,
        };
        Told {
            truth: truth.unwrap_or(PATIENCE).as_secs_f64(),
            touchdown: Duration::from_millis(report.took_ms).as_secs_f64(),
            right: report.exit_code == expected,
            waiter,
        }
    }

    /// When it first is so, looked at from `from` on, again and again after `step`.
    fn first(
        &self,
        seed: u64,
        from: Duration,
        step: Duration,
        is_so: impl Fn(&Watched) -> bool,
    ) -> Option<Duration> {
        let simulator = self.drawn(seed, Clock::standing_still());
        let watched = Watched::new(simulator.clone());
        simulator.advance(from);
        let mut passed = from;
        while passed <= PATIENCE {
            if is_so(&watched) {
                return Some(passed);
            }
            simulator.advance(step);
            passed += step;
        }
        None
    }

    fn judged(&self, seed: u64) -> Report {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let simulator = self.drawn(seed, Clock::default());
            let scenario = simulator.scenario();
            let variables = [
                format!("CLUSTER={}", scenario.cluster()),
                format!("SERVICE={}", scenario.services()[0]),
                format!("REGION={}", scenario.region()),
                "WITHIN=20m".to_owned(),
            ];
            let plan = common::plan_given(table::STANDARD, &variables);
            common::judge_plan(&simulator, &plan).await
        })
    }

    fn row(&self, told: &[Told]) -> String {
        let right = told.iter().filter(|told| told.right).count();
        let red = self.truth != Truth::Deployed;
        let (mut gave_up, mut stable, mut too_soon) = (0, 0, 0);
        for told in told {
            match told.waiter {
                Waiter::MaxAttemptsExceeded(_) => gave_up += 1,
                Waiter::Stable(at) if red || at < told.truth => too_soon += 1,
                Waiter::Stable(_) => stable += 1,
            }
        }
        let says = [
            (gave_up, "`Max attempts exceeded`"),
            (stable, "`stable`"),
            (
                too_soon,
                if red {
                    "`stable`, wrongly"
                } else {
                    "`stable`, too soon"
                },
            ),
        ];
        let says = says.into_iter().filter(|(number, _)| *number > 0);
        let says: Vec<String> = says
            .map(|(number, what)| format!("{what}: {number}"))
            .collect();
        format!(
            "| {}, `{}` | {} | {} | {right} of {} | {} | {} |",
            self.incident,
            self.action,
            Spread::of(told.iter().map(|told| told.truth)),
            Spread::of(told.iter().map(|told| told.touchdown - told.truth)),
            told.len(),
            says.join(", "),
            Spread::of(
                told.iter()
                    .filter_map(|told| Some(told.waiter_at(red)? - told.truth))
            ),
        )
    }
}

impl Told {
    /// When the waiter said what is right, if it did: a `stable` that comes before it is so is
    /// none, and of a broken deployment only giving up is right.
    fn waiter_at(&self, red: bool) -> Option<f64> {
        match self.waiter {
            Waiter::MaxAttemptsExceeded(at) => red.then_some(at),
            Waiter::Stable(at) => (!red && at >= self.truth).then_some(at),
        }
    }
}

/// How much sooner touchdown is, over the draws in which the waiter was right as well.
fn sooner(colour: &str, told: &[Told], red: bool) -> String {
    let both: Vec<(&Told, f64)> = told
        .iter()
        .filter(|told| told.right)
        .filter_map(|told| Some((told, told.waiter_at(red)?)))
        .collect();
    let median = |of: fn(&(&Told, f64)) -> f64| Spread::of(both.iter().map(of)).median();
    let late = median(|(told, _)| told.touchdown - told.truth);
    let waiter_late = median(|(told, waiter)| waiter - told.truth);
    format!(
        "{colour}, {} of {} draws, where the waiter is right too: later than the truth by {late:.2} s and {waiter_late:.1} s, \
         1 to {:.0}; from the deploy on {:.1} s and {:.1} s, 1 to {:.1}",
        both.len(),
        told.len(),
        waiter_late / late,
        median(|(told, _)| told.touchdown),
        median(|(_, waiter)| *waiter),
        median(|(told, waiter)| waiter / told.touchdown),
    )
}

/// What `aws ecs wait services-stable` waits for.
fn is_stable(watched: &Watched) -> bool {
    let service = watched.described();
    let deployments = service["deployments"].as_array();
    deployments.is_some_and(|all| all.len() == 1)
        && service["runningCount"] == service["desiredCount"]
}
