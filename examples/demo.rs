//! The main job with nothing set up: a stale tag, judged red, mended, and judged green.
//!
//! `cargo run --example demo` starts a simulated AWS on loopback, runs the real suite of
//! `examples/stale-tag` against it, forces a new deployment as the hint says, and runs the
//! suite again. It leaves the reports of both runs in `target/demo`.

use std::path::Path;
use std::process::{Command, ExitCode};

use touchdown::catalog::Catalog;
use touchdown_simulator::{Clock, Scenario, Simulator};

/// So many seconds pass in the simulated AWS in one of ours: a rollout of minutes takes
/// seconds.
const SPEED: f64 = 20.0;

fn main() -> ExitCode {
    if std::env::args_os().len() > 1 {
        return touchdown::cli::main(Catalog::built_in());
    }
    match demo() {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => {
            say(&format!("the demo did not go as it should: {told}"));
            ExitCode::FAILURE
        }
    }
}

fn demo() -> Result<(), Box<dyn std::error::Error>> {
    let simulator = Simulator::new(Scenario::named("stale-tag")?, Clock::at_speed(SPEED))?;
    let aws = simulator.start_on(0)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/demo");
    std::fs::create_dir_all(&folder)?;

    say("== 1. The pipeline is green. Is it really deployed?\n");
    let red = judge(&aws.url(), &folder, "before")?;
    say(&format!("\nexit code {red}\n"));

    say("== 2. Force a new deployment, as the hint says.\n");
    simulator.perform("fix")?;

    say("== 3. And now?\n");
    let green = judge(&aws.url(), &folder, "after")?;
    say(&format!("\nexit code {green}"));
    say(&format!(
        "\nThe reports of both runs are in {}.",
        folder.display()
    ));
    if (red, green) == (1, 0) {
        Ok(())
    } else {
        Err(format!("exit codes {red} and {green}").into())
    }
}

/// Runs the suite as a person would, and returns the exit code. `touchdown` is this program
/// itself, with arguments.
fn judge(endpoint: &str, folder: &Path, name: &str) -> Result<i32, Box<dyn std::error::Error>> {
    let suite = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/stale-tag/touchdown.yaml"
    );
    let report = |ending: &str| folder.join(format!("{name}.{ending}"));
    let status = Command::new(std::env::current_exe()?)
        .args(["run", suite, "--endpoint-url", endpoint])
        .arg("--junit")
        .arg(report("junit.xml"))
        .arg("--json")
        .arg(report("json"))
        .arg("--html")
        .arg(report("html"))
        .env("AWS_ACCESS_KEY_ID", "simulated")
        .env("AWS_SECRET_ACCESS_KEY", "simulated")
        .env("NO_PROXY", "127.0.0.1")
        .env_remove("AWS_PROFILE")
        .status()?;
    status
        .code()
        .ok_or_else(|| format!("touchdown was ended: {status}").into())
}

#[expect(clippy::print_stdout, reason = "a demo talks")]
fn say(text: &str) {
    println!("{text}");
}
