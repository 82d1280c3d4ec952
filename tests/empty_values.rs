//! A value that is empty never takes away what a check asks for: the suite is refused.

use touchdown::catalog::Catalog;
use touchdown::suite::{Sources, Suite};

/// The first mistake in a suite whose second check expects a status, and `line`.
fn refused(line: &str) -> Option<String> {
    let text = format!(
        "version: 1
secrets: {{ nothing: }}
targets: {{ web: {{ cluster: dev, service: web }} }}
checks:
- {{ check: logs.line-seen, contains: new }}
- check: http.responds
  url: http://x/
  expect:
    status: 200
{line}
"
    );
    let empty = [("EMPTY".to_owned(), String::new())];
    let sources = Sources::new(empty, |_| None);
    let read = Suite::parse("x.yaml", text.as_bytes(), &sources, &Catalog::built_in());
    read.err()
        .map(|errors| errors.mistakes()[0].message.clone())
}

#[test]
fn an_empty_variable_needs_to_say_that_it_may_be() {
    for (value, name) in [("${EMPTY}", "EMPTY"), ("${nothing}", "nothing")] {
        let told = format!("the variable `{name}` is empty");
        let line = format!("    body: {{ contains: \"{value}\" }}");
        assert_eq!(refused(&line), Some(told));
    }
    assert_eq!(refused("  name: \"x${EMPTY:-}\""), None);
}

#[test]
fn a_field_with_nothing_behind_it_is_refused() {
    for (line, field) in [
        ("    body:\n      contains: ${EMPTY:-}", "contains"),
        ("    body:\n      contains:", "contains"),
        ("    body: { contains: ~ }", "contains"),
        ("    body: { contains: '' }", "contains"),
        ("    body: {}", "body"),
        ("    body:", "body"),
        ("    json: {}", "json"),
        ("    under: null", "under"),
        ("  broken_when:", "broken_when"),
        ("  hold: ${EMPTY:-}", "hold"),
        ("  needs:", "needs"),
        ("  required: ~", "required"),
    ] {
        assert_eq!(refused(line), Some(format!("`{field}` is empty")), "{line}");
    }
    assert_eq!(
        refused("    body: { regex: '' }").as_deref(),
        Some("a regular expression that is empty matches every text")
    );
}

#[test]
fn null_is_a_value_of_json_like_any_other() {
    assert_eq!(refused("    json: { $.run: null, $.tags: {} }"), None);
}
