//! What a run of touchdown costs: time, memory and AWS calls, against the simulator.
//!
//! `cargo bench --profile dev --bench measure -- PROGRAM…` measures the programs named, turn
//! by turn, so that whatever else the machine does meets all of them; without names, the one
//! that cargo has just built. `benches/README.md` says more, and holds figures.

#[path = "memory/mod.rs"]
mod memory;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use touchdown_simulator::{Clock, Recorded, Scenario, Served, Simulator};

type Failure = Box<dyn std::error::Error>;

const SUITE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/healthy/touchdown.yaml"
);

/// The checks of the suite that hold at the first look. The one left out forbids a line, and
/// so lasts for as long as its window.
const AT_ONCE: [&str; 4] = ["fresh", "digest", "answers", "started"];

/// How often each program runs `AT_ONCE`, and how often the whole suite.
const SHORT_RUNS: usize = 21;
const WHOLE_RUNS: usize = 3;

/// The window of the check that forbids a line.
const QUIET_FOR: &str = "1s";

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` says so; `cargo test --benches` doesn't, and has nothing to test here.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let mut programs: Vec<PathBuf> = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"))
        .map(PathBuf::from)
        .collect();
    if programs.is_empty() {
        programs.push(env!("CARGO_BIN_EXE_touchdown").into());
    }
    let stage = Stage::new()?;
    let mut measured: Vec<Measured> = programs.iter().map(|_| Measured::default()).collect();
    for (program, measured) in programs.iter().zip(&mut measured) {
        measured.size = fs::metadata(program)?.len();
        // The first run reads the program from the disk, and is not counted.
        stage.run(program, &AT_ONCE)?;
    }
    for round in 0..SHORT_RUNS {
        for (program, measured) in programs.iter().zip(&mut measured) {
            measured.short.push(stage.run(program, &AT_ONCE)?);
            if round < WHOLE_RUNS {
                measured.whole.push(stage.run(program, &[])?);
            }
        }
    }
    tell(&programs, &measured);
    Ok(())
}

/// The simulated AWS that the programs ask.
struct Stage {
    simulator: Simulator,
    aws: Served,
}

/// What one run took.
struct Run {
    first_request: Duration,
    whole: Duration,
    peak_kib: u64,
    calls: BTreeMap<String, usize>,
}

#[derive(Default)]
struct Measured {
    size: u64,
    short: Vec<Run>,
    whole: Vec<Run>,
}

impl Stage {
    fn new() -> Result<Self, Failure> {
        // At this speed, the simulator's time stamps measure real time.
        let simulator = Simulator::new(Scenario::named("healthy")?, Clock::at_speed(1.0))?;
        let aws = simulator.start_on(0)?;
        Ok(Self { simulator, aws })
    }

    fn run(&self, program: &Path, only: &[&str]) -> Result<Run, Failure> {
        let before = self.simulator.requests().len();
        let virtual_start = self.simulator.now();
        let start = Instant::now();
        let child = Command::new(program)
            .args(["run", SUITE, "--quiet", "--endpoint-url", &self.aws.url()])
            .args(only.iter().flat_map(|id| ["--only", id]))
            .env("QUIET_FOR", QUIET_FOR)
            .env("AWS_ACCESS_KEY_ID", "simulated")
            .env("AWS_SECRET_ACCESS_KEY", "simulated")
            .env("NO_PROXY", "127.0.0.1")
            .env_remove("AWS_PROFILE")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let (peak_kib, code) = watch(child)?;
        let whole = start.elapsed();
        if code != Some(0) {
            return Err(format!("{} ended with {code:?}, not 0", program.display()).into());
        }
        let requests = self.simulator.requests().split_off(before);
        let aws = |request: &&Recorded| !request.call.starts_with("http:");
        let first = requests.iter().find(aws).ok_or("it asked AWS nothing")?;
        let mut calls = BTreeMap::new();
        for request in requests.iter().filter(aws) {
            *calls.entry(request.call.clone()).or_default() += 1;
        }
        Ok(Run {
            first_request: first.at.duration_since(virtual_start).try_into()?,
            whole,
            peak_kib,
            calls,
        })
    }
}

/// Waits for a program's end, and returns its peak memory and exit code. The kernel keeps the
/// peak for as long as the process lives, so only what it takes in its last moments is missed.
fn watch(mut child: Child) -> Result<(u64, Option<i32>), Failure> {
    let process = child.id().to_string();
    let mut peak = 0;
    loop {
        peak = peak.max(memory::peak_kib(&process).unwrap_or_default());
        if let Some(ended) = child.try_wait()? {
            return Ok((peak, ended.code()));
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn tell(programs: &[PathBuf], measured: &[Measured]) {
    for (number, program) in programs.iter().enumerate() {
        say(&format!("program {}: {}", number + 1, program.display()));
    }
    let first = &measured[0];
    say(&format!(
        "\n{} runs of the checks that hold at once, {} of the whole suite; median (least to most)\n",
        first.short.len(),
        first.whole.len()
    ));
    row("", |number, _| format!("program {}", number + 1), measured);
    row("---", |_, _| "---".into(), measured);
    spread_row("start to the first AWS request, ms", measured, |of| {
        of.short
            .iter()
            .map(|run| millis(run.first_request))
            .collect()
    });
    spread_row("a run of what holds at once, ms", measured, |of| {
        of.short.iter().map(|run| millis(run.whole)).collect()
    });
    spread_row("peak memory of it, MB", measured, |of| {
        of.short
            .iter()
            .map(|run| megabytes(run.peak_kib * 1024))
            .collect()
    });
    spread_row("the whole suite, s", measured, |of| {
        of.whole.iter().map(|run| run.whole.as_secs_f64()).collect()
    });
    spread_row("peak memory of it, MB", measured, |of| {
        of.whole
            .iter()
            .map(|run| megabytes(run.peak_kib * 1024))
            .collect()
    });
    row(
        "the program's size, MB",
        |_, of| format!("{:.1}", megabytes(of.size)),
        measured,
    );
    if let [one, other] = measured {
        let start = |of: &Measured| median(of.short.iter().map(|run| millis(run.first_request)));
        let run = |of: &Measured| median(of.short.iter().map(|run| millis(run.whole)));
        say(&format!(
            "\nprogram 1 is to program 2 as: first request {:.2}, run {:.2}, size {:.2} to 1",
            start(one) / start(other),
            run(one) / run(other),
            megabytes(one.size) / megabytes(other.size)
        ));
    }
    calls("AWS calls of what holds at once", &first.short);
    calls("AWS calls of the whole suite", &first.whole);
}

/// The calls of the last run, and in how many runs there were as many.
fn calls(title: &str, runs: &[Run]) {
    let Some(last) = runs.last() else { return };
    let total = |run: &Run| run.calls.values().sum::<usize>();
    let same = runs.iter().filter(|run| total(run) == total(last)).count();
    let each: Vec<String> = last
        .calls
        .iter()
        .map(|(call, count)| format!("{call} {count}"))
        .collect();
    say(&format!(
        "\n{title}: {} ({same} of {} runs): {}",
        total(last),
        runs.len(),
        each.join(", ")
    ));
}

fn row(title: &str, cell: impl Fn(usize, &Measured) -> String, measured: &[Measured]) {
    let cells: Vec<String> = measured
        .iter()
        .enumerate()
        .map(|(number, of)| cell(number, of))
        .collect();
    say(&format!("| {title} | {} |", cells.join(" | ")));
}

fn spread_row(title: &str, measured: &[Measured], values: impl Fn(&Measured) -> Vec<f64>) {
    let spread = |_, of: &Measured| {
        let sorted = sorted(values(of));
        let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else {
            return "-".into();
        };
        format!(
            "{:.1} ({least:.1} to {most:.1})",
            median(sorted.iter().copied())
        )
    };
    row(title, spread, measured);
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let sorted = sorted(values.collect());
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[expect(clippy::print_stdout, reason = "its output is what it is for")]
fn say(text: &str) {
    println!("{text}");
}
