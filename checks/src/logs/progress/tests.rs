//! From when each look reads, and what it takes for new.

use super::super::lines::literal::stream as literal;
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + second).expect("a time")
}

fn stream(task: &str, created: i64) -> Stream {
    Stream {
        from: at(created),
        ..literal(task, "app")
    }
}

fn event(stream: &Stream, second: i64) -> LogEvent {
    LogEvent {
        id: format!("{}-{second}", stream.task),
        stream: stream.name.clone(),
        at: at(second),
        message: "m".into(),
    }
}

fn query(streams: &[&Stream]) -> LogQuery {
    LogQuery {
        region: "us-east-1".into(),
        group: "/ecs/web".into(),
        streams: streams.iter().map(|stream| stream.name.clone()).collect(),
        from: at(0),
        to: at(1_000),
        token: None,
        until: at(1_000),
    }
}

#[test]
fn what_is_read_again_grows_with_the_time_that_lines_may_take() {
    let overlap = |seconds| overlap(std::time::Duration::from_secs(seconds)).as_secs();
    assert_eq!([0, 20, 40].map(overlap), [60; 3]);
    assert_eq!([60, 300].map(overlap), [80, 320]);
    assert_eq!(overlap(u64::MAX), i64::MAX);
}

#[test]
fn a_stream_is_read_from_its_start_and_then_from_what_has_settled() {
    let (a, b) = (stream("a", 0), stream("b", 280));
    let mut progress = Progress::default();
    assert_eq!(progress.from(&a), at(0));
    progress.advance(&a, at(240));
    progress.advance(&b, at(240));
    assert_eq!([progress.from(&a), progress.from(&b)], [at(240), at(280)]);
    progress.advance(&a, at(200));
    assert_eq!(progress.from(&a), at(240), "never back");
}

#[test]
fn an_event_is_new_once_also_where_it_is_read_again() {
    let (a, b) = (stream("a", 0), stream("b", 0));
    let mut progress = Progress::default();
    assert!(progress.is_new(&a, &event(&a, 10), at(240)));
    assert!(progress.is_new(&a, &event(&a, 290), at(240)));
    progress.advance(&a, at(240));
    let mut is_new =
        |stream: &Stream, second| progress.is_new(stream, &event(stream, second), at(242));
    assert!(!is_new(&a, 290), "within what is read again");
    assert!(!is_new(&a, 10), "before it");
    assert!(is_new(&a, 295), "arrived late");
    assert!(is_new(&b, 10), "of a new stream");
}

#[test]
fn a_line_that_took_a_minute_to_arrive_is_new() {
    let a = stream("a", 0);
    let settled = |now| earlier(at(now), overlap(std::time::Duration::from_secs(90)));
    let mut progress = Progress::default();
    progress.advance(&a, settled(300));
    assert_eq!(progress.from(&a), at(190));
    assert!(progress.is_new(&a, &event(&a, 215), settled(302)));
}

#[test]
fn a_long_history_is_not_remembered() {
    let a = stream("a", 0);
    let mut progress = Progress::default();
    for second in 0..300 {
        assert!(progress.is_new(&a, &event(&a, second), at(240)));
    }
    assert_eq!(progress.places[&a.name].recent.len(), 60);
    progress.advance(&a, at(290));
    assert_eq!(progress.places[&a.name].recent.len(), 10);
}

#[test]
fn streams_that_exist_are_asked_for_apart_from_those_that_may_not() {
    let streams = [stream("a", 0), stream("b", 0), stream("c", 0)];
    let [a, b, c] = &streams;
    let mut progress = Progress::default();
    assert_eq!(progress.due(&streams), (vec![], vec![a, b, c]));
    progress.exists(&query(&[a, b]));
    assert_eq!(progress.due(&streams), (vec![a, b], vec![c]));
    progress.forget(&query(&[b]));
    assert_eq!(progress.due(&streams), (vec![a], vec![b, c]));
    progress.open.push(Open {
        query: query(&[a, b]),
        settled: at(240),
        read_to: at(100),
    });
    assert_eq!(
        progress.due(&streams),
        (vec![], vec![c]),
        "read on elsewhere"
    );
}

#[test]
fn a_stopped_task_is_asked_for_until_nothing_can_come_any_more() {
    let stopped = |task| Stream {
        stopped: Some(at(250)),
        ..stream(task, 0)
    };
    let streams = [stopped("a"), stopped("b"), stream("c", 0)];
    let [a, b, c] = &streams;
    let mut progress = Progress::default();
    progress.exists(&query(&[a]));
    progress.advance(a, at(240));
    progress.missed(b);
    progress.missed(c);
    assert_eq!(progress.due(&streams), (vec![a], vec![c]), "b never logged");
    progress.advance(a, at(251));
    assert_eq!(progress.due(&streams), (vec![], vec![c]), "a was read");
    progress.missed(c);
    assert_eq!([b, c].map(|stream| progress.misses(stream)), [1, 2]);
}
