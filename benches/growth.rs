//! How calls, time and memory grow with the services of a fleet: the real program against the
//! simulator on loopback, which holds it to half of AWS's quotas.
//!
//! `cargo bench --profile dev --bench growth -- PROGRAM` measures the program named; without a
//! name, the one that cargo has just built. `benches/README.md` says more, and holds figures.

#[path = "memory/mod.rs"]
mod memory;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use touchdown_simulator::{Clock, Recorded, Scenario, Simulator};

type Failure = Box<dyn std::error::Error>;

/// How many services a fleet has.
const FLEETS: [usize; 4] = [1, 10, 100, 1000];

/// The fleet that five checks each follow until they settle.
const WATCHED: usize = 500;

/// One look of one kind, which asks for services and tasks.
const ONE_LOOK: &str = "  - { check: ecs.rollout-complete, within: 0s, required: false }\n";

const FIVE_CHECKS: &str = "
  - { check: ecs.rollout-complete, within: 90s, required: false }
  - { check: ecs.digest-running, within: 90s, required: false }
  - { check: ecs.stable, within: 90s, hold: 20s, required: false }
  - { check: ecs.tasks-started-after-push, within: 90s, required: false }
  - { check: ecs.old-tasks-gone, within: 90s, required: false }
";

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
        let run = run(&program, services, ONE_LOOK)?;
        tell(services, 1, &run);
    }
    let run = run(&program, WATCHED, FIVE_CHECKS)?;
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

fn run(program: &Path, services: usize, checks: &str) -> Result<Run, Failure> {
    // At this speed, the simulator's buckets fill as AWS's do.
    let simulator = Simulator::new(Scenario::fleet(services)?, Clock::at_speed(1.0))?;
    simulator.grant(0.5);
    let aws = simulator.start_on(0)?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("growth");
    fs::create_dir_all(&folder)?;
    let suite = folder.join("touchdown.yaml");
    fs::write(
        &suite,
        format!(
            "version: 1\ntargets:\n  fleet: {{ cluster: prod, services: 'prod-*', region: eu-west-1 }}\nchecks:\n{checks}"
        ),
    )?;
    let start = Instant::now();
    let mut child = Command::new(program)
        .arg("run")
        .arg(&suite)
        .args(["--quiet", "--endpoint-url", &aws.url(), "--json"])
        .arg(folder.join("report.json"))
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
    if ended.code() != Some(0) {
        return Err(format!("{} ended with {ended}", program.display()).into());
    }
    let took = start.elapsed();
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
