//! Standard output and standard error, where a closed pipe is nobody's fault.

use std::io::{self, Write};

use super::error::CliError;
use crate::redact;
use crate::report::escape;
use crate::report::output::{Destination, OutputError, Problem};

/// Prints a text. Whoever closed the pipe has read enough.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Stdout(error)),
        _ => Ok(()),
    }
}

/// Whether a report was meant for standard output, and whoever read there has read enough.
pub(super) fn reader_has_gone(error: &OutputError) -> bool {
    let broken =
        matches!(&error.problem, Problem::Io(error) if error.kind() == io::ErrorKind::BrokenPipe);
    broken && error.to == Destination::StandardOutput
}

/// Prints a line to standard error, as far as that is possible. Errors quote AWS, files and
/// arguments, and come here without passing a run: they are cleaned of secrets, and of commands to a CI system, here.
pub(super) fn complain(line: &str) {
    let line = redact::of_process().clean(line).into_owned();
    command(&escape::without_commands(&line));
}

/// Prints a line to standard error as it is: a command that a CI system is to obey, say.
pub(super) fn command(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
