//! The generated parts of the documentation are up to date.
//!
//! `UPDATE=1 cargo test --test docs` writes them anew.

mod common;
mod table;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use common::{confirmed, incident, judge};
use touchdown::catalog::Catalog;
use touchdown::checks::contract::Period;
use touchdown::documentation;
use touchdown::report::terminal::{self, Style, chain};
use touchdown::report::{Report, Verdict};

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

#[tokio::test(start_paused = true)]
async fn the_chain_is_shown_as_it_is() {
    const PAGE: &str = "docs/confirm.md";
    const DASHBOARD: usize = 1;
    let simulator = incident("stale-tag");
    let shown = |report: &Report| quoted("text", &chain::render(report, &Style::FILE));
    let broken = shown(&confirmed(&simulator, DASHBOARD).await);
    up_to_date(PAGE, &with_block(PAGE, "broken", &broken));
    simulator.perform("fix").expect("an action of the scenario");
    simulator.advance(Duration::from_secs(600));
    let mended = shown(&confirmed(&simulator, DASHBOARD).await);
    up_to_date(PAGE, &with_block(PAGE, "mended", &mended));
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
    let commands = touchdown::cli::commands();
    let top = touchdown::cli::help(None);
    let _ = write!(page, "\n{}", quoted("text", &top));
    for command in commands {
        let help = touchdown::cli::help(Some(&command));
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

#[tokio::test(start_paused = true)]
async fn the_incidents_are_told_as_touchdown_tells_them() {
    let mut told = String::new();
    for incident in table::TABLE {
        let simulator = common::incident(incident.name);
        let about = simulator.scenario().about().to_owned();
        write!(told, "\n### {}\n\n{about}\n\n", incident.name).expect("a text");
        for moment in incident.moments {
            if let Some(action) = moment.action {
                simulator.perform(action).expect("one of its actions");
            }
            simulator.advance(moment.later);
            let variables = incident.variables(&simulator, "3s");
            let plan = common::plan_given(&incident.suite(), &variables);
            let report = common::judge_plan(&simulator, &plan).await;
            assert_eq!(
                report.exit_code, moment.code,
                "{}: {report:#?}",
                incident.name
            );
            told += &in_one_line(moment, &report);
            let chain = confirmed(&simulator, incident.service).await;
            if moment.code == 0 {
                assert_eq!(chain.exit_code, 0, "{}: {chain:#?}", incident.name);
            }
            if moment.action.is_none() {
                told += &chain_in_one_line(&chain);
            }
        }
    }
    let told = with_block("docs/incidents.md", "incidents", &(told + "\n"));
    up_to_date("docs/incidents.md", &told);
}

/// One line of a list: when, the verdict, which kinds, and what the one says that tells most.
fn in_one_line(moment: &table::Moment, report: &Report) -> String {
    let when = match moment.action {
        Some(action) => format!("after `{action}`"),
        None if moment.later.is_zero() => "at the start".to_owned(),
        None => format!("{} after the start", Period::from(moment.later)),
    };
    let bad = [Verdict::Failed, Verdict::Inconclusive];
    let kinds: Vec<String> = report
        .checks
        .iter()
        .filter(|check| bad.contains(&check.verdict))
        .map(|check| format!("`{}`", check.kind))
        .collect();
    let verdict = format!("{:?}", report.verdict).to_lowercase();
    let telling = report
        .checks
        .iter()
        .find(|check| bad.contains(&check.verdict) && check.headline.contains(moment.says));
    match telling {
        None => format!("- {when}: **{verdict}**\n"),
        Some(check) => format!(
            "- {when}: **{verdict}** by {}\n  > {}\n",
            kinds.join(", "),
            check.headline
        ),
    }
}

/// The first line of `touchdown confirm`, and the first command that it shows.
fn chain_in_one_line(report: &Report) -> String {
    let wide = Style {
        width: 1_000,
        ..Style::FILE
    };
    let screen = chain::render(report, &wide);
    let first = screen.lines().next().unwrap_or_default();
    let is_command = |line: &&str| {
        ["  aws ", "  docker "]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let command = screen.lines().find(is_command).map(str::trim);
    let command = command.map_or_else(String::new, |command| format!("\n  > `{command}`"));
    format!("- `touchdown confirm` then: {first}{command}\n")
}
