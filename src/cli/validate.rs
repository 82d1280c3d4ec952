//! `touchdown validate`: every mistake in a suite at once, offline.

use std::path::PathBuf;

use super::arguments::{SuiteArguments, Validate};
use super::error::CliError;
use super::{signals, stdout};
use crate::catalog::Catalog;
use crate::exit;
use crate::plan::Plan;
use crate::report::words::counted;
use crate::suite::{Sources, Suite};

pub(super) fn validate(arguments: &Validate, catalog: &Catalog) -> Result<u8, CliError> {
    let suite = load(&arguments.suite, None, catalog)?;
    let plan = Plan::of_profile(&suite, arguments.suite.profile.as_deref())?;
    stdout::print(&format!(
        "{}: {} on {}: no mistakes\n",
        path(&arguments.suite).display(),
        counted(plan.checks.len(), "check"),
        counted(plan.targets.len(), "target"),
    ))?;
    Ok(exit::OK)
}

/// Reads the suite that the arguments name. `--endpoint-url` counts as AWS_ENDPOINT_URL, also
/// in the suite's variables.
pub(super) fn load(
    arguments: &SuiteArguments,
    endpoint_url: Option<&str>,
    catalog: &Catalog,
) -> Result<Suite, CliError> {
    let endpoint = endpoint_url.map(|url| ("AWS_ENDPOINT_URL".to_owned(), url.to_owned()));
    let variables = endpoint
        .into_iter()
        .chain(arguments.variables.iter().cloned());
    let sources = Sources::environment(variables);
    let loaded = Suite::load(&path(arguments), &sources, catalog);
    Ok(signals::unless_stopped(loaded)??)
}

/// A folder stands for the touchdown.yaml in it.
fn path(arguments: &SuiteArguments) -> PathBuf {
    let named = &arguments.suite;
    if named.is_dir() {
        named.join("touchdown.yaml")
    } else {
        named.clone()
    }
}
