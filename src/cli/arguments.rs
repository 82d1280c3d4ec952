//! The arguments of every command.

use std::fmt;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use jiff::Timestamp;
use touchdown_checks::contract::{ImageReference, Period};

use super::ci::CiArguments;
use super::color::Color;
use super::reports::Reports;
use super::service::ServiceArguments;
use crate::plan::Shard;

/// Is it really deployed? touchdown looks at what runs in AWS ECS and says so, with evidence.
///
/// Exit codes: 0 passed, 1 failed, 2 usage or suite error (nothing ran), 3 inconclusive,
/// 130 and 143 interrupted. With `--format nagios` 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
#[derive(Debug, Parser)]
#[command(name = "touchdown", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    /// Print the verdict only, and no progress
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print every look, and the evidence of what passed too
    #[arg(long, short, global = true)]
    pub verbose: bool,

    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a suite: the gate after a deploy
    Run(Run),
    /// Is it really deployed? From the push to the load balancer, without a suite
    Confirm(Confirm),
    /// Record what a service runs now, to compare with after a deploy
    Snapshot(Snapshot),
    /// Write a starter suite from what a service is now
    Init(Init),
    /// Tell every mistake in a suite, offline
    Validate(Validate),
    /// Tell what a suite lacks: credentials, region, permissions
    Doctor(Doctor),
    /// List the kinds of checks, or explain one
    Checks(Checks),
    /// Print the JSON Schema of suites, for editors
    Schema(Schema),
    /// Turn a saved JSON report into another format
    Render(Render),
    /// Join saved JSON reports, such as those of all shards, into one verdict
    Merge(Merge),
    /// Print a script that completes the command line in a shell
    Completions(Completions),
    /// Print the manual page, or write one for each command
    Man(Man),
}

/// The suite and its variables.
#[derive(Args)]
pub(super) struct SuiteArguments {
    /// The suite, or a folder that holds a touchdown.yaml
    #[arg(default_value = "touchdown.yaml", value_name = "SUITE")]
    pub suite: PathBuf,

    /// Give a variable of the suite a value; it goes before the environment
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable)]
    pub variables: Vec<(String, String)>,

    /// Take only the checks that this profile of the suite names, and what they need
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

/// Values may be secret, so that only the names are shown.
impl fmt::Debug for SuiteArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("SuiteArguments")
            .field("suite", &self.suite)
            .field("variables", &names)
            .field("profile", &self.profile)
            .finish()
    }
}

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    pub suite: SuiteArguments,

    /// Run only the checks whose id matches, and what they need
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,

    /// Run one of N parts of the suite, such as 2/8, each in a process of its own; `merge` joins their
    /// reports
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,

    /// The longest that the whole run may take, such as 10m
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<Period>,

    /// Ask this address instead of AWS
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub endpoint_url: Option<String>,

    #[command(flatten)]
    pub baselines: Baselines,

    #[command(flatten)]
    pub reports: Reports,

    #[command(flatten)]
    pub ci: CiArguments,
}

/// What ran before the deploy.
#[derive(Debug, Args)]
pub(super) struct Baselines {
    /// Compare with what `touchdown snapshot` recorded before the deploy; one FILE a service
    #[arg(long = "baseline", value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Confirm {
    #[command(flatten)]
    pub service: ServiceArguments,

    /// The image that should run; default: what the task definition names
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<ImageReference>,

    /// No task may have started before this time, such as 2025-11-26T11:15:55Z; default: when
    /// the image was pushed
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<Timestamp>,

    /// How long to wait for it, such as 5m; default: one look
    #[arg(long, value_name = "DURATION")]
    pub wait: Option<Period>,

    #[command(flatten)]
    pub baselines: Baselines,

    #[command(flatten)]
    pub reports: Reports,

    #[command(flatten)]
    pub ci: CiArguments,
}

#[derive(Debug, Args)]
pub(super) struct Snapshot {
    #[command(flatten)]
    pub service: ServiceArguments,

    /// Where the baseline goes; `-` is standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    #[command(flatten)]
    pub service: ServiceArguments,

    /// Where the suite goes; `-` is standard output
    #[arg(long, short, default_value = "touchdown.yaml", value_name = "FILE")]
    pub output: PathBuf,

    /// Write over a file that is there already
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub(super) struct Validate {
    #[command(flatten)]
    pub suite: SuiteArguments,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    pub suite: SuiteArguments,

    /// Print nothing but the IAM policy that allows the suite its looks
    #[arg(long)]
    pub policy: bool,

    /// Ask this address instead of AWS
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub endpoint_url: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Checks {
    /// The kind to explain
    pub kind: Option<String>,
    #[command(flatten)]
    pub plugins: PluginsArguments,
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    #[command(flatten)]
    pub plugins: PluginsArguments,
}

#[derive(Debug, Args)]
pub(super) struct PluginsArguments {
    /// A folder of plug-ins; those in PATH are found too
    #[arg(long = "plugins", value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Render {
    /// The report, as `run --json` wrote it; `-` is standard input
    #[arg(value_name = "REPORT.json")]
    pub report: PathBuf,

    #[command(flatten)]
    pub reports: Reports,
}

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The reports, as `run --json` wrote them; `-` is standard input
    #[arg(value_name = "REPORT.json", required = true)]
    pub files: Vec<PathBuf>,

    /// What the joined report is called; default: the name of the suite, which is then the same in
    /// all of them
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    #[command(flatten)]
    pub reports: Reports,

    #[command(flatten)]
    pub ci: CiArguments,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// Write every command's page into this folder: touchdown.1, touchdown-run.1, …
    #[arg(long, short, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it like NAME=VALUE".into()),
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    let told = |_| "write it with its zone, like 2025-11-26T11:15:55Z".to_owned();
    text.parse().map_err(told)
}

pub(super) fn endpoint(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    match rest {
        Some(host) if !host.is_empty() && !text.contains(char::is_whitespace) => {
            Ok(text.to_owned())
        }
        _ => Err("write it like http://127.0.0.1:4566".into()),
    }
}
