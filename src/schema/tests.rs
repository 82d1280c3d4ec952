use super::*;

fn schema() -> Value {
    serde_json::from_str(&of_suites(&Catalog::built_in())).expect("JSON")
}

/// Every schema in a schema, itself included.
fn all(schema: &Value) -> Vec<&Value> {
    let mut found = vec![schema];
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        let below: Vec<&Value> = match keyword.as_str() {
            "properties" | "$defs" => value
                .as_object()
                .into_iter()
                .flat_map(Map::values)
                .collect(),
            "anyOf" | "oneOf" | "allOf" => value.as_array().into_iter().flatten().collect(),
            "items" | "additionalProperties" | "if" | "then" => vec![value],
            _ => Vec::new(),
        };
        found.extend(below.into_iter().flat_map(all));
    }
    found
}

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
fn every_kind_is_told_with_its_fields_and_an_example() {
    let (schema, catalog) = (schema(), Catalog::built_in());
    let check = &schema["$defs"]["Check"];
    let names: Vec<&str> = catalog.names().collect();
    assert_eq!(check["properties"]["check"]["enum"], json!(names));
    assert_eq!(check["allOf"].as_array().map(Vec::len), Some(names.len()));
    for list in ["enumDescriptions", "markdownEnumDescriptions"] {
        let told = check["properties"]["check"][list].as_array();
        let told = told.expect("a list").iter().filter_map(Value::as_str);
        assert_eq!(told.filter(|text| !text.is_empty()).count(), names.len());
    }
    for kind in catalog.kinds() {
        let own = &schema["$defs"][&*kind.name];
        assert_eq!(own["additionalProperties"], json!(false), "{}", kind.name);
        assert_eq!(own["examples"][0]["check"], json!(kind.name));
        for field in documentation::fields(kind) {
            assert!(
                own["properties"].get(&field.name).is_some(),
                "{}",
                field.name
            );
        }
        let fields = own["properties"].as_object().expect("fields");
        for example in own["examples"].as_array().expect("examples") {
            let given = example.as_object().expect("a check");
            assert!(
                given.keys().all(|name| fields.contains_key(name)),
                "{example}"
            );
        }
    }
}

#[test]
fn every_field_is_described() {
    let schema = schema();
    let resolved = |field: &Value| match field["$ref"].as_str() {
        Some(path) => schema.pointer(path.trim_start_matches('#')).cloned(),
        None => Some(field.clone()),
    };
    let parts = all(&schema);
    let fields = parts.iter().filter(|part| part.get("if").is_none());
    let fields = fields
        .filter_map(|part| part["properties"].as_object())
        .flatten();
    for (name, field) in fields {
        let told = resolved(field).expect("a definition");
        let constant = told.get("const").is_some();
        assert!(
            constant || told["description"].is_string(),
            "{name}: {field}"
        );
    }
}

#[test]
fn nothing_may_be_empty_and_variables_may_stand_anywhere() {
    let schema = schema();
    for part in all(&schema) {
        assert_ne!(part["type"], json!("null"), "{part}");
        assert_ne!(part.get("default"), Some(&Value::Null), "{part}");
        assert_ne!(part["type"], json!("boolean"), "{part}");
        assert_ne!(part["type"], json!("integer"), "{part}");
    }
    let fields = &schema["$defs"]["Check"]["properties"];
    assert_eq!(fields["within"]["default"], json!("5m"));
    assert_eq!(fields["every"]["default"], json!("2s"));
    assert_eq!(fields["timeout"]["default"], json!("15s"));
    assert_eq!(fields["required"]["type"], json!(["boolean", "string"]));
}
