//! `touchdown render`: a saved JSON report in another format.

use std::io::Read;
use std::path::Path;

use super::arguments::{Arguments, Render};
use super::error::CliError;
use super::run::{self, View};
use crate::exit;
use crate::report::json;

pub(super) fn render(render: &Render, all: &Arguments) -> Result<u8, CliError> {
    let path = &render.report;
    let text = read(path).map_err(|error| CliError::Unreadable {
        path: path.clone(),
        error,
    })?;
    let report = json::read(&text).map_err(|error| CliError::NoReport {
        path: path.clone(),
        reason: error.to_string(),
    })?;
    let outputs = run::open(&render.reports)?;
    let written = run::tell(&report, outputs, &render.reports, all, View::Suite);
    Ok(exit::of_rendering(&report, render.reports.format, written))
}

fn read(path: &Path) -> std::io::Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path)
}
