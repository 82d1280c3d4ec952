//! Reading on: from when each look reads the streams, and which events it has seen already.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::streams::Stream;
use crate::reads::{LogEvent, LogQuery, Task};

/// How far the streams have been read.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    streams: BTreeSet<String>,
    to: Option<Timestamp>,
    /// Events of the time that is read again, with their time stamps.
    recent: HashMap<String, Timestamp>,
}

/// Events arrive up to 20 s after their own time stamp; so much is read again.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);

impl Progress {
    /// From when on to read: where the last look ended, less what may have arrived late; a
    /// stream that is new is read from its task's creation.
    pub fn from(
        &self,
        streams: &[Stream],
        tasks: &[&Task],
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> Timestamp {
        let resume = self.resume();
        let start = |stream: &Stream| {
            let created = tasks
                .iter()
                .find(|task| task.id == stream.task)
                .and_then(|task| task.created_at);
            let start = created.max(since).unwrap_or(Timestamp::UNIX_EPOCH);
            if self.streams.contains(&stream.name) {
                start.max(resume.unwrap_or(start))
            } else {
                start
            }
        };
        streams.iter().map(start).min().unwrap_or(now)
    }

    /// Whether no look has seen the event before.
    pub fn is_new(&mut self, event: &LogEvent) -> bool {
        let read_before = self.resume().is_some_and(|resume| event.at < resume);
        if read_before && self.streams.contains(&event.stream) {
            // It is read again only for the sake of a stream that is new.
            return false;
        }
        let id = match event.id.as_str() {
            "" => format!("{}|{}|{}", event.stream, event.at, event.message),
            id => format!("{}|{id}", event.stream),
        };
        self.recent.insert(id, event.at).is_none()
    }

    /// The streams were read up to `now`.
    pub fn advance(&mut self, streams: &[Stream], now: Timestamp) {
        self.streams
            .extend(streams.iter().map(|stream| stream.name.clone()));
        self.to = Some(now);
        let resume = earlier(now, OVERLAP);
        self.recent.retain(|_, at| *at >= resume);
    }

    /// From when on known streams are read again.
    fn resume(&self) -> Option<Timestamp> {
        self.to.map(|to| earlier(to, OVERLAP))
    }
}

/// `at` less `by`, at the earliest the first representable time.
pub(super) fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// One question a log group, all its streams together.
pub(super) fn queries(streams: &[Stream], from: Timestamp) -> Vec<LogQuery> {
    let mut groups: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for stream in streams {
        groups
            .entry((&stream.region, &stream.group))
            .or_default()
            .insert(&stream.name);
    }
    let query = |((region, group), names): ((&str, &str), BTreeSet<&str>)| LogQuery {
        region: region.to_owned(),
        group: group.to_owned(),
        streams: names.into_iter().map(str::to_owned).collect(),
        from,
    };
    groups.into_iter().map(query).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).expect("a time")
    }

    fn stream(task: &str) -> Stream {
        Stream {
            region: "us-east-1".into(),
            group: "/ecs/web".into(),
            name: format!("web/app/{task}"),
            task: task.into(),
            container: "app".into(),
        }
    }

    fn task(id: &str, created: i64) -> Task {
        Task {
            id: id.into(),
            created_at: Some(at(created)),
            ..Task::default()
        }
    }

    fn event(task: &str, second: i64) -> LogEvent {
        let id = format!("{task}-{second}");
        LogEvent {
            id,
            stream: format!("web/app/{task}"),
            at: at(second),
            message: "m".into(),
        }
    }

    #[test]
    fn starts_at_the_creation_or_later_and_resumes_with_an_overlap() {
        let (streams, one) = ([stream("a")], task("a", 0));
        let mut progress = Progress::default();
        assert_eq!(progress.from(&streams, &[&one], None, at(300)), at(0));
        assert_eq!(
            progress.from(&streams, &[&one], Some(at(100)), at(300)),
            at(100)
        );
        progress.advance(&streams, at(300));
        assert_eq!(progress.from(&streams, &[&one], None, at(302)), at(240));
        let (both, two) = ([stream("a"), stream("b")], task("b", 120));
        assert_eq!(
            progress.from(&both, &[&one, &two], None, at(302)),
            at(120),
            "b is new"
        );
    }

    #[test]
    fn an_event_is_new_once_also_where_it_is_read_again() {
        let mut progress = Progress::default();
        assert!(progress.is_new(&event("a", 10)));
        assert!(progress.is_new(&event("a", 290)));
        progress.advance(&[stream("a")], at(300));
        assert!(!progress.is_new(&event("a", 290)), "within the overlap");
        assert!(!progress.is_new(&event("a", 10)), "before it");
        assert!(progress.is_new(&event("a", 295)), "arrived late");
        assert!(progress.is_new(&event("b", 10)), "of a new stream");
        assert_eq!(progress.recent.len(), 3, "what is old is forgotten");
    }
}
