//! `websocket.exchange`: what is sent over a WebSocket is answered as expected.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::address::Url;
use super::evidence;
use super::outgoing::Outgoing;
use super::statement::Statement;
use super::tally::{Tally, Wanted};
use crate::contract::{
    Body, Check, Fault, Finding, Located, Look, Outside, Period, Saves, Seen, Unobserved,
    sent_secrets,
};
use crate::reads::websocket::{self, End, Exchange, ExchangeError, ExchangeRequest};
use crate::unreached;

/// **Asks** whether a WebSocket answers as expected: it opens, takes the messages that are sent, and
/// sends so many messages that are like this.
///
/// **Why it matters**: what users wait for in an application that talks to them, comes over its socket;
/// its health page knows nothing of it.
///
/// Every look opens a connection of its own and sends everything anew, in order, as soon as it is open.
/// It listens until all that is expected has come, at the longest for `timeout`; for a `count`, it
/// listens on for as long as `quiet` for one too many. What is missing may still come, so it waits;
/// `broken_when` is a message that waiting can't mend, and settles the check at once. Without
/// `expect`, that it opens will do. Up to 1000 messages or 1 MiB are read; no proxy is used.
///
/// **Evidence**: how many messages are like each that is expected, in what the nearest one differs, and
/// the messages of both sides in order with their times, the code and reason of the end included.
///
/// **Example**
/// ```yaml
/// - check: websocket.exchange
///   url: wss://swarm.example.com/ws
///   subprotocols: [content.v2]
///   send:
///     - { type: generate, platforms: [linkedin, twitter, pitch_deck] }
///   expect:
///     - { json: { "$.type": item }, count: 3 }
///     - contains: done
///   broken_when: { json: { "$.type": error } }
///   timeout: 30s
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchanged {
    /// The address, `ws://` or `wss://`.
    url: Url,
    /// Headers of the opening handshake, such as `authorization` or `origin`.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// The subprotocols that are offered, the best first. The server must choose one of them.
    #[serde(default)]
    subprotocols: Vec<String>,
    /// The messages to send, in this order: texts as they are, anything else as JSON.
    #[serde(default)]
    send: Vec<Outgoing>,
    /// What should be among the messages that are received; a message may count for several.
    #[serde(default)]
    expect: Vec<Statement>,
    /// How long it listens on where a `count` is expected and everything is there.
    #[serde(default = "a_second")]
    quiet: Period,
    /// A message like this settles the check: waiting can't help.
    #[serde(default)]
    broken_when: Option<Statement>,
    /// Values for the checks after this one, of the first JSON message that has them all.
    #[serde(default)]
    save: Saves,
}

fn a_second() -> Period {
    Period::from(Duration::from_secs(1))
}

/// What is sent may be secret, so that only the host is shown.
impl fmt::Debug for Exchanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchanged")
            .field("host", &self.url.0.host_str())
            .finish_non_exhaustive()
    }
}

/// What one look of `websocket.exchange` brings.
pub struct Facts {
    exchange: Seen<Result<Exchange, ExchangeError>>,
    within: Duration,
}

impl Check for Exchanged {
    const KIND: &'static str = "websocket.exchange";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let within = look.times.limit;
        let headers = self.headers.iter();
        let request = ExchangeRequest {
            url: self.url.0.clone(),
            headers: headers
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            subprotocols: self.subprotocols.clone(),
            send: self.send.iter().map(|message| message.0.clone()).collect(),
            within,
        };
        let mut tally = Tally::new(self.wanted());
        let awaited = |message: Option<&str>| {
            message.into_iter().for_each(|message| tally.note(message));
            tally.awaited()
        };
        let exchange = look.reads.websocket(request, awaited).await;
        Ok(Facts { exchange, within })
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        let url = self.url.0.as_str();
        match &facts.exchange.value {
            Ok(exchange) => self.judge_exchange(exchange, facts),
            Err(ExchangeError::Unreached(why)) => {
                let fields = "`url`, `headers` or `subprotocols`";
                unreached::finding(url, why, facts.within, fields)
            }
            Err(ExchangeError::NotUpgraded { status, body }) => {
                let seen = format!("{status} {body}");
                let compared = Body::compared("answer to the handshake", "101", seen.trim());
                Finding::not_yet(format!(
                    "{url} answered the handshake with {status}, expected 101: it opened no WebSocket"
                ))
                .hint(refused(*status))
                .evidence(facts.exchange.evidence(compared))
            }
        }
    }

    fn secrets(&self) -> Vec<String> {
        let url = &self.url.0;
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (name.into(), value.into()));
        let secrets = sent_secrets(headers.chain(url.query_pairs()));
        secrets.chain(url.password().map(str::to_owned)).collect()
    }

    fn saves(&self) -> Vec<&str> {
        self.save.names().collect()
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut found = Vec::new();
        for (name, value) in &self.headers {
            if !websocket::is_for_the_handshake(name, value) {
                let headers = fields.get("headers");
                let place = headers.map_or(fields.place, |headers| headers.place_of(name));
                let told =
                    format!("the header `{name}` can't be sent, or the handshake makes it itself");
                found.push(Fault::new(place, told));
            }
        }
        let written = fields.get("expect").map(Located::items).unwrap_or_default();
        for (statement, written) in self.expect.iter().zip(written) {
            found.extend(statement.mistakes(written, written));
        }
        if let (Some(statement), Some((key, written))) =
            (&self.broken_when, fields.entry("broken_when"))
        {
            found.extend(statement.mistakes(key, written));
            if let Some((key, _)) = written.entry("count").or(written.entry("at_least")) {
                let told = "one message is enough for `broken_when`";
                found.push(Fault::new(key.place, told));
            }
        }
        found
    }
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

impl Exchanged {
    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            statements: &self.expect,
            broken_when: self.broken_when.as_ref(),
            saves: &self.save,
            quiet: self.quiet.get(),
        }
    }

    fn judge_exchange(&self, exchange: &Exchange, facts: &Facts) -> Finding {
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
        "{url} sent more than {} messages or {} bytes, and what is expected is not in what was read",
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

#[cfg(test)]
mod tests;
