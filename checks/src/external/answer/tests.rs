//! The judge of external kinds, with what plug-ins printed.

use super::*;
use crate::reads::Printed;

const HOLDS: &str = r#"{"finding": {"state": "holds", "headline": "3 of 3 keys are warm"}}"#;

fn judged(ending: Ending, stdout: &str) -> Finding {
    let printed = |text: &str| Printed {
        text: text.into(),
        omitted: 0,
    };
    let ran = Ran {
        ending,
        stdout: printed(stdout),
        stderr: printed("asked 3 keys\n"),
        took: Duration::from_millis(30),
        unset: Vec::new(),
    };
    let seen = Seen {
        value: (),
        source: Source {
            call: "exec".into(),
            resource: "touchdown-check-acme.x".into(),
            request_id: None,
        },
        at: "2025-11-18T23:46:00Z".parse().expect("a time"),
    };
    judge(
        "touchdown-check-acme.x",
        &ran,
        &seen,
        Duration::from_secs(15),
    )
}

#[test]
fn a_finding_and_its_evidence_are_told() {
    let table = r#"{"evidence": {"body": {"table": {"title": "keys", "columns": ["key"], "rows": [["a"]]}}}}"#;
    let sourced = r#"{"evidence": {"source": {"call": "GET", "resource": "http://c/"}, "at": "2025-11-18T23:45:00Z",
        "body": {"compared": {"what": "keys", "expected": "3", "seen": "3"}}}}"#.replace('\n', " ");
    let finding = judged(Ending::Code(0), &format!("{table}\n\n{sourced}\n{HOLDS}"));
    assert_eq!(
        (finding.state, &*finding.headline),
        (State::Holds, "3 of 3 keys are warm")
    );
    let calls: Vec<&str> = finding
        .evidence
        .iter()
        .map(|one| &*one.source.call)
        .collect();
    assert_eq!(
        calls,
        ["exec", "GET", "exec"],
        "the last is its standard error"
    );
}

#[test]
fn a_flood_of_evidence_is_cut_and_says_so() {
    let rows = vec![r#"["a"]"#; 20_000].join(",");
    let table = format!(
        r#"{{"evidence": {{"body": {{"table": {{"title": "keys", "columns": ["key"], "rows": [{rows}]}}}}}}}}"#
    );
    let lines = vec![r#"{"text": "a"}"#; 60].join(",");
    let excerpt = format!(
        r#"{{"evidence": {{"body": {{"excerpt": {{"title": "log", "lines": [{lines}], "omitted": 1}}}}}}}}"#
    );
    let compared =
        r#"{"evidence": {"body": {"compared": {"what": "a", "expected": "b", "seen": "c"}}}}"#;
    let many = vec![compared; 198].join("\n");
    let finding = judged(
        Ending::Code(0),
        &[&table, &excerpt, &many, HOLDS].join("\n"),
    );
    assert_eq!(finding.state, State::Holds, "{finding:?}");
    let bodies: Vec<&Body> = finding.evidence.iter().map(|one| &one.body).collect();
    assert_eq!(
        bodies.len(),
        52,
        "50, what was left out, and its standard error"
    );
    let Body::Table { title, rows, .. } = bodies[0] else {
        panic!("{:?}", bodies[0]);
    };
    assert_eq!(
        (&**title, rows.len()),
        ("keys: the first 50 of 20000 rows", 50)
    );
    let Body::Excerpt { lines, omitted, .. } = bodies[1] else {
        panic!("{:?}", bodies[1]);
    };
    assert_eq!((lines.len(), *omitted), (50, 11));
    let left_out = Body::compared(
        "pieces of evidence",
        "at most 50",
        "200, and the rest left out",
    );
    assert_eq!(bodies[50], &left_out);
}

#[test]
fn each_state_is_its_own() {
    for (state, meant) in [
        ("holds", State::Holds),
        ("not-yet", State::NotYet),
        ("broken", State::Broken),
        ("unobserved", State::Unobserved),
    ] {
        let line = format!(
            r#"{{"protocol": 1, "finding": {{"state": "{state}", "headline": "told\nso", "hint": "do", "lasting": true}}}}"#
        );
        let finding = judged(Ending::Code(0), &line);
        assert_eq!((finding.state, &*finding.headline), (meant, "told so"));
        assert_eq!(finding.hint.as_deref(), Some("do"));
        assert_eq!(finding.lasting, meant == State::Unobserved);
    }
}

#[test]
fn whoever_misbehaves_told_nothing() {
    let broken = HOLDS.replace("holds", "broken");
    let cases = [
        (Ending::Code(0), String::new(), "it exited with 0 without a finding"),
        (Ending::Code(7), String::new(), "it exited with 7 without a finding"),
        (Ending::Code(0), "warm!\n".into(), "line 1 is no line of the protocol: print whatever else to standard error"),
        (Ending::Code(0), HOLDS[..30].into(), "line 1 ends in the middle"),
        (Ending::Code(0), HOLDS.replace('{', "{\n"), "line 1 ends in the middle: each piece of JSON is one line"),
        (Ending::Code(0), format!("{HOLDS}\n{HOLDS}"), "line 2 is a second finding"),
        (Ending::Code(0), HOLDS.replace("holds", "fine"), "unknown variant `fine`"),
        (Ending::Code(0), "{\"protocol\": 2, \"finding\": null}".into(), "is of version 2"),
        (Ending::Code(0), "{}".into(), "is neither `evidence` nor a `finding`"),
        (Ending::Code(1), HOLDS.into(), "it exited with 1 after its finding"),
        (Ending::Code(1), broken.clone(), "it exited with 1 after its finding"),
        (Ending::Signal(9), HOLDS.into(), "was ended by signal 9"),
        (Ending::TimedOut, HOLDS.into(), "had not ended after 15s"),
        (Ending::Flooded, broken, "printed more than 16 MiB"),
        (
            Ending::Code(0),
            r#"{"evidence": {"body": {"table": {"title": "t", "columns": ["a"], "rows": [["1", "2"]]}}}}"#.into(),
            "has 1 columns, and a row of 2 cells",
        ),
        (
            Ending::Code(0),
            r#"{"finding": {"state": "holds", "headline": " "}}"#.into(),
            "has no headline",
        ),
    ];
    for (ending, stdout, why) in cases {
        let finding = judged(ending, &stdout);
        assert_eq!(finding.state, State::Unobserved, "{stdout}");
        assert!(finding.headline.contains(why), "{}", finding.headline);
        assert!(finding.hint.is_some());
    }
}
