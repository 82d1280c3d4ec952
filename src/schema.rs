//! The JSON Schema of suites: the common fields, and one alternative for each kind.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use touchdown_checks::contract::{Kind, Period, TargetSpec};

use crate::catalog::Catalog;

/// The schema, as pretty JSON with a line end.
#[must_use]
pub fn of_suites(catalog: &Catalog) -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let period = generator.subschema_for::<Period>();
    let target = generator.subschema_for::<TargetSpec>();
    let checks: Vec<Value> = catalog
        .kinds()
        .map(|kind| of_check(kind, &mut generator))
        .collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "touchdown suite",
        "type": "object",
        "required": ["version", "checks"],
        "additionalProperties": false,
        "properties": {
            "version": { "const": 1 },
            "name": { "type": "string", "description": "The suite's name, as reports show it." },
            "secrets": {
                "type": "object",
                "description": "Variables whose values never appear in any output.",
                "additionalProperties": { "type": "string" },
            },
            "defaults": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "within": period, "every": period, "timeout": period },
            },
            "targets": {
                "type": "object",
                "description": "One ECS service each, and what should run there.",
                "additionalProperties": target,
            },
            "checks": {
                "type": "array",
                "minItems": 1,
                "items": { "anyOf": checks },
            },
        },
        "$defs": generator.take_definitions(true),
    });
    format!("{schema:#}\n")
}

/// A check of one kind: its own fields beside those that every check has.
fn of_check(kind: &Kind, generator: &mut SchemaGenerator) -> Value {
    let own = kind.schema(generator);
    let own_fields = own
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let mut properties = Map::from_iter([("check".to_owned(), json!({ "const": kind.name }))]);
    properties.extend(own_fields);
    properties.extend(common_fields(generator));
    let mut required = vec![json!("check")];
    required.extend(
        own.get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default(),
    );
    json!({
        "title": kind.name,
        "description": own.get("description"),
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// The fields that every check has, beside `check`.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used; the suite reads these one by one"
)]
struct CommonFields {
    /// The name that other checks refer to, unique in the suite. Default: the kind.
    id: Option<String>,
    /// The name for people. Default: the id.
    name: Option<String>,
    /// The targets to look at. Default: all.
    on: Option<Vec<String>>,
    /// The checks that must pass first, by id.
    needs: Option<Vec<String>>,
    /// How long it may take until it first holds, from the run's start or from when its
    /// needs have passed. Default: 5m.
    within: Option<Period>,
    /// The pause between looks. Default: 2s.
    every: Option<Period>,
    /// How long it must keep holding, in addition to `within`.
    hold: Option<Period>,
    /// The bound on one look. Default: 15s.
    timeout: Option<Period>,
    /// Whether it gates; otherwise it only reports. Default: true.
    required: Option<bool>,
}

fn common_fields(generator: &mut SchemaGenerator) -> Map<String, Value> {
    let schema: Schema = CommonFields::json_schema(generator);
    schema
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::COMMON_FIELDS;

    #[test]
    fn the_common_fields_are_those_that_the_suite_reads() {
        let mut generator = SchemaGenerator::default();
        let mut known: Vec<String> = common_fields(&mut generator).keys().cloned().collect();
        known.push("check".into());
        known.sort();
        let mut read: Vec<&str> = COMMON_FIELDS.to_vec();
        read.sort_unstable();
        assert_eq!(known, read);
    }

    #[test]
    fn every_kind_is_an_alternative() {
        let catalog = Catalog::built_in();
        let schema: Value = serde_json::from_str(&of_suites(&catalog)).expect("JSON");
        let alternatives = schema["properties"]["checks"]["items"]["anyOf"]
            .as_array()
            .expect("a list");
        assert_eq!(alternatives.len(), catalog.kinds().count());
    }
}
