//! Each format of each scenario, as it should be: `tests/golden/report/SCENARIO.FORMAT`.
//!
//! After a change that is meant, `UPDATE=1 cargo test -p touchdown golden` writes them anew;
//! the difference is then for a person to read.

use std::path::PathBuf;
use std::{env, fs};

use super::scenarios;
use crate::report::Format;
use crate::report::terminal::{self, Style};

fn assert_golden(name: &str, actual: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/report")
        .join(name);
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(&path, actual).expect("written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{name} has changed. If that is meant: UPDATE=1 cargo test -p touchdown golden\n{actual}"
    );
}

fn assert_format(format: Format, extension: &str) {
    for (scenario, report) in scenarios::all() {
        assert_golden(&format!("{scenario}.{extension}"), &format.render(&report));
    }
}

#[test]
fn golden_human() {
    assert_format(Format::Human, "txt");
}

#[test]
fn golden_json() {
    assert_format(Format::Json, "json");
}

#[test]
fn golden_junit() {
    assert_format(Format::Junit, "xml");
}

#[test]
fn golden_verbose_and_narrow() {
    for (scenario, report) in scenarios::all() {
        let verbose = Style {
            verbose: true,
            ..Style::FILE
        };
        let narrow = Style {
            width: 60,
            ..Style::FILE
        };
        if ["passed", "failed"].contains(&scenario) {
            let text = terminal::render(&report, &verbose);
            assert_golden(&format!("{scenario}.verbose.txt"), &text);
            let text = terminal::render(&report, &narrow);
            assert_golden(&format!("{scenario}.narrow.txt"), &text);
        }
    }
}
