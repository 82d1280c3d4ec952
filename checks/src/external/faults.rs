//! What a JSON Schema says against a check's fields, told where they are written.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::schema::names;
use crate::contract::{Content, Fault, Located};

/// Every mistake in the fields.
pub(super) fn of(
    validator: &Validator,
    schema: &Value,
    written: &Value,
    fields: &Located,
) -> Vec<Fault> {
    let errors: Vec<_> = validator.iter_errors(written).collect();
    let is_strange = |error: &&ValidationError<'_>| unknown(error).is_some();
    let (strange, others): (Vec<_>, Vec<_>) = errors.iter().partition(is_strange);
    let others = others
        .into_iter()
        .flat_map(|error| told(error, schema, fields));
    let mut found: Vec<Fault> = others.collect();
    let told_of = |which: fn(bool) -> bool| {
        let each = strange.iter();
        each.flat_map(move |error| strangers(error, schema, fields, which))
            .collect::<Vec<_>>()
    };
    found.extend(told_of(|is_known| !is_known));
    // Fields of a form that doesn't fit count as unknown too; what doesn't fit is told instead, where it can be.
    if found.is_empty() {
        found = told_of(|_| true);
    }
    found
}

/// The fields that an error says the schema doesn't know.
fn unknown<'e>(error: &'e ValidationError<'_>) -> Option<&'e [String]> {
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => Some(unexpected),
        _ => None,
    }
}

/// The unknown fields that an error tells, of those that the schema names elsewhere or not.
fn strangers(
    error: &ValidationError<'_>,
    schema: &Value,
    fields: &Located,
    which: fn(bool) -> bool,
) -> Vec<Fault> {
    let (_, value) = found(fields, &error.instance_path().to_string());
    let candidates = candidates(schema, &error.schema_path().to_string());
    let unknown = unknown(error).unwrap_or_default().iter();
    unknown
        .filter(|field| which(candidates.contains(*field)))
        .map(|field| {
            let told = format!("unknown field `{field}`");
            let others = candidates.iter().filter(|known| *known != field);
            let fault = Fault::new(value.place_of(field), told).suggest(field, others);
            match candidates.contains(field) {
                true => fault,
                false => fault.of_name(),
            }
        })
        .collect()
}

fn told(error: &ValidationError<'_>, schema: &Value, fields: &Located) -> Vec<Fault> {
    let path = error.instance_path().to_string();
    let (name, value) = found(fields, &path);
    let one = |told: String| vec![Fault::new(value.place, told)];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { .. }
        | ValidationErrorKind::UnevaluatedProperties { .. } => {
            strangers(error, schema, fields, |_| true)
        }
        ValidationErrorKind::Required { .. } => one(format!(
            "`{}` is missing",
            missing(error).unwrap_or_default()
        )),
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().into_iter().flatten();
            let options: Vec<&str> = options.filter_map(Value::as_str).collect();
            let fault = Fault::new(value.place, format!("`{name}`: {error}"));
            vec![match value.as_text() {
                Some(text) => fault.suggest(text, options),
                None => fault,
            }]
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            no_form(context, schema, fields).unwrap_or_else(|| {
                one(format!(
                    "{} has none of the forms that the plug-in knows",
                    called(&name)
                ))
            })
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => one(format!(
            "{} has more than one of the forms of which the plug-in knows one at a time",
            called(&name)
        )),
        ValidationErrorKind::FalseSchema => one(format!("{} is not allowed here", called(&name))),
        // What doesn't fit is the whole check, and would be told in full.
        _ if name.is_empty() => one(error.masked_with("this check").to_string()),
        _ => one(format!("`{name}`: {error}")),
    }
}

/// What a value lacks that has none of several forms: the field of each form, where each lacks one, or what is wrong
/// in the form that it comes nearest to.
fn no_form(
    forms: &[Vec<ValidationError<'static>>],
    schema: &Value,
    fields: &Located,
) -> Option<Vec<Fault>> {
    let each: Option<Vec<String>> = forms
        .iter()
        .map(|form| match form.as_slice() {
            [error] => Some(format!("`{}`", missing(error)?)),
            _ => None,
        })
        .collect();
    let nearest = forms.iter().min_by_key(|form| {
        let missing = form.iter().filter_map(missing).count();
        (missing, form.len())
    })?;
    match each {
        Some(names) if names.len() > 1 => {
            let (_, value) = found(fields, &nearest.first()?.instance_path().to_string());
            let told = format!("one of {} is missing", names.join(", "));
            Some(vec![Fault::new(value.place, told)])
        }
        _ => {
            let each = nearest.iter();
            Some(each.flat_map(|error| told(error, schema, fields)).collect())
        }
    }
}

/// The field that is missing, where that is the error.
fn missing<'e>(error: &'e ValidationError<'_>) -> Option<&'e str> {
    match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        _ => None,
    }
}

fn called(name: &str) -> String {
    match name {
        "" => "this check".to_owned(),
        name => format!("`{name}`"),
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
fn candidates(schema: &Value, keyword: &str) -> BTreeSet<String> {
    let around = keyword.rsplit_once('/').map_or("", |(around, _)| around);
    let around = schema.pointer(around);
    around
        .map(|around| names(around, schema))
        .unwrap_or_default()
}
