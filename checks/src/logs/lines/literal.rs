//! Literal lines for the tests of judges.

use super::*;
use crate::ecs::literal::{at, seen};

/// A stream of the group `/ecs/web`.
pub fn stream(task: &str, container: &str) -> Stream {
    Stream {
        region: "us-east-1".into(),
        group: "/ecs/web".into(),
        name: format!("web/{container}/{task}"),
        task: task.into(),
        container: container.into(),
        from: at("23:00:00"),
        stopped: None,
    }
}

pub fn event(stream: &Stream, time: &str, text: &str) -> LogEvent {
    LogEvent {
        id: time.into(),
        stream: stream.name.clone(),
        at: at(time),
        message: text.into(),
    }
}

/// Lines of running tasks' containers `app`, each `(task, time, text)`.
pub fn lines(
    running: &[&str],
    desired: usize,
    meant: Meant<'_>,
    written: &[(&str, &str, &str)],
) -> Lines {
    let mut lines = Lines {
        staying: running.iter().map(|task| (*task).to_owned()).collect(),
        desired,
        old: 0,
        ever_ran: !running.is_empty(),
        troubles: Troubles::default(),
        containers: vec!["app".into()],
        unreadable: None,
        by_task: BTreeMap::new(),
        no_group: None,
        read_to: None,
        may_drop: false,
        read: seen(()),
        progress: Progress::default(),
    };
    for (task, time, text) in written {
        let stream = stream(task, "app");
        let of_task = lines.by_task.entry((*task).into()).or_default();
        of_task.add(meant, &stream, &event(&stream, time, text));
    }
    lines
}

/// `/ecs/web` isn't there.
pub fn no_group() -> Seen<NoGroup> {
    let mut told = seen(NoGroup {
        region: "us-east-1".into(),
        group: "/ecs/web".into(),
    });
    told.source.call = "logs:FilterLogEvents".into();
    told
}
