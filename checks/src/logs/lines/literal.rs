//! Literal lines for the tests of judges.

use super::*;
use crate::ecs::literal::{at, seen};

/// Lines of running tasks, each `(task, time, text)`.
pub fn lines(
    running: &[&str],
    desired: usize,
    question: &Question<'_>,
    written: &[(&str, &str, &str)],
) -> Lines {
    let mut lines = Lines {
        staying: running.iter().map(|task| (*task).to_owned()).collect(),
        desired,
        old: 0,
        by_task: BTreeMap::new(),
        no_group: BTreeSet::new(),
        may_drop: false,
        read: seen(()),
        progress: Progress::default(),
    };
    for (task, time, text) in written {
        let stream = Stream {
            region: "us-east-1".into(),
            group: "/ecs/web".into(),
            name: format!("web/app/{task}"),
            task: (*task).into(),
            container: "app".into(),
        };
        let event = LogEvent {
            id: (*time).into(),
            stream: stream.name.clone(),
            at: at(time),
            message: (*text).into(),
        };
        lines
            .by_task
            .entry((*task).into())
            .or_default()
            .add(question, &stream, &event);
    }
    lines
}
