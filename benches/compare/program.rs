//! The programs that are compared: what is run, and what each run took.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::figures::{Failure, Spread, megabytes, millis};
use crate::memory;

/// What is run again and again, under the name that its figures are told by.
pub struct Contender {
    pub name: String,
    pub command: Command,
}

/// What one run took.
pub struct Ran {
    pub took: Duration,
    pub peak_kib: u64,
}

/// A program that is asked about the simulated AWS at `url`, and writes to nobody.
pub fn against(program: &Path, url: &str, region: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_REGION", region)
        .env("AWS_DEFAULT_REGION", region)
        .env("AWS_ACCESS_KEY_ID", "simulated")
        .env("AWS_SECRET_ACCESS_KEY", "simulated")
        .env("NO_PROXY", "127.0.0.1")
        .env_remove("AWS_PROFILE");
    quiet(&mut command);
    command
}

/// Nothing is read, and nothing shown.
pub fn quiet(command: &mut Command) {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
}

/// Runs each contender so often, turn by turn, so that whatever else the machine does meets all
/// of them. A first turn reads the programs from the disk, and is not counted.
pub fn turn_by_turn(contenders: &mut [Contender], turns: usize) -> Result<Vec<Vec<Ran>>, Failure> {
    let mut all: Vec<Vec<Ran>> = contenders.iter().map(|_| Vec::new()).collect();
    for turn in 0..=turns {
        for (contender, runs) in contenders.iter_mut().zip(&mut all) {
            let ran = run(contender)?;
            if turn > 0 {
                runs.push(ran);
            }
        }
    }
    Ok(all)
}

fn run(contender: &mut Contender) -> Result<Ran, Failure> {
    let name = &contender.name;
    let began = Instant::now();
    let child = contender.command.spawn();
    let mut child = child.map_err(|error| format!("{name}: {error}"))?;
    let (peak_kib, code) = memory::watch(&mut child)?;
    let took = began.elapsed();
    match code {
        Some(0) => Ok(Ran { took, peak_kib }),
        code => Err(format!("{name} ended with {code:?}, not 0").into()),
    }
}

/// Wall time, in milliseconds.
pub fn times(runs: &[Ran]) -> Spread {
    Spread::of(runs.iter().map(|run| millis(run.took)))
}

/// Peak memory, in megabytes.
pub fn memories(runs: &[Ran]) -> Spread {
    Spread::of(runs.iter().map(|run| megabytes(run.peak_kib * 1024)))
}
