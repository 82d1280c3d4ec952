//! What became of a conversation: the turn that was not answered as expected, and what is shown of all.

use std::time::Duration;

use crate::contract::{Body, Line, Period};
use crate::reads::{Ended, TcpAnswer, Turn};
use crate::shortened::{MOST_LINES, quoted, shortened};

/// The most characters of an answer that a headline quotes.
const QUOTED: usize = 120;

/// A conversation as it should have gone, and as it went.
pub(super) struct Conversation<'c> {
    pub turns: &'c [Turn],
    pub answer: &'c TcpAnswer,
}

impl Conversation<'_> {
    /// The first turn that was not answered as expected, or not even taken, by its place.
    pub fn failing(&self) -> Option<usize> {
        (0..self.turns.len()).find(|place| !self.is_answered(*place))
    }

    fn is_answered(&self, place: usize) -> bool {
        let is_last = place + 1 == self.answer.received.len();
        let broke = is_last && matches!(self.answer.ended, Some(Ended::Broke(_)));
        match (self.answer.received.get(place), &self.turns[place].expect) {
            (None, _) => false,
            (Some(received), Some(expect)) => !received.is_empty() && expect.is_match(received),
            (Some(_), None) => !broke,
        }
    }

    /// What the server does instead of what is expected in a turn: `says nothing within 5s`.
    pub fn instead(&self, place: usize, within: Duration) -> String {
        let received = self.answer.received.get(place);
        let received = received.map(String::as_str).unwrap_or_default();
        let last = received.lines().rfind(|line| !line.trim().is_empty());
        let does = match (last, &self.answer.ended) {
            (Some(line), _) => format!("answers `{}`", shortened(line.trim(), QUOTED)),
            (None, Some(Ended::Closed)) => "ends the connection without a word".to_owned(),
            (None, Some(Ended::Broke(why))) => format!("breaks the connection off ({why})"),
            (None, None) => format!("says nothing within {}", Period::from(within)),
        };
        match self.turns.len() {
            1 => does,
            all => format!("in turn {} of {all} {does}", place + 1),
        }
    }

    /// Both sides in order, the beginning of each, with what was listened for marked.
    pub fn shown(&self) -> Body {
        let mut lines = Vec::new();
        let mut omitted = 0;
        let mut quote = |origin: &str, text: &str, turn: Option<&Turn>| {
            lines.extend(text.lines().take(MOST_LINES).map(|line| Line {
                origin: Some(origin.to_owned()),
                matched: turn.and_then(|turn| matched(turn, line)),
                ..quoted(line)
            }));
            omitted += text.lines().count().saturating_sub(MOST_LINES);
        };
        for (turn, received) in self.turns.iter().zip(&self.answer.received) {
            quote("sent", turn.send.as_deref().unwrap_or_default(), None);
            quote("received", received, Some(turn));
        }
        let ended = match &self.answer.ended {
            Some(Ended::Closed) => "closed by the server",
            Some(Ended::Broke(why)) => why,
            None => "",
        };
        quote("ended", ended, None);
        Body::Excerpt {
            title: format!("conversation with {}", self.answer.address),
            lines,
            omitted,
        }
    }
}

fn matched(turn: &Turn, line: &str) -> Option<String> {
    let found = turn.expect.as_ref()?.find(line)?;
    (!found.is_empty()).then(|| found.as_str().to_owned())
}
