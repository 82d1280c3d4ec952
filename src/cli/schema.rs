//! `touchdown schema`: the JSON Schema of suites, for editors.

use super::error::CliError;
use super::stdout;
use crate::catalog::Catalog;
use crate::{exit, schema};

pub(super) fn schema(catalog: &Catalog) -> Result<u8, CliError> {
    stdout::print(&schema::of_suites(catalog))?;
    Ok(exit::OK)
}
