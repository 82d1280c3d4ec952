//! `action.yml` and its scripts belong together.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::step::{ROOT, definition};

fn steps(definition: &Value) -> &[Value] {
    definition["runs"]["steps"].as_array().expect("steps")
}

fn script(name: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(".github/action").join(name)).expect("a script")
}

/// What the pattern's group finds in a text.
fn found(pattern: &str, text: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).expect("a pattern");
    let matches = pattern.captures_iter(text);
    matches.map(|found| found[1].to_owned()).collect()
}

/// An expression inside a script would be run; in `env` it is a value.
#[test]
fn no_input_is_put_into_the_text_of_a_script() {
    let definition = definition();
    let scripts = steps(&definition)
        .iter()
        .filter_map(|step| step["run"].as_str());
    let scripts: Vec<&str> = scripts.collect();
    assert_eq!(scripts.len(), 2);
    for text in scripts {
        assert!(!text.contains("${{"), "{text}");
    }
}

#[test]
fn each_input_reaches_the_script_that_reads_it() {
    let definition = definition();
    for (step, name) in steps(&definition).iter().zip(["install.sh", "run.sh"]) {
        let given = step["env"].as_object().expect("an environment");
        let inputs: BTreeSet<String> = given
            .keys()
            .filter(|it| it.starts_with("INPUT_"))
            .cloned()
            .collect();
        assert_eq!(
            inputs,
            found(r"\b(INPUT_(?:[A-Z]+_)*[A-Z]+)\b", &script(name)),
            "{name}"
        );
        for variable in &inputs {
            let input = variable["INPUT_".len()..].replace('_', "-").to_lowercase();
            assert_eq!(given[variable], format!("${{{{ inputs.{input} }}}}"));
        }
    }
}

#[test]
fn every_input_is_used_and_every_output_is_told() {
    let definition = definition();
    let runs = definition["runs"].to_string();
    let names = |of: &str| -> BTreeSet<String> {
        definition[of]
            .as_object()
            .expect("a map")
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(found(r"inputs\.([a-z-]+)", &runs), names("inputs"));

    let mut told = found(r"(?m)^\s*output ([a-z-]+) ", &script("run.sh"));
    let files = found(r"(?m)files='?([a-z ]+)'?$", &script("run.sh"));
    told.extend(
        files
            .iter()
            .flat_map(|line| line.split(' '))
            .map(str::to_owned),
    );
    assert_eq!(told, names("outputs"));
    for (name, output) in definition["outputs"].as_object().expect("outputs") {
        assert_eq!(
            output["value"],
            format!("${{{{ steps.run.outputs.{name} }}}}")
        );
    }
}

/// A step after one that failed runs only where its condition says so, and a failed upload must not
/// turn a verdict over.
#[test]
fn every_report_is_kept_whatever_the_verdict() {
    let definition = definition();
    let upload = steps(&definition).last().expect("a step");
    let condition = upload["if"].as_str().expect("a condition");
    assert!(condition.starts_with("always() && "), "{condition}");
    assert_eq!(upload["continue-on-error"], true);
    let kept = upload["with"]["path"].as_str().expect("paths");
    let kept = found(r"steps\.run\.outputs\.([a-z]+)", kept);
    let reports = found(r"files='([a-z ]+)'", &script("run.sh"));
    let reports = reports.first().expect("the reports").split(' ');
    assert_eq!(kept, reports.map(str::to_owned).collect());
}

/// A tag can be moved to other code; a commit can't.
#[test]
fn actions_of_others_are_pinned_to_a_commit() {
    let definition = definition();
    let uses: Vec<&str> = steps(&definition)
        .iter()
        .filter_map(|step| step["uses"].as_str())
        .collect();
    let pinned = Regex::new("^[a-z-]+/[a-z-]+@[0-9a-f]{40}$").expect("a pattern");
    assert_eq!(uses.len(), 1);
    assert!(uses.iter().all(|used| pinned.is_match(used)), "{uses:?}");
}
