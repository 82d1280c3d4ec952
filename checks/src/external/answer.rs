//! What a plug-in answered: lines of JSON, evidence and one finding. Whoever answers anything else told nothing.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use super::PROTOCOL;
use super::object::Object;
use crate::contract::{Body, Evidence, Finding, Seen, Source, State};
use crate::exec::{not_told, outputs, with_unset};
use crate::reads::{Ending, Ran};

/// One line of an answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    protocol: Option<u64>,
    #[serde(default)]
    evidence: Option<Object<ToldEvidence>>,
    #[serde(default)]
    finding: Option<Object<ToldFinding>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldEvidence {
    #[serde(default)]
    source: Option<Object<Source>>,
    #[serde(default)]
    at: Option<Timestamp>,
    body: Body,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldFinding {
    state: State,
    headline: String,
    #[serde(default)]
    hint: Option<String>,
    #[serde(default)]
    lasting: bool,
}

/// The most pieces of evidence that are kept, and the most rows, moments or lines of each: people read them.
const MOST: usize = 50;

const PROTOCOL_TOLD: &str = "docs/plugins.md tells what a plug-in answers; run it by hand with a check's document on standard input.";

/// The finding of a plug-in's run: its own, or why it has none.
pub(super) fn judge(name: &str, ran: &Ran, seen: &Seen<()>, within: Duration) -> Finding {
    with_unset(judged(name, ran, seen, within), ran)
}

fn judged(name: &str, ran: &Ran, seen: &Seen<()>, within: Duration) -> Finding {
    if let Some(finding) = not_told(name, ran.ending, within) {
        return finding.all_evidence(outputs(seen, ran));
    }
    match answered(ran, seen) {
        Ok(finding) => {
            // What it printed on standard output is the finding itself.
            let silent = Ran {
                stdout: Default::default(),
                ..ran.clone()
            };
            finding.all_evidence(outputs(seen, &silent))
        }
        Err(why) => Finding::unobserved(format!("`{name}` told nothing: {why}"))
            .hint(PROTOCOL_TOLD)
            .all_evidence(outputs(seen, ran)),
    }
}

/// The finding that it told by the protocol, or what is wrong with its answer.
fn answered(ran: &Ran, seen: &Seen<()>) -> Result<Finding, String> {
    if ran.stdout.omitted > 0 {
        return Err("it printed more than 1 MiB".into());
    }
    let (mut told, mut evidence) = (None, Vec::new());
    for (number, text) in (1..).zip(ran.stdout.text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let line = line(text).map_err(|why| format!("line {number} {why}"))?;
        if let Some(Object(piece)) = line.evidence {
            evidence.push(piece.seen(seen)?);
        }
        if let Some(Object(finding)) = line.finding
            && told.replace(finding).is_some()
        {
            return Err(format!("line {number} is a second finding"));
        }
    }
    let told = told.ok_or_else(|| match ran.ending {
        Ending::Code(code) => format!("it exited with {code} without a finding"),
        _ => "it has no finding".to_owned(),
    })?;
    match ran.ending {
        Ending::Code(0) => Ok(Finding {
            state: told.state,
            headline: one_line(&told.headline)?,
            hint: told.hint.map(|hint| one_line(&hint)).transpose()?,
            lasting: told.lasting && told.state == State::Unobserved,
            ..Finding::new(told.state, "")
        }
        .all_evidence(bounded(evidence, seen))),
        Ending::Code(code) => Err(format!("it exited with {code} after its finding")),
        _ => Err("it did not end".into()),
    }
}

fn line(text: &str) -> Result<Line, String> {
    let line: Result<Object<Line>, _> = serde_json::from_str(text);
    let Object(line) = line.map_err(|error| {
        let what = if error.is_eof() {
            "ends in the middle: each piece of JSON is one line"
        } else if text.trim_start().starts_with('{') {
            "is no line of the protocol"
        } else {
            "is no line of the protocol: print whatever else to standard error"
        };
        format!("{what} ({error})")
    })?;
    match line.protocol {
        Some(version) if version != PROTOCOL => Err(format!(
            "is of version {version} of the protocol, and this touchdown speaks {PROTOCOL}"
        )),
        _ if line.evidence.is_none() && line.finding.is_none() => {
            Err("is neither `evidence` nor a `finding`".into())
        }
        _ => Ok(line),
    }
}

impl ToldEvidence {
    fn seen(self, seen: &Seen<()>) -> Result<Evidence, String> {
        if let Body::Table {
            title,
            columns,
            rows,
        } = &self.body
            && let Some(row) = rows.iter().find(|row| row.len() != columns.len())
        {
            return Err(format!(
                "the table `{title}` has {} columns, and a row of {} cells",
                columns.len(),
                row.len()
            ));
        }
        Ok(Evidence {
            source: self
                .source
                .map_or_else(|| seen.source.clone(), |Object(source)| source),
            at: self.at.unwrap_or(seen.at),
            body: self.body.of_at_most(MOST),
        })
    }
}

/// The first pieces of evidence, and how many there were where that is not all.
fn bounded(mut evidence: Vec<Evidence>, seen: &Seen<()>) -> Vec<Evidence> {
    let all = evidence.len();
    if all > MOST {
        evidence.truncate(MOST);
        let (expected, told) = (
            format!("at most {MOST}"),
            format!("{all}, and the rest left out"),
        );
        evidence.push(seen.evidence(Body::compared("pieces of evidence", expected, told)));
    }
    evidence
}

/// A headline is one line; the rest of a text belongs into evidence.
fn one_line(text: &str) -> Result<String, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.is_empty() {
        true => Err("its finding has no headline, or an empty hint".into()),
        false => Ok(words.join(" ")),
    }
}

#[cfg(test)]
mod tests;
