//! `storm`: many random rollouts, judged by touchdown and held against the oracle.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use touchdown_storm::shrink::shrunk;
use touchdown_storm::table::Table;
use touchdown_storm::trial::{Outcome, Trial};

/// Judge random rollouts with touchdown, and hold its verdicts against an oracle.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    first: u64,
    /// This seed alone, with its story and its report.
    #[arg(long)]
    seed: Option<u64>,
    /// Only with faults on the way to AWS; without this and --calm, each seed is tried both ways.
    #[arg(long, conflicts_with = "calm")]
    faults: bool,
    /// Only without faults.
    #[arg(long)]
    calm: bool,
    /// As many seeds as fit into so many seconds.
    #[arg(long)]
    seconds: Option<u64>,
}

/// So many findings are shrunk and shown in full.
const SHOWN: usize = 10;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let found = match arguments.seed {
        Some(seed) => arguments.weathers().any(|stormy| shows(seed, stormy)),
        None => many(&arguments),
    };
    match found {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

impl Arguments {
    /// Calm, stormy, or both.
    fn weathers(&self) -> impl Iterator<Item = bool> {
        let chosen = [
            (!self.faults).then_some(false),
            (!self.calm).then_some(true),
        ];
        chosen.into_iter().flatten()
    }
}

#[expect(clippy::print_stdout, reason = "it is what this program is for")]
fn say(text: &str) {
    println!("{text}");
}

/// Tries many seeds on all cores; whether anything was found.
fn many(arguments: &Arguments) -> bool {
    let began = Instant::now();
    let ends = arguments
        .seconds
        .map(|seconds| began + Duration::from_secs(seconds));
    let last = match arguments.seconds {
        Some(_) => u64::MAX,
        None => arguments.first.saturating_add(arguments.seeds),
    };
    let next = AtomicU64::new(arguments.first);
    let findings = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut tables: Vec<(bool, Table)> = arguments
            .weathers()
            .map(|stormy| (stormy, Table::default()))
            .collect();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= last || ends.is_some_and(|ends| Instant::now() >= ends) {
                return tables;
            }
            for (stormy, table) in &mut tables {
                let trial = Trial::drawn(seed, *stormy);
                let outcome = trial.run();
                table.add(&trial, &outcome);
                if !outcome.misses.is_empty() {
                    let mut findings = findings.lock().expect("no thread panicked with it");
                    findings.push((trial, outcome));
                }
            }
        }
    };
    let mut sums: Vec<(bool, Table)> = arguments
        .weathers()
        .map(|stormy| (stormy, Table::default()))
        .collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let tables = thread.join().expect("a trial catches its panics");
            for ((_, sum), (_, table)) in sums.iter_mut().zip(tables) {
                sum.join(table);
            }
        }
    });
    let mut findings = findings.into_inner().expect("no thread panicked with it");
    findings.sort_by_key(|(trial, outcome)| (outcome.misses[0].sort, trial.story.seed));
    tell_findings(&findings);
    for (stormy, table) in &sums {
        let weather = if *stormy { "with faults" } else { "calm" };
        say(&format!(
            "{weather}, {} seeds from {} on\n",
            table.seeds(),
            arguments.first
        ));
        say(&table.text());
    }
    say(&format!("took {:.0?}", began.elapsed()));
    !findings.is_empty()
}

fn tell_findings(findings: &[(Trial, Outcome)]) {
    for (trial, outcome) in findings.iter().take(SHOWN) {
        let worst = &outcome.misses[0];
        let small = shrunk(trial, worst.sort, worst.statement);
        say(&described(trial, outcome));
        say(&format!("smallest that fails so: {:#?}", small.story));
        say(&described(&small, &small.run()));
        say(&format!("scenario:\n{}", small.story.scenario_text()));
        say(&format!("suite:\n{}", small.story.suite()));
    }
    for (trial, outcome) in findings.iter().skip(SHOWN) {
        say(&described(trial, outcome));
    }
}

/// The seed, how to repeat it, and all that is wrong.
fn described(trial: &Trial, outcome: &Outcome) -> String {
    let way = if trial.stormy { "--faults" } else { "--calm" };
    let mut text = format!(
        "seed {} ({}, {}); repeat with: cargo run -p touchdown-storm -- {way} --seed {}",
        trial.story.seed,
        trial.story.kind(),
        trial.weather().name(),
        trial.story.seed
    );
    for miss in &outcome.misses {
        let of = miss.statement.map_or("run", |statement| statement.kind());
        text.push_str(&format!("\n  {:?} {of}: {}", miss.sort, miss.told));
    }
    text
}

/// One seed in full; whether anything was found.
fn shows(seed: u64, stormy: bool) -> bool {
    let trial = Trial::drawn(seed, stormy);
    say(&format!(
        "{:#?}\n{}\n{}",
        trial.story,
        trial.story.scenario_text(),
        trial.story.suite()
    ));
    let outcome = trial.run();
    if let Some(report) = &outcome.report {
        say(&format!("{:?} after {} ms", report.verdict, report.took_ms));
        for check in &report.checks {
            say(&format!(
                "  {:?} {} after {} ms: {}",
                check.verdict, check.id, check.took_ms, check.headline
            ));
            let mut said = "";
            for attempt in &check.attempts {
                if said != attempt.headline {
                    said = &attempt.headline;
                    say(&format!("    {} {:?}: {said}", attempt.at, attempt.state));
                }
            }
        }
    }
    say(&described(&trial, &outcome));
    !outcome.misses.is_empty()
}
