//! All the reports that a run was asked for.

use std::io::{self, Write};

use super::file::WholeFile;
use super::{Destination, OutputError, Problem, one_on_standard_output};
use crate::report::{Format, Report};

/// The places that reports will be written to. Where it is dropped before, no trace is left.
#[derive(Debug, Default)]
#[must_use = "reports are written by `write`"]
pub struct Outputs {
    all: Vec<Output>,
}

#[derive(Debug)]
struct Output {
    format: Format,
    to: Destination,
    opened: WholeFile,
}

impl Outputs {
    /// Makes sure that every report can be written, before the run.
    ///
    /// # Errors
    /// Names the first that can't: a directory, a directory that is missing or can't be
    /// written, two reports in one place.
    pub fn open(requests: Vec<(Format, Destination)>) -> Result<Self, OutputError> {
        one_on_standard_output(None, &requests)?;
        let mut outputs = Self::default();
        for (format, to) in requests {
            match outputs.opened(&to) {
                Ok(opened) => outputs.all.push(Output { format, to, opened }),
                Err(problem) => {
                    return Err(OutputError {
                        format,
                        to,
                        problem,
                    });
                }
            }
        }
        Ok(outputs)
    }

    /// Writes every report, each in turn, and tells of those that could not be written.
    #[must_use = "a report may be missing"]
    pub fn write(self, report: &Report) -> Vec<OutputError> {
        self.write_with(report, &mut io::stdout().lock())
    }

    /// The same, with another writer in standard output's place.
    #[must_use = "a report may be missing"]
    pub fn write_with(self, report: &Report, stdout: &mut dyn Write) -> Vec<OutputError> {
        let mut errors = Vec::new();
        for Output { format, to, opened } in self.all {
            let text = format.render(report);
            if let Err(error) = opened.write(&text, stdout) {
                let problem = error.into();
                errors.push(OutputError {
                    format,
                    to,
                    problem,
                });
            }
        }
        errors
    }

    fn opened(&self, to: &Destination) -> Result<WholeFile, Problem> {
        let opened = WholeFile::open(to)?;
        let path = opened.path();
        let mut before = self.all.iter();
        match before.find(|output| path.is_some() && output.opened.path() == path) {
            Some(first) => Err(Problem::Taken(first.format)),
            None => Ok(opened),
        }
    }
}
