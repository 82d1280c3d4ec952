//! What is told of a program, whichever kind ran it.

use std::time::Duration;

use crate::contract::{Body, Evidence, Finding, Line, Period, Seen, State, Unobserved};
use crate::reads::{CommandError, Ending, Printed, Ran};
use crate::shortened::{MOST_LINES, quoted, shortened};

/// The last lines of both outputs; nothing of an output that is empty.
pub(crate) fn outputs(seen: &Seen<()>, ran: &Ran) -> Vec<Evidence> {
    let both = [
        ("standard output", &ran.stdout),
        ("standard error", &ran.stderr),
    ];
    let bodies = both
        .into_iter()
        .filter_map(|(of, printed)| last_lines(of, printed));
    bodies.map(|body| seen.evidence(body)).collect()
}

fn last_lines(of: &str, printed: &Printed) -> Option<Body> {
    let all: Vec<&str> = printed.text.lines().collect();
    let before = all.len().saturating_sub(MOST_LINES);
    let lines: Vec<Line> = all[before..].iter().map(|text| quoted(text)).collect();
    let title = match printed.omitted {
        0 => format!("last lines of {of}"),
        bytes => format!("last lines that were kept of {of}, {bytes} bytes of which were not"),
    };
    (!lines.is_empty()).then_some(Body::Excerpt {
        title,
        lines,
        omitted: before,
    })
}

/// The finding with the variables that the program should have got, where it doesn't hold: they may be why.
pub(crate) fn with_unset(mut finding: Finding, ran: &Ran) -> Finding {
    if finding.state != State::Holds && !ran.unset.is_empty() {
        let first = format!(
            "`pass_env` names {}, which touchdown itself hasn't got.",
            ran.unset.join(", ")
        );
        finding.hint = Some(match finding.hint {
            Some(hint) => format!("{first} {hint}"),
            None => first,
        });
    }
    finding
}

/// Why a program that was not started says nothing. No later look can start it either, unless the machine is
/// changed meanwhile.
pub(crate) fn not_started(program: &str, error: &CommandError) -> Unobserved {
    let why = match error {
        CommandError::NotFound if program.contains(char::is_whitespace) => {
            "there is no program of that name".to_owned()
        }
        CommandError::NotFound if program.contains('/') => "there is no such file".to_owned(),
        CommandError::NotFound => "it is not in PATH".to_owned(),
        other => other.to_string(),
    };
    Unobserved::lasting(format!("`{program}` can't be run: {why}")).hint(way_out(program, error))
}

fn way_out(program: &str, error: &CommandError) -> &'static str {
    match error {
        CommandError::NotFound if program.contains(char::is_whitespace) => {
            "Each argument is a word of its own: `command: [PROGRAM, ARGUMENT, …]`."
        }
        CommandError::NotFound if program.contains('/') => {
            "Its path counts from the folder of the suite's file: correct it, or install the program."
        }
        CommandError::NotFound => {
            "Install it on the machine that runs touchdown, or write its path; one with a `/` counts from the folder of the suite's file."
        }
        CommandError::NoInterpreter => {
            "Install the interpreter, or correct the line that begins with `#!`."
        }
        CommandError::NotExecutable => {
            "Make it executable: `chmod +x`, and `git update-index --chmod=+x` where git keeps it."
        }
        CommandError::Folder => "Write the program's own path, behind the folder's.",
        CommandError::Interrupted => "It was ended with all that it had started; begin again.",
        CommandError::Nul => "Look at the values that the suite's variables have.",
        CommandError::CarriageReturn => {
            "Give it the line ends of Unix: `sed -i 's/\\r$//' FILE`, and `*.sh text eol=lf` in .gitattributes."
        }
        CommandError::Unstartable(_) => {
            "Is it a program for this machine? A script's first line names its interpreter: `#!/bin/sh`."
        }
    }
}

/// What to do next: the command line, to be run by hand in the suite's folder.
pub(super) fn by_hand(seen: &Seen<()>) -> String {
    const WIDTH: usize = 200;
    let line = shortened(&seen.source.resource, WIDTH);
    format!("run it by hand in the suite's folder: `{line}`")
}

/// What is told of a program that said nothing by its end: it was ended, or died. None where it ended by itself.
pub(crate) fn not_told(program: &str, ending: Ending, within: Duration) -> Option<Finding> {
    Some(match ending {
        Ending::Code(_) => return None,
        Ending::Signal(signal) => Finding::unobserved(format!(
            "`{program}` was ended by signal {signal}{}",
            signal_name(signal)
        ))
        .hint("It died before it could tell: run it by hand, and look at what it printed and at the machine's memory."),
        Ending::TimedOut => Finding::unobserved(format!(
            "`{program}` had not ended after {}, and was ended with all that it had started",
            Period::from(within)
        ))
        .hint("Does it wait for something? Give the check a longer `timeout`, or the program one of its own."),
        Ending::Flooded => Finding::unobserved(format!(
            "`{program}` printed more than 16 MiB, and was ended with all that it had started"
        ))
        .hint("Have it print what matters.")
        .lasting(),
    })
}

/// The names that people know, of POSIX's numbers.
fn signal_name(signal: i32) -> &'static str {
    match signal {
        1 => " (SIGHUP)",
        2 => " (SIGINT)",
        6 => " (SIGABRT)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        15 => " (SIGTERM)",
        _ => "",
    }
}
