//! Report files, in real directories.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::TempDir;

use super::scenarios;
use crate::report::output::{Destination, OutputError, Outputs, one_on_standard_output};
use crate::report::{Format, Report, json};

fn report() -> Report {
    scenarios::all().swap_remove(0).1
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn to(path: impl AsRef<Path>) -> Destination {
    path.as_ref().to_path_buf().into()
}

fn names(directory: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(directory.path()).expect("a directory");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

fn refused(requests: Vec<(Format, Destination)>) -> String {
    Outputs::open(requests).expect_err("refused").to_string()
}

/// A standard output whose reader has gone.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn every_report_is_written_whole_and_readable_by_others() {
    let directory = directory();
    let (a, b) = (
        directory.path().join("a.json"),
        directory.path().join("b.xml"),
    );
    let outputs = Outputs::open(vec![(Format::Json, to(&a)), (Format::Junit, to(&b))]);
    assert!(outputs.expect("opened").write(&report()).is_empty());
    assert_eq!(names(&directory), ["a.json", "b.xml"]);
    let text = fs::read_to_string(&a).expect("readable");
    assert_eq!(json::read(&text).expect("a report"), report());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let plain = directory.path().join("plain");
        fs::write(&plain, "").expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode();
        assert_eq!(mode(&a), mode(&plain));
    }
}

#[test]
fn nothing_changes_until_the_report_is_there() {
    let directory = directory();
    let path = directory.path().join("report.json");
    fs::write(&path, "an older report").expect("written");
    drop(Outputs::open(vec![(Format::Json, to(&path))]).expect("opened"));
    assert_eq!(names(&directory), ["report.json"]);
    assert_eq!(fs::read_to_string(&path).expect("there"), "an older report");
}

#[test]
fn bad_places_are_told_before_the_run() {
    let directory = directory();
    let here = directory.path().display();
    assert_eq!(
        refused(vec![(Format::Json, to(directory.path()))]),
        format!("cannot write the json report to {here}: it is a directory")
    );
    assert_eq!(
        refused(vec![(
            Format::Junit,
            to(directory.path().join("no/where.xml"))
        )]),
        format!(
            "cannot write the junit report to {here}/no/where.xml: the directory {here}/no does not exist"
        )
    );
    assert!(refused(vec![(Format::Json, to(""))]).ends_with("the path names no file"));
}

#[test]
fn two_reports_never_share_a_place() {
    let directory = directory();
    let path = directory.path().join("report");
    let same = directory.path().join("./report");
    let twice = vec![(Format::Json, to(&path)), (Format::Junit, to(&same))];
    assert!(refused(twice.clone()).ends_with("the json report goes there already"));
    fs::write(&path, "").expect("written");
    assert!(refused(twice).ends_with("the json report goes there already"));
    let dashes = vec![(Format::Json, "-".into()), (Format::Junit, "-".into())];
    assert_eq!(
        refused(dashes),
        "cannot write the junit report to standard output: the json report goes there already"
    );
}

#[test]
fn a_dash_and_a_format_exclude_each_other() {
    let dash = [(Format::Json, Destination::StandardOutput)];
    let file = [(Format::Json, Destination::from("report.json"))];
    assert!(one_on_standard_output(None, &dash).is_ok());
    assert!(one_on_standard_output(Some(Format::Human), &file).is_ok());
    assert!(one_on_standard_output(Some(Format::Human), &dash).is_err());
}

#[test]
fn one_that_fails_stops_no_other() {
    let directory = directory();
    let gone = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("report.json");
    let outputs = Outputs::open(vec![
        (Format::Junit, to(gone.path().join("report.xml"))),
        (Format::Human, Destination::StandardOutput),
        (Format::Json, to(&path)),
    ])
    .expect("opened");
    gone.close().expect("removed");
    let errors: Vec<OutputError> = outputs.write_with(&report(), &mut Closed);
    let formats: Vec<Format> = errors.iter().map(|error| error.format).collect();
    assert_eq!(formats, [Format::Junit, Format::Human]);
    assert!(path.is_file());
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_the_file_that_is_replaced() {
    let directory = directory();
    let (file, link) = (directory.path().join("file"), directory.path().join("link"));
    fs::write(&file, "old").expect("written");
    std::os::unix::fs::symlink(&file, &link).expect("linked");
    let outputs = Outputs::open(vec![(Format::Human, to(&link))]).expect("opened");
    assert!(outputs.write(&report()).is_empty());
    assert!(link.is_symlink());
    assert!(
        fs::read_to_string(&file)
            .expect("there")
            .starts_with("PASSED")
    );
}

#[cfg(unix)]
#[test]
fn a_device_is_written_where_it_is() {
    let outputs = Outputs::open(vec![
        (Format::Json, to("/dev/null")),
        (Format::Junit, to("/dev/null")),
    ]);
    assert!(outputs.expect("opened").write(&report()).is_empty());
}
