//! `nagios`: a monitoring plug-in says that all is well.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::environment::{self, VariableName, Variables};
use super::perfdata::{Measured, Told};
use super::words::{Words, misplaced_arguments};
use super::{Facts, by_hand};
use crate::contract::{
    Body, Check, Evidence, Fault, Finding, LITERAL, Located, Look, Outside, Seen, State, Unobserved,
};
use crate::reads::CommandRequest;

/// **Asks** whether a monitoring plug-in, of Nagios, Icinga, Checkmk or your own, says OK.
///
/// **Why it matters**: thousands of things can be looked at by a program that somebody has written and keeps
/// well, and a team's monitoring has many of them in use.
///
/// A plug-in tells its state by its exit code. 0, OK, holds. 1, WARNING, and 2, CRITICAL, may still become right,
/// so they wait, unless `warning` or `critical` says otherwise. 3, UNKNOWN, and any other code say nothing of the
/// deployment. It runs as the programs of `exec` do.
///
/// **Evidence**: the state, the performance data as a table, and the last lines of both outputs.
///
/// **Example**
/// ```yaml
/// - check: nagios
///   command: [/usr/lib/nagios/plugins/check_http, --hostname=shop.example.com, --ssl, --certificate=14]
///   warning: holds
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nagios {
    /// The plug-in and its arguments. One with a `/` counts from the folder of the suite's file.
    #[schemars(extend("prefixItems" = [{ "type": "string", "format": LITERAL }]))]
    command: Words,
    /// Environment variables to set for it.
    #[serde(default)]
    env: Variables,
    /// Environment variables that it gets as touchdown has them, by name.
    #[serde(default)]
    pass_env: Vec<VariableName>,
    /// What WARNING means.
    #[serde(default)]
    warning: Meaning,
    /// What CRITICAL means.
    #[serde(default)]
    critical: Meaning,
}

/// What a state of a plug-in means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Meaning {
    /// It is good enough.
    Holds,
    /// It may still become right.
    #[default]
    NotYet,
    /// Waiting can't help.
    Broken,
}

impl From<Meaning> for State {
    fn from(meaning: Meaning) -> Self {
        match meaning {
            Meaning::Holds => Self::Holds,
            Meaning::NotYet => Self::NotYet,
            Meaning::Broken => Self::Broken,
        }
    }
}

/// What is given to a plug-in may be secret, so that only its name is shown.
impl fmt::Debug for Nagios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nagios")
            .field("program", &self.program())
            .finish_non_exhaustive()
    }
}

impl Check for Nagios {
    const KIND: &'static str = "nagios";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let request = CommandRequest {
            program: self.program().to_owned(),
            arguments: self.command.arguments(),
            input: None,
            pass_env: environment::names(&self.pass_env),
            env: environment::set(&self.env),
            folder: look.folder.to_owned(),
            within: look.times.limit,
        };
        Facts::observe(look.reads, request).await
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        facts.judged(self.program(), |code, ran, seen| {
            self.judge_end(code, &Told::of(&ran.stdout.text), seen)
        })
    }

    fn secrets(&self) -> Vec<String> {
        environment::secrets(&self.env, &self.pass_env)
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let empty = self.program().is_empty();
        let told = || {
            let fault = Fault::new(fields.place_of("command"), "`command` is empty");
            fault.help("give `command: [PLUG-IN, ARGUMENT, …]`")
        };
        let misplaced = misplaced_arguments(fields, &self.command);
        empty.then(told).into_iter().chain(misplaced).collect()
    }
}

impl Nagios {
    fn program(&self) -> &str {
        self.command.program()
    }

    fn judge_end(&self, code: i32, told: &Told, seen: &Seen<()>) -> Finding {
        let (name, state) = match code {
            0 => ("OK", State::Holds),
            1 => ("WARNING", self.warning.into()),
            2 => ("CRITICAL", self.critical.into()),
            3 => ("UNKNOWN", State::Unobserved),
            _ => return self.no_state(code),
        };
        let headline = match told.headline.as_str() {
            "" => format!("`{}` says {name}, and nothing else", self.program()),
            // Most plug-ins name their state themselves, as the guidelines ask.
            said if names(said, name) => said.to_owned(),
            said => format!("{name}: {said}"),
        };
        let finding = Finding::new(state, headline);
        let finding = match state {
            State::Unobserved => finding.hint("UNKNOWN mostly means that the plug-in got wrong arguments, or could not look: run it by hand."),
            State::NotYet | State::Broken => finding.hint(format!(
                "What it says is the plug-in's own; {}. `{}: holds` in the suite takes {name} for good enough.",
                by_hand(seen),
                name.to_lowercase()
            )),
            State::Holds => finding,
        };
        finding
            .evidence(seen.evidence(Body::compared("state of the plug-in", "OK", name)))
            .all_evidence(measured(&told.measured, seen))
    }

    fn no_state(&self, code: i32) -> Finding {
        Finding::unobserved(format!(
            "`{}` exited with {code}, which is no state of a monitoring plug-in (0 to 3)",
            self.program()
        ))
        .hint("Is it one? A program with exit codes of its own is for `check: exec`.")
    }
}

/// Whether a plug-in's words name its state: `HTTP OK: …`, but not `BROKEN`.
fn names(said: &str, state: &str) -> bool {
    said.split(|c: char| !c.is_alphanumeric())
        .any(|word| word == state)
}

/// The most measurements that are told: people read them.
const MOST: usize = 50;

fn measured(measured: &[Measured], seen: &Seen<()>) -> Option<Evidence> {
    let columns = ["measured", "value", "warning", "critical", "least", "most"];
    let rows = measured.iter().map(|Measured { label, numbers }| {
        let [value, warning, critical, least, most] = numbers.clone();
        [label.clone(), value, warning, critical, least, most]
    });
    let table = || {
        let table = Body::table("performance data", columns, rows);
        seen.evidence(table.of_at_most(MOST))
    };
    (!measured.is_empty()).then(table)
}

#[cfg(test)]
mod tests;
