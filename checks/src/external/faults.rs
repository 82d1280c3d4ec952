//! What a JSON Schema says against a check's fields, told where they are written.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::contract::{Content, Fault, Located};

/// Every mistake in the fields.
pub(super) fn of(
    validator: &Validator,
    schema: &Value,
    written: &Value,
    fields: &Located,
) -> Vec<Fault> {
    let errors = validator.iter_errors(written);
    errors
        .flat_map(|error| told(&error, schema, fields))
        .collect()
}

fn told(error: &ValidationError<'_>, schema: &Value, fields: &Located) -> Vec<Fault> {
    let path = error.instance_path().to_string();
    let (name, value) = found(fields, &path);
    let candidates = || candidates(schema, &error.schema_path().to_string());
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let unknown = unexpected.iter().map(|field| {
                let told = format!("unknown field `{field}`");
                Fault::new(value.place_of(field), told).suggest(field, candidates())
            });
            unknown.collect()
        }
        ValidationErrorKind::Required { property } => {
            let property = property.as_str().unwrap_or_default();
            vec![Fault::new(value.place, format!("`{property}` is missing"))]
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<&str> = options
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let fault = Fault::new(value.place, format!("`{name}`: {error}"));
            vec![match value.as_text() {
                Some(text) => fault.suggest(text, options),
                None => fault,
            }]
        }
        _ => vec![Fault::new(value.place, format!("`{name}`: {error}"))],
    }
}

/// The value at a JSON pointer, and the name that it is written under.
fn found<'f>(fields: &'f Located, pointer: &str) -> (String, &'f Located) {
    let mut found = (String::new(), fields);
    for segment in pointer.split('/').skip(1) {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        let next = match &found.1.content {
            Content::Map(_) => found.1.get(&segment).map(|value| (segment, value)),
            Content::List(items) => {
                let index: Option<usize> = segment.parse().ok();
                let item = index.and_then(|index| items.get(index));
                item.map(|item| (found.0.clone(), item))
            }
            Content::Scalar { .. } => None,
        };
        match next {
            Some(next) => found = next,
            None => break,
        }
    }
    found
}

/// The fields that would have been right, where a keyword of the schema refused one.
fn candidates(schema: &Value, keyword: &str) -> Vec<String> {
    let around = keyword.rsplit_once('/').map_or("", |(around, _)| around);
    let properties = schema.pointer(&format!("{around}/properties"));
    let names = properties.and_then(Value::as_object);
    names
        .map(|names| names.keys().cloned().collect())
        .unwrap_or_default()
}
