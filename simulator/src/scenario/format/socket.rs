//! What a container does over a WebSocket.

use serde::Deserialize;
use serde_json::Value;

/// A WebSocket: for each message that it gets, what it sends and what it logs. In every text of both,
/// `{/a/b}` is what the message has at that JSON pointer, a list being written as Python writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Socket {
    /// The messages that it sends, in order.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// The lines that it logs.
    #[serde(default)]
    pub logs: Vec<String>,
}

/// A message that a container sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// The JSON pointer of a list in the message that it got: one answer for each item, which is `{item}`.
    pub for_each: Option<String>,
    /// For so many items at most.
    pub at_most: Option<usize>,
    /// As data, sent as JSON …
    pub json: Option<Value>,
    /// … or as text.
    pub text: Option<String>,
}
