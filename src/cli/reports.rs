//! The arguments that say where reports go.

use std::path::PathBuf;

use clap::Args;

use super::shown::Shown;
use crate::report::Format;
use crate::report::output::Destination;

/// Where reports go. Each option may be given several times; `-` is standard output.
#[derive(Debug, Args)]
pub(super) struct Reports {
    /// Write a JUnit report
    #[arg(long, value_name = "FILE")]
    pub junit: Vec<PathBuf>,

    /// Write a JSON report
    #[arg(long, value_name = "FILE")]
    pub json: Vec<PathBuf>,

    /// Write an HTML report
    #[arg(long, value_name = "FILE")]
    pub html: Vec<PathBuf>,

    /// Write a Markdown report
    #[arg(long, value_name = "FILE")]
    pub markdown: Vec<PathBuf>,

    /// What standard output shows
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Shown>,
}

impl Reports {
    /// The format of the report on standard output, where one was asked for.
    pub fn shown(&self) -> Option<Format> {
        match self.format {
            Some(Shown::Report(format)) => Some(format),
            Some(Shown::Events) | None => None,
        }
    }

    /// Every report file that is asked for, with its format.
    pub fn requests(&self) -> Vec<(Format, Destination)> {
        let files = [
            (Format::Junit, &self.junit),
            (Format::Json, &self.json),
            (Format::Html, &self.html),
            (Format::Markdown, &self.markdown),
        ];
        let of_format = |(format, paths): (Format, &Vec<PathBuf>)| {
            let requests = paths.iter().map(|path| (format, path.clone().into()));
            requests.collect::<Vec<(Format, Destination)>>()
        };
        files.into_iter().flat_map(of_format).collect()
    }
}
