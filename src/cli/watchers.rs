//! Who follows a run: people on standard error, and programs on standard output.

use std::io::{self, IsTerminal, Stdout};
use std::time::Duration;

use touchdown_checks::contract::Clock;

use super::arguments::Arguments;
use super::reports::Reports;
use super::shown::Shown;
use super::style::style;
use super::{color, stdout};
use crate::progress::{self, Jsonl};
use crate::report::terminal::Style;
use crate::report::{Format, Report};
use crate::run::{Event, Observer};

/// Everyone who follows a run.
pub(super) struct Watchers {
    people: Box<dyn Observer>,
    programs: Programs,
}

/// The reader of the events, where they are asked for.
pub(super) struct Programs(Option<Jsonl<Stdout>>);

impl Watchers {
    pub fn of(all: &Arguments, reports: &Reports, clock: Clock) -> Self {
        Self {
            people: people(all, reports),
            ..Self::programs_alone(reports, clock)
        }
    }

    /// Those of a run that is over before there is any progress to show to people.
    pub fn programs_alone(reports: &Reports, clock: Clock) -> Self {
        let events = reports.format == Some(Shown::Events);
        Self {
            people: Box::new(()),
            programs: Programs(events.then(|| Jsonl::new(io::stdout(), clock))),
        }
    }

    /// Takes the progress off the screen, so that reports can follow.
    pub fn run_is_over(self) -> Programs {
        self.programs
    }
}

impl Observer for Watchers {
    fn event(&mut self, event: &Event) {
        self.people.event(event);
        if let Some(events) = &mut self.programs.0 {
            events.event(event);
        }
    }

    fn tick(&mut self, elapsed: Duration) {
        self.people.tick(elapsed);
    }
}

impl Programs {
    /// Whether every event was written, or the reader had read enough.
    pub fn were_told(&self) -> bool {
        let problem = self.0.as_ref().and_then(Jsonl::problem);
        if let Some(problem) = problem {
            stdout::complain(&format!(
                "error: cannot write to standard output: {problem}"
            ));
        }
        problem.is_none()
    }

    /// The last event.
    pub fn finished(mut self, report: &Report, exit_code: u8) {
        if let Some(events) = &mut self.0 {
            events.finished(report, exit_code);
        }
    }
}

/// Progress goes to standard error: live on a terminal, as lines elsewhere. A monitoring
/// system may read both streams as one, and wants a single line. On a terminal that shows the
/// events, these are the progress.
fn people(all: &Arguments, reports: &Reports) -> Box<dyn Observer> {
    let unwanted = match reports.format {
        Some(Shown::Report(Format::Nagios)) => !all.verbose,
        Some(Shown::Events) => io::stdout().is_terminal(),
        _ => false,
    };
    if all.quiet || unwanted {
        return Box::new(());
    }
    let style = Style {
        color: all.color.for_stderr(),
        ..style(all)
    };
    progress::to_stderr(style, !color::is_dumb())
}
