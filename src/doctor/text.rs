//! A checkup as text.

use std::fmt::Display;

use touchdown_checks::contract::{Period, Unobserved};
use touchdown_checks::reads::{credentials_origin, region_origin};

use super::{Checkup, Identity, Standing};
use crate::report::terminal::Style;
use crate::report::text::{Ink, Paint, Sheet, Times};
use crate::report::{Verdict, escape};

/// The checkup for people, with the policy as JSON at its end. It ends in a line end.
#[must_use]
pub fn render(checkup: &Checkup, style: &Style) -> String {
    let sheet = Sheet {
        width: style.width,
        paint: Paint { color: style.color },
        times: Times::short(checkup.at),
        clean: style.charset.clean(),
    };
    let mut rows = verdict(checkup, &sheet);
    if let Some(who) = &checkup.identity {
        rows.push(String::new());
        rows.extend(identity(who, checkup, &sheet));
    }
    if !checkup.targets.is_empty() {
        rows.push(String::new());
        rows.extend(targets(checkup, &sheet));
    }
    rows.push(String::new());
    rows.extend(actions(checkup, &sheet));
    rows.push(String::new());
    rows.extend(policy(checkup, &sheet));
    let page = format!("{}\n", rows.join("\n"));
    escape::without_commands(&style.charset.signs(&page))
}

const GOOD: (&str, Ink) = ("✔", Ink::Good);
const BAD: (&str, Ink) = ("✖", Ink::Bad);
const UNSURE: (&str, Ink) = ("?", Ink::Unsure);
const BESIDE: (&str, Ink) = ("-", Ink::Faint);

/// `✔ label  text`, hanging from the label.
fn row(sheet: &Sheet, (sign, ink): (&str, Ink), label: &str, text: &str) -> Vec<String> {
    let first = format!("  {} {label}", sheet.paint.ink(ink, sign));
    let further = " ".repeat(4 + label.chars().count());
    let text = [sheet.line(text)];
    sheet.behind(&first, &further, &text, Ink::Plain)
}

/// What could not be looked at, and what to do about it.
fn lacking(sheet: &Sheet, label: &str, unobserved: &Unobserved) -> Vec<String> {
    let mut rows = row(sheet, BAD, label, &unobserved.headline);
    let margin = " ".repeat(4 + label.chars().count());
    for line in unobserved.hint.iter().flat_map(|hint| hint.lines()) {
        rows.extend(sheet.behind(&margin, &margin, &[sheet.line(line)], Ink::Faint));
    }
    rows
}

fn verdict(checkup: &Checkup, sheet: &Sheet) -> Vec<String> {
    let suite = sheet.line(&checkup.suite);
    let (word, ink, told) = match checkup.verdict() {
        Verdict::Passed => ("READY", Ink::Good, "nothing is missing"),
        _ => ("NOT READY", Ink::Bad, "something is missing or unknown"),
    };
    let first = format!("{}  ", sheet.paint.bold(ink, word));
    sheet.behind(&first, "  ", &[format!("{suite}: {told}")], Ink::Strong)
}

fn identity(who: &Identity, checkup: &Checkup, sheet: &Sheet) -> Vec<String> {
    let mut rows = match &who.caller {
        Ok(caller) => {
            let told = format!("{}, by {}", caller.arn, credentials_origin());
            let mut rows = row(sheet, GOOD, "identity     ", &told);
            rows.extend(row(sheet, GOOD, "account      ", &caller.account));
            rows
        }
        Err(unobserved) => lacking(sheet, "identity     ", unobserved),
    };
    rows.extend(match &who.region {
        Ok(region) => {
            let told = format!("{region}, by {}", region_origin());
            row(sheet, GOOD, "region       ", &told)
        }
        // Targets may name their own.
        Err(unobserved) => row(sheet, BESIDE, "region       ", &unobserved.headline),
    });
    rows.extend(credentials(who, checkup, sheet));
    rows
}

fn credentials(who: &Identity, checkup: &Checkup, sheet: &Sheet) -> Vec<String> {
    const LABEL: &str = "credentials  ";
    let longest = Period::from(checkup.longest);
    let expires = match &who.expires {
        Ok(Some(expires)) => *expires,
        Ok(None) => return row(sheet, BESIDE, LABEL, "don't say when they expire"),
        Err(unobserved) => return lacking(sheet, LABEL, unobserved),
    };
    let left = expires.duration_since(checkup.at);
    let left = Period::from(std::time::Duration::from_secs(
        left.as_secs().max(0).unsigned_abs(),
    ));
    let at = sheet.times.text(expires);
    if checkup.expires_too_early() {
        let told = format!("expire in {left}, at {at}, and the suite may take {longest}");
        return row(sheet, BAD, LABEL, &told);
    }
    let told = format!("expire in {left}, at {at}; the suite takes {longest} at most");
    row(sheet, GOOD, LABEL, &told)
}

fn targets(checkup: &Checkup, sheet: &Sheet) -> Vec<String> {
    let mut rows = vec![sheet.paint.ink(Ink::Strong, "targets")];
    let wide = widest(checkup.targets.keys());
    for (name, found) in &checkup.targets {
        let label = format!("{:wide$}  ", sheet.line(name));
        rows.extend(match found {
            Ok(place) => row(sheet, GOOD, &label, place),
            Err(unobserved) => lacking(sheet, &label, unobserved),
        });
    }
    rows
}

fn widest(names: impl Iterator<Item = impl Display>) -> usize {
    names
        .map(|name| name.to_string().chars().count())
        .max()
        .unwrap_or(0)
}

fn actions(checkup: &Checkup, sheet: &Sheet) -> Vec<String> {
    let mut rows = vec![sheet.paint.ink(Ink::Strong, "permissions")];
    if checkup.actions.is_empty() {
        rows.extend(row(sheet, BESIDE, "", "none: no check asks AWS anything"));
        return rows;
    }
    let wide = widest(checkup.actions.keys());
    for (action, standing) in &checkup.actions {
        let (sign, told) = match standing {
            Standing::Allowed => (GOOD, "allowed"),
            Standing::Denied(told) => (BAD, told.as_str()),
            Standing::Failed(told) => (UNSURE, told.as_str()),
            Standing::NotTried if refused(checkup) => {
                (UNSURE, "not tried: the looks did not come so far")
            }
            Standing::NotTried => (
                BESIDE,
                "not tried: this look did not need it, another one may",
            ),
        };
        rows.extend(row(sheet, sign, &format!("{action:wide$}  "), told));
    }
    rows
}

/// Whether a refusal may have kept looks from what they would have asked next.
fn refused(checkup: &Checkup) -> bool {
    let allowed = |standing: &Standing| matches!(standing, Standing::Allowed | Standing::NotTried);
    let unknown = checkup
        .identity
        .as_ref()
        .is_some_and(|who| who.caller.is_err());
    unknown || !checkup.actions.values().all(allowed)
}

fn policy(checkup: &Checkup, sheet: &Sheet) -> Vec<String> {
    if checkup.actions.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![sheet.paint.ink(
        Ink::Strong,
        "the smallest IAM policy that allows this suite its looks",
    )];
    if checkup.targets.values().any(Result::is_err) {
        let note = "A target could not be looked at: put its real names in place of `*`.";
        rows.extend(row(sheet, UNSURE, "", note));
    }
    // JSON as it is, so that it can be copied.
    rows.extend(policy_text(checkup).lines().map(|line| sheet.line(line)));
    rows
}

/// The policy alone.
#[must_use]
pub fn policy_text(checkup: &Checkup) -> String {
    let text = serde_json::to_string_pretty(&checkup.policy);
    // Every key is text, so that nothing of it can fail to become JSON.
    text.map(|text| text + "\n").unwrap_or_default()
}
