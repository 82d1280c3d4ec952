//! `touchdown render`: a saved JSON report in another format.

use super::arguments::{Arguments, Render};
use super::error::CliError;
use super::run::{self, View};
use super::saved;
use crate::ci::System;
use crate::exit;

pub(super) fn render(render: &Render, all: &Arguments) -> Result<u8, CliError> {
    let report = saved::read(&render.report, "rendered")?;
    saved::no_events(&render.reports)?;
    let outputs = run::open(&render.reports)?;
    // No CI system is told: a report is rendered alike everywhere.
    let system = System::Other;
    let written = run::tell(&report, outputs, &render.reports, all, View::Suite, &system);
    Ok(exit::of_rendering(&report, render.reports.shown(), written))
}
