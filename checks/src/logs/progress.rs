//! Reading on: from when each look reads which stream, and which events it has seen already.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use jiff::{SignedDuration, Timestamp};

use super::streams::Stream;
use crate::reads::{LogEvent, LogQuery};

/// How far the streams have been read.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// Answers that were too long for one look.
    pub open: Vec<Open>,
    places: BTreeMap<String, Place>,
    /// The streams that were seen to exist, and so can be asked for together.
    exist: BTreeSet<String>,
    /// How often a stream was asked for by itself and didn't exist.
    missed: BTreeMap<String, u32>,
    given_up: BTreeSet<String>,
}

/// An answer that is read on by the next look.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub query: LogQuery,
    /// Every event up to here has arrived before the question was asked.
    pub settled: Timestamp,
    /// The time stamp that was read last.
    pub read_to: Timestamp,
}

/// How far one stream has been read.
#[derive(Clone, Debug)]
struct Place {
    /// From when on it is read.
    from: Timestamp,
    /// The events from then on that were read already, by a hash of their ids.
    recent: HashMap<u64, Timestamp>,
}

/// Events arrive up to 20 s after their own time stamp; at least so much is read again.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);
/// How much later than the suite expects they may arrive.
const SLACK: SignedDuration = SignedDuration::from_secs(20);

/// How much of what was read is read again, for events that may take `ingestion` to arrive.
pub(super) fn overlap(ingestion: std::time::Duration) -> SignedDuration {
    let ingestion = SignedDuration::try_from(ingestion).unwrap_or(SignedDuration::MAX);
    OVERLAP.max(ingestion.saturating_add(SLACK))
}

impl Progress {
    /// The streams to ask for now: those that are known to exist, and the others. Those of
    /// an open answer wait for its end.
    pub fn due<'a>(&self, streams: &'a [Stream]) -> (Vec<&'a Stream>, Vec<&'a Stream>) {
        let is_open = |stream: &Stream| {
            let open = &mut self.open.iter();
            open.any(|open| open.query.streams.contains(&stream.name))
        };
        streams
            .iter()
            .filter(|stream| !is_open(stream) && !self.is_over(stream))
            .partition(|stream| self.exist.contains(&stream.name))
    }

    /// Whether no line can come any more: its task has stopped, and what it wrote has been
    /// read, or it wrote nothing.
    fn is_over(&self, stream: &Stream) -> bool {
        let place = self.places.get(&stream.name);
        let read = place.zip(stream.stopped);
        self.given_up.contains(&stream.name)
            || read.is_some_and(|(place, stopped)| stopped < place.from)
    }

    /// From when on a stream is read: where the last look ended, less what may have arrived
    /// late; from its start where it is new.
    pub fn from(&self, stream: &Stream) -> Timestamp {
        self.places
            .get(&stream.name)
            .map_or(stream.from, |place| place.from)
    }

    /// Whether no look has seen the event before. What is `settled` isn't read again, so it
    /// needs no remembering.
    pub fn is_new(&mut self, stream: &Stream, event: &LogEvent, settled: Timestamp) -> bool {
        let place = self.place(stream);
        if event.at < place.from {
            // It is read for the sake of another stream.
            return false;
        }
        let mut hasher = DefaultHasher::new();
        match event.id.as_str() {
            "" => (event.at, &event.message).hash(&mut hasher),
            id => id.hash(&mut hasher),
        }
        if event.at < settled {
            return !place.recent.contains_key(&hasher.finish());
        }
        place.recent.insert(hasher.finish(), event.at).is_none()
    }

    fn place(&mut self, stream: &Stream) -> &mut Place {
        let new = || Place {
            from: stream.from,
            recent: HashMap::new(),
        };
        self.places.entry(stream.name.clone()).or_insert_with(new)
    }

    /// The question was answered, so its streams exist.
    pub fn exists(&mut self, query: &LogQuery) {
        self.exist.extend(query.streams.iter().cloned());
    }

    /// One of the question's streams doesn't exist (any more).
    pub fn forget(&mut self, query: &LogQuery) {
        for name in &query.streams {
            self.exist.remove(name);
        }
    }

    /// A stream was read to its end.
    pub fn advance(&mut self, stream: &Stream, settled: Timestamp) {
        let place = self.place(stream);
        place.from = place.from.max(settled);
        let from = place.from;
        place.recent.retain(|_, at| *at >= from);
    }

    /// A stream that was asked for by itself doesn't exist. A task that has stopped makes
    /// none any more, so there it was asked for the last time.
    pub fn missed(&mut self, stream: &Stream) {
        *self.missed.entry(stream.name.clone()).or_default() += 1;
        if stream.stopped.is_some() {
            self.given_up.insert(stream.name.clone());
        }
    }

    /// How often a stream was asked for in vain: whose turn it is where time is short.
    pub fn misses(&self, stream: &Stream) -> u32 {
        self.missed.get(&stream.name).copied().unwrap_or_default()
    }
}

/// `at` less `by`, at the earliest the first representable time.
pub(super) fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests;
