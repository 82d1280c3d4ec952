//! `tcp.accepts`: a port accepts connections, and answers.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contract::{
    Body, Check, Fault, Finding, HostPort, Line, Located, Look, Outside, Pattern, Period, Seen,
    Unobserved,
};
use crate::reads::{TcpAnswer, TcpRequest, Trust, Unreached};
use crate::unreached;

/// **Asks** whether a port accepts connections, and with `expect` whether what comes back is as
/// expected.
///
/// **Why it matters**: a database, a broker or a mail server has no page to ask. A port that accepts
/// shows that something listens and that security groups let it be reached; a greeting shows what.
///
/// Refused, filtered, or an answer that is not as expected may still become right, so it waits. A name
/// that does not resolve is not seen. `timeout` bounds one look. What came back is read up to 64 KiB.
///
/// **Evidence**: who accepted and how fast, and what came back.
///
/// **Example**
/// ```yaml
/// - check: tcp.accepts
///   address: cache.internal:6379
///   send: "PING\r\n"
///   expect: ^\+PONG
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepts {
    /// The host and port.
    address: HostPort,
    /// A text to send first, such as `"PING\r\n"` (in double quotes, so that YAML reads the line end).
    #[serde(default)]
    send: Option<String>,
    /// A regular expression that must match somewhere in what comes back.
    #[serde(default)]
    expect: Option<Pattern>,
    /// Whether to speak TLS, with a certificate that is valid for the host.
    #[serde(default)]
    tls: bool,
    /// A file of certificates (PEM) that may have signed the server's, instead of those that the system
    /// trusts.
    #[serde(default)]
    ca_file: Option<PathBuf>,
}

/// What is sent may be secret.
impl fmt::Debug for Accepts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepts")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// What one look of `tcp.accepts` brings.
pub struct Facts {
    answer: Seen<Result<TcpAnswer, Unreached>>,
    within: Duration,
}

impl Check for Accepts {
    const KIND: &'static str = "tcp.accepts";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let within = look.times.limit;
        let trust = self
            .ca_file
            .as_deref()
            .map_or(Trust::System, |file| Trust::File(look.path(file)));
        let request = TcpRequest {
            host: self.address.host.clone(),
            port: self.address.port.unwrap_or_default(),
            tls: self.tls.then_some(trust),
            send: self.send.clone(),
            until: self.expect.clone(),
            within,
        };
        let answer = look.reads.tcp(request).await;
        Ok(Facts { answer, within })
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        let address = self.address.to_string();
        let answer = match &facts.answer.value {
            Ok(answer) => answer,
            Err(why) => {
                return unreached::finding(&address, why, facts.within, "`address` or `ca_file`");
            }
        };
        let after = Period::from(answer.accepted_after);
        let Some(expected) = &self.expect else {
            let accepted =
                Body::compared("connection", "accepted", format!("by {}", answer.address));
            return Finding::holds(format!("{address} accepts, after {after}"))
                .evidence(facts.answer.evidence(accepted));
        };
        let expression = expected.as_str();
        let received = facts.answer.evidence(received(answer, expected));
        match expected.is_match(&answer.received) {
            true => Finding::holds(format!(
                "{address} accepts, after {after}, and answers /{expression}/"
            )),
            false => Finding::not_yet(format!(
                "{address} accepts, and {}, expected /{expression}/",
                instead(answer, facts.within)
            ))
            .hint("Is it the right server, and has it started? Its first bytes are below."),
        }
        .evidence(received)
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let portless = self.address.port.is_none().then(|| {
            let place = fields
                .get("address")
                .map_or(fields.place, |address| address.place);
            Fault::new(place, format!("`{}` names no port", self.address))
                .help("write it like `shop.internal:5432`")
        });
        let untrusting = (self.ca_file.is_some() && !self.tls).then(|| {
            let place = fields.place_of("ca_file");
            Fault::new(place, "`ca_file` is for a server with TLS").help("add `tls: true`")
        });
        let empty = fields
            .entry("send")
            .filter(|(_, text)| text.as_text() == Some(""));
        let empty = empty.map(|(key, value)| Fault::empty(key, value));
        portless
            .into_iter()
            .chain(untrusting)
            .chain(empty)
            .collect()
    }
}

fn instead(answer: &TcpAnswer, within: Duration) -> String {
    let bytes = answer.received.len();
    match (bytes, answer.closed) {
        (0, true) => "ends the connection without a word".to_owned(),
        (0, false) => format!("says nothing within {}", Period::from(within)),
        (bytes, _) => format!("answers {bytes} other bytes"),
    }
}

/// The first lines of what came back.
fn received(answer: &TcpAnswer, expected: &Pattern) -> Body {
    const LINES: usize = 8;
    const WIDTH: usize = 400;
    let lines = answer.received.lines().take(LINES).map(|line| {
        let text: String = line.chars().take(WIDTH).collect();
        let matched = expected.find(&text).map(|found| found.as_str().to_owned());
        Line {
            at: None,
            origin: None,
            matched: matched.filter(|matched| !matched.is_empty()),
            text,
        }
    });
    Body::Excerpt {
        title: format!("what {} answered", answer.address),
        lines: lines.collect(),
        omitted: answer.received.lines().count().saturating_sub(LINES),
    }
}

#[cfg(test)]
mod tests;
