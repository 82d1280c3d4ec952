//! Suites of checks of one kind.

use serde_json::Value;

use crate::place::Place;

/// Runs a suite of these checks of a kind, each told as its id and further fields.
#[track_caller]
pub fn run(place: &Place, kind: &str, checks: &[(&str, String)]) -> Value {
    let checks: Vec<String> = checks
        .iter()
        .map(|(id, fields)| format!("- {{ id: {id}, check: {kind}, {fields} }}\n"))
        .collect();
    let suite = format!(
        "version: 1\ndefaults: {{ within: 1s, every: 200ms, timeout: 10s }}\nchecks:\n{}",
        checks.concat()
    );
    place.write("touchdown.yaml", &suite);
    let ended = place.run(&["run", "--json", "r.json"]);
    assert!(matches!(ended.code, Some(0 | 1 | 3)), "{ended:#?}");
    place.json("r.json")
}
