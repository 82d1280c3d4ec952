//! Every suite that is shown to somebody can be read: the kinds' own examples, the folders in
//! `examples`, and the one in the README.

use std::path::Path;

use touchdown::catalog::Catalog;
use touchdown::checks::external::Plugins;
use touchdown::documentation;
use touchdown::suite::{Sources, Suite};

/// Reads a suite whose variables are all given.
fn read(name: &str, text: &str) {
    let sources = Sources::new([], |_| Some("given".to_owned()));
    let suite = Suite::parse(name, text.as_bytes(), &sources, &Catalog::built_in());
    if let Err(mistakes) = suite {
        panic!("{mistakes}\n\n{text}");
    }
}

/// Examples have plug-ins, too.
fn with_plugins() -> Catalog {
    Catalog::built_in().finding_plugins(Plugins::default())
}

/// The YAML blocks of a page of Markdown.
fn yaml_blocks(page: &str) -> impl Iterator<Item = &str> {
    page.split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
}

#[test]
fn each_kind_has_an_example_that_can_be_read() {
    for kind in Catalog::built_in().kinds() {
        let documented = documentation::of(kind);
        let examples: Vec<&str> = yaml_blocks(&documented).collect();
        assert_eq!(examples.len(), 1, "{} shows one example", kind.name);
        let named = format!("- check: {}\n", kind.name);
        assert!(
            examples[0].starts_with(&named),
            "{} shows itself",
            kind.name
        );
        let targets = "targets: { web: { cluster: dev, service: web } }";
        read(
            &kind.name,
            &format!("version: 1\n{targets}\nchecks:\n{}", examples[0]),
        );
    }
}

#[test]
fn each_example_folder_has_a_suite_that_can_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut suites = 0;
    for entry in std::fs::read_dir(folder).expect("the examples") {
        let path = entry.expect("an entry").path().join("touchdown.yaml");
        if path.exists() {
            let text = std::fs::read_to_string(&path).expect("a suite");
            // As it is, with the defaults of its variables.
            let sources = Sources::none();
            let name = path.display().to_string();
            if let Err(mistakes) = Suite::parse(&name, text.as_bytes(), &sources, &with_plugins()) {
                panic!("{mistakes}");
            }
            suites += 1;
        }
    }
    assert!(suites >= 3, "found {suites}");
}

#[test]
fn the_suite_of_the_readme_can_be_read() {
    let readme = include_str!("../README.md");
    let suites: Vec<&str> = yaml_blocks(readme)
        .filter(|block| block.contains("checks:\n"))
        .collect();
    assert_eq!(suites.len(), 1);
    read("README.md", suites[0]);
}
