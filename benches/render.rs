//! What it costs to render a large report in every format: time, bytes and memory.
//!
//! `cargo bench --profile dev --bench render` renders each format in a process of its own, and
//! leaves the documents below `target/tmp/render`. `benches/README.md` says more, and holds
//! figures.

#[path = "large/mod.rs"]
mod large;
#[path = "memory/mod.rs"]
mod memory;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use touchdown::report::Format;

type Failure = Box<dyn std::error::Error>;

/// How often each format is rendered, and how its time is told.
const TIMES: usize = 7;

/// What no format may take. Only an optimized program is held to the time.
const LONGEST: Duration = Duration::from_secs(2);
const MOST_KIB: u64 = 200_000_000 / 1024;

/// Tells a process that it is to render one format.
const ALONE: &str = "--alone=";

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(name) = arguments.iter().find_map(|told| told.strip_prefix(ALONE)) {
        let format = Format::ALL.into_iter().find(|one| one.name() == name);
        return measure(format.ok_or("no such format")?);
    }
    // `cargo bench` says so; `cargo test --benches` doesn't, and has nothing to test here.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    say(&format!(
        "{} checks of {} rows; median (least to most) of {TIMES} renderings\n",
        large::CHECKS,
        large::ROWS
    ));
    say("| format | time, ms | size, MB | peak memory, MB | of it for the report, MB |");
    say("|---|---|---|---|---|");
    let mut failed = String::new();
    for format in Format::ALL {
        // Memory that one format took would count for the next.
        let child = Command::new(std::env::current_exe()?)
            .arg(format!("{ALONE}{format}"))
            .output()?;
        say(String::from_utf8_lossy(&child.stdout).trim_end());
        if !child.status.success() {
            failed += &String::from_utf8_lossy(&child.stderr);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.into())
    }
}

/// Renders one format, and prints its row.
fn measure(format: Format) -> Result<(), Failure> {
    let report = large::report();
    let before = peak_kib()?;
    let mut took = Vec::new();
    let mut document = String::new();
    for _ in 0..TIMES {
        // Before the next is made, so that two of them never count for one.
        drop(std::mem::take(&mut document));
        let began = Instant::now();
        document = format.render(&report);
        took.push(began.elapsed());
    }
    let peak = peak_kib()?;
    took.sort();
    let median = took[TIMES / 2];
    say(&format!(
        "| {format} | {:.0} ({:.0} to {:.0}) | {:.1} | {:.0} | {:.0} |",
        millis(median),
        millis(took[0]),
        millis(took[TIMES - 1]),
        megabytes(document.len() as u64),
        megabytes(peak * 1024),
        megabytes(before * 1024),
    ));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("render");
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join(format!("report.{}", format.extension())),
        document,
    )?;
    let too_long = median > LONGEST && !cfg!(debug_assertions);
    if too_long || peak > MOST_KIB {
        return Err(format!("{format} takes more than 2 s or 200 MB").into());
    }
    Ok(())
}

fn peak_kib() -> Result<u64, Failure> {
    memory::peak_kib("self").ok_or_else(|| "the kernel tells no memory".into())
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
