//! Does the storm notice? Three real rules of touchdown are broken on purpose, in a copy of its source, and
//! each must make the storm fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use touchdown_storm::story::{
    Breaker, Fate, Naming, Pipeline, Platforms, Push, Reported, Story, Strategy,
};

/// A rule, broken.
struct Mutation {
    name: &'static str,
    file: &'static str,
    /// The rule as it is written; it must be there once.
    rule: &'static str,
    /// The same, broken where `MUTATED` is true.
    broken: &'static str,
    /// Stories that can show it.
    shows: fn(&Story) -> bool,
}

const MUTATIONS: [Mutation; 3] = [
    Mutation {
        name: "ignore-rollback",
        file: "checks/src/ecs/standing.rs",
        rule: "if let Some(reason) = rollback_to(&service.value, primary) {",
        broken: "if let Some(reason) = rollback_to(&service.value, primary).filter(|_| !MUTATED) {",
        shows: |story| {
            let rolls_back = matches!(story.strategy, Strategy::Rolling(Breaker::RollsBack, _));
            rolls_back && matches!(story.fate, Fate::Exits(..3_000, _)) && story.lead_ms > 250_000
        },
    },
    Mutation {
        name: "service-level-running-count",
        file: "checks/src/ecs/stable.rs",
        rule: "(picture.staying(target).count(), picture.desired(target))",
        broken: "(if MUTATED { usize::try_from(picture.service.value.running).unwrap_or(0) } \
                 else { picture.staying(target).count() }, picture.desired(target))",
        shows: |story| is_plain(story) && story.lead_ms < 5_000,
    },
    Mutation {
        name: "no-index-child-match",
        file: "checks/src/ecs/same_image.rs",
        rule: "if let Some(platform) = self.platform(expected, running) {",
        broken: "if let Some(platform) = self.platform(expected, running).filter(|_| !MUTATED) {",
        shows: |story| {
            let of_index = story.platforms != Platforms::Plain;
            is_plain(story) && of_index && story.reported == Reported::Platform
        },
    },
];

/// What `MUTATED` stands for: a switch that exists in the copy only.
fn switch(name: &str) -> String {
    format!("std::env::var(\"MUTATION\").is_ok_and(|mutation| mutation == \"{name}\")")
}

/// A rolling deployment of a new revision that goes well.
fn is_plain(story: &Story) -> bool {
    let rolling = matches!(story.strategy, Strategy::Rolling(_, (100, 200)));
    let good = (story.pipeline, story.naming) == (Pipeline::NewRevision, Naming::Version);
    rolling && good && matches!(story.push, Push::Before(_)) && story.fate == Fate::Lives
}

/// Seeds whose stories can show it.
fn seeds(mutation: &Mutation) -> String {
    let telling = (1..).filter(|seed| (mutation.shows)(&Story::drawn(*seed)));
    let seeds: Vec<String> = telling.take(3).map(|seed| seed.to_string()).collect();
    seeds.join(",")
}

#[test]
fn a_broken_rule_makes_the_storm_fail() {
    let copy = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    copy_sources(&root, copy.path());
    for mutation in &MUTATIONS {
        let condition = switch(mutation.name);
        let broken = mutation.broken.replace("MUTATED", &condition);
        replace_once(&copy.path().join(mutation.file), mutation.rule, &broken);
    }
    // Artifacts go by a package's version: those of the copy stand beside the workspace's own.
    let manifest = copy.path().join("Cargo.toml");
    let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    replace_once(&manifest, &version, "version = \"0.0.0-mutated\"");
    // The library and this folder's test of it are enough.
    fs::remove_file(copy.path().join("storm/src/main.rs")).expect("the program is there");
    let storm = built(copy.path());
    for mutation in &MUTATIONS {
        let seeds = seeds(mutation);
        let sound = judged(&storm, "none", &seeds);
        assert!(
            sound.status.success(),
            "{seeds} fail without a mutation:\n{}",
            text(&sound)
        );
        let mutated = judged(&storm, mutation.name, &seeds);
        assert!(
            !mutated.status.success(),
            "{} went unnoticed with {seeds}",
            mutation.name
        );
        let told = text(&mutated);
        let is_false = ["FalseGreen", "FalseRed"]
            .iter()
            .any(|sort| told.contains(sort));
        assert!(
            is_false,
            "{} fails, but by no false verdict:\n{told}",
            mutation.name
        );
    }
}

/// The sources, without what was made of them.
fn copy_sources(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder of sources") {
        let entry = entry.expect("an entry");
        let (name, kind) = (entry.file_name(), entry.file_type().expect("a kind"));
        let made = ["target", ".git"]
            .iter()
            .any(|made| name.to_str() == Some(made));
        if kind.is_dir() && !made {
            copy_sources(&entry.path(), &to.join(name));
        } else if kind.is_file() {
            fs::copy(entry.path(), to.join(name)).expect("copied");
        }
    }
}

fn replace_once(file: &Path, text: &str, by: &str) {
    let source = fs::read_to_string(file).expect("a source");
    let times = source.matches(text).count();
    assert_eq!(times, 1, "`{text}` is {times} times in {}", file.display());
    fs::write(file, source.replace(text, by)).expect("written");
}

/// Builds the smaller storm of the copy, with the dependencies that are compiled already.
fn built(copy: &Path) -> PathBuf {
    let test = std::env::current_exe().expect("this program");
    // target/debug/deps/mutations-…
    let target = test.ancestors().nth(3).expect("a folder of artifacts");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "test",
        "--offline",
        "--workspace",
        "--test",
        "storm",
        "--no-run",
    ]);
    cargo
        .args(["--message-format", "json"])
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", target);
    let output = cargo.output().expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let executables = messages.filter(|message| message["target"]["name"] == "storm");
    let mut paths =
        executables.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    paths.next().expect("cargo tells where the test is")
}

fn judged(storm: &Path, mutation: &str, seeds: &str) -> Output {
    let mut command = Command::new(storm);
    command.args(["--exact", "no_verdict_is_false_or_late_in_calm_weather"]);
    command.env("MUTATION", mutation).env("STORM_SEEDS", seeds);
    command.output().expect("the storm runs")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
