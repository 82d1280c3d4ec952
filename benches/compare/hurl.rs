//! A thousand HTTP checks, each of a status and of a number in JSON, beside hurl.

use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::figures::{Failure, Spread, say};
use crate::page::Page;
use crate::program::{Contender, memories, quiet, times, turn_by_turn};

const CHECKS: usize = 1_000;
const TURNS: usize = 11;

pub fn compare(touchdown: &Path, hurl: &Path) -> Result<(), Failure> {
    let page = Page::serve()?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hurl");
    let files = Files::write(&folder, page.address)?;
    let jobs = |jobs: &str| {
        let mut command = Command::new(hurl);
        command.args(["--test", "--jobs", jobs]).args(&files.many);
        command
    };
    let mut suite = Command::new(touchdown);
    suite.args(["run", "--quiet"]).arg(&files.suite);
    let mut one = Command::new(hurl);
    one.arg("--test").arg(&files.one);
    let mut contenders = [
        ("touchdown, a suite of 1,000 checks", suite),
        ("hurl, a file of 1,000 entries", one),
        ("hurl, 1,000 files, `--jobs 1`", jobs("1")),
        ("hurl, 1,000 files, `--jobs 2`", jobs("2")),
        ("hurl, 1,000 files, `--jobs 32`", jobs("32")),
    ]
    .map(|(name, mut command)| {
        quiet(&mut command);
        command.env("NO_PROXY", "127.0.0.1");
        Contender {
            name: name.to_owned(),
            command,
        }
    });
    let connections = connections(&mut contenders, &page)?;
    let runs = turn_by_turn(&mut contenders, TURNS)?;
    say(&format!(
        "{TURNS} runs each; median (least to most)\n\n\
         | | from start to exit, ms | peak memory, MB | connections | at once |\n|---|---|---|---|---|"
    ));
    for ((contender, runs), (opened, at_once)) in contenders.iter().zip(&runs).zip(connections) {
        let (took, memory) = (times(runs), memories(runs));
        let name = &contender.name;
        say(&format!(
            "| {name} | {took} | {memory} | {opened} | {at_once} |"
        ));
    }
    let medians: Vec<f64> = runs.iter().map(|runs| times(runs).median()).collect();
    let fastest = Spread::of(medians[1..].iter().copied()).least();
    let share = medians[0] / fastest;
    say(&format!(
        "\ntouchdown takes {share:.2} of the time of hurl's fastest way; the bar is 1: {}",
        if share <= 1.0 { "kept" } else { "NOT KEPT" }
    ));
    Ok(())
}

/// How many connections a run of each opens, and the most at once.
fn connections(contenders: &mut [Contender], page: &Page) -> Result<Vec<(usize, usize)>, Failure> {
    let mut all = Vec::new();
    for contender in contenders {
        page.take();
        turn_by_turn(std::slice::from_mut(contender), 0)?;
        all.push(page.take());
    }
    Ok(all)
}

/// The same checks as each reads them.
struct Files {
    suite: PathBuf,
    one: PathBuf,
    many: Vec<PathBuf>,
}

impl Files {
    fn write(folder: &Path, server: SocketAddr) -> Result<Self, Failure> {
        fs::create_dir_all(folder)?;
        let mut files = Self {
            suite: folder.join("touchdown.yaml"),
            one: folder.join("all.hurl"),
            many: Vec::new(),
        };
        let mut suite = "version: 1\nchecks:\n".to_owned();
        let mut all = String::new();
        for number in 0..CHECKS {
            let url = format!("http://{server}/health/{number}");
            writeln!(
                suite,
                "  - {{ check: http.responds, url: '{url}', expect: {{ status: 200, json: {{ '$.entities': 5421 }} }} }}"
            )?;
            let entry =
                format!("GET {url}\nHTTP 200\n[Asserts]\njsonpath \"$.entities\" == 5421\n\n");
            all += &entry;
            let file = folder.join(format!("{number:04}.hurl"));
            fs::write(&file, entry)?;
            files.many.push(file);
        }
        fs::write(&files.suite, suite)?;
        fs::write(&files.one, all)?;
        Ok(files)
    }
}
