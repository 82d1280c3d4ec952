//! Log lines and the patterns they are held against. Input: a `LineMatch` in JSON, `since`, the line.

use serde_json::{Value, json};
use touchdown::checks::contract::{Glob, Pattern};
use touchdown::checks::logs::{LineMatch, Since};

use crate::parts;

pub(crate) fn matched(data: &[u8]) {
    let [sought, since, line] = parts::of(data);
    let _ = serde_json::from_value::<Since>(json!(since));
    let glob = Glob::new(&since);
    assert!(glob.is_err() || !since.is_empty());
    let Ok(sought) = serde_json::from_str::<LineMatch>(&sought) else {
        return;
    };
    let found = sought.matches(&line);
    // A FireLens line means what it wraps, once.
    if !is_wrapped(&line) {
        let wrapped = json!({ "container_name": "app", "log": line }).to_string();
        assert!(!found || sought.matches(&wrapped), "not found in {wrapped}");
    }
    match &sought {
        LineMatch {
            contains: Some(text),
            ..
        } => {
            assert!(found || !line.contains(text.as_str()));
        }
        LineMatch {
            regex: Some(pattern),
            ..
        } => {
            assert_again(pattern);
            assert!(found || !pattern.is_match(&line));
        }
        LineMatch { json, .. } => assert!(!found || !json.is_empty()),
    }
}

/// A pattern that was read is one that can be read.
fn assert_again(pattern: &Pattern) {
    assert!(Pattern::new(pattern.as_str()).is_ok());
}

fn is_wrapped(line: &str) -> bool {
    serde_json::from_str::<Value>(line).is_ok_and(|document| document.get("log").is_some())
}
