//! `exec`: a program of the team's own ends as expected.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::environment::{self, VariableName, Variables};
use super::expectation::OutputExpectation;
use super::words::{Words, misplaced_arguments};
use super::{Facts, by_hand};
use crate::contract::{
    Body, Check, Fault, Finding, LITERAL, Located, Look, Outside, Period, Seen, Unobserved,
};
use crate::difference::Difference;
use crate::reads::{CommandRequest, Ran};

/// **Asks** whether a program ends as expected: its exit code, and what it printed.
///
/// **Why it matters**: a team has smoke tests already. Run here, they wait, hold and report like every
/// other check.
///
/// It runs in the folder of the suite's file that it is written in, without a terminal, with only PATH, HOME, LANG, LC_ALL, LC_CTYPE, TMPDIR and TZ
/// of touchdown's environment, a TOUCHDOWN_CHECK that tells its descendants from others, and what `pass_env` and `env` add. `timeout` bounds one run; then it and all that
/// it started are ended. Another exit code, or other output, may still become right, so it waits; `broken_when`
/// names the codes that waiting can't mend. A program that isn't there, dies by a signal, takes too long or prints
/// more than 16 MiB says nothing of the deployment.
///
/// **Evidence**: the exit code, what differs, and the last lines of both outputs.
///
/// **Example**
/// ```yaml
/// - check: exec
///   command: [./smoke-test.sh, --base-url, https://shop.example.com]
///   env: { MODE: after-deploy }
///   broken_when: [2]
///   expect: { stdout: { contains: all 12 passed } }
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exec {
    /// The program and its arguments. One with a `/` counts from the folder of the suite's file. Either this or `shell`.
    #[serde(default)]
    #[schemars(extend("prefixItems" = [{ "type": "string", "format": LITERAL }]))]
    command: Option<Words>,
    /// A line for `/bin/sh`, where pipes and the like are needed.
    #[serde(default)]
    #[schemars(extend("format" = LITERAL))]
    shell: Option<String>,
    /// What it reads on standard input.
    #[serde(default)]
    stdin: Option<String>,
    /// Environment variables to set for it.
    #[serde(default)]
    env: Variables,
    /// Environment variables that it gets as touchdown has them, by name.
    #[serde(default)]
    pass_env: Vec<VariableName>,
    /// The exit codes of a statement that holds.
    #[serde(default = "success")]
    holds_when: Vec<u8>,
    /// The exit codes that settle the check: waiting can't help.
    #[serde(default)]
    broken_when: Vec<u8>,
    /// What it should have printed.
    #[serde(default)]
    expect: OutputExpectation,
}

fn success() -> Vec<u8> {
    vec![0]
}

/// What is given to a program may be secret, so that only its name is shown.
impl fmt::Debug for Exec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exec")
            .field("program", &self.program())
            .finish_non_exhaustive()
    }
}

impl Check for Exec {
    const KIND: &'static str = "exec";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        Facts::observe(look.reads, self.request(look)).await
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        facts.judged(self.program(), |code, ran, seen| {
            self.judge_end(code, ran, seen)
        })
    }

    fn secrets(&self) -> Vec<String> {
        environment::secrets(&self.env, &self.pass_env)
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut found: Vec<Fault> = self.program_mistake(fields).into_iter().collect();
        if self.holds_when.is_empty() {
            let told = "`holds_when` names no exit code, so it can never hold";
            let fault = Fault::new(fields.place_of("holds_when"), told);
            found.push(fault.help("write `holds_when: [0]`, or leave the field out"));
        }
        let mut both = self.holds_when.iter();
        if let Some(code) = both.find(|code| self.broken_when.contains(code)) {
            let told = format!("the exit code {code} can't both hold and be broken");
            found.push(Fault::new(fields.place_of("broken_when"), told));
        }
        if let Some((key, value)) = fields.entry("expect") {
            found.extend(OutputExpectation::mistakes(key, value));
        }
        found
    }
}

impl Exec {
    fn program(&self) -> &str {
        self.command.as_ref().map_or("/bin/sh", Words::program)
    }

    fn request(&self, look: &Look<'_, Self>) -> CommandRequest {
        let arguments = match (&self.shell, &self.command) {
            (Some(line), _) => vec!["-c".to_owned(), line.clone()],
            (None, Some(words)) => words.arguments(),
            (None, None) => Vec::new(),
        };
        CommandRequest {
            program: self.program().to_owned(),
            arguments,
            input: self.stdin.clone(),
            pass_env: environment::names(&self.pass_env),
            env: environment::set(&self.env),
            folder: look.folder.to_owned(),
            within: look.times.limit,
        }
    }

    fn program_mistake(&self, fields: &Located) -> Option<Fault> {
        const EITHER: &str = "give `command: [PROGRAM, ARGUMENT, …]`, or `shell: LINE`";
        let empty = |name: &str| Fault::new(fields.place_of(name), format!("`{name}` is empty"));
        let fault = match (&self.command, &self.shell) {
            (None, None) => Fault::new(fields.place, "nothing says which program is meant"),
            (Some(_), Some(_)) => Fault::new(
                fields.place_of("shell"),
                "`command` and `shell` can't go together",
            ),
            (Some(words), None) if words.program().is_empty() => empty("command"),
            (Some(words), None) => return misplaced_arguments(fields, words),
            (None, Some(line)) if line.trim().is_empty() => empty("shell"),
            _ => return None,
        };
        Some(fault.help(EITHER))
    }

    /// What its exit code says, and where that is right, what it printed.
    fn judge_end(&self, code: i32, ran: &Ran, seen: &Seen<()>) -> Finding {
        let is_in = |codes: &[u8]| codes.iter().any(|known| i32::from(*known) == code);
        let (program, took) = (self.program(), Period::from(ran.took));
        let expected = listed(&self.holds_when);
        let exit = seen.evidence(Body::compared("exit code", &expected, code.to_string()));
        if is_in(&self.broken_when) {
            return Finding::broken(format!(
                "`{program}` exited with {code} after {took}, which is `broken_when`"
            ))
            .hint("The suite names this exit code as one that waiting can't mend.")
            .evidence(exit);
        }
        if !is_in(&self.holds_when) {
            return self.unexpected(code, &expected, seen).evidence(exit);
        }
        let differences = self.expect.differences(ran);
        let compared = differences.iter().map(|difference| {
            let Difference {
                what,
                expected,
                seen: found,
                ..
            } = difference;
            seen.evidence(Body::compared(what, expected, found))
        });
        let compared: Vec<_> = compared.collect();
        self.judge_output(&differences, code, ran, seen)
            .evidence(exit)
            .all_evidence(compared)
    }

    fn judge_output(
        &self,
        differences: &[Difference],
        code: i32,
        ran: &Ran,
        seen: &Seen<()>,
    ) -> Finding {
        let (program, took) = (self.program(), Period::from(ran.took));
        let certain = differences.iter().find(|difference| !difference.unread);
        match (certain, differences.first()) {
            (None, None) => {
                let with = match self.expect.met(ran) {
                    none if none.is_empty() => none,
                    met => format!(" with {met}"),
                };
                Finding::holds(format!("`{program}` exited with {code} after {took}{with}"))
            }
            (None, Some(unread)) => Finding::unobserved(format!(
                "`{program}` exited with {code}, and the kept part of {} can't tell whether it is as expected: {}",
                unread.what, unread.expected
            ))
            .hint("1 MiB of standard output and the last 64 KiB of standard error are kept: have it print less."),
            (Some(first), _) => {
                let more = match differences.len() - 1 {
                    0 => String::new(),
                    more => format!(", and {more} more"),
                };
                Finding::not_yet(format!(
                    "`{program}` exited with {code}, but {} is {}, expected {}{more}",
                    first.what, first.seen, first.expected
                ))
                .hint(format!("Its last lines are below; {}.", by_hand(seen)))
            }
        }
    }

    /// Another exit code; a shell's may say that it could not run what the line names (POSIX, 2.8.2).
    fn unexpected(&self, code: i32, expected: &str, seen: &Seen<()>) -> Finding {
        let program = self.program();
        match (code, &self.shell) {
            (126 | 127, Some(_)) => Finding::unobserved(format!(
                "the shell exited with {code}: it {}",
                if code == 127 {
                    "found no such program"
                } else {
                    "may not run the program"
                }
            ))
            .hint("The last line of standard error names it: install it, or correct the line.")
            .lasting(),
            _ => Finding::not_yet(format!(
                "`{program}` exited with {code}, expected {expected}"
            ))
            .hint(format!("Its last lines tell why; {}.", by_hand(seen))),
        }
    }
}

/// `0`, `0 or 3`.
fn listed(codes: &[u8]) -> String {
    let codes: Vec<String> = codes.iter().map(u8::to_string).collect();
    codes.join(" or ")
}

#[cfg(test)]
mod tests;
