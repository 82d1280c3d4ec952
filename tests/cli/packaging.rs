//! What packagers install beside the program: completions and manual pages, which the programs
//! that read them must accept, as far as they are there.

use std::io::Write as _;
use std::process::{Command, Output};

use touchdown::cli::commands;

use crate::place::{Place, argument, assert_tells};

/// The program's output, where there is such a program.
fn output(program: &str, arguments: &[&str]) -> Option<Output> {
    let output = Command::new(program).args(arguments).output();
    if output.is_err() {
        // Written past the test harness, which would keep it to itself.
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED {program} {arguments:?}: it is not there\n"
        );
    }
    output.ok()
}

/// The program accepts what it was given without a word.
#[track_caller]
fn assert_accepted(program: &str, arguments: &[&str]) {
    let Some(output) = output(program, arguments) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && said.is_empty(),
        "{program}: {said}"
    );
}

#[test]
fn every_shell_has_completions_of_every_command() {
    let place = Place::new();
    let commands = commands();
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = place.run(&["completions", shell]);
        assert_tells(&script.expect_code(0).stdout, &commands);
        assert_tells(&script.stdout, &["endpoint-url", "junit"]);
        place.write(shell, &script.stdout);
    }
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        assert_accepted(shell, &[check, argument(&place.path(shell))]);
    }
}

#[test]
fn bash_completes_commands_options_and_their_values() {
    let place = Place::new();
    place.write("script", &place.run(&["completions", "bash"]).stdout);
    let complete = "source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
                    _touchdown touchdown \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"; \
                    echo \"${COMPREPLY[@]}\"";
    for (words, completed) in [
        (&["touchdown", "con"][..], "confirm"),
        (
            &["touchdown", "run", "--junit-nothing", "--en"],
            "--endpoint-url",
        ),
        (&["touchdown", "render", "--format", "nag"], "nagios"),
        (&["touchdown", "completions", "zs"], "zsh"),
    ] {
        let script = place.path("script");
        let arguments = [&["-c", complete, "bash", argument(&script)], words].concat();
        let Some(output) = output("bash", &arguments) else {
            return;
        };
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(told.trim(), completed, "{words:?}: {output:?}");
    }
}

#[test]
fn there_is_a_manual_page_and_one_for_each_command() {
    let place = Place::new();
    std::fs::create_dir(place.path("man1")).expect("a new folder");
    let written = place.run(&["man", "--output", "man1"]);
    assert_eq!(written.expect_code(0).stdout, "");
    let pages = commands()
        .into_iter()
        .map(|name| format!("touchdown-{name}.1"));
    let mut expected: Vec<String> = pages.chain(["touchdown.1".to_owned()]).collect();
    expected.sort();
    assert_eq!(place.files_in("man1"), expected);
    let top = place.run(&["man"]);
    assert_eq!(top.expect_code(0).stdout, place.read("man1/touchdown.1"));
    assert_tells(
        &top.stdout,
        &[
            ".TH touchdown 1",
            "EXIT STATUS",
            "ENVIRONMENT",
            "touchdown\\-run(1)",
        ],
    );
    assert_tells(
        &place.read("man1/touchdown-run.1"),
        &["touchdown\\-run", "endpoint\\-url"],
    );
    for name in &expected {
        let page = place.path("man1").join(name);
        assert_accepted(
            "groff",
            &["-ww", "-man", "-Kutf8", "-Tutf8", "-z", argument(&page)],
        );
        assert_accepted("mandoc", &["-T", "lint", "-W", "error", argument(&page)]);
    }
}

#[test]
fn pages_go_into_a_folder_that_is_there() {
    let place = Place::new();
    let nowhere = place.run(&["man", "--output", "nowhere"]);
    assert_tells(
        &nowhere.expect_code(2).stderr,
        &[
            "cannot write to nowhere/touchdown-",
            "the directory nowhere does not exist",
        ],
    );
}
