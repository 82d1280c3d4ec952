//! The judgement of an exchange: what is lacking, and how it ended.

use std::time::Duration;

use super::{Exchanged, Facts};
use crate::contract::{Body, Finding, Period};
use crate::reads::websocket::{self, End, Exchange};
use crate::websocket::evidence;
use crate::websocket::statement::Statement;
use crate::websocket::tally::Tally;

impl Exchanged {
    pub(super) fn judge_exchange(&self, exchange: &Exchange, facts: &Facts) -> Finding {
        let mut tally = Tally::new(self.wanted());
        let received = exchange.messages.iter().filter(|message| message.received);
        received.for_each(|message| tally.note(&message.text));
        let (finding, differing) = self.settled(exchange, &tally, facts.within);
        let nearest = differing.map(|statement| evidence::nearest(exchange, statement));
        let bodies = evidence::counts(&tally)
            .into_iter()
            .chain(nearest.into_iter().flatten());
        let quoted = evidence::messages(&facts.exchange, exchange, &self.expect);
        finding
            .all_evidence(bodies.map(|body| facts.exchange.evidence(body)))
            .evidence(quoted)
    }

    /// The finding, and the statement of which too few messages came.
    fn settled<'c>(
        &'c self,
        exchange: &Exchange,
        tally: &Tally<'c>,
        within: Duration,
    ) -> (Finding, Option<&'c Statement>) {
        let url = self.url.0.as_str();
        if let Some(message) = &tally.broken_by {
            let told = format!("{url} sent `{message}`, which is `broken_when`");
            let hint = "The suite names this message as one that waiting can't mend.";
            return (Finding::broken(told).hint(hint), None);
        }
        let sent = self.sent(exchange, within);
        if tally.is_exceeded() {
            let told = format!("{sent}: {}", counted(tally.lacking()));
            let hint = "There are more than there should be; the messages are in the evidence.";
            return (Finding::not_yet(told).hint(hint), None);
        }
        if exchange.end == End::TooMuch {
            return (too_much(url), None);
        }
        if let Some((statement, found)) = tally.lacking() {
            let told = format!("{sent}: {}", counted(Some((statement, found))));
            return (
                Finding::not_yet(told).hint(missing(&exchange.end)),
                Some(statement),
            );
        }
        (self.complete(exchange, tally, &sent), None)
    }

    /// The finding where every statement is met.
    fn complete(&self, exchange: &Exchange, tally: &Tally<'_>, sent: &str) -> Finding {
        if exchange.unsent > 0 {
            let all = self.send.len();
            let taken = all.saturating_sub(exchange.unsent);
            return Finding::not_yet(format!("{sent}, but took only {taken} of {all} messages"))
                .hint("Does the application read what it is sent, and does it end the connection before? Its log may tell.");
        }
        let Some(values) = &tally.saved else {
            return Finding::not_yet(format!("{sent}: none has all the values of `save`"))
                .hint("Compare the paths of `save` with the messages in the evidence; one message must have them all.");
        };
        let is_exact = self.expect.iter().any(Statement::is_exact);
        if exchange.end == End::TimedOut && is_exact {
            return Finding::not_yet(format!(
                "{sent}, all as expected, but not for {} after them whether more follow",
                self.quiet
            ))
            .hint("Give the look more time with `timeout`, or listen on for less with `quiet`.");
        }
        let took = Period::from(exchange.took);
        let url = &self.url.0;
        let told = match self.expect.len() {
            0 => format!("{url} opened in {took}"),
            _ => format!("{url} answered in {took} with {}", all_counted(tally)),
        };
        Finding::holds(told).saving(values.clone())
    }

    /// How many messages came, and how it ended.
    fn sent(&self, exchange: &Exchange, within: Duration) -> String {
        let url = &self.url.0;
        let received = exchange.messages.iter().filter(|message| message.received);
        let messages = match received.count() {
            1 => "1 message".to_owned(),
            number => format!("{number} messages"),
        };
        match &exchange.end {
            End::Enough | End::TooMuch => format!("{url} sent {messages}"),
            End::TimedOut => format!("{url} sent {messages} within {}", Period::from(within)),
            End::Broke(reason) => {
                format!("{url} sent {messages} until the connection broke ({reason})")
            }
            End::Closed(told) => {
                let why = evidence::in_brackets(told.as_ref());
                format!("{url} sent {messages} and closed the connection{why}")
            }
        }
    }
}

/// `2 like $.type = "item", expected 3`.
fn counted(lacking: Option<(&Statement, usize)>) -> String {
    let told = lacking.map(|(statement, found)| {
        let number = statement.number();
        format!("{found} like {statement}, expected {number}")
    });
    told.unwrap_or_default()
}

fn all_counted(tally: &Tally<'_>) -> String {
    let told = tally
        .counted()
        .map(|(statement, found)| format!("{found} like {statement}"));
    told.collect::<Vec<_>>().join(", ")
}

fn too_much(url: &str) -> Finding {
    Finding::unobserved(format!(
        "{url} sent more than {0} messages, {0} pings or {1} bytes, and what is expected is not in what was read",
        websocket::MESSAGES,
        websocket::BYTES
    ))
    .hint("Ask for less, or expect what comes first.")
}

/// What to do where a message is missing.
fn missing(end: &End) -> &'static str {
    match end {
        End::Closed(_) | End::Broke(_) => {
            "The connection ended first: the application's log tells why."
        }
        _ => {
            "Compare what is expected with the messages in the evidence; if more may follow later, raise `timeout`."
        }
    }
}

/// The finding where the handshake opened no WebSocket, and what to compare in it.
pub(super) fn not_upgraded(url: &str, status: u16, body: &str) -> (Finding, Body) {
    let seen = format!("{status} {body}");
    let compared = Body::compared("answer to the handshake", "101", seen.trim());
    let told =
        format!("{url} answered the handshake with {status}, expected 101: it opened no WebSocket");
    (Finding::not_yet(told).hint(refused(status)), compared)
}

/// What to do where the handshake was answered with that status.
fn refused(status: u16) -> &'static str {
    match status {
        401 | 403 => {
            "The server wants to know who asks, or where from: check `headers` (`authorization`, `origin`)."
        }
        404 => "Check the path of `url`, and whether an older version still answers.",
        502..=504 => {
            "A load balancer or proxy answers, and reaches no server behind it: is a task registered and healthy?"
        }
        _ => "Check `url`, and whether a proxy on the way lets WebSockets through.",
    }
}
