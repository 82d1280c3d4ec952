//! The judgement of an exchange: what is lacking, and how it ended.

use std::time::Duration;

use super::{Exchanged, Facts};
use crate::contract::{Body, Finding, Period};
use crate::reads::websocket::{self, End, Exchange, Message};
use crate::shortened::shortened;
use crate::websocket::evidence;
use crate::websocket::tally::{Counted, Tally};

/// The most characters of a message that are told in a headline.
const QUOTED: usize = 120;

impl Exchanged {
    pub(super) fn judge_exchange(&self, exchange: &Exchange, facts: &Facts) -> Finding {
        let tally = Tally::of(exchange, self.wanted());
        let (finding, differing) = self.settled(exchange, &tally, facts.within);
        let nearest = differing.map(|unmet| evidence::nearest(exchange, &unmet));
        let bodies = evidence::counts(&tally)
            .into_iter()
            .chain(nearest.into_iter().flatten());
        let quoted = evidence::messages(&facts.exchange, exchange, &tally);
        finding
            .all_evidence(bodies.map(|body| facts.exchange.evidence(body)))
            .evidence(quoted)
    }

    /// The finding, and the statement of which too few messages came.
    fn settled<'c>(
        &self,
        exchange: &Exchange,
        tally: &Tally<'c>,
        within: Duration,
    ) -> (Finding, Option<Counted<'c>>) {
        let url = self.url.0.as_str();
        if let Some(message) = &tally.broken_by {
            let told = format!("{url} sent `{message}`, which is `broken_when`");
            let hint = "The suite names this message as one that waiting can't mend.";
            return (Finding::broken(told).hint(hint), None);
        }
        let sent = |turn: usize| self.sent(exchange, turn, within);
        if let Some(unmet) = tally.exceeded() {
            let told = format!("{}: {}", sent(unmet.turn), counted(&unmet));
            let hint = "There are more than there should be; the messages are in the evidence.";
            return (Finding::not_yet(told).hint(hint), None);
        }
        if exchange.end == End::TooMuch {
            return (too_much(url), None);
        }
        if let Some(unmet) = tally.lacking() {
            let told = format!("{}: {}", sent(unmet.turn), counted(&unmet));
            let instead = self.instead(exchange, unmet.turn);
            let finding = Finding::not_yet(format!("{told}{instead}"));
            return (finding.hint(missing(&exchange.end)), Some(unmet));
        }
        let last = sent(exchange.begun.saturating_sub(1));
        (self.complete(exchange, tally, &last), None)
    }

    /// The finding where every statement is met of the turns that began.
    fn complete(&self, exchange: &Exchange, tally: &Tally<'_>, sent: &str) -> Finding {
        let next = exchange.begun + 1;
        match (&exchange.end, &tally.saved) {
            (End::Closed(_) | End::Broke(_), _) if next <= tally.turns() => {
                Finding::not_yet(format!("{sent}, before turn {next} began"))
                    .hint(missing(&exchange.end))
            }
            (End::TimedOut, _) if next <= tally.turns() && tally.is_exact() => self.too_late(sent),
            _ if exchange.unsent > 0 => {
                let all: usize = self.said().iter().map(|turn| turn.send.len()).sum();
                let taken = all.saturating_sub(exchange.unsent);
                Finding::not_yet(format!("{sent}, but took only {taken} of {all} messages"))
                    .hint("Does the application read what it is sent, and does it end the connection before? Its log may tell.")
            }
            (_, None) => Finding::not_yet(format!("{sent}: none has all the values of `save`"))
                .hint("Compare the paths of `save` with the messages in the evidence; one message must have them all."),
            (End::TimedOut, _) if tally.is_exact() => self.too_late(sent),
            (_, Some(values)) => {
                let took = Period::from(exchange.took);
                let url = &self.url.0;
                let told = match all_counted(tally) {
                    none if none.is_empty() => format!("{url} opened in {took}"),
                    all => format!("{url} answered in {took} with {all}"),
                };
                Finding::holds(told).saving(values.clone())
            }
        }
    }

    /// The finding where everything is there, and no time was left to listen on.
    fn too_late(&self, sent: &str) -> Finding {
        Finding::not_yet(format!(
            "{sent}, all as expected, but not for {} after them whether more follow",
            self.quiet
        ))
        .hint("Give the look more time with `timeout`, or listen on for less with `quiet`.")
    }

    /// How many messages came in a turn, and how it ended where that was the last one.
    fn sent(&self, exchange: &Exchange, turn: usize, within: Duration) -> String {
        let url = &self.url.0;
        let received = received(exchange, turn);
        let messages = match received.count() {
            1 => "1 message".to_owned(),
            number => format!("{number} messages"),
        };
        let messages = match self.turns.len() {
            0 => messages,
            all => format!("{messages} in turn {} of {all}", turn + 1),
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

    /// What came last in a turn that was not answered as expected.
    fn instead(&self, exchange: &Exchange, turn: usize) -> String {
        let last = received(exchange, turn).last();
        match last.filter(|_| !self.turns.is_empty()) {
            Some(message) => {
                let text = evidence::in_one_line(&message.text);
                format!("; the last was `{}`", shortened(&text, QUOTED))
            }
            None => String::new(),
        }
    }
}

fn received(exchange: &Exchange, turn: usize) -> impl Iterator<Item = &Message> {
    let messages = exchange.messages.iter();
    messages.filter(move |message| message.received && message.turn == turn)
}

/// `2 like $.type = "item", expected 3`.
fn counted(unmet: &Counted<'_>) -> String {
    let (found, statement) = (unmet.found.unwrap_or_default(), unmet.statement);
    format!("{found} like {statement}, expected {}", statement.number())
}

fn all_counted(tally: &Tally<'_>) -> String {
    let told = tally.counted().map(|one| {
        let found = one.found.unwrap_or_default();
        format!("{found} like {}", one.statement)
    });
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
