//! `touchdown run`: suite → plan → run → reports → exit code.

use std::num::NonZeroU32;
use std::sync::Arc;

use tokio::time::Instant;
use touchdown_checks::contract::Clock;
use touchdown_checks::reads::{Connections, end_programs};

use super::arguments::{Arguments, Run};
use super::error::CliError;
use super::reports::Reports;
use super::shown::Shown;
use super::style::style;
use super::watchers::{Programs, Watchers};
use super::{baselines, ci, looking, signals, stdout, validate};
use crate::catalog::Catalog;
use crate::ci::System;
use crate::plan::{Plan, Shard};
use crate::report::output::{Destination, Outputs, one_on_standard_output};
use crate::report::terminal::{self, Folding, Style, chain};
use crate::report::{Format, Report};
use crate::run::{self, Options};
use crate::suite::Suite;
use crate::{exit, fleet};

pub(super) fn run(run: &Run, all: &Arguments, catalog: &Catalog) -> Result<u8, CliError> {
    let suite = validate::load(&run.suite, run.endpoint_url.as_deref(), catalog)?;
    if let Some(profile) = &run.suite.profile {
        suite.profile(profile)?;
    }
    let options = Options {
        timeout: run.timeout.map(|timeout| timeout.get()),
        baselines: baselines::read(&run.baselines.files)?,
        ..Options::default()
    };
    let outputs = open(&run.reports)?;
    let endpoint_url = run.endpoint_url.clone();
    let clock = Clock::system();
    let mut watchers = Watchers::of(all, &run.reports, clock);
    let connections = Connections::from_environment(clock, endpoint_url);
    let processes = run.shard.map_or(NonZeroU32::MIN, Shard::of);
    let connections = Arc::new(connections.sharing_quotas(processes));
    let judged = judged(suite, run, connections, options, &mut watchers);
    let report = looking::to_the_end(judged)??;
    let programs = watchers.run_is_over();
    let system = run.ci.system();
    let written = tell(&report, outputs, &run.reports, all, View::Suite, &system);
    Ok(end(&report, programs, &run.reports, written))
}

/// Runs a suite, whose fleets are found first; that counts towards the run's time. Whoever stops
/// it meanwhile gets the report of a run in which nothing was looked at.
async fn judged(
    suite: Suite,
    asked: &Run,
    connections: Arc<Connections>,
    mut options: Options,
    watchers: &mut Watchers,
) -> Result<Report, CliError> {
    let stop = signals::stop().map_err(CliError::Start)?;
    tokio::pin!(stop);
    let began = Instant::now();
    let profile = asked.suite.profile.as_deref();
    let unfound = Plan::of_profile(&suite, profile)?;
    let (plan, stopped) = tokio::select! {
        biased;
        by = &mut stop => (unfound.clone(), Some(by)),
        found = fleet::found(suite, &unfound, &connections, options.timeout) => {
            (Plan::of_profile(&found, profile)?, None)
        }
    };
    let plan = plan.only(&asked.only)?;
    let plan = match asked.shard {
        Some(shard) => plan.shard(shard, &options.baselines),
        None => plan,
    };
    let took = began.elapsed();
    options.timeout = options.timeout.map(|timeout| timeout.saturating_sub(took));
    let stop = async {
        match stopped {
            Some(by) => by,
            None => stop.await,
        }
    };
    let report = run::run(&plan, Arc::clone(&connections), options, stop, watchers).await;
    connections.parted().await;
    Ok(report)
}

/// How the terminal shows a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// Every check, and each that did not pass in full.
    Suite,
    /// The checks as the links of a chain, and the first broken one in full.
    Chain,
}

impl View {
    fn render(self, report: &Report, style: &Style, quiet: bool) -> String {
        match (self, quiet) {
            (Self::Suite, true) => terminal::verdict(report, style),
            (Self::Suite, false) => terminal::render(report, style),
            (Self::Chain, true) => chain::verdict(report, style),
            (Self::Chain, false) => chain::render(report, style),
        }
    }
}

/// Opens every report file before anything runs, so that a bad path is told at once.
pub(super) fn open(reports: &Reports) -> Result<Outputs, CliError> {
    let requests = reports.requests();
    one_on_standard_output(reports.shown(), &requests)?;
    let to_stdout = |(_, to): &(Format, Destination)| *to == Destination::StandardOutput;
    if reports.format == Some(Shown::Events) && requests.iter().any(to_stdout) {
        return Err(CliError::Contradiction(
            "`--format jsonl` has standard output for itself; write the report to a file".into(),
        ));
    }
    Ok(Outputs::open(requests)?)
}

/// The exit code of a run whose reports were written or not, which the events end with.
pub(super) fn end(report: &Report, programs: Programs, reports: &Reports, written: bool) -> u8 {
    end_programs();
    let written = programs.were_told() && written;
    let code = exit::of_run(report, reports.shown(), written);
    programs.finished(report, code);
    code
}

/// Shows the report on standard output, unless a report file goes there already.
fn show(
    report: &Report,
    reports: &Reports,
    all: &Arguments,
    view: View,
    folding: Folding,
) -> Result<(), CliError> {
    let mut requests = reports.requests().into_iter();
    let taken = requests.any(|(_, to)| to == Destination::StandardOutput);
    let style = Style {
        folding,
        ..style(all)
    };
    let text = match reports.format {
        Some(Shown::Events) => return Ok(()),
        Some(Shown::Report(Format::Human)) | None if taken => return Ok(()),
        Some(Shown::Report(Format::Human)) | None => view.render(report, &style, all.quiet),
        Some(Shown::Report(format)) => format.render(report),
    };
    stdout::print(&text)
}

/// Shows the report, writes every report file, whatever becomes of the others, and tells the CI
/// system. Returns whether every report came through.
pub(super) fn tell(
    report: &Report,
    outputs: Outputs,
    reports: &Reports,
    all: &Arguments,
    view: View,
    system: &System,
) -> bool {
    let shown = show(report, reports, all, view, ci::folding(system));
    if let Err(error) = &shown {
        stdout::complain(&error.to_string());
    }
    let mut unwritten = outputs.write(report);
    unwritten.retain(|error| !stdout::reader_has_gone(error));
    for error in &unwritten {
        stdout::complain(&format!("error: {error}"));
    }
    ci::tell(system, report);
    shown.is_ok() && unwritten.is_empty()
}
