//! `touchdown checks`: the catalog, and each kind explained from its own doc comment.

use std::fmt::Write as _;

use schemars::SchemaGenerator;
use serde_json::Value;
use touchdown_checks::contract::Kind;

use super::arguments::Checks;
use super::error::CliError;
use super::stdout;
use crate::catalog::Catalog;
use crate::exit;
use crate::suite::closest;

pub(super) fn checks(arguments: &Checks, catalog: &Catalog) -> Result<u8, CliError> {
    let text = match &arguments.kind {
        None => list(catalog),
        Some(name) => match catalog.get(name) {
            Some(kind) => explain(kind),
            None => return Err(unknown(name, catalog)),
        },
    };
    stdout::print(&text)?;
    Ok(exit::OK)
}

fn unknown(name: &str, catalog: &Catalog) -> CliError {
    let names: Vec<String> = catalog.names().map(str::to_owned).collect();
    let meant = closest(name, &names).map(str::to_owned);
    CliError::UnknownKind { kind: name.to_owned(), meant }
}

/// Every kind with what it asks, a line each.
#[must_use]
pub fn list(catalog: &Catalog) -> String {
    let width = catalog.names().map(str::len).max().unwrap_or_default();
    let mut text = String::new();
    for kind in catalog.kinds() {
        let asks = asks(kind);
        let _ = writeln!(text, "{:width$}  {asks}", kind.name);
    }
    text.push_str("\n`touchdown checks KIND` explains one, with its fields and an example.\n");
    text
}

/// The first sentence of a kind's doc comment, without its mark.
fn asks(kind: &Kind) -> String {
    let documented = documented(kind);
    let first = documented.split("\n\n").next().unwrap_or_default();
    let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace("**Asks** ", "")
}

fn documented(kind: &Kind) -> String {
    let schema = kind.schema(&mut SchemaGenerator::default());
    schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A kind's doc comment and its fields.
#[must_use]
pub fn explain(kind: &Kind) -> String {
    let mut generator = SchemaGenerator::default();
    let schema = kind.schema(&mut generator);
    let mut text = format!("{}\n{}\n\n", kind.name, "=".repeat(kind.name.len()));
    text.push_str(&documented(kind).replace("**", ""));
    text.push_str("\n\nFields, beside those that every check has:\n");
    let none = serde_json::Map::new();
    let fields = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    if fields.is_empty() {
        text.push_str("  none\n");
    }
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let definitions = generator.definitions();
    for (name, field) in fields {
        let described = described(field, definitions);
        let must = if required.contains(&name.as_str()) { " (required)" } else { "" };
        let default = match field.get("default") {
            Some(Value::Null | Value::Object(_)) | None => String::new(),
            Some(value) => format!(" Default: {value}."),
        };
        let _ = writeln!(text, "  {name}{must}: {described}{default}");
    }
    text
}

/// A field's own words, else those of its type.
fn described(field: &Value, definitions: &serde_json::Map<String, Value>) -> String {
    let words = |value: &Value| value.get("description").and_then(Value::as_str).map(str::to_owned);
    let of_type = || {
        let name = field.get("$ref")?.as_str()?.rsplit('/').next()?;
        words(definitions.get(name)?)
    };
    let told = words(field).or_else(of_type).unwrap_or_default();
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_it_asks_why_and_how() {
        for kind in Catalog::built_in().kinds() {
            let text = documented(kind);
            for part in ["**Asks**", "**Why it matters**", "**Evidence**", "**Example**\n```yaml\n- check: "] {
                assert!(text.contains(part), "{} lacks {part}:\n{text}", kind.name);
            }
        }
    }
}
