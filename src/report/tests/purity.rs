//! Reports are pure renderings: the same report gives the same bytes, and no reporter knows
//! where or when it runs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::report::{Format, Report, json};

/// What a reporter could learn by more than its report, and what that would be.
const FORBIDDEN: &[(&str, &str)] = &[
    ("env::", "the environment"),
    ("SystemTime", "a clock"),
    ("Instant", "a clock"),
    ("Timestamp::now", "a clock"),
    ("Zoned::now", "a clock"),
    ("TimeZone::system", "the machine's time zone"),
    ("contract::Clock", "a clock"),
    ("tokio", "the run's time"),
    ("IsTerminal", "the terminal"),
    ("is_terminal", "the terminal"),
    ("console::Term", "the terminal"),
    ("colors_enabled", "the terminal"),
    ("std::io", "a file or stream"),
    ("std::fs", "a file"),
    ("std::process", "a process"),
    ("std::thread", "a thread"),
    ("static mut", "state of its own"),
    ("thread_local", "state of its own"),
    ("Mutex", "state of its own"),
    ("Atomic", "state of its own"),
    ("crate::run", "the run"),
    ("crate::progress", "the run"),
    ("crate::cli", "the command line"),
    ("HashMap", "an order that differs from run to run"),
    ("HashSet", "an order that differs from run to run"),
];

/// Where reports meet the world: it opens files and writes what was rendered.
const OUTPUT: &str = "src/report/output";

#[test]
fn a_report_that_is_read_again_gives_the_same_bytes() {
    let saved = files_below(&root("tests/golden"), "json");
    let first: Vec<Vec<String>> = saved.iter().map(|path| rendered(&read(path))).collect();
    // In another order, so that nothing remembered from one report to the next goes unnoticed.
    for (path, first) in saved.iter().zip(&first).rev() {
        let report = read(path);
        let again = json::read(&json::render(&report)).expect("a report");
        assert_eq!(again, report, "{}", path.display());
        for (format, (first, again)) in Format::ALL.iter().zip(first.iter().zip(rendered(&again))) {
            assert!(
                *first == again,
                "{}: {format} is not the same when it is rendered again",
                path.display()
            );
            let beside = path.with_extension(format.extension());
            assert!(
                *first == fs::read_to_string(&beside).expect("a golden file"),
                "{} is not what the report beside it gives",
                beside.display()
            );
        }
    }
}

#[test]
fn no_reporter_knows_where_or_when_it_runs() {
    let output = root(OUTPUT);
    let mut known = Vec::new();
    for path in files_below(&root("src/report"), "rs") {
        let test = |part: &str| ["tests", "tests.rs"].contains(&part);
        let inside = path.strip_prefix(root("")).expect("a file of the project");
        let is_test = inside.iter().any(|part| part.to_str().is_some_and(test));
        if path.starts_with(&output) || is_test {
            continue;
        }
        let source = fs::read_to_string(&path).expect("a source file");
        let told = impurities(&source)
            .map(|(line, word, what)| format!("{}:{line}: {word} is {what}", inside.display()));
        known.extend(told);
    }
    assert!(
        known.is_empty(),
        "a report is rendered from the report alone; what a reporter needs to know goes into \
         its arguments, and files are written in {OUTPUT}:\n{}",
        known.join("\n")
    );
}

#[test]
fn what_a_reporter_may_not_know_is_found() {
    let source = "//! Not std::env, as a comment may say.\nuse std::time::Instant;\n\n\
                  fn width() { std::env::var(\"COLUMNS\") }\n#[cfg(test)]\nmod tests {\nuse std::fs;\n";
    let found: Vec<(usize, &str)> = impurities(source)
        .map(|(line, word, _)| (line, word))
        .collect();
    assert_eq!(found, [(2, "Instant"), (4, "env::")]);
}

/// What of the forbidden is in the code of a file, by line. Comments may speak of it, and so may
/// the tests at the end of a file.
fn impurities(source: &str) -> impl Iterator<Item = (usize, &'static str, &'static str)> {
    let code = source
        .lines()
        .zip(1..)
        .take_while(|(line, _)| *line != "mod tests {")
        .filter(|(line, _)| !line.trim_start().starts_with("//"));
    code.flat_map(|(line, number)| {
        let found = FORBIDDEN.iter().filter(|(word, _)| line.contains(word));
        found.map(move |(word, what)| (number, *word, *what))
    })
}

fn rendered(report: &Report) -> Vec<String> {
    Format::ALL.map(|format| format.render(report)).to_vec()
}

fn read(path: &Path) -> Report {
    let text = fs::read_to_string(path).expect("a golden report");
    let report = json::read(&text);
    report.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}
