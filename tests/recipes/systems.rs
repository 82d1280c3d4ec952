//! What each CI system would run: the scripts of its recipe, in their order, and its variables.

use std::collections::BTreeMap;
use std::path::Path;

use regex::{Captures, Regex};
use serde_json::Value;

use crate::place::text;
use crate::step::ROOT;

/// The tag that the scenario's image has: what a recipe takes for the commit that was built.
const COMMIT: &str = "2.4.0";

/// What a CI system defines itself.
const PREDEFINED: [(&str, &str); 9] = [
    ("CI", "true"),
    ("CI_COMMIT_SHA", COMMIT),
    ("CI_PIPELINE_ID", "4711"),
    ("CI_PROJECT_DIR", "."),
    ("AWS_ID_TOKEN", "token"),
    ("GIT_COMMIT", COMMIT),
    ("CODEBUILD_RESOLVED_SOURCE_VERSION", COMMIT),
    ("Build.SourceVersion", COMMIT),
    ("github.sha", COMMIT),
];

/// What a system runs.
pub struct Recipe {
    /// The shell, with its options, that the system runs scripts with.
    pub shell: &'static [&'static str],
    /// Each runs in a shell of its own.
    pub scripts: Vec<String>,
    pub variables: BTreeMap<String, String>,
    /// Where the system is told to find the JUnit report.
    pub junit: String,
    /// How the scripts end where touchdown was inconclusive.
    pub inconclusive: i32,
}

/// A file of `examples/ci`.
pub fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join("examples/ci").join(name)).expect("a recipe")
}

pub fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&read(name)).expect("YAML")
}

/// A recipe's variables, beside those that the system defines.
pub fn variables(of_recipe: &Value) -> BTreeMap<String, String> {
    let mut known: BTreeMap<String, String> = PREDEFINED
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    for (name, value) in of_recipe.as_object().expect("variables") {
        let value = expanded(text(value), &known);
        known.insert(name.clone(), value);
    }
    known.retain(|name, _| !name.contains('.'));
    known
}

/// A value with the variables in it: `$NAME`, `$(Name)` or `${{ name }}`, as the system writes them.
pub fn expanded(value: &str, known: &BTreeMap<String, String>) -> String {
    let reference = Regex::new(r"\$\{\{ ([\w.-]+) \}\}|\$\(([\w.]+)\)|\$(\w+)").expect("a pattern");
    let told = |found: &Captures| {
        let name = found
            .iter()
            .skip(1)
            .flatten()
            .next()
            .expect("a name")
            .as_str();
        let name = name.strip_prefix("env.").unwrap_or(name);
        known
            .get(name)
            .unwrap_or_else(|| panic!("`{name}` is not defined"))
            .clone()
    };
    reference.replace_all(value, told).into_owned()
}

pub fn lines(commands: &Value) -> Vec<&str> {
    commands
        .as_array()
        .expect("a list")
        .iter()
        .map(text)
        .collect()
}

/// A job is one script: that of the job it extends, and its own.
pub fn gitlab() -> Recipe {
    let recipe = yaml("gitlab-ci.yml");
    let job = |stage: &str| {
        let jobs = recipe.as_object().expect("jobs").values();
        let job = jobs
            .clone()
            .find(|job| job["stage"] == stage)
            .expect("a job of the stage");
        let base = &recipe[text(&job["extends"])];
        [lines(&base["before_script"]), lines(&job["script"])]
            .concat()
            .join("\n")
    };
    // The stages have a new clone each; here they share one.
    let scripts = lines(&recipe["stages"])
        .into_iter()
        .map(|stage| format!("rm -rf .touchdown\n{}", job(stage)));
    assert_eq!(recipe["verify"]["allow_failure"]["exit_codes"], 3);
    assert_eq!(recipe["verify"]["artifacts"]["when"], "always");
    Recipe {
        shell: &["sh", "-e"],
        scripts: scripts.collect(),
        variables: [("GITLAB_CI".to_owned(), "true".to_owned())]
            .into_iter()
            .chain(variables(&recipe["variables"]))
            .collect(),
        junit: text(&recipe["verify"]["artifacts"]["reports"]["junit"]).to_owned(),
        inconclusive: 3,
    }
}

/// The recipe is a program; what it runs is in its `'''` strings, whose escaped line ends join.
pub fn jenkins() -> Recipe {
    let recipe = read("Jenkinsfile");
    let scripts = recipe
        .split("'''")
        .skip(1)
        .step_by(2)
        .map(|script| script.replace("\\\n", ""));
    let variable = Regex::new(r"(?m)^ {8}([A-Z_]+) = '([^']*)'").expect("a pattern");
    let environment: serde_json::Map<String, Value> = variable
        .captures_iter(&recipe)
        .map(|found| (found[1].to_owned(), found[2].into()))
        .collect();
    let junit = Regex::new("junit testResults: '([^']+)'").expect("a pattern");
    let always = recipe
        .split("always {")
        .nth(1)
        .expect("what follows whatever happened");
    assert!(recipe.contains("if (code == 3) {\n                            unstable("));
    Recipe {
        shell: &["sh", "-xe"],
        scripts: scripts.collect(),
        variables: variables(&environment.into()),
        junit: junit.captures(always).expect("the JUnit step")[1].to_owned(),
        inconclusive: 3,
    }
}

/// One shell runs the commands of all phases.
pub fn codebuild() -> Recipe {
    let recipe = yaml("buildspec.yml");
    let phases = ["install", "pre_build", "build"];
    assert_eq!(
        recipe["phases"].as_object().expect("phases").len(),
        phases.len()
    );
    let commands = phases.map(|phase| lines(&recipe["phases"][phase]["commands"]).join("\n"));
    let report = &recipe["reports"]["touchdown"];
    Recipe {
        shell: &["bash", "-e"],
        scripts: vec![commands.join("\n")],
        variables: variables(&recipe["env"]["variables"]),
        junit: format!(
            "{}/{}",
            text(&report["base-directory"]),
            text(&report["files"][0])
        ),
        inconclusive: 3,
    }
}

pub fn azure() -> Recipe {
    let recipe = yaml("azure-pipelines.yml");
    let steps = recipe["jobs"][0]["steps"].as_array().expect("steps");
    let script = |step: &Value| {
        let inline = step["bash"]
            .as_str()
            .or_else(|| step["inputs"]["inlineScript"].as_str());
        inline.map(str::to_owned)
    };
    let of_task = |task: &str| {
        let step = steps.iter().find(|step| step["task"] == task);
        step.expect("the step that publishes")
    };
    let publishes = of_task("PublishTestResults@2");
    assert_eq!(publishes["condition"], "always()");
    Recipe {
        shell: &["bash"],
        scripts: steps.iter().filter_map(script).collect(),
        variables: variables(&recipe["variables"]),
        junit: text(&publishes["inputs"]["testResultsFiles"]).to_owned(),
        inconclusive: 0,
    }
}
