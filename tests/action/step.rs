//! A step of the action, as GitHub's runner would start it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::place::{Ended, Place, ended};

/// The root of the repository, which is the action's folder.
pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The files in which a step tells GitHub what it has to tell.
const FILES: [(&str, &str); 3] = [
    ("GITHUB_OUTPUT", "output"),
    ("GITHUB_PATH", "path"),
    ("GITHUB_STEP_SUMMARY", "summary"),
];

/// One of the action's scripts, in a place of its own.
pub struct Step {
    pub place: Place,
    script: &'static str,
    environment: BTreeMap<String, String>,
}

impl Step {
    /// The script that runs touchdown, with the inputs' defaults.
    pub fn run(place: Place) -> Self {
        let mut step = Self::of("run.sh", place);
        let inputs = definition()["inputs"].clone();
        for (name, input) in inputs.as_object().expect("inputs") {
            step = step.input(name, input["default"].as_str().expect("a default"));
        }
        step
    }

    /// The script that installs touchdown.
    pub fn install(place: Place) -> Self {
        let home = place.home().display().to_string();
        Self::of("install.sh", place)
            .variable("RUNNER_TEMP", &home)
            .variable("ACTION_REF", "")
            .input("version", "")
    }

    fn of(script: &'static str, place: Place) -> Self {
        let environment = BTreeMap::new();
        let step = Self {
            place,
            script,
            environment,
        };
        FILES.iter().fold(step, |step, (variable, name)| {
            let file = step.file(name);
            std::fs::write(&file, "").expect("a new file");
            step.variable(variable, &file.display().to_string())
        })
    }

    /// An input, in the variable that `action.yml` gives it in.
    pub fn input(self, name: &str, value: &str) -> Self {
        let variable = format!("INPUT_{}", name.replace('-', "_").to_uppercase());
        self.variable(&variable, value)
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A program that goes before those of the system.
    pub fn program(self, name: &str, script: &str) -> Self {
        let path = self.place.home().join(name);
        std::fs::write(&path, script).expect("a program");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(path, mode).expect("its mode");
        self
    }

    /// The step as a process, with touchdown on its path.
    pub fn command(&self) -> Command {
        // Of the place, for its environment; the program is the script.
        let touchdown = self.place.touchdown(&[]);
        let mut command = Command::new("bash");
        command
            .arg(Path::new(ROOT).join(".github/action").join(self.script))
            .current_dir(self.place.path(""))
            .env_clear()
            .envs(
                touchdown
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("PATH", self.search_path())
            .env("GITHUB_ACTION_PATH", ROOT)
            .env("GITHUB_ACTIONS", "true")
            .envs(&self.environment);
        command
    }

    fn search_path(&self) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_touchdown"));
        let built = program.parent().expect("a folder").display();
        let system = std::env::var("PATH").expect("a path");
        format!("{}:{built}:{system}", self.place.home().display())
    }

    pub fn end(&self) -> Ended {
        ended(self.command())
    }

    /// What the step told as its outputs, read by the runner's rules: `NAME=VALUE`, or
    /// `NAME<<DELIMITER` and lines up to the delimiter.
    pub fn outputs(&self) -> BTreeMap<String, String> {
        let text = self.told("output");
        let mut lines = text.lines();
        let mut outputs = BTreeMap::new();
        while let Some(line) = lines.next() {
            let (name, value) = match line.split_once("<<") {
                Some((name, delimiter)) => {
                    let value: Vec<&str> =
                        lines.by_ref().take_while(|it| *it != delimiter).collect();
                    (name, value.join("\n"))
                }
                None => {
                    let (name, value) = line.split_once('=').expect("an output");
                    (name, value.to_owned())
                }
            };
            outputs.insert(name.to_owned(), value);
        }
        outputs
    }

    /// What stands in one of the files that GitHub reads: `output`, `path` or `summary`.
    pub fn told(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).expect("a file of the runner")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.place.home().join(format!("github-{name}"))
    }
}

/// `action.yml`.
pub fn definition() -> Value {
    let text = std::fs::read_to_string(Path::new(ROOT).join("action.yml")).expect("action.yml");
    serde_saphyr::from_str(&text).expect("YAML")
}
