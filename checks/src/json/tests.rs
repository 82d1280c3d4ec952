//! What documents are held against what is expected of them.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn told(document: &Value, expected: Value) -> Vec<String> {
    let expected: JsonExpectation = serde_json::from_value(expected).expect("an expectation");
    let show = |m: Mismatch| format!("{}: {} not {}", m.path, m.seen, m.expected);
    mismatches(document, &expected)
        .into_iter()
        .map(show)
        .collect()
}

#[test]
fn compares_by_value_and_tells_what_is_there() {
    let document =
        json!({"entities": 0, "run": null, "items": [{"p": "linkedin"}, {"p": "twitter"}]});
    assert!(
        told(
            &document,
            json!({"$.entities": 0.0, "$.items[*].p": "twitter"})
        )
        .is_empty()
    );
    assert_eq!(
        told(&document, json!({"$.entities": 5421, "$.version": "2"})),
        ["$.entities: 0 not 5421", "$.version: nothing not \"2\""]
    );
    assert_eq!(
        told(&document, json!({"$.run": "cloud-latest"})),
        ["$.run: null not \"cloud-latest\""]
    );
}

#[test]
fn values_are_one_at_whatever_depth() {
    for (seen, expected, same) in [
        ("[1, {\"a\": 2}]", "[1.0, {\"a\": 2.0}]", true),
        ("[1, 2]", "[1]", false),
        ("{\"a\": 1, \"b\": 1}", "{\"a\": 1}", false),
        ("[18446744073709551616]", "[18446744073709551615]", false),
    ] {
        let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        let document = json!({ "n": value(seen) });
        let told = told(&document, json!({ "$.n": value(expected) }));
        assert_eq!(told.is_empty(), same, "{seen} and {expected}: {told:?}");
    }
}

#[test]
fn a_number_that_could_be_another_is_told_when_it_is_read() {
    let read = |value: &str| {
        let expected = format!("{{\"$.id\": {value}}}");
        serde_json::from_str::<JsonExpectation>(&expected).map_err(|error| error.to_string())
    };
    for whole in ["18446744073709551615", "-9223372036854775808", "1e15"] {
        read(whole).expect(whole);
    }
    for rounded in [
        "18446744073709551616",
        "9007199254740993.0",
        "[{\"a\": 1e300}]",
    ] {
        let told = read(rounded).expect_err(rounded);
        assert!(told.contains("can't be told from its neighbours"), "{told}");
    }
}

#[test]
fn what_is_found_once_for_each_level_is_not_told_whole() {
    let depth = 100;
    let document = format!(
        "{}\"{}\"{}",
        "[".repeat(depth),
        "x".repeat(50_000),
        "]".repeat(depth)
    );
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let told = told(&document, json!({ "$..*": "y" }));
    assert!(
        told[0].len() < 60_000 && told[0].contains(", … not"),
        "{}",
        told[0].len()
    );
}

#[test]
fn operators_are_held_against_what_is_there() {
    let document = json!({
        "entities": 5421, "name": "cloud-latest", "tags": ["a", "b"], "run": {"id": 7, "ok": true}, "none": null,
        "big": 18_446_744_073_709_551_615_u64, "share": 0.25,
    });
    for (path, wanted, told) in [
        ("$.entities", json!({">=": 5421, "<": 6000}), None),
        ("$.entities", json!({">": 5421}), Some("5421 not > 5421")),
        (
            "$.entities",
            json!({"<=": 5000.5}),
            Some("5421 not <= 5000.5"),
        ),
        ("$.big", json!({">": 18_446_744_073_709_551_614_u64}), None),
        ("$.share", json!({"<": 0.3}), None),
        ("$.name", json!({">": 1}), Some("\"cloud-latest\" not > 1")),
        ("$.name", json!({"matches": "^cloud-"}), None),
        (
            "$.name",
            json!({"matches": "^v"}),
            Some("\"cloud-latest\" not /^v/"),
        ),
        ("$.name", json!({"contains": "latest", "length": 12}), None),
        (
            "$.tags",
            json!({"length": 3}),
            Some("length 2 not length 3"),
        ),
        (
            "$.tags",
            json!({"length": {">=": 1, "<": 2}}),
            Some("[\"a\",\"b\"] not length >= 1 and length < 2"),
        ),
        (
            "$.entities",
            json!({"length": 4}),
            Some("5421 not length 4"),
        ),
        ("$.tags", json!({"contains": "b"}), None),
        (
            "$.tags",
            json!({"contains": ["b"]}),
            Some("[\"a\",\"b\"] not containing [\"b\"]"),
        ),
        ("$.run", json!({"contains": {"id": 7.0}}), None),
        (
            "$.run",
            json!({"equals": {"id": 7}}),
            Some("{\"id\":7,\"ok\":true} not {\"id\":7}"),
        ),
        ("$.run", json!({"id": 7, "ok": true}), None),
        ("$.none", json!({"exists": true}), None),
        (
            "$.gone",
            json!({"exists": true}),
            Some("nothing not anything"),
        ),
        ("$.gone", json!({"exists": false}), None),
        ("$.none", json!({"exists": false}), Some("null not nothing")),
        ("$.none", json!({"type": "null"}), None),
        ("$.entities", json!({"type": "integer"}), None),
        (
            "$.share",
            json!({"type": "integer"}),
            Some("0.25 not of type integer"),
        ),
        ("$.name", json!({"not": "failed"}), None),
        (
            "$.gone",
            json!({"not": "failed"}),
            Some("nothing not not \"failed\""),
        ),
        (
            "$.tags[*]",
            json!({"not": {"matches": "b"}}),
            Some("\"a\", \"b\" not not /b/"),
        ),
        ("$.tags[*]", json!({"matches": "b"}), None),
    ] {
        let expected = told.map(|told| vec![format!("{path}: {told}")]);
        let seen = self::told(&document, json!({ path: wanted }));
        assert_eq!(seen, expected.unwrap_or_default(), "{path} {wanted}");
    }
}

#[test]
fn what_was_found_is_told_beside_the_operators() {
    let expected: JsonExpectation =
        serde_json::from_value(json!({"$.n": {">=": 5}, "$.tags": {"length": 2}, "$.v": "2"}))
            .expect("one");
    let told = expected.told(&json!({"n": 7, "tags": [1, 2], "v": "2"}));
    assert_eq!(
        told,
        [
            "$.n = 7 (>= 5)",
            "$.tags = length 2 (length 2)",
            "$.v = \"2\""
        ]
    );
    assert_eq!(
        expected.to_string(),
        "$.n >= 5, $.tags length 2, $.v = \"2\""
    );
}

#[test]
fn operators_that_can_mean_nothing_are_refused() {
    for (wanted, why) in [
        (
            json!({"matches": "a", "color": 1}),
            "`color` is no operator, and others beside it are",
        ),
        (json!({"matches": "a(b"}), "not a regular expression"),
        (json!({"matches": 3}), "takes a regular expression"),
        (json!({">=": "3"}), "`>=` takes a number"),
        (json!({"length": -1}), "takes a whole number"),
        (json!({"length": {}}), "or a comparison such as"),
        (json!({"length": {"==": 1}}), "or a comparison such as"),
        (json!({"exists": "yes"}), "`exists` is `true` or `false`"),
        (json!({"exists": false, "length": 1}), "stands alone"),
        (json!({"type": "text"}), "`type` is one of number, integer"),
        (json!({"contains": ""}), "`contains` is empty"),
        (json!({"not": {"exists": true}}), "`not` takes a value"),
        (json!({"equals": 1e300}), "is rounded"),
    ] {
        let read = serde_json::from_value::<JsonExpectation>(json!({ "$.a": wanted }));
        let told = read.expect_err(why).to_string();
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_number_is_not_its_text() {
    assert_eq!(told(&json!({"n": "1"}), json!({"$.n": 1})).len(), 1);
}

#[test]
fn a_bad_path_is_told_when_it_is_read() {
    let error =
        serde_json::from_value::<JsonExpectation>(json!({"entities": 1})).expect_err("no path");
    assert!(
        error.to_string().contains("`entities` is not a JSON path"),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_document_is_what_it_is_and_two_are_one_both_ways_round(document in any_document(), other in any_document()) {
        let same = told(&document, json!({ "$": document })).is_empty();
        prop_assert!(same, "{}", document);
        let (there, back) = (told(&document, json!({ "$": other })), told(&other, json!({ "$": document })));
        prop_assert_eq!(there.is_empty(), back.is_empty());
    }

    #[test]
    fn any_text_is_a_path_or_refused_on_one_line(text in "\\$?(\\.\\.?[a-z*]{0,3}|\\[[?@.a-z0-9'\"=<>()-]{0,9}\\]|\\PC){0,6}", document in any_document()) {
        match serde_json::from_value::<JsonExpectation>(json!({ text: 1 })) {
            Ok(expected) => drop(mismatches(&document, &expected)),
            Err(error) => prop_assert_eq!(error.to_string().lines().count(), 1),
        }
    }
}

fn any_document() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-4_i64..4).prop_map(Value::from),
        (-1e15_f64..1e15).prop_map(Value::from),
    ];
    let leaf = prop_oneof![
        number,
        "[a-z]{0,3}".prop_map(Value::from),
        Just(Value::Null)
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c]", inner, 0..3)
                .prop_map(|fields| fields.into_iter().collect::<Value>()),
        ]
    })
}
