//! The recipes that judge a fleet in several processes: each shard's script, and then the gate's.

use std::process::Command;

use serde_json::Value;

use crate::place::{Ended, ended, text};
use crate::rehearsal::Rehearsal;
use crate::systems::{lines, variables, yaml};

/// Fewer shards than the recipes have, each of which would be a process here.
const SHARDS: u32 = 3;

/// What one of the processes runs, and what its system tells it alone.
struct Part {
    script: String,
    variables: Vec<(&'static str, String)>,
}

/// A recipe's parts: the shards, and at last the gate.
type Parts = (Value, Vec<Part>);

fn github() -> Parts {
    let recipe = yaml("fleet-github.yml");
    let script = |job: &str| {
        let steps = recipe["jobs"][job]["steps"].as_array().expect("steps");
        let scripts: Vec<&str> = steps
            .iter()
            .filter_map(|step| step["run"].as_str())
            .collect();
        scripts.join("\n")
    };
    assert_eq!(recipe["jobs"]["gate"]["if"], "${{ !cancelled() }}");
    let parts = with_gate(&script("judge"), script("gate"), |shard| {
        vec![("SHARD", shard.to_string()), ("SHARDS", SHARDS.to_string())]
    });
    (recipe["env"].clone(), parts)
}

fn gitlab() -> Parts {
    let recipe = yaml("fleet-gitlab-ci.yml");
    let before = lines(&recipe[".touchdown"]["before_script"]).join("\n");
    let script = |job: &str| format!("{before}\n{}", lines(&recipe[job]["script"]).join("\n"));
    assert_eq!(recipe["judge"]["allow_failure"], true, "the gate judges");
    let parts = with_gate(&script("judge"), script("gate"), |shard| {
        vec![
            ("CI_NODE_INDEX", shard.to_string()),
            ("CI_NODE_TOTAL", SHARDS.to_string()),
        ]
    });
    (recipe["variables"].clone(), parts)
}

/// What the state machine gives to the builds is read there.
fn step_functions() -> Parts {
    let text = crate::systems::read("fleet-states.asl.json");
    let states: Value = serde_json::from_str(&text).expect("JSON");
    let map = &states["States"]["Judge the fleet"];
    assert_eq!(
        map["ItemSelector"]["shard.$"],
        "States.Format('{}/{}', $$.Map.Item.Value, $.of)"
    );
    assert_eq!(map["ToleratedFailurePercentage"], 100, "the gate judges");
    let given = |task: &Value| -> Vec<String> {
        let variables = task["Parameters"]["EnvironmentVariablesOverride"].as_array();
        let variables = variables.expect("variables").iter();
        variables
            .map(|variable| crate::place::text(&variable["Name"]).to_owned())
            .collect()
    };
    for task in [
        &map["ItemProcessor"]["States"]["Judge a shard"],
        &states["States"]["Gate"],
    ] {
        assert_eq!(given(task), ["SHARD", "RUN"]);
        assert_eq!(
            task["Resource"],
            "arn:aws:states:::codebuild:startBuild.sync"
        );
    }
    let recipe = yaml("fleet-buildspec.yml");
    let phases =
        ["install", "build"].map(|phase| lines(&recipe["phases"][phase]["commands"]).join("\n"));
    let script = phases.join("\n");
    let mut parts = with_gate(&script, script.clone(), |shard| {
        vec![
            ("SHARD", format!("{shard}/{SHARDS}")),
            ("RUN", "4711".into()),
        ]
    });
    let gate = parts.last_mut().expect("the gate");
    gate.variables = vec![("SHARD", "merge".into()), ("RUN", "4711".into())];
    (recipe["env"]["variables"].clone(), parts)
}

fn with_gate(
    shard: &str,
    gate: String,
    variables: impl Fn(u32) -> Vec<(&'static str, String)>,
) -> Vec<Part> {
    let shards = (1..=SHARDS).map(|index| Part {
        script: shard.to_owned(),
        variables: variables(index),
    });
    let gate = Part {
        script: gate,
        variables: Vec::new(),
    };
    shards.chain([gate]).collect()
}

/// Runs every part, whatever became of the others, and tells how the last one ended.
fn run(rehearsal: &Rehearsal, (all, parts): &Parts) -> Ended {
    let mut last = None;
    for part in parts {
        let mut command = Command::new("bash");
        // Each job has a new clone; here they share one.
        command.args([
            "-e",
            "-c",
            &format!("rm -rf .touchdown report.json\n{}", part.script),
        ]);
        command.envs(variables(all));
        command.envs(part.variables.iter().map(|(name, value)| (name, value)));
        last = Some(ended(rehearsal.prepare(command)));
    }
    last.expect("the gate")
}

/// Of fourteen services of the simulated fleet, the last has an image that can't be pulled.
#[test]
fn the_gate_tells_what_became_of_the_fleet() {
    for (services, code, verdict) in [(12, 0, "passed"), (14, 1, "failed")] {
        for (system, parts) in [
            ("GitHub", github()),
            ("GitLab", gitlab()),
            ("Step Functions", step_functions()),
        ] {
            let rehearsal = Rehearsal::of_fleet(services);
            let gate = run(&rehearsal, &parts);
            assert_eq!(gate.code, Some(code), "{system}: {gate:#?}");
            let reports = ["touchdown-report/touchdown.json", "s3/4711/touchdown.json"];
            let report = reports
                .into_iter()
                .find(|file| rehearsal.place.path(file).exists());
            let report = rehearsal.place.json(report.expect("a report"));
            assert_eq!(text(&report["verdict"]), verdict, "{system}");
            assert_eq!(
                report["checks"].as_array().map(Vec::len),
                Some(2 * services),
                "{system}"
            );
        }
    }
}

#[test]
fn a_shard_that_was_lost_keeps_the_gate_shut() {
    for (system, (variables, mut parts)) in [
        ("GitHub", github()),
        ("GitLab", gitlab()),
        ("Step Functions", step_functions()),
    ] {
        parts.remove(1);
        let gate = run(&Rehearsal::of_fleet(2), &(variables, parts));
        assert_ne!(gate.code, Some(0), "{system}: {gate:#?}");
        assert!(
            gate.stderr.contains("shard 2 of 3 is missing"),
            "{system}: {gate:#?}"
        );
    }
}
