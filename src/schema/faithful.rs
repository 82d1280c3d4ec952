//! Makes a schema that was derived from Rust's types say what the suite's reader does.
//!
//! - A field may be left out, but not empty: no `null`.
//! - A plain number is taken for a text where a text is wanted.
//! - `${NAME}` may stand wherever a value is, whatever it will be a value of.
//!
//! Beside that, editors get descriptions as Markdown too, which VS Code shows as such.

use serde_json::{Map, Value, json};

/// What a text with a variable in it matches.
const VARIABLE: &str = "\\$\\{";

/// Changes a schema, and every schema in it.
pub(super) fn make(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    without_null(schema);
    with_numbers_and_variables(schema);
    with_markdown(schema);
    for (keyword, value) in schema.iter_mut() {
        match keyword.as_str() {
            "properties" | "$defs" => of_each(value.as_object_mut().map(Map::values_mut)),
            "anyOf" | "oneOf" | "allOf" => of_each(value.as_array_mut()),
            "items" | "additionalProperties" => make(value),
            _ => {}
        }
    }
}

fn of_each<'v>(schemas: Option<impl IntoIterator<Item = &'v mut Value>>) {
    schemas.into_iter().flatten().for_each(make);
}

fn without_null(schema: &mut Map<String, Value>) {
    if schema.get("default") == Some(&Value::Null) {
        schema.remove("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(alternatives)) = schema.get_mut("anyOf") else {
        return;
    };
    alternatives.retain(|alternative| *alternative != json!({ "type": "null" }));
    if let [only] = alternatives.as_slice() {
        let only = only.as_object().cloned().unwrap_or_default();
        schema.remove("anyOf");
        for (keyword, value) in only {
            // What the field says of itself goes before what its type says.
            schema.entry(keyword).or_insert(value);
        }
    }
}

fn with_numbers_and_variables(schema: &mut Map<String, Value>) {
    let constants = |alternatives: &Value| {
        let mut all = alternatives.as_array().into_iter().flatten();
        all.all(|alternative| alternative.get("const").is_some())
    };
    if schema.get("oneOf").is_some_and(constants) {
        let alternatives = schema.get_mut("oneOf").and_then(Value::as_array_mut);
        alternatives
            .into_iter()
            .for_each(|all| all.push(variable()));
        return;
    }
    let known = |keyword: &str| schema.contains_key(keyword);
    match schema.get("type").and_then(Value::as_str) {
        Some("string") if known("format") => {
            let format = schema.remove("format");
            let alternatives = json!([{ "format": format }, { "pattern": VARIABLE }]);
            schema.insert("anyOf".to_owned(), alternatives);
        }
        Some("string") if known("pattern") => {
            let pattern = schema["pattern"].as_str().unwrap_or_default();
            let either = json!(format!("{pattern}|{VARIABLE}"));
            schema.insert("pattern".to_owned(), either);
        }
        Some("string") if !known("const") && !known("enum") => {
            schema.insert("type".to_owned(), json!(["string", "number"]));
        }
        Some(kind @ ("boolean" | "integer" | "number")) => {
            let either = json!([kind, "string"]);
            schema.insert("type".to_owned(), either);
            schema.insert("pattern".to_owned(), json!(VARIABLE));
        }
        _ => {}
    }
}

fn variable() -> Value {
    json!({ "type": "string", "pattern": VARIABLE })
}

fn with_markdown(schema: &mut Map<String, Value>) {
    let Some(Value::String(text)) = schema.get("description") else {
        return;
    };
    let markdown = text.clone();
    if markdown.contains("**") {
        let plain = markdown.replace("**", "");
        schema.insert("description".to_owned(), json!(plain));
    }
    if markdown.contains(['*', '`']) {
        schema.insert("markdownDescription".to_owned(), json!(markdown));
    }
}
