//! Where the time of an answer went, as evidence.

use std::time::Duration;

use super::several::Answers;
use crate::contract::{Body, Evidence};
use crate::reads::{FetchError, Page};

const COLUMNS: [&str; 8] = [
    "address",
    "answer",
    "HTTP",
    "DNS",
    "connect",
    "TLS",
    "first byte",
    "in all",
];

/// The most answers that are told one by one.
const MOST: usize = 50;

/// A row for each answer; none where no wire was asked.
pub(super) fn table(answers: &Answers) -> Option<Evidence> {
    let pages = answers
        .all
        .iter()
        .filter_map(|(_, answer)| answer.value.as_ref().ok());
    let (_, first) = answers.all.first()?;
    if !pages.clone().any(|page| page.phases.is_some()) {
        return None;
    }
    let rows = answers.all.iter().take(MOST).map(|(asked, answer)| {
        let asked = asked.map(|address| address.to_string());
        match &answer.value {
            Ok(page) => row(page, asked),
            Err(why) => silent(why, asked),
        }
    });
    let unasked = answers.passed_over.iter();
    let unasked =
        unasked.map(|address| unanswered("no way from this machine", Some(address.to_string())));
    let title = match answers.all.len() {
        1 => "how long the answer took".to_owned(),
        all if all > MOST => format!("the first {MOST} of {all} answers"),
        all => format!("{all} answers"),
    };
    Some(first.evidence(Body::table(title, COLUMNS, rows.chain(unasked))))
}

fn row(page: &Page, asked: Option<String>) -> [String; 8] {
    let phases = page.phases.unwrap_or_default();
    let address = page.address.map(|address| address.to_string());
    let optional = |phase: Option<Duration>| phase.map_or_else(|| "-".to_owned(), shown);
    [
        address.or(asked).unwrap_or_default(),
        page.status.to_string(),
        page.version.to_owned(),
        optional(phases.dns),
        optional(phases.connect),
        optional(phases.tls),
        shown(phases.first_byte),
        shown(page.took),
    ]
}

fn silent(why: &FetchError, asked: Option<String>) -> [String; 8] {
    unanswered(&why.to_string(), asked)
}

fn unanswered(why: &str, asked: Option<String>) -> [String; 8] {
    let mut row = std::array::from_fn(|_| "-".to_owned());
    row[0] = asked.unwrap_or_else(|| "-".to_owned());
    row[1] = why.to_owned();
    row
}

/// To a tenth of a millisecond where that is more than nothing.
fn shown(duration: Duration) -> String {
    match duration.as_micros() {
        micros @ 0..10_000 => format!("{}.{}ms", micros / 1000, micros % 1000 / 100),
        _ => crate::contract::Period::from(duration).to_string(),
    }
}
