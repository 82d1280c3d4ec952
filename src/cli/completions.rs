//! `touchdown completions`: scripts that complete the command line in a shell.

use super::arguments::Completions;
use super::error::CliError;
use super::{entry, stdout};
use crate::exit;

pub(super) fn completions(asked: &Completions) -> Result<u8, CliError> {
    let mut script = Vec::new();
    let mut definition = entry::definition();
    clap_complete::generate(asked.shell, &mut definition, entry::NAME, &mut script);
    stdout::print(&String::from_utf8_lossy(&script))?;
    Ok(exit::OK)
}
