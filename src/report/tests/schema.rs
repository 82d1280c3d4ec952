//! JUnit against the schema that Jenkins reads it by.
//!
//! The schema is not part of this repository. The test looks for it where
//! `TOUCHDOWN_JUNIT_XSD` says, and in `../shared/schemas`; and for a program that validates.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, io};

use super::scenarios;
use crate::report::{Report, junit};

const VALIDATE: &str = "
import sys
from lxml import etree
schema = etree.XMLSchema(etree.parse(sys.argv[1]))
schema.assertValid(etree.parse(sys.argv[2]))
";

fn schema_file() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas/junit-10.xsd");
    let named = env::var_os("TOUCHDOWN_JUNIT_XSD").map(PathBuf::from);
    named.or(Some(beside)).filter(|path| path.is_file())
}

fn xmllint(schema: &Path, document: &Path) -> io::Result<Output> {
    Command::new("xmllint")
        .args(["--noout", "--schema"])
        .args([schema, document])
        .output()
}

fn lxml(schema: &Path, document: &Path) -> io::Result<Output> {
    Command::new("python3")
        .args(["-c", VALIDATE])
        .args([schema, document])
        .output()
}

type Validator = fn(&Path, &Path) -> io::Result<Output>;

fn validator() -> Option<Validator> {
    let runs = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        output.is_ok_and(|output| output.status.success())
    };
    if runs("xmllint", &["--version"]) {
        Some(xmllint)
    } else if runs("python3", &["-c", "import lxml"]) {
        Some(lxml)
    } else {
        None
    }
}

/// Written past the test harness, which would keep it to itself.
fn skipped(why: &str) {
    let _ = writeln!(
        io::stderr(),
        "\nSKIPPED junit_follows_the_schema: {why}. JUnit was NOT validated.\n"
    );
}

#[test]
fn junit_follows_the_schema() {
    for (scenario, report) in scenarios::all() {
        assert_follows(scenario, &report);
    }
}

/// Validates a report's document, where schema and validator are there.
pub(super) fn assert_follows(name: &str, report: &Report) {
    let Some(schema) = schema_file() else {
        return skipped("junit-10.xsd is not there; name it in TOUCHDOWN_JUNIT_XSD");
    };
    let Some(validate) = validator() else {
        return skipped("neither xmllint nor python3 with lxml is there");
    };
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let document = junit::render(report);
    file.write_all(document.as_bytes()).expect("written");
    let output = validate(&schema, file.path()).expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}\n{document}");
}
