//! What programs get to read.

use serde_json::Value;
use touchdown_checks::contract::Clock;

use super::*;
use crate::progress::Jsonl;
use crate::report::tests::corpus;
use crate::report::tests::runners::assert_no_commands;
use crate::report::{escape, fixtures};

fn jsonl(output: impl Write) -> Jsonl<impl Write> {
    let began = "2025-11-18T23:46:00Z".parse().expect("a time");
    Jsonl::new(output, Clock::starting_at(began))
}

#[tokio::test(start_paused = true)]
async fn each_event_is_one_object_with_the_runs_time() {
    let written = Written::default();
    let mut events = jsonl(written.clone());
    events.event(&started(&["fresh"]));
    events.event(&opened(0));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    events.event(&looked(0, State::NotYet, "1 of 3 tasks"));
    events.event(&looked_held(0, State::Holds, "up", Some(2), false));
    events.event(&tasks(3, Some(2), 1));
    events.event(&tasks(3, None, 1));
    events.event(&looked_held(0, State::NotYet, "gone", None, true));
    events.event(&settled(0, Verdict::Failed, "gone"));
    events.event(&Event::Stopping {
        reason: "the run was terminated".to_owned(),
    });
    let check = fixtures::check("fresh", "ecs.stable", Verdict::Failed, "gone");
    events.finished(&fixtures::report(vec![check]), 1);
    let text = written.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..9],
        [
            r#"{"event":"started","at":"2025-11-18T23:46:00.000Z","version":1,"suite":"inventory","checks":[{"id":"fresh","kind":"ecs.stable","name":"fresh","required":true}]}"#,
            r#"{"event":"opened","at":"2025-11-18T23:46:00.000Z","id":"fresh","kind":"ecs.stable","within_ms":300000}"#,
            r#"{"event":"looked","at":"2025-11-18T23:46:01.500Z","id":"fresh","kind":"ecs.stable","number":1,"state":"not-yet","headline":"1 of 3 tasks","took_ms":10}"#,
            r#"{"event":"looked","at":"2025-11-18T23:46:01.500Z","id":"fresh","kind":"ecs.stable","number":1,"state":"holds","headline":"up","took_ms":10,"held_ms":2000,"hold_ms":600000}"#,
            r#"{"event":"tasks","at":"2025-11-18T23:46:01.500Z","target":"web","desired":5,"started":3,"healthy":2,"old":1}"#,
            r#"{"event":"tasks","at":"2025-11-18T23:46:01.500Z","target":"web","desired":5,"started":3,"old":1}"#,
            r#"{"event":"looked","at":"2025-11-18T23:46:01.500Z","id":"fresh","kind":"ecs.stable","number":1,"state":"not-yet","headline":"gone","took_ms":10,"flap":true}"#,
            r#"{"event":"settled","at":"2025-11-18T23:46:01.500Z","id":"fresh","kind":"ecs.stable","verdict":"failed","headline":"gone","took_ms":65000}"#,
            r#"{"event":"stopping","at":"2025-11-18T23:46:01.500Z","reason":"the run was terminated"}"#,
        ]
    );
    let finished: Value = serde_json::from_str(lines[9]).expect("JSON");
    assert_eq!(finished["event"], "finished");
    assert_eq!(
        (&finished["verdict"], &finished["exit_code"]),
        (&Value::from("failed"), &Value::from(1))
    );
    assert_eq!(finished["counts"]["failed"], 1);
}

#[tokio::test]
async fn what_comes_from_outside_stays_text_and_comes_back_as_it_was() {
    for (name, hostile) in corpus::texts() {
        let written = Written::default();
        let mut events = jsonl(written.clone());
        events.event(&started(&["fresh"]));
        events.event(&looked(0, State::NotYet, &hostile));
        events.event(&settled(0, Verdict::Failed, &hostile));
        let text = written.text();
        assert_no_commands(&text);
        let visible = |c: char| c == '\n' || !(c.is_control() || escape::is_invisible(c));
        assert!(text.chars().all(visible), "{name}: {text:?}");
        let lines: Vec<Value> = text
            .split_terminator('\n')
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(lines.len(), 3, "{name}");
        assert_eq!(lines[1]["headline"], hostile, "{name}");
    }
}

#[tokio::test]
async fn a_reader_that_has_gone_is_no_problem_and_a_full_disk_is_one() {
    let mut events = jsonl(GONE);
    follow(&mut events);
    assert!(events.problem().is_none());

    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut events = jsonl(Full);
    follow(&mut events);
    let problem = events.problem().map(io::Error::kind);
    assert_eq!(problem, Some(io::ErrorKind::StorageFull));
}

#[tokio::test]
async fn an_event_of_a_check_that_was_never_announced_names_none() {
    let written = Written::default();
    follow_stray(&mut jsonl(written.clone()));
    assert!(!written.text().contains("\"id\""), "{}", written.text());
}
