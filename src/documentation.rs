//! What a kind of check says of itself: its doc comment and its fields, from its schema.

use schemars::SchemaGenerator;
use serde_json::{Map, Value};
use touchdown_checks::contract::Kind;

/// A field of a kind, as its documentation tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in a suite.
    pub name: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it is where it isn't given, as JSON; none where there is no such value.
    pub default: Option<String>,
    /// What it says, in one line.
    pub description: String,
}

/// A kind's doc comment, in Markdown.
#[must_use]
pub fn of(kind: &Kind) -> String {
    let schema = kind.schema(&mut SchemaGenerator::default());
    schema
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The first sentence of a kind's doc comment, without its mark.
#[must_use]
pub fn asks(kind: &Kind) -> String {
    let documented = of(kind);
    let first = documented.split("\n\n").next().unwrap_or_default();
    let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace("**Asks** ", "")
}

/// The example of a kind's doc comment: a list of checks, in YAML.
#[must_use]
pub fn example(kind: &Kind) -> Option<String> {
    let documented = of(kind);
    let (_, block) = documented.split_once("```yaml\n")?;
    let (example, _) = block.split_once("```")?;
    Some(example.to_owned())
}

/// A kind's own fields, in the order of its struct.
#[must_use]
pub fn fields(kind: &Kind) -> Vec<Field> {
    let mut generator = SchemaGenerator::default();
    let schema = kind.schema(&mut generator);
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object);
    let field = |(name, field): (&String, &Value)| Field {
        name: name.clone(),
        required: required.contains(&name.as_str()),
        default: match field.get("default") {
            None | Some(Value::Null | Value::Object(_)) => None,
            Some(value) => Some(value.to_string()),
        },
        description: described(field, generator.definitions()),
    };
    properties.into_iter().flatten().map(field).collect()
}

/// A field's own words, else those of its type.
fn described(field: &Value, definitions: &Map<String, Value>) -> String {
    let words = |value: &Value| {
        value
            .get("description")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let of_type = || {
        let name = field.get("$ref")?.as_str()?.rsplit('/').next()?;
        words(definitions.get(name)?)
    };
    let told = words(field).or_else(of_type).unwrap_or_default();
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}
