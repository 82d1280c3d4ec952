//! What is kept of the lines.

use super::literal::{event, stream};
use super::*;
use crate::ecs::literal::at;

fn containing(text: &str) -> LineMatch {
    LineMatch::of(Some(&text.to_owned()), None, &Default::default())
}

#[test]
fn a_line_is_matched_whole_and_kept_in_part() {
    let (sought, stream) = (containing("the end"), stream("a", "app"));
    let meant = Meant {
        sought: &sought,
        broken_when: Some(&sought),
    };
    // The umlaut lies across the place where the text is cut.
    let text = format!("{}ü{} the end", "x".repeat(4095), "y".repeat(200_000));
    let mut lines = TaskLines::default();
    lines.add(meant, &stream, &event(&stream, "23:48:00", &text));
    assert_eq!(lines.matched, 1);
    let kept = format!("{}…", "x".repeat(4095));
    assert_eq!(lines.first[0].text, kept);
    assert_eq!(lines.last[0].text, kept);
    assert_eq!(lines.broken_by.expect("a line").text, kept);
    let whole = "z".repeat(4096);
    let line = event(&stream, "23:48:01", &whole);
    assert_eq!(LogLine::kept(&stream, &line).text, whole);
}

#[test]
fn the_last_lines_are_the_last_in_time_of_all_containers() {
    let sought = containing("never");
    let meant = Meant {
        sought: &sought,
        broken_when: None,
    };
    let mut lines = TaskLines::default();
    for (container, minute) in [("app", 50), ("proxy", 40)] {
        let stream = stream("a", container);
        for second in 10..14 {
            let time = format!("23:{minute}:{second}");
            lines.add(meant, &stream, &event(&stream, &time, "line"));
        }
    }
    let kept: Vec<Timestamp> = lines.last.iter().map(|line| line.at).collect();
    let expected = ["23:40:13", "23:50:10", "23:50:11", "23:50:12", "23:50:13"];
    assert_eq!(kept, expected.map(at));
    assert_eq!((lines.total, lines.containers.len()), (8, 2));
}
