//! GitHub's recipe, step by step: what `uses` touchdown is run by the action's own script.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::place::{Ended, Place, assert_tells, ended, text};
use crate::rehearsal::{Deploy, Rehearsal};
use crate::step::{Step, definition};
use crate::systems::{expanded, variables, yaml};

/// An AWS CLI and a jq, as far as the recipe uses them.
const AWS: &str = "#!/bin/sh\necho \"aws $*\"\n";
const JQ: &str = "#!/bin/sh\nsed -n 's/.*\"task_definition\": *\"\\([^\"]*\\)\".*/\\1/p' \"$3\"\n";

/// The recipe's job while it runs.
struct Job {
    /// The recipe's variables, and the outputs of the steps so far.
    known: BTreeMap<String, String>,
    variables: BTreeMap<String, String>,
    /// How each step that was run ended, by its name.
    ends: Vec<(String, Ended)>,
}

impl Job {
    fn run(deploy: Deploy) -> Self {
        let recipe = yaml("github.yml");
        let Rehearsal { mut place, aws, .. } = Rehearsal::of(deploy);
        let mut known = variables(&recipe["env"]);
        known.insert("github.sha".into(), known["GIT_COMMIT"].clone());
        let mut variables = known.clone();
        variables.extend([
            ("AWS_ENDPOINT_URL".into(), aws.url()),
            ("WITHIN".into(), deploy.within().into()),
            ("HOLD".into(), "1s".into()),
        ]);
        let ends = Vec::new();
        let mut job = Self {
            known,
            variables,
            ends,
        };
        for step in recipe["jobs"]["deploy"]["steps"].as_array().expect("steps") {
            if job.is_due(step) {
                place = job.step(step, place);
            }
        }
        job
    }

    /// Whether a step's condition holds: that all went well, or the one of the rollback.
    fn is_due(&self, step: &Value) -> bool {
        match step["if"].as_str() {
            None => self.ends.iter().all(|(_, ended)| ended.code == Some(0)),
            Some("always() && steps.touchdown.outputs.verdict == 'failed'") => self
                .known
                .get("steps.touchdown.outputs.verdict")
                .is_some_and(|it| it == "failed"),
            Some(other) => panic!("`{other}` is not understood here"),
        }
    }

    /// Runs a step, unless it is another one's action.
    fn step(&mut self, step: &Value, place: Place) -> Place {
        let ready = Step::run(place).program("aws", AWS).program("jq", JQ);
        let ready = self
            .variables
            .iter()
            .fold(ready, |it, (name, value)| it.variable(name, value));
        let (ready, ended) = if let Some(script) = step["run"].as_str() {
            let ready = self
                .given(step, "env")
                .fold(ready, |it, (name, value)| it.variable(&name, &value));
            let ended = run(&ready, script);
            (ready, ended)
        } else if text(&step["uses"]).starts_with("OWNER/touchdown@") {
            let ready = self.given(step, "with").fold(ready, |it, (name, value)| {
                assert!(
                    definition()["inputs"].get(&name).is_some(),
                    "`{name}` is no input"
                );
                it.input(&name, &value)
            });
            let ended = ready.end();
            (ready, ended)
        } else {
            return ready.place;
        };
        let id = step["id"].as_str().unwrap_or_default();
        let outputs = ready.outputs().into_iter();
        self.known
            .extend(outputs.map(|(name, value)| (format!("steps.{id}.outputs.{name}"), value)));
        self.ends.push((text(&step["name"]).to_owned(), ended));
        ready.place
    }

    /// A step's `env` or `with`, with the expressions in it.
    fn given(&self, step: &Value, of: &str) -> impl Iterator<Item = (String, String)> + use<> {
        let values = step[of].as_object().into_iter().flatten();
        let values = values.map(|(name, value)| (name.clone(), expanded(text(value), &self.known)));
        values.collect::<Vec<_>>().into_iter()
    }

    /// The names of the steps that were run, and how the last one ended.
    fn course(&self) -> (Vec<&str>, &Ended) {
        let names = self.ends.iter().map(|(name, _)| name.as_str()).collect();
        (names, &self.ends.last().expect("a step").1)
    }

    fn verdict(&self) -> &str {
        &self.known["steps.touchdown.outputs.verdict"]
    }
}

/// Runs a script as GitHub does, in a step's environment.
fn run(step: &Step, script: &str) -> Ended {
    let of_step = step.command();
    let mut command = Command::new("bash");
    command
        .args(["-e", "-c", script])
        .current_dir(step.place.path(""))
        .env_clear()
        .envs(
            of_step
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    ended(command)
}

const STEPS: [&str; 3] = ["Record what runs", "Deploy", "Is it really deployed?"];

#[test]
fn a_deploy_that_went_well_is_green_on_github() {
    let job = Job::run(Deploy::Works);
    let (names, last) = job.course();
    last.expect_code(0);
    assert_eq!((names, job.verdict()), (STEPS.to_vec(), "passed"));
}

#[test]
fn what_is_broken_is_rolled_back_to_what_ran_before() {
    let job = Job::run(Deploy::DoesNothing);
    let (names, rollback) = job.course();
    assert_eq!(names, [&STEPS[..], &["Roll back"]].concat());
    assert_eq!((job.ends[2].1.code, job.verdict()), (Some(1), "failed"));
    let before =
        "--task-definition arn:aws:ecs:eu-west-1:210987654321:task-definition/checkout:42\n";
    let asked = format!("aws ecs update-service --cluster prod-shop --service checkout {before}");
    assert_eq!(rollback.expect_code(0).stdout, asked);
}

#[test]
fn what_could_not_be_told_is_not_rolled_back() {
    let job = Job::run(Deploy::EndsAccess);
    let (names, last) = job.course();
    assert_eq!((names, job.verdict()), (STEPS.to_vec(), "inconclusive"));
    assert_tells(&last.expect_code(3).stdout, &["INCONCLUSIVE"]);
}
