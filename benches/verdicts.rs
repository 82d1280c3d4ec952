//! When the truth is there, when touchdown says it, and what `aws ecs wait services-stable` would
//! have said and when: in virtual time, over many draws of the same stories.
//!
//! `cargo bench --profile dev --bench verdicts -- 200` draws 200 times. `benches/README.md` says
//! more, and holds figures.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/table/mod.rs"]
mod table;

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use touchdown::report::Report;
use touchdown_simulator::{Clock, Scenario, Simulator};

/// A story, and the truth that a run has to tell.
struct Story {
    incident: &'static str,
    action: &'static str,
    truth: Truth,
}

/// What becomes true in the course of a story.
#[derive(Clone, Copy)]
enum Truth {
    /// So many tasks of the PRIMARY deployment have stopped, and AWS says why.
    Stopped(usize),
    /// The PRIMARY deployment is complete, and nothing else runs.
    Deployed,
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
/// A round begins so long after the one before, at the most: 2 s, a tenth more.
const ROUND: Duration = Duration::from_millis(2_200);

/// What one draw of a story brought.
struct Told {
    truth: Duration,
    touchdown: Duration,
    right: bool,
    waiter: Option<Duration>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` says so; `cargo test --benches` doesn't, and has nothing to test here.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let number = arguments.iter().find_map(|argument| argument.parse().ok());
    let draws: u64 = number.unwrap_or(200);
    say(&format!(
        "| story, {draws} draws | truth after, s | touchdown after, s | later, rounds | right | services-stable |\n|---|---|---|---|---|---|"
    ));
    for story in STORIES {
        let told: Vec<Told> = (1..=draws).map(|seed| story.tell(seed)).collect();
        say(&story.row(&told));
    }
}

#[expect(clippy::print_stdout, reason = "it is what this program is for")]
fn say(text: &str) {
    println!("{text}");
}

impl Story {
    fn drawn(&self, seed: u64, clock: Clock) -> Simulator {
        let scenario = Scenario::named(self.incident).expect("an incident");
        let simulator = Simulator::new(scenario.drawn(seed), clock).expect("a sound story");
        simulator.perform(self.action).expect("one of its actions");
        simulator
    }

    fn tell(&self, seed: u64) -> Told {
        // The waiter looks every 15 s, 40 times.
        let looks = self.first(seed, Duration::ZERO, Duration::from_secs(15), |watched| {
            watched.is_stable()
        });
        let waiter = looks.filter(|at| *at <= Duration::from_secs(600));
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
            truth: truth.unwrap_or(PATIENCE),
            touchdown: Duration::from_millis(report.took_ms),
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
        let watched = Watched::new(self.drawn(seed, Clock::standing_still()));
        watched.simulator.advance(from);
        let mut passed = from;
        while passed <= PATIENCE {
            if is_so(&watched) {
                return Some(passed);
            }
            watched.simulator.advance(step);
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
        let spread = |values: Vec<f64>| {
            let mut values = values;
            values.sort_by(f64::total_cmp);
            let (least, most) = (values[0], values[values.len() - 1]);
            format!("{:.1} ({least:.1} to {most:.1})", values[values.len() / 2])
        };
        let seconds = |of: fn(&Told) -> Duration| {
            spread(told.iter().map(|told| of(told).as_secs_f64()).collect())
        };
        let rounds = |told: &Told| {
            (told.touchdown.as_secs_f64() - told.truth.as_secs_f64()) / ROUND.as_secs_f64()
        };
        let right = told.iter().filter(|told| told.right).count();
        let stable: Vec<f64> = told
            .iter()
            .filter_map(|told| Some(told.waiter?.as_secs_f64()))
            .collect();
        let waiter = match stable.len() {
            0 => "`Max attempts exceeded` after 600.0".to_owned(),
            some => format!("`stable` in {some}, after {}", spread(stable)),
        };
        format!(
            "| {}, `{}` | {} | {} | {} | {right} of {} | {waiter} |",
            self.incident,
            self.action,
            seconds(|told| told.truth),
            seconds(|told| told.touchdown),
            spread(told.iter().map(rounds).collect()),
            told.len(),
        )
    }
}

/// A simulated service, asked as anybody may ask it.
struct Watched {
    simulator: Simulator,
    cluster: String,
    service: String,
}

impl Watched {
    fn new(simulator: Simulator) -> Self {
        let scenario = simulator.scenario();
        let (cluster, service) = (
            scenario.cluster().to_owned(),
            scenario.services()[0].to_owned(),
        );
        Self {
            simulator,
            cluster,
            service,
        }
    }

    fn ask(&self, operation: &str, input: &Value) -> Value {
        let region = self.simulator.scenario().region();
        let signed = format!("AWS4-HMAC-SHA256 Credential=x/20251118/{region}/ecs/aws4_request");
        let request = http::Request::post("http://simulated/")
            .header("authorization", signed)
            .header(
                "x-amz-target",
                format!("AmazonEC2ContainerServiceV20141113.{operation}"),
            )
            .body(Bytes::from(input.to_string()))
            .expect("a request");
        serde_json::from_slice(self.simulator.answer(request).body()).expect("JSON")
    }

    fn described(&self) -> Value {
        let input = json!({ "cluster": self.cluster, "services": [self.service] });
        self.ask("DescribeServices", &input)["services"][0].take()
    }

    fn tasks(&self, status: &str) -> Vec<Value> {
        let listing = json!({ "cluster": self.cluster, "serviceName": self.service, "desiredStatus": status });
        let arns = self.ask("ListTasks", &listing)["taskArns"].take();
        if arns.as_array().is_none_or(Vec::is_empty) {
            return Vec::new();
        }
        let input = json!({ "cluster": self.cluster, "tasks": arns });
        let mut answer = self.ask("DescribeTasks", &input);
        answer["tasks"]
            .as_array_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    fn is(&self, truth: Truth) -> bool {
        let service = self.described();
        let deployments = service["deployments"].as_array().expect("deployments");
        let primary = deployments
            .iter()
            .find(|one| one["status"] == "PRIMARY")
            .expect("a PRIMARY");
        match truth {
            Truth::Stopped(number) => {
                let stopped = self.tasks("STOPPED");
                let told = |task: &&Value| {
                    task["startedBy"] == primary["id"] && task["stoppedReason"].is_string()
                };
                stopped.iter().filter(told).count() >= number
            }
            Truth::Deployed => {
                let runs = |status| {
                    self.tasks(status)
                        .into_iter()
                        .filter(|task| task["lastStatus"] == "RUNNING")
                };
                let running: Vec<Value> = runs("RUNNING").chain(runs("STOPPED")).collect();
                primary["rolloutState"] == "COMPLETED"
                    && running
                        .iter()
                        .all(|task| task["startedBy"] == primary["id"])
            }
        }
    }

    /// What `aws ecs wait services-stable` waits for.
    fn is_stable(&self) -> bool {
        let service = self.described();
        service["deployments"]
            .as_array()
            .is_some_and(|all| all.len() == 1)
            && service["runningCount"] == service["desiredCount"]
    }
}
