//! What the README of the recipes says to type is typed.

use std::process::Command;

use crate::place::ended;
use crate::rehearsal::{Deploy, Rehearsal};
use crate::systems::read;

#[test]
fn every_command_of_the_readme_is_one_that_touchdown_knows() {
    let page = read("README.md");
    let commands: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with("touchdown "))
        .collect();
    assert!(commands.len() >= 4, "{commands:?}");
    let rehearsal = Rehearsal::of(Deploy::Works);
    let built = std::path::Path::new(env!("CARGO_BIN_EXE_touchdown"));
    for command in commands {
        let mut shell = Command::new("sh");
        let path = format!("PATH={}:$PATH", built.parent().expect("a folder").display());
        shell.args(["-e", "-c", &format!("{path}\n{command}")]);
        shell
            .env("ECS_CLUSTER", "prod-shop")
            .env("ECS_SERVICE", "checkout");
        let ended = ended(rehearsal.prepare(shell));
        ended.expect_code(0);
    }
}
