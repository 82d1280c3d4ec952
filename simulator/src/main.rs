//! The simulator as a program: serves an incident, and says what to type against it.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use clap::Parser;
use touchdown_simulator::{Clock, Scenario, Simulator, names};

/// The checkout that this was built in, whose examples it knows.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A simulated AWS (ECS, ECR, Elastic Load Balancing, CloudWatch, CloudWatch Logs, STS) on loopback, to rehearse deployments that lie.
#[derive(Parser)]
#[command(name = "touchdown-simulator", version)]
struct Arguments {
    /// The incident to serve, or the path of a scenario file.
    #[arg(required_unless_present = "list")]
    incident: Option<String>,

    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 4566)]
    port: u16,

    /// How many virtual seconds pass in a second.
    #[arg(long, default_value_t = 10.0)]
    speed: f64,

    /// List the incidents and leave.
    #[arg(long)]
    list: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nobody left to tell if standard error is gone.
            let _ = writeln!(io::stderr(), "touchdown-simulator: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if arguments.list {
        for name in names() {
            writeln!(out, "{name:<16} {}", Scenario::named(name)?.about())?;
        }
        return Ok(());
    }
    let scenario = Scenario::find(arguments.incident.as_deref().unwrap_or_default())?;
    let simulator = Simulator::new(scenario, Clock::at_speed(arguments.speed))?;
    let address = ("127.0.0.1", arguments.port);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on 127.0.0.1:{}", arguments.port))?;
    let url = format!("http://{}", listener.local_addr()?);
    introduce(&mut out, &simulator, &url)?;
    drop(out);
    tokio::select! {
        served = simulator.serve(listener) => served.context("the server stopped"),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot wait for Ctrl-C"),
    }
}

/// Everything that a reader needs to try the incident, ready to copy.
fn introduce(out: &mut impl Write, simulator: &Simulator, url: &str) -> io::Result<()> {
    let scenario = simulator.scenario();
    let name = scenario.name();
    writeln!(out, "{name}: {}\n", scenario.about())?;
    for line in scenario.story().lines() {
        writeln!(out, "  {line}")?;
    }
    writeln!(
        out,
        "\nIt is {} there, and time passes {} times as fast.",
        simulator.now(),
        simulator.clock().speed()
    )?;
    writeln!(out, "Serving {url} until Ctrl-C.\n")?;
    writeln!(out, "In another terminal:\n")?;
    writeln!(
        out,
        "  export AWS_ACCESS_KEY_ID=simulated AWS_SECRET_ACCESS_KEY=simulated AWS_REGION={}",
        scenario.region()
    )?;
    let suite = format!("examples/{name}/touchdown.yaml");
    if Path::new(ROOT).join(&suite).exists() {
        writeln!(out, "  touchdown run {suite} --endpoint-url {url}")?;
    } else {
        for service in scenario.services() {
            let cluster = scenario.cluster();
            writeln!(
                out,
                "  touchdown confirm {cluster}/{service} --endpoint-url {url}"
            )?;
        }
    }
    for (action, about, commands) in scenario.actions() {
        writeln!(out, "\n{action}: {about}\n")?;
        for command in commands {
            writeln!(
                out,
                "  {command} --region {} --endpoint-url {url}",
                scenario.region()
            )?;
        }
        let or = if commands.is_empty() { "" } else { "or  " };
        writeln!(out, "  {or}curl -X POST {url}/_simulator/actions/{action}")?;
    }
    writeln!(out)?;
    out.flush()
}
