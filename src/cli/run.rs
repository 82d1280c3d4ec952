//! `touchdown run`: suite → plan → run → reports → exit code.

use std::io::IsTerminal;
use std::sync::Arc;

use touchdown_checks::contract::Clock;
use touchdown_checks::reads::Connections;

use super::arguments::{Arguments, Reports, Run};
use super::error::CliError;
use super::{baselines, ci, color, locale, looking, signals, stdout, validate};
use crate::catalog::Catalog;
use crate::exit;
use crate::plan::Plan;
use crate::progress;
use crate::report::output::{Destination, Outputs, one_on_standard_output};
use crate::report::terminal::{self, Style, chain};
use crate::report::{Format, Report};
use crate::run::{self, Observer, Options};

pub(super) fn run(run: &Run, all: &Arguments, catalog: &Catalog) -> Result<u8, CliError> {
    let suite = validate::load(&run.suite, run.endpoint_url.as_deref(), catalog)?;
    let plan = Plan::of(&suite).only(&run.only)?;
    let options = Options {
        timeout: run.timeout.map(|timeout| timeout.get()),
        baselines: baselines::read(&run.baselines.files)?,
    };
    let outputs = open(&run.reports)?;
    let endpoint_url = run.endpoint_url.clone();
    let report = execute(
        &plan,
        endpoint_url,
        options,
        &mut *observer(all, &run.reports),
    )?;
    let written = tell(&report, outputs, &run.reports, all, View::Suite);
    ci::tell(&run.ci.system(), &report);
    Ok(exit::of_run(&report, run.reports.format, written))
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
    one_on_standard_output(reports.format, &requests)?;
    Ok(Outputs::open(requests)?)
}

fn execute(
    plan: &Plan,
    endpoint_url: Option<String>,
    options: Options,
    observer: &mut dyn Observer,
) -> Result<Report, CliError> {
    looking::runtime()?.block_on(async {
        let stop = signals::stop().map_err(CliError::Start)?;
        let connections = Arc::new(Connections::from_environment(Clock::system(), endpoint_url));
        Ok(run::run(plan, connections, options, stop, observer).await)
    })
}

/// Progress goes to standard error: live on a terminal, as lines elsewhere. A monitoring
/// system may read both streams as one, and wants a single line.
pub(super) fn observer(all: &Arguments, reports: &Reports) -> Box<dyn Observer> {
    let monitored = reports.format == Some(Format::Nagios);
    if all.quiet || (monitored && !all.verbose) {
        return Box::new(());
    }
    let style = Style {
        color: all.color.for_stderr(),
        ..style(all)
    };
    progress::to_stderr(style, !color::is_dumb())
}

/// Shows the report on standard output, unless a report file goes there already.
fn show(report: &Report, reports: &Reports, all: &Arguments, view: View) -> Result<(), CliError> {
    let mut requests = reports.requests().into_iter();
    let taken = requests.any(|(_, to)| to == Destination::StandardOutput);
    let text = match reports.format {
        Some(Format::Human) | None if taken => return Ok(()),
        Some(Format::Human) | None => view.render(report, &style(all), all.quiet),
        Some(format) => format.render(report),
    };
    stdout::print(&text)
}

pub(super) fn style(all: &Arguments) -> Style {
    let (_, columns) = console::Term::stdout().size();
    let width = if std::io::stdout().is_terminal() {
        columns.into()
    } else {
        Style::FILE.width
    };
    Style {
        color: all.color.for_stdout(),
        width,
        verbose: all.verbose,
        charset: locale::charset(),
    }
}

/// Shows the report and writes every report file, whatever becomes of the others, and tells
/// whether all came through.
pub(super) fn tell(
    report: &Report,
    outputs: Outputs,
    reports: &Reports,
    all: &Arguments,
    view: View,
) -> bool {
    let shown = show(report, reports, all, view);
    if let Err(error) = &shown {
        stdout::complain(&error.to_string());
    }
    let mut unwritten = outputs.write(report);
    unwritten.retain(|error| !stdout::reader_has_gone(error));
    for error in &unwritten {
        stdout::complain(&format!("error: {error}"));
    }
    shown.is_ok() && unwritten.is_empty()
}
