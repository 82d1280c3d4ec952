//! Answers of AWS that are anything: whatever comes, the run ends with a whole report, and what AWS does not
//! say never makes a check pass.

use std::str::Chars;
use std::sync::Arc;

use serde_json::Value;
use touchdown::report::Report;

use crate::parts;
use crate::wire::Answer;
use crate::world::passed;
use crate::worlds::{self, Wrong};

/// Input: an incident, an operation and a status, `stale-tag DescribeTasks 200`, then the body that answers
/// it. Everything else is answered as it is.
pub(crate) fn replaced(data: &[u8]) {
    let line = data.iter().position(|byte| *byte == b'\n');
    let (head, body) = data.split_at(line.unwrap_or(data.len()));
    let head = String::from_utf8_lossy(head).into_owned();
    let mut words = head.split(' ').map(str::to_owned);
    let (Some(incident), Some(operation), Some(status)) =
        (words.next(), words.next(), words.next())
    else {
        return;
    };
    let status = status
        .parse()
        .ok()
        .filter(|status| (200..600).contains(status));
    let (Some(wrong), Some(status)) = (worlds::named(&incident), status) else {
        return;
    };
    let body = body.get(1..).unwrap_or_default().to_vec();
    let legible = serde_json::from_slice::<Value>(&body).is_ok();
    let report = wrong
        .world
        .judged(Arc::new(move |asked, answer: &mut Answer| {
            if asked == operation {
                *answer = Answer {
                    status,
                    body: body.clone(),
                };
            }
        }));
    // What can be read may say that all is well. XML and CBOR are read here as nothing.
    if incident == "stale-tag" && (!legible || status != 200) {
        assert_none_passed(&report, wrong);
    }
}

/// Input: an incident; the operations whose answers are thinned, all if none is named; what becomes of each
/// value of an answer, in order: left out (`x`), null (`n`), emptied (`e`) or kept (anything else).
pub(crate) fn omitted(data: &[u8]) {
    let [incident, operations, choices] = parts::of(data);
    let Some(wrong) = worlds::named(&incident) else {
        return;
    };
    let report = wrong
        .world
        .judged(Arc::new(move |asked, answer: &mut Answer| {
            if !operations.is_empty() && !operations.split(' ').any(|named| named == asked) {
                return;
            }
            let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
                return;
            };
            thin(&mut body, &mut choices.chars());
            answer.body = body.to_string().into_bytes();
        }));
    assert_none_passed(&report, wrong);
}

fn assert_none_passed(report: &Report, wrong: &Wrong) {
    let passed = passed(report);
    let none = !wrong.never.iter().any(|id| passed.contains(id));
    assert!(none, "{passed:?} passed: {report:#?}");
}

/// The value without the fields and items that are left out.
fn thin(value: &mut Value, choices: &mut Chars<'_>) {
    let mut kept = |value: &mut Value| match choices.next() {
        Some('x') => false,
        Some('n') => {
            *value = Value::Null;
            true
        }
        Some('e') => {
            empty(value);
            true
        }
        _ => {
            thin(value, choices);
            true
        }
    };
    match value {
        Value::Object(fields) => fields.retain(|_, value| kept(value)),
        Value::Array(items) => items.retain_mut(kept),
        _ => {}
    }
}

fn empty(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.clear(),
        Value::Array(items) => items.clear(),
        Value::String(text) => text.clear(),
        _ => {}
    }
}
