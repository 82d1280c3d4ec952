//! What a run of touchdown costs: time, memory and AWS calls, against the simulator.
//!
//! `cargo bench --profile dev --bench measure -- PROGRAM…` measures the programs named, turn
//! by turn, so that whatever else the machine does meets all of them; without names, the one
//! that cargo has just built. `benches/README.md` says more, and holds figures.

#[path = "figures/mod.rs"]
mod figures;
#[path = "memory/mod.rs"]
mod memory;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use figures::{Failure, Spread, megabytes, millis, say};
use touchdown_simulator::{Clock, Recorded, Scenario, Served, Simulator};

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
    let Some(given) = figures::asked() else {
        return Ok(());
    };
    let mut programs: Vec<PathBuf> = given.iter().map(PathBuf::from).collect();
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
            measured.greetings.push(greeting(program)?);
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
    greetings: Vec<Duration>,
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
        let mut child = asking(program, &self.aws.url(), only).spawn()?;
        let (peak_kib, code) = memory::watch(&mut child)?;
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

/// A run of the suite, or of these checks of it, against the AWS at `url`.
fn asking(program: &Path, url: &str, only: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(["run", SUITE, "--quiet", "--endpoint-url", url])
        .args(only.iter().flat_map(|id| ["--only", id]))
        .env("QUIET_FOR", QUIET_FOR)
        .env("AWS_ACCESS_KEY_ID", "simulated")
        .env("AWS_SECRET_ACCESS_KEY", "simulated")
        .env("NO_PROXY", "127.0.0.1")
        .env_remove("AWS_PROFILE")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// How long it takes until an AWS behind TLS, as the real one is, gets the first bytes of a
/// handshake: the certificates of the system have been read by then.
fn greeting(program: &Path) -> Result<Duration, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("https://{}", listener.local_addr()?);
    let start = Instant::now();
    let mut child = asking(program, &url, &["digest"]).spawn()?;
    let (mut stream, _) = listener.accept()?;
    stream.read_exact(&mut [0])?;
    let took = start.elapsed();
    child.kill()?;
    child.wait()?;
    Ok(took)
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
    spread_row(
        "start to the first handshake with TLS, ms",
        measured,
        |of| of.greetings.iter().copied().map(millis).collect(),
    );
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
        let start =
            |of: &Measured| Spread::of(of.short.iter().map(|run| millis(run.first_request)));
        let run = |of: &Measured| Spread::of(of.short.iter().map(|run| millis(run.whole)));
        say(&format!(
            "\nprogram 1 is to program 2 as: first request {:.2}, run {:.2}, size {:.2} to 1",
            start(one).median() / start(other).median(),
            run(one).median() / run(other).median(),
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
    let spread = |_, of: &Measured| Spread::of(values(of)).to_string();
    row(title, spread, measured);
}
