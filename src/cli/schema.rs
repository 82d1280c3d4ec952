//! `touchdown schema`: the JSON Schema of suites, for editors.

use super::arguments::Schema;
use super::error::CliError;
use super::{catalog, stdout};
use crate::catalog::Catalog;
use crate::{exit, schema};

pub(super) fn schema(arguments: &Schema, kinds: &Catalog) -> Result<u8, CliError> {
    let kinds = catalog::with_plugins(kinds, &arguments.plugins)?;
    stdout::print(&schema::of_suites(&kinds))?;
    Ok(exit::OK)
}
