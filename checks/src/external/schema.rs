//! The JSON Schema that a plug-in gives of its fields, as touchdown takes it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::contract::COMMON_FIELDS;

/// The keywords whose values are schemas by name; under these a name is no keyword.
const BY_NAME: [&str; 5] = [
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
];
/// The keywords whose values are data.
const DATA: [&str; 4] = ["const", "enum", "default", "examples"];
/// The keywords that add what other schemas say of the same value.
const COMBINED: [&str; 8] = [
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "$ref",
];

/// The schema such that it refuses fields that it doesn't name, and can stand within another.
///
/// # Errors
/// Why it can't, to be read after "the schema of NAME".
pub(super) fn taken(mut schema: Value) -> Result<Value, String> {
    let Some(fields) = schema.as_object_mut() else {
        return Err("is no JSON Schema of a mapping".into());
    };
    if fields.get("type") != Some(&json!("object")) {
        return Err("has no `\"type\": \"object\"`: fields are a mapping".into());
    }
    // It becomes a part of the suite's schema, which has these for itself.
    fields.remove("$id");
    fields.remove("$schema");
    let own = ["additionalProperties", "unevaluatedProperties"];
    if !own.iter().any(|keyword| fields.contains_key(*keyword)) {
        // A field that nobody reads is a mistake, whether its author thought of that or not.
        let is_combined = COMBINED.iter().any(|keyword| fields.contains_key(*keyword));
        fields.insert(own[usize::from(is_combined)].into(), json!(false));
    }
    let mut wrong = None;
    each(&mut schema, &mut |keywords| {
        wrong = wrong.take().or_else(|| astray(keywords));
    });
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    let named = names(&schema, &schema);
    match COMMON_FIELDS.iter().find(|name| named.contains(**name)) {
        Some(name) => Err(format!(
            "has a field `{name}`, which every check has already, so that the plug-in would never get it"
        )),
        None => Ok(schema),
    }
}

/// What in one schema would lead elsewhere where it is a part of another.
fn astray(keywords: &Map<String, Value>) -> Option<String> {
    const UNKNOWN_THERE: [&str; 4] = ["$id", "$anchor", "$dynamicAnchor", "$dynamicRef"];
    let unknown = UNKNOWN_THERE
        .iter()
        .find(|name| keywords.contains_key(**name));
    if let Some(name) = unknown {
        return Some(format!(
            "has a `{name}`: write `$ref` with `#/$defs/…`, which is all that works within another schema"
        ));
    }
    let reference = keywords.get("$ref")?.as_str()?;
    let is_within = reference == "#" || reference.starts_with("#/");
    (!is_within)
        .then(|| format!("has the reference `{reference}`: only `#` and `#/…` stay within it"))
}

/// Has references that lead into the schema itself lead there where it is part of another.
pub(super) fn lead_into(schema: &mut Value, place: &str) {
    each(schema, &mut |keywords| {
        if let Some(Value::String(reference)) = keywords.get_mut("$ref")
            && let Some(rest) = reference.strip_prefix('#')
        {
            *reference = format!("{place}{rest}");
        }
    });
}

/// Visits a schema and every schema in it.
fn each(schema: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Value::Object(keywords) = schema else {
        return;
    };
    visit(keywords);
    for (keyword, value) in keywords {
        match value {
            _ if DATA.contains(&keyword.as_str()) => {}
            Value::Object(named) if BY_NAME.contains(&keyword.as_str()) => {
                named.values_mut().for_each(|inner| each(inner, visit));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| each(item, visit)),
            inner => each(inner, visit),
        }
    }
}

/// The fields that a schema names, itself or by what it is combined of; references count from `root`.
pub(super) fn names(schema: &Value, root: &Value) -> BTreeSet<String> {
    let (mut found, mut followed) = (BTreeSet::new(), BTreeSet::new());
    let mut next = vec![schema];
    while let Some(schema) = next.pop() {
        let properties = schema.get("properties").and_then(Value::as_object);
        found.extend(
            properties
                .into_iter()
                .flat_map(|named| named.keys().cloned()),
        );
        for (keyword, value) in COMBINED.iter().filter_map(|k| Some((*k, schema.get(k)?))) {
            match value {
                Value::Array(items) => next.extend(items),
                Value::Object(named) if keyword == "dependentSchemas" => {
                    next.extend(named.values())
                }
                Value::String(reference) if followed.insert(reference) => {
                    let pointer = reference.strip_prefix('#');
                    next.extend(pointer.and_then(|pointer| root.pointer(pointer)));
                }
                inner => next.push(inner),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_schema_does_not_name_is_refused_unless_it_says_otherwise() {
        let form =
            |keyword: &str| json!({ "type": "object", keyword: [{ "properties": { "url": {} } }] });
        let own = json!({ "type": "object", "additionalProperties": { "type": "string" } });
        let referring = json!({ "type": "object", "$ref": "#/$defs/a", "$defs": { "a": { "properties": { "url": {} } } } });
        for (schema, fits, unfit) in [
            (
                json!({ "type": "object", "properties": { "url": {} } }),
                "url",
                json!({ "x": 1 }),
            ),
            (form("allOf"), "url", json!({ "x": 1 })),
            (form("anyOf"), "url", json!({ "x": 1 })),
            (form("oneOf"), "url", json!({ "x": 1 })),
            (referring, "url", json!({ "x": 1 })),
            (own, "whatever", json!({ "x": 1 })),
        ] {
            let taken = taken(schema).expect("a schema");
            let validator = jsonschema::draft202012::new(&taken).expect("a schema");
            assert!(validator.is_valid(&json!({ fits: "a" })), "{taken}");
            assert!(!validator.is_valid(&unfit), "{taken}");
        }
    }

    #[test]
    fn what_would_lead_elsewhere_is_refused() {
        let told =
            |inner: Value| taken(json!({ "type": "object", "properties": { "a": inner } })).err();
        for (inner, why) in [
            (json!({ "$anchor": "here" }), "has a `$anchor`"),
            (json!({ "$dynamicRef": "#x" }), "has a `$dynamicRef`"),
            (json!({ "items": { "$id": "x" } }), "has a `$id`"),
            (
                json!({ "oneOf": [{ "$ref": "#here" }] }),
                "the reference `#here`",
            ),
            (
                json!({ "$ref": "other.json" }),
                "the reference `other.json`",
            ),
        ] {
            let told = told(inner).expect("a mistake");
            assert!(told.contains(why), "{told}");
        }
        for fine in [
            json!({ "properties": { "$anchor": { "type": "string" }, "$id": {} } }),
            json!({ "const": { "$ref": "other.json" } }),
            json!({ "$ref": "#" }),
        ] {
            assert_eq!(told(fine), None);
        }
        let named = json!({ "$id": "https://acme.example/x", "$schema": "x", "type": "object" });
        let taken = taken(named).expect("a schema");
        assert_eq!(
            taken,
            json!({ "type": "object", "additionalProperties": false })
        );
    }

    #[test]
    fn a_field_that_every_check_has_is_found_wherever_it_is_named() {
        let schema = json!({ "type": "object", "allOf": [{ "$ref": "#/$defs/base" }],
            "$defs": { "base": { "$ref": "#", "properties": { "within": {} } } } });
        let told = taken(schema).expect_err("a mistake");
        assert!(told.starts_with("has a field `within`"), "{told}");
    }

    #[test]
    fn references_lead_to_where_the_schema_stands() {
        let mut schema = json!({ "properties": { "$ref": { "$ref": "#/$defs/a" }, "self": { "$ref": "#" } },
            "$defs": { "a": { "default": { "$ref": "#/x" } } } });
        lead_into(&mut schema, "#/$defs/acme.x");
        let told = json!({ "properties": { "$ref": { "$ref": "#/$defs/acme.x/$defs/a" }, "self": { "$ref": "#/$defs/acme.x" } },
            "$defs": { "a": { "default": { "$ref": "#/x" } } } });
        assert_eq!(schema, told);
    }
}
