//! The generated parts of the documentation are up to date.
//!
//! `UPDATE=1 cargo test --test docs` writes them anew.

mod common;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::{connections, incident, judge, never};
use touchdown::catalog::Catalog;
use touchdown::checks::contract::TargetSpec;
use touchdown::report::terminal::{self, Style, chain};
use touchdown::run::Options;
use touchdown::{confirm, documentation};
use touchdown_simulator::Simulator;

const STALE_TAG: &str = include_str!("../examples/stale-tag/touchdown.yaml");

/// Compares a file with what it should be, or writes it.
fn up_to_date(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).expect("the file can be written");
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "{} is not up to date; `UPDATE=1 cargo test --test docs` writes it anew",
        path.display()
    );
}

/// The file with the block between its two marks replaced.
fn with_block(path: &str, name: &str, block: &str) -> String {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(whole).expect("the file");
    let (begin, end) = (
        format!("<!-- begin {name} -->\n"),
        format!("<!-- end {name} -->"),
    );
    let (before, rest) = text.split_once(&begin).expect("the first mark");
    let (_, after) = rest.split_once(&end).expect("the second mark");
    format!("{before}{begin}{block}{end}{after}")
}

fn quoted(language: &str, text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    format!("```{language}\n{}\n```\n", lines.join("\n"))
}

#[tokio::test(start_paused = true)]
async fn the_readme_shows_what_touchdown_says() {
    let simulator = incident("stale-tag");
    let red = judge(&simulator, STALE_TAG).await;
    simulator.perform("fix").expect("an action of the scenario");
    let green = judge(&simulator, STALE_TAG).await;
    let shown = |report| quoted("text", &terminal::render(report, &Style::FILE));
    up_to_date("README.md", &with_block("README.md", "red", &shown(&red)));
    up_to_date(
        "README.md",
        &with_block("README.md", "green", &shown(&green)),
    );
}

/// What `touchdown confirm` says of the dashboard of the incident `stale-tag`.
async fn confirmed(simulator: &Simulator) -> String {
    let spec = TargetSpec {
        name: confirm::TARGET.into(),
        cluster: "HcTapStack-HcTapCluster7E2888D7-mDjWx5ME4lxG".into(),
        service: "HcTapStack-DashboardService4A4198DA-BbF2TLrVEnLf".into(),
        region: Some("us-east-1".into()),
        containers: None,
        image: None,
        not_before: None,
    };
    let options = Options::default();
    let plan = confirm::plan(spec, Duration::ZERO, &options).expect("the chain");
    let connections = Arc::new(connections(simulator));
    let report = confirm::confirm(plan, connections, options, never(), &mut ()).await;
    quoted("text", &chain::render(&report, &Style::FILE))
}

#[tokio::test(start_paused = true)]
async fn the_chain_is_shown_as_it_is() {
    const PAGE: &str = "docs/confirm.md";
    let simulator = incident("stale-tag");
    up_to_date(
        PAGE,
        &with_block(PAGE, "broken", &confirmed(&simulator).await),
    );
    simulator.perform("fix").expect("an action of the scenario");
    simulator.advance(Duration::from_secs(600));
    up_to_date(
        PAGE,
        &with_block(PAGE, "mended", &confirmed(&simulator).await),
    );
}

#[test]
fn every_kind_is_explained() {
    let mut page = String::from(
        "# The kinds of checks\n\n\
         This page is made from the kinds' own doc comments, which `touchdown checks KIND` prints too. The fields that\n\
         every check has are in [suite.md](suite.md).\n",
    );
    for kind in Catalog::built_in().kinds() {
        let _ = write!(page, "\n## {}\n\n{}\n", kind.name, documentation::of(kind));
        page.push_str(&fields_of(kind));
    }
    up_to_date("docs/checks.md", &page);
}

fn fields_of(kind: &touchdown::checks::contract::Kind) -> String {
    let fields = documentation::fields(kind);
    if fields.is_empty() {
        return "\nIt has no fields of its own.\n".into();
    }
    let mut table = String::from("\n| field | default | what it says |\n|---|---|---|\n");
    for field in fields {
        let default = match (field.required, field.default) {
            (true, _) => "required".into(),
            (false, Some(value)) => format!("`{value}`"),
            (false, None) => String::new(),
        };
        let _ = writeln!(
            table,
            "| `{}` | {default} | {} |",
            field.name,
            field.description.replace('|', "\\|")
        );
    }
    table
}

#[test]
fn the_command_line_is_told() {
    let mut page =
        String::from("# The command line\n\nThis page is made from `touchdown --help`.\n");
    let commands = [
        "run", "confirm", "snapshot", "init", "validate", "doctor", "checks", "schema", "render",
    ];
    let top = touchdown::cli::help(None);
    for command in commands {
        assert!(
            top.contains(&format!("\n  {command} ")),
            "`{command}` is a command"
        );
    }
    let _ = write!(page, "\n{}", quoted("text", &top));
    for command in commands {
        let help = touchdown::cli::help(Some(command));
        let _ = write!(
            page,
            "\n## touchdown {command}\n\n{}",
            quoted("text", &help)
        );
    }
    up_to_date("docs/command-line.md", &page);
}

#[test]
fn the_schema_is_written_down() {
    let schema = touchdown::schema::of_suites(&Catalog::built_in());
    up_to_date("docs/touchdown.schema.json", &schema);
}
