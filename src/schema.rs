//! The JSON Schema of suites, from which an editor completes, explains and checks.
//!
//! Descriptions, defaults and examples come from the doc comments of what the suite is read
//! into. A check is told apart by its `check`: `if` it is of a kind, `then` it has that kind's
//! fields, so that a mistake in a check is told of its kind alone.

mod faithful;

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use touchdown_checks::contract::{COMMON_FIELDS, Kind, Period, TargetEntry};
use touchdown_checks::external::PluginSettings;

use crate::catalog::Catalog;
use crate::documentation;
use crate::suite::{self, EVERY, TIMEOUT, WITHIN};

/// The definition that every check follows.
const CHECK: &str = "Check";

/// What `checks` is a list of.
const ITEM: &str = "Item";
/// Checks that share fields.
const GROUP: &str = "Group";
/// The common fields that the checks of a group may share.
const SHARED: [&str; 7] = [
    "on", "needs", "within", "every", "hold", "timeout", "required",
];

/// The schema, as pretty JSON with a line end.
#[must_use]
pub fn of_suites(catalog: &Catalog) -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let target = generator.subschema_for::<TargetEntry>();
    let plugins = generator.subschema_for::<PluginSettings>();
    let check = of_checks(catalog, &mut generator);
    let kinds: Vec<Value> = catalog
        .kinds()
        .map(|kind| of_kind(kind, &mut generator))
        .collect();
    let mut definitions = generator.take_definitions(true);
    definitions.insert(CHECK.to_owned(), check);
    definitions.insert(ITEM.to_owned(), of_items());
    definitions.insert(GROUP.to_owned(), of_groups());
    definitions.extend(catalog.names().map(str::to_owned).zip(kinds));
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "touchdown suite",
        "description": "What should be true after a deploy: targets, and checks of them.",
        "type": "object",
        "required": ["version"],
        "anyOf": [{ "required": ["checks"] }, { "required": ["include"] }],
        "additionalProperties": false,
        "properties": {
            "version": { "const": 1, "description": "The version of this format." },
            "name": { "type": "string", "description": "The suite's name, as reports show it." },
            "include": {
                "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
                "description": "Other suites whose targets, checks and secrets are this one's, too: a path, or a list of \
                                them, relative to this file.",
                "examples": [["targets.yaml", "checks/web.yaml"]],
            },
            "secrets": {
                "type": "object",
                "description": "Variables whose values never appear in any output.",
                "examples": [{ "API_TOKEN": "${API_TOKEN}" }],
            },
            "plugins": {
                "description": "Where the suite's own kinds are: a folder, relative to the suite's file, or more settings.",
                "anyOf": [{ "type": "string", "minLength": 1 }, plugins],
            },
            "defaults": {
                "type": "object",
                "description": "Times for the checks that don't set their own.",
                "additionalProperties": false,
                "properties": common(["within", "every", "timeout"]),
            },
            "targets": {
                "type": "object",
                "description": "One ECS service each, or a fleet of them, and what should run there.",
                "additionalProperties": target,
            },
            "checks": {
                "type": "array",
                "description": "What should hold; `touchdown checks` lists the kinds. Only a suite that is included, or \
                                includes others, may have none.",
                "minItems": 1,
                "items": { "$ref": format!("#/$defs/{ITEM}") },
            },
            "profiles": {
                "type": "object",
                "description": "Parts of the suite for `--profile`: the ids of their checks, the names of their groups, or \
                                globs of these.",
                "examples": [{ "smoke": ["answers", "web-*"] }],
                "additionalProperties": {
                    "anyOf": [
                        { "type": "string" },
                        { "type": "array", "minItems": 1, "items": { "type": "string" } },
                    ],
                },
            },
        },
        "$defs": definitions,
    });
    faithful::make(&mut schema);
    // Alone among all fields a secret may have nothing behind it.
    schema["properties"]["secrets"]["additionalProperties"] =
        json!({ "type": ["string", "number", "null"] });
    format!("{schema:#}\n")
}

/// What every check has in common, and which definition holds the rest.
fn of_checks(catalog: &Catalog, generator: &mut SchemaGenerator) -> Value {
    let of_each = |told: fn(&Kind) -> String| catalog.kinds().map(told).collect::<Vec<_>>();
    let by_kind: Vec<Value> = catalog
        .names()
        .map(|name| {
            json!({
                "if": { "required": ["check"], "properties": { "check": { "const": name } } },
                "then": { "$ref": format!("#/$defs/{name}") },
            })
        })
        .collect();
    let mut properties = Map::from_iter([(
        "check".to_owned(),
        json!({
            "description": "The kind of check: what should hold.",
            "enum": catalog.names().collect::<Vec<_>>(),
            "enumDescriptions": of_each(documentation::asks),
            "markdownEnumDescriptions": of_each(documentation::of),
        }),
    )]);
    properties.extend(common_fields(generator));
    json!({
        "description": "One statement that should hold.",
        "type": "object",
        "required": ["check"],
        "properties": properties,
        "allOf": by_kind,
    })
}

/// A check, or a group of them.
fn of_items() -> Value {
    let to = |definition: &str| json!({ "$ref": format!("#/$defs/{definition}") });
    json!({
        "if": { "anyOf": [{ "required": ["checks"] }, { "required": ["group"] }] },
        "then": to(GROUP),
        "else": to(CHECK),
    })
}

/// Checks that share fields. Where they share more than the common ones, what a check itself lacks
/// or has too much can't be told.
fn of_groups() -> Value {
    let own = ["group", "for_each", "checks"];
    let mut properties = common(SHARED.into_iter().chain(["for_each"]));
    properties.insert(
        "group".to_owned(),
        json!({
            "type": "string",
            "description": "What `needs` and profiles call the checks together.",
        }),
    );
    properties.insert(
        "checks".to_owned(),
        json!({
            "type": "array",
            "description": "The checks, and other groups. What they set themselves goes before what the group sets.",
            "minItems": 1,
            "items": { "type": "object" },
        }),
    );
    let names: Vec<&str> = own.into_iter().chain(SHARED).collect();
    json!({
        "description": "Checks that share fields: any but `id` and `name`.",
        "type": "object",
        "required": ["checks"],
        "properties": properties,
        "allOf": [
            { "not": { "anyOf": [{ "required": ["id"] }, { "required": ["name"] }] } },
            {
                "if": { "propertyNames": { "enum": names } },
                "then": {
                    "properties": {
                        "checks": {
                            "description": "The checks, and other groups.",
                            "items": { "$ref": format!("#/$defs/{ITEM}") },
                        },
                    },
                },
            },
        ],
    })
}

/// A check of one kind: its own fields beside those that every check has.
fn of_kind(kind: &Kind, generator: &mut SchemaGenerator) -> Value {
    let mut own = kind.schema(generator).to_value();
    let fields = own.get("properties").and_then(Value::as_object).cloned();
    let mut properties = Map::from_iter([("check".to_owned(), json!({ "const": kind.name }))]);
    properties.extend(fields.unwrap_or_default());
    properties.extend(common(
        COMMON_FIELDS
            .iter()
            .copied()
            .filter(|&name| name != "check"),
    ));
    let mut required = vec![json!("check")];
    required.extend(own["required"].as_array().into_iter().flatten().cloned());
    own["title"] = json!(kind.name);
    own["examples"] = json!(examples(kind));
    own["required"] = json!(required);
    own["properties"] = json!(properties);
    let own_rule = ["additionalProperties", "unevaluatedProperties"];
    if own_rule.iter().all(|keyword| own.get(keyword).is_none()) {
        own["additionalProperties"] = json!(false);
    }
    own
}

/// The checks of a kind's example.
fn examples(kind: &Kind) -> Vec<Value> {
    let read = documentation::example(kind).and_then(|text| suite::json(&text));
    match read {
        Some(Value::Array(checks)) => checks,
        _ => Vec::new(),
    }
}

/// References to what these fields of every check are.
fn common<'n>(names: impl IntoIterator<Item = &'n str>) -> Map<String, Value> {
    let reference = |name: &str| json!({ "$ref": format!("#/$defs/{CHECK}/properties/{name}") });
    let names = names.into_iter();
    names
        .map(|name| (name.to_owned(), reference(name)))
        .collect()
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
    /// Makes a check for each value of a list, which `${each.NAME}` stands for; of several lists, for
    /// each combination. Its id gets the values behind it.
    #[schemars(extend("minProperties" = 1, "examples" = [{ "platform": ["linkedin", "twitter"] }]))]
    for_each: Option<BTreeMap<String, Vec<Each>>>,
    /// The target, or the targets, to look at. Default: all.
    on: Option<Names>,
    /// The check, or the checks, that must pass first, by id.
    needs: Option<Names>,
    /// How long it may take until it first holds, from the run's start or from when its
    /// needs have passed.
    #[schemars(extend("default" = Period::from(WITHIN).to_string()))]
    within: Option<Period>,
    /// The pause between looks.
    #[schemars(extend("default" = Period::from(EVERY).to_string()))]
    every: Option<Period>,
    /// How long it must keep holding, in addition to `within`.
    hold: Option<Period>,
    /// The bound on one look.
    #[schemars(extend("default" = Period::from(TIMEOUT).to_string()))]
    timeout: Option<Period>,
    /// Whether it gates; otherwise it only reports.
    #[schemars(extend("default" = true))]
    required: Option<bool>,
}

/// One name, or a list of them.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "only its schema is used")]
enum Names {
    One(String),
    Several(Vec<String>),
}

/// One value of a list.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "only its schema is used")]
enum Each {
    Text(String),
    Truth(bool),
}

fn common_fields(generator: &mut SchemaGenerator) -> Map<String, Value> {
    let schema = CommonFields::json_schema(generator);
    let fields = schema.get("properties").and_then(Value::as_object);
    fields.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests;
