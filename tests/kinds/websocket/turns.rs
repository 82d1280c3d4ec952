//! Servers that greet, and want to be answered one thing after the other.

use super::{messages, run, server};
use crate::place::{Place, assert_tells, check, told, verdicts};

const GREETED: &str = "{ expect: [{ contains: welcome }] }";
const KNOWN: &str = "{ send: [I am touchdown], expect: [{ json: { $.type: ready } }] }";

#[test]
fn a_server_that_greets_first_is_talked_to_in_turns() {
    let Some(server) = server() else { return };
    let url = |path: &str| format!("url: 'ws://127.0.0.1:{}/conversation{path}'", server.port);
    let asks = "{ send: [one, two], expect: [{ json: { $.type: item }, count: 2 }] }";
    let known = format!("turns: [{GREETED}, {KNOWN}, {asks}], quiet: 100ms, timeout: 10s");
    let unknown =
        format!("turns: [{GREETED}, {{ send: [hello], expect: [{{ contains: ready }}] }}, {asks}]");
    let report = run(
        &Place::new(),
        &[
            (
                "known",
                format!("{}, {known}, save: {{ session: $.session }}", url("")),
            ),
            ("unknown", format!("{}, {unknown}, timeout: 5s", url(""))),
            (
                "settled",
                format!(
                    "{}, {unknown}, broken_when: {{ json: {{ $.type: error }} }}, timeout: 10s",
                    url("")
                ),
            ),
            (
                "sooner",
                format!(
                    "{}, send: [I am touchdown], expect: [{{ contains: ready }}], timeout: 10s",
                    url("/never-greets")
                ),
            ),
            (
                "never",
                format!(
                    "{}, turns: [{GREETED}, {KNOWN}], timeout: 3s",
                    url("/never-greets")
                ),
            ),
        ],
    );
    let expected = [
        "known: passed",
        "unknown: failed",
        "settled: failed",
        "sooner: failed",
        "never: failed",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says(
        "known",
        &["1 like `welcome`, 1 like $.type = \"ready\", 2 like $.type = \"item\""],
    );
    says(
        "unknown",
        &[
            "sent 1 message in turn 2 of 3 within 5s: 0 like `ready`, expected at least 1",
            "the last was `{\"type\": \"error\", \"why\": \"who are you?\"}`",
        ],
    );
    says("settled", &["which is `broken_when`"]);
    says("sooner", &["closed the connection (1008 too soon)"]);
    says(
        "never",
        &["sent 0 messages in turn 1 of 2 within 3s: 0 like `welcome`"],
    );
    assert_eq!(
        messages(&report, "known"),
        [
            "received in turn 1: welcome",
            "sent in turn 2: I am touchdown",
            "received in turn 2: {\"type\": \"ready\", \"session\": \"s-17\"}",
            "sent in turn 3: one",
            "sent in turn 3: two",
            "received in turn 3: {\"type\": \"item\", \"of\": \"one\"}",
            "received in turn 3: {\"type\": \"item\", \"of\": \"two\"}",
        ]
    );
    let counted = check(&report, "never")["evidence"].to_string();
    assert_tells(&counted, &["the turn did not begin"]);
}
