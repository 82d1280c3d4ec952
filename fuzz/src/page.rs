//! Answers of a web page, and what is expected of them. Input: what is expected, in JSON; the status; a
//! header; the body.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use serde_json::Value;
use touchdown::catalog::Catalog;
use touchdown::checks::contract::Clock;
use touchdown::checks::reads::{Connections, Page};
use touchdown::plan::Plan;
use touchdown::report::{Report, Verdict};
use touchdown::run::{Options, run};
use touchdown::suite::{Sources, Suite};

use crate::canned::Canned;
use crate::{parts, world};

pub(crate) fn judged(data: &[u8]) {
    let [expected, status, header, body] = parts::of(data);
    let Ok(expected) = serde_json::from_str::<Value>(&expected) else {
        return;
    };
    let suite = format!(
        "version: 1\nchecks:\n- check: http.responds\n  url: http://example.org/\n  within: 0s\n  expect: {expected}\n"
    );
    let catalog = Catalog::built_in();
    let Ok(suite) = Suite::parse("suite.yaml", suite.as_bytes(), &Sources::none(), &catalog) else {
        return;
    };
    let page = Page {
        url: "http://example.org/".to_owned(),
        status: status.trim().parse().unwrap_or(200),
        headers: header
            .split_once(": ")
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .into_iter()
            .collect(),
        body,
        took: Duration::from_millis(12),
        ..Page::default()
    };
    let report = looked_at(&Plan::of(&suite), page.clone());
    world::assert_whole(&report, 1);
    if report.verdict == Verdict::Passed {
        assert_expected(&expected, &page);
    }
}

fn looked_at(plan: &Plan, page: Page) -> Report {
    world::paused().block_on(async {
        let clock = Clock::starting_at("2025-11-18T23:46:00Z".parse().expect("a time"));
        let config = SdkConfig::builder().build();
        let connections = Connections::given(clock, config, Arc::new(Canned(page)));
        let stop = std::future::pending();
        run(
            plan,
            Arc::new(connections),
            Options::default(),
            stop,
            &mut (),
        )
        .await
    })
}

/// What a check that passed asked for is there, read in another way.
fn assert_expected(expected: &Value, page: &Page) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if expected.get("status").is_none_or(Value::is_null) {
        assert!((200..300).contains(&page.status), "{}", page.status);
    }
    let contains = expected.pointer("/body/contains").and_then(text);
    assert!(contains.is_none_or(|text| page.body.contains(&text)));
    let fields = expected.get("json").and_then(Value::as_object);
    let document = serde_json::from_str::<Value>(&page.body).ok();
    for (path, value) in fields.into_iter().flatten() {
        let document = document.as_ref().expect("passed without a document");
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
        let Some(name) = path.strip_prefix("$.").filter(|name| is_name(name)) else {
            continue;
        };
        let seen = document.get(name).expect("passed without the field");
        assert_eq!(written(seen), written(value), "at {path}");
    }
}

/// A value as JSON writes it, a whole number always without a fraction.
fn written(value: &Value) -> String {
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        _ => value.to_string(),
    }
}
