//! Suites of several files.

use std::fs;
use std::time::Duration;

use crate::catalog::Catalog;
use crate::suite::{Sources, Suite};

/// What the suite `own.yaml` of a folder with these files comes to.
fn load(files: &[(&str, &str)]) -> Result<Suite, String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let variables = [("STAGE".to_owned(), "dev".to_owned())];
    let sources = Sources::new(variables, |name| {
        (name == "API_TOKEN").then(|| "hunter2-hunter2".to_owned())
    });
    let path = folder.path().join("own.yaml");
    let loaded = Suite::load(&path, &sources, &Catalog::built_in());
    let above = format!("{}/", folder.path().display());
    loaded.map_err(|errors| errors.to_string().replace(&above, ""))
}

fn ids(suite: &Suite) -> Vec<&str> {
    suite.checks.iter().map(|check| &*check.id).collect()
}

#[test]
fn paths_are_relative_to_the_file_that_names_them_and_may_hold_variables() {
    let suite = load(&[
        ("own.yaml", "version: 1\nname: own\ninclude: parts/${STAGE}.yaml\nchecks:\n  - { check: ecs.stable, needs: [fresh] }\n"),
        ("parts/dev.yaml", "version: 1\nname: theirs\ninclude: [../targets.yaml, more/checks.yaml]\n"),
        ("targets.yaml", "version: 1\ntargets:\n  web: { cluster: dev, service: web }\n"),
        ("parts/more/checks.yaml", "version: 1\nchecks:\n  - { check: ecs.digest-running, id: fresh, on: web }\n"),
    ])
    .expect("a suite");
    assert_eq!(suite.name, "own");
    assert_eq!(
        ids(&suite),
        ["fresh", "ecs.stable"],
        "what is included comes first"
    );
    assert_eq!(suite.targets[0].name, "web");
    assert_eq!(suite.checks[1].needs[0].check, 0);
}

#[test]
fn a_file_that_is_reached_in_two_ways_is_taken_once() {
    let suite = load(&[
        ("own.yaml", "version: 1\ninclude: [a.yaml, ./b.yaml]\n"),
        (
            "a.yaml",
            "version: 1\ninclude: both.yaml\nchecks: [{ check: ecs.stable, id: a }]\n",
        ),
        (
            "b.yaml",
            "version: 1\ninclude: ./both.yaml\nchecks: [{ check: ecs.stable, id: b }]\n",
        ),
        (
            "both.yaml",
            "version: 1\ntargets:\n  web: { cluster: dev, service: web }\n",
        ),
    ])
    .expect("a suite");
    assert_eq!(ids(&suite), ["a", "b"]);
    assert_eq!(suite.targets.len(), 1);
}

#[test]
fn the_times_of_a_file_are_for_its_own_checks_and_the_suites_fill_the_rest() {
    let suite = load(&[
        ("own.yaml", "version: 1\ninclude: slow.yaml\ndefaults: { within: 1m, every: 5s }\nchecks: [{ check: http.responds, url: http://a/ }]\n"),
        ("slow.yaml", "version: 1\ndefaults: { within: 20m }\nchecks: [{ check: http.responds, url: http://b/ }]\n"),
    ])
    .expect("a suite");
    let times = suite.checks.iter().map(|check| (check.within, check.every));
    let seconds = Duration::from_secs;
    let (slow, own) = ((seconds(1200), seconds(5)), (seconds(60), seconds(5)));
    assert_eq!(times.collect::<Vec<_>>(), [slow, own]);
}

#[test]
fn secrets_of_an_included_file_are_kept_out_of_every_error() {
    let told = load(&[
        ("own.yaml", "version: 1\ninclude: secrets.yaml\nchecks:\n  - check: http.responds\n    urll: http://a/?${session}\n    id: a ${session}\n"),
        ("secrets.yaml", "version: 1\nsecrets:\n  session: ${API_TOKEN}\n  plain: swordfish\nbad: swordfish\n"),
    ])
    .expect_err("mistakes");
    assert!(told.contains("--> own.yaml:5:5"), "{told}");
    assert!(told.contains("--> secrets.yaml:5:1"), "{told}");
    assert!(
        told.contains("mistakes in own.yaml and secrets.yaml"),
        "{told}"
    );
    assert!(
        !told.contains("hunter2") && !told.contains("swordfish"),
        "{told}"
    );
}

#[test]
fn a_chain_of_includes_and_their_number_are_bounded() {
    let chain: Vec<(String, String)> = (0..10)
        .map(|at| {
            let text = format!("version: 1\ninclude: {}.yaml\n", at + 1);
            (format!("{at}.yaml"), text)
        })
        .collect();
    let mut files = vec![("own.yaml", "version: 1\ninclude: 0.yaml\n")];
    files.extend(chain.iter().map(|(name, text)| (&**name, &**text)));
    let told = load(&files).expect_err("too deep");
    assert!(
        told.contains("includes nest deeper than 8 levels"),
        "{told}"
    );
    assert!(told.contains("--> 7.yaml:2:10"), "{told}");

    let names: Vec<String> = (0..64).map(|at| format!("{at}.yaml")).collect();
    let own = format!("version: 1\ninclude: [{}]\n", names.join(", "));
    let mut files = vec![("own.yaml", &*own)];
    files.extend(names.iter().map(|name| (&**name, "version: 1\n")));
    let told = load(&files).expect_err("too many");
    assert!(told.contains("the suite has more than 64 files"), "{told}");
}

#[test]
fn all_files_together_weigh_no_more_than_one_may() {
    let half = format!("version: 1\nchecks: [{}]\n", "1,".repeat(60_000));
    let told = load(&[
        ("own.yaml", "version: 1\ninclude: [a.yaml, b.yaml]\n"),
        ("a.yaml", &half),
        ("b.yaml", &half),
    ])
    .expect_err("too large");
    assert!(told.contains("the suite grows too large here"), "{told}");
    assert!(told.contains("--> b.yaml:2:"), "{told}");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_opened() {
    let told = load(&[("own.yaml", "version: 1\ninclude: /dev/null\n")]).expect_err("no file");
    assert!(told.contains("`/dev/null`"), "{told}");
}
