//! How calls, time and memory grow with the services of a fleet: the real program against the
//! simulator on loopback, which holds it to half of AWS's quotas. A wrong verdict ends it.
//!
//! `cargo bench --profile dev --bench growth -- PROGRAM` measures the program named; without a
//! name, the one that cargo has just built. `benches/README.md` says more, and holds figures.

#[path = "memory/mod.rs"]
mod memory;

#[path = "../tests/fleet/story.rs"]
mod story;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use touchdown::report::{CheckReport, Report, Verdict, json};
use touchdown_simulator::{Clock, Recorded, Scenario, Simulator};

type Failure = Box<dyn std::error::Error>;

/// How many services a fleet has.
const FLEETS: [usize; 4] = [1, 10, 100, 1000];

/// The fleet that five checks each follow until they settle.
const WATCHED: usize = 500;

/// How long after the deploy the one look is made: all that will settle has.
const SETTLED: Duration = Duration::from_secs(300);

/// One look of one kind, which asks for services and tasks.
const ONE_LOOK: &str = "  - { check: ecs.rollout-complete, id: complete, within: 0s }\n";

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` says so; `cargo test --benches` doesn't, and has nothing to test here.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let named = arguments
        .iter()
        .find(|argument| !argument.starts_with("--"));
    let program = named.map_or_else(|| env!("CARGO_BIN_EXE_touchdown").into(), PathBuf::from);
    say(
        "| services | checks | ECS calls | of them throttled | batches of services | time, s | peak memory, MB |",
    );
    say("|---|---|---|---|---|---|---|");
    for services in FLEETS {
        let run = run(&program, services, SETTLED, ONE_LOOK)?;
        tell(services, 1, &run);
    }
    let run = run(&program, WATCHED, Duration::ZERO, story::CHECKS)?;
    tell(WATCHED, 5, &run);
    for (call, count) in &run.calls {
        say(&format!("{call}: {count}"));
    }
    Ok(())
}

/// What one run took.
struct Run {
    took: Duration,
    peak_kib: u64,
    throttled: usize,
    calls: BTreeMap<String, usize>,
}

/// Runs checks on a fleet so long after the story's start, which is just after the deploy.
fn run(program: &Path, services: usize, later: Duration, checks: &str) -> Result<Run, Failure> {
    // At this speed, the simulator's buckets fill as AWS's do.
    let simulator = Simulator::new(Scenario::fleet(services)?, Clock::at_speed(1.0))?;
    simulator.advance(later);
    simulator.grant(0.5);
    let aws = simulator.start_on(0)?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("growth");
    fs::create_dir_all(&folder)?;
    let suite = folder.join("touchdown.yaml");
    fs::write(
        &suite,
        format!("version: 1\ntargets:\n{}checks:\n{checks}", story::FLEET),
    )?;
    let told = folder.join("report.json");
    let start = Instant::now();
    let mut child = Command::new(program)
        .arg("run")
        .arg(&suite)
        .args(["--quiet", "--endpoint-url", &aws.url(), "--json"])
        .arg(&told)
        .env("AWS_ACCESS_KEY_ID", "simulated")
        .env("AWS_SECRET_ACCESS_KEY", "simulated")
        .env("NO_PROXY", "127.0.0.1")
        .env_remove("AWS_PROFILE")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let process = child.id().to_string();
    let mut peak_kib = 0;
    let ended = loop {
        peak_kib = peak_kib.max(memory::peak_kib(&process).unwrap_or_default());
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        thread::sleep(Duration::from_millis(2));
    };
    let took = start.elapsed();
    held_to_the_truth(&json::read(&fs::read_to_string(&told)?)?, ended.code())?;
    let mut calls = BTreeMap::new();
    let of_ecs = |request: &Recorded| request.call.starts_with("ecs:");
    for request in simulator.requests().into_iter().filter(of_ecs) {
        *calls.entry(request.call).or_default() += 1;
    }
    Ok(Run {
        took,
        peak_kib,
        throttled: simulator.throttled(),
        calls,
    })
}

/// Whether every verdict is what the fleet's story makes true, and the program ended accordingly.
fn held_to_the_truth(report: &Report, ended: Option<i32>) -> Result<(), Failure> {
    let wrong = |check: &&CheckReport| check.verdict != story::right(check);
    let wrong: Vec<&CheckReport> = report.checks.iter().filter(wrong).collect();
    if let Some(first) = wrong.first() {
        let (count, all) = (wrong.len(), report.checks.len());
        let (id, headline, verdict) = (&first.id, &first.headline, first.verdict);
        return Err(format!(
            "{count} of {all} verdicts are wrong; the first: {id} {verdict:?}: {headline}"
        )
        .into());
    }
    let fails = report
        .checks
        .iter()
        .any(|check| check.verdict == Verdict::Failed);
    match ended {
        Some(code) if code == i32::from(fails) => Ok(()),
        code => Err(format!("the program ended with {code:?}").into()),
    }
}

fn tell(services: usize, checks: usize, run: &Run) {
    say(&format!(
        "| {services} | {} | {} | {} | {} | {:.2} | {:.1} |",
        services * checks,
        run.calls.values().sum::<usize>(),
        run.throttled,
        services.div_ceil(10),
        run.took.as_secs_f64(),
        run.peak_kib as f64 * 1024.0 / 1e6,
    ));
}

#[expect(clippy::print_stdout, reason = "its output is what it is for")]
fn say(text: &str) {
    println!("{text}");
}
