//! The formats that a report can be written in.

use std::fmt;

use super::terminal::{self, Style};
use super::{Report, html, json, junit, markdown, nagios, tap};

/// A format of reports. Each is a pure rendering of [`Report`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Format {
    /// The text that a terminal shows, without colour.
    Human,
    /// The whole of the run, as JSON.
    Json,
    /// JUnit XML, for a CI system's view of tests.
    Junit,
    /// One line for a monitoring system, whose exit codes are used with it.
    Nagios,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// One HTML page that needs nothing else, for people.
    Html,
    /// GitHub-flavoured Markdown, for a pull request or the summary of a job.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] = [
        Self::Human,
        Self::Json,
        Self::Junit,
        Self::Nagios,
        Self::Tap,
        Self::Html,
        Self::Markdown,
    ];

    /// The format's name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Nagios => "nagios",
            Self::Tap => "tap",
            Self::Html => "html",
            Self::Markdown => "markdown",
        }
    }

    /// How the names of files in this format end, without the dot; each format's is its own.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Human => "txt",
            Self::Json => "json",
            Self::Junit => "xml",
            Self::Nagios => "nagios.txt",
            Self::Tap => "tap",
            Self::Html => "html",
            Self::Markdown => "md",
        }
    }

    /// The report in this format, as it is written into a file.
    #[must_use]
    pub fn render(self, report: &Report) -> String {
        match self {
            Self::Human => terminal::render(report, &Style::FILE),
            Self::Json => json::render(report),
            Self::Junit => junit::render(report),
            Self::Nagios => nagios::render(report),
            Self::Tap => tap::render(report),
            Self::Html => html::render(report),
            Self::Markdown => markdown::render(report),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
