//! Every suite in `invalid_suites/` is refused with exactly the text beside it.
//!
//! To accept what the program says now: `UPDATE=1 cargo test --test invalid_suites`, and read
//! the difference before you commit it.

use std::fs;
use std::path::{Path, PathBuf};

use touchdown::catalog::Catalog;
use touchdown::suite::{Sources, Suite};

fn sources() -> Sources {
    let host = ("HOST".to_owned(), "dashboard.example.org".to_owned());
    Sources::new([host], |name| match name {
        "BLANK" => Some(String::new()),
        "GIT_SHA" => Some("4f2a9c1".to_owned()),
        "API_TOKEN" => Some("hunter2-hunter2".to_owned()),
        _ => None,
    })
}

/// What is told of a suite, whatever folder it is in.
fn refusal(case: &Path) -> String {
    let bytes = fs::read(case).expect("a suite");
    let file = case.display().to_string();
    match Suite::parse(&file, &bytes, &sources(), &Catalog::built_in()) {
        Ok(suite) => format!("accepted: {suite:?}\n"),
        Err(errors) => {
            let folder = case.parent().expect("a folder").display();
            format!("{errors}\n").replace(&format!("{folder}/"), "")
        }
    }
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid_suites");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of invalid suites")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    cases.sort();
    cases
}

#[test]
fn each_is_refused_with_the_text_beside_it() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let file = case.file_name().expect("a name").to_string_lossy();
        let told = refusal(&case);
        let beside = case.with_extension("stderr");
        if update {
            fs::write(&beside, &told).expect("the text is written");
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if told != expected || told.starts_with("accepted") {
            wrong.push(format!("{file}\n{}", difference(&expected, &told)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} suites are not refused as expected; UPDATE=1 accepts what is told now",
        wrong.join("\n"),
        wrong.len()
    );
}

/// The lines that differ, `-` expected and `+` told.
fn difference(expected: &str, told: &str) -> String {
    let (expected, told): (Vec<_>, Vec<_>) = (expected.lines().collect(), told.lines().collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let head = expected.iter().zip(&told).take_while(same).count();
    let tails = expected[head..].iter().rev().zip(told[head..].iter().rev());
    let tail = tails.take_while(same).count();
    let gone = expected[head..expected.len() - tail].iter();
    let new = told[head..told.len() - tail].iter();
    gone.map(|line| format!("- {line}\n"))
        .chain(new.map(|line| format!("+ {line}\n")))
        .collect()
}

#[test]
fn no_text_is_left_without_its_suite_or_shows_a_secret() {
    if std::env::var_os("UPDATE").is_some() {
        return;
    }
    for case in cases() {
        let text = fs::read_to_string(case.with_extension("stderr")).expect("a text beside it");
        assert!(!text.contains("hunter2"), "{}", case.display());
        assert!(!text.contains("swordfish"), "{}", case.display());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid_suites");
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        // What suites include is in a folder of its own.
        assert!(
            path.is_dir() || path.with_extension("yaml").exists(),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_large_file_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.yaml");
    fs::write(&path, "# words\n".repeat(10 * 1024 * 1024 / 8)).expect("ten megabytes");
    let errors = Suite::load(&path, &sources(), &Catalog::built_in()).expect_err("too large");
    assert!(
        errors
            .to_string()
            .starts_with("error: the suite is larger than 1 MiB"),
        "{errors}"
    );
}

#[test]
fn a_missing_file_and_a_folder_are_told() {
    let load = |path: &str| {
        Suite::load(Path::new(path), &sources(), &Catalog::built_in())
            .expect_err("no suite")
            .to_string()
    };
    let missing = load("nowhere/touchdown.yaml");
    assert!(
        missing.contains("there is no suite at `nowhere/touchdown.yaml`"),
        "{missing}"
    );
    assert!(missing.contains("touchdown init"), "{missing}");
    let folder = load(env!("CARGO_MANIFEST_DIR"));
    assert!(folder.contains("is a directory, not a suite"), "{folder}");
}
