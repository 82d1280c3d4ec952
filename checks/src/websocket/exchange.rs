//! `websocket.exchange`: what is sent over a WebSocket is answered as expected.

mod judged;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::address::Url;
use super::outgoing::Outgoing;
use super::statement::Statement;
use super::tally::{Tally, Wanted};
use super::turn::{self, Said, Turn};
use crate::contract::{
    Check, Fault, Finding, IpVersion, Located, Look, Outside, Period, Saves, Seen, Unobserved,
    sent_secrets,
};
use crate::net::{TlsFiles, wrong_ip};
use crate::reads::websocket::{self, Exchange, ExchangeError, ExchangeRequest};
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
/// `expect`, that it opens and takes what is sent will do. Up to 1000 messages, as many pings, or
/// 1 MiB are read; no proxy is used.
///
/// A server that greets first, or wants each step answered before the next, is talked to in `turns`:
/// `turns: [{ expect: [{ contains: welcome }] }, { send: [login], expect: [{ contains: ready }] }]`. A turn sends
/// nothing until the one before it has what it expects; a message counts for the turn in which it comes.
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
    /// Which of the host's addresses to connect to: 4 for those of IPv4, 6 for those of IPv6.
    #[serde(default)]
    ip: Option<IpVersion>,
    /// A file of certificates (PEM) that may have signed the server's, instead of those that the system
    /// trusts; or the server's own itself.
    #[serde(default)]
    ca_file: Option<PathBuf>,
    /// A certificate (PEM) to show where it is asked who asks.
    #[serde(default)]
    cert_file: Option<PathBuf>,
    /// The key of `cert_file` (PEM, without a passphrase).
    #[serde(default)]
    key_file: Option<PathBuf>,
    /// Takes any certificate, such as one that a server signed itself.
    #[serde(default)]
    insecure: bool,
    /// The messages to send, in this order: texts as they are, anything else as JSON.
    #[serde(default)]
    send: Vec<Outgoing>,
    /// What should be among the messages that are received; a message may count for several.
    #[serde(default)]
    expect: Vec<Statement>,
    /// Instead of one `send` and `expect`, several: each turn sends, and is over once it has what it expects.
    #[serde(default)]
    turns: Vec<Turn>,
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
            ip: self.ip,
            tls: self.files().tls(|file| look.path(file)),
            turns: self.said().iter().map(Said::texts).collect(),
            within,
        };
        let mut tally = Tally::new(self.wanted());
        let awaited = |message: Option<&str>| {
            match message {
                Some(message) => tally.note(message),
                None => tally.begin(),
            }
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
                let fields =
                    "`url`, `headers`, `subprotocols`, `ca_file`, `cert_file` or `key_file`";
                unreached::finding(url, why, facts.within, fields)
            }
            Err(ExchangeError::NotUpgraded { status, body }) => {
                let (told, compared) = judged::not_upgraded(url, *status, body);
                told.evidence(facts.exchange.evidence(compared))
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

    fn shortest_look(&self) -> Option<(Duration, &'static str)> {
        let exact = self.said().iter().filter(|turn| turn.is_exact()).count();
        let exact = u32::try_from(exact).ok().filter(|exact| *exact > 0)?;
        Some((self.quiet.get().saturating_mul(exact), "quiet"))
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
        found.extend(self.wrong_subprotocols(fields));
        match self.url.0.scheme() {
            "wss" => found.extend(self.files().mistakes(fields)),
            _ => found.extend(TlsFiles::without_tls(fields, "a server", "write `wss://`")),
        }
        if self.url.0.fragment().is_some() {
            let told = "the address of a WebSocket has no fragment (`#…`)";
            found.push(Fault::new(fields.place_of("url"), told));
        }
        let host = self.url.0.host_str().unwrap_or_default();
        found.extend(wrong_ip(self.ip, host, fields));
        found.extend(self.wrong_turns(fields));
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

impl Exchanged {
    fn files(&self) -> TlsFiles<'_> {
        TlsFiles {
            ca: self.ca_file.as_deref(),
            certificate: self.cert_file.as_deref(),
            key: self.key_file.as_deref(),
            insecure: self.insecure,
        }
    }

    /// Subprotocols that can't be offered, or are offered twice.
    fn wrong_subprotocols(&self, fields: &Located) -> Vec<Fault> {
        let written = fields.get("subprotocols").map(Located::items);
        let places = written.unwrap_or_default().iter().map(|item| item.place);
        let wrong = |(index, place): (usize, _)| {
            let name = self.subprotocols.get(index)?;
            let told = if !websocket::is_subprotocol(name) {
                format!("`{name}` is no name of a subprotocol: it is a word, such as `graphql-ws`")
            } else if self.subprotocols[..index].contains(name) {
                format!("the subprotocol `{name}` is offered twice")
            } else {
                return None;
            };
            Some(Fault::new(place, told))
        };
        places.enumerate().filter_map(wrong).collect()
    }

    /// Mistakes in what is said and expected.
    fn wrong_turns(&self, fields: &Located) -> Vec<Fault> {
        let mut found = turn::mistakes(&self.expect, fields);
        let Some((key, written)) = fields.entry("turns") else {
            return found;
        };
        if self.turns.is_empty() {
            found.push(Fault::empty(key, written));
        }
        let turns = self.turns.iter().zip(written.items());
        found.extend(turns.flat_map(|(turn, written)| turn.mistakes(written)));
        let beside = ["send", "expect"].into_iter();
        found.extend(beside.filter_map(|name| {
            let (key, _) = fields.entry(name)?;
            let told = format!("`{name}` and `turns` can't go together");
            Some(Fault::new(key.place, told).help("write it as the first of the `turns`"))
        }));
        found
    }

    /// What is said in each turn, of which there is one where none are written.
    fn said(&self) -> Vec<Said<'_>> {
        match self.turns.as_slice() {
            [] => vec![Said {
                send: &self.send,
                expect: &self.expect,
            }],
            turns => turns.iter().map(Turn::said).collect(),
        }
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            turns: self.said(),
            broken_when: self.broken_when.as_ref(),
            saves: &self.save,
            quiet: self.quiet.get(),
        }
    }
}

#[cfg(test)]
mod tests;
