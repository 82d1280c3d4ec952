//! `tcp.accepts`: a port accepts connections, and answers.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::tls_files::TlsFiles;
use crate::contract::{
    Body, Check, Fault, Finding, HostPort, Line, Located, Look, Outside, Pattern, Period, Seen,
    Unobserved,
};
use crate::reads::{Ended, TcpAnswer, TcpRequest, Unreached};
use crate::unreached;

/// **Asks** whether a port accepts connections, and with `expect` whether what comes back is as
/// expected.
///
/// **Why it matters**: a database, a broker or a mail server has no page to ask. A port that accepts
/// shows that something listens and that security groups let it be reached; a greeting shows what.
///
/// Refused, filtered, or an answer that is not as expected may still become right, so it waits. A name
/// that does not resolve is not seen. `timeout` bounds one look. What came back is read up to 64 KiB. With
/// TLS 1.3 a server that wants another client certificate says so only in its answer: `expect` one.
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
    /// trusts; or the server's own.
    #[serde(default)]
    ca_file: Option<PathBuf>,
    /// A certificate of touchdown's own (PEM), for a server that wants to know who asks.
    #[serde(default)]
    cert_file: Option<PathBuf>,
    /// The key of `cert_file` (PEM, without a passphrase).
    #[serde(default)]
    key_file: Option<PathBuf>,
    /// Takes any certificate, such as one that a server signed itself.
    #[serde(default)]
    insecure: bool,
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
        let request = TcpRequest {
            host: self.address.host.clone(),
            port: self.address.port.unwrap_or_default(),
            tls: self.tls.then(|| self.files().tls(|file| look.path(file))),
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
                let fields = "`address`, `ca_file`, `cert_file` or `key_file`";
                return unreached::finding(&address, why, facts.within, fields);
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
        let is_there = !answer.received.is_empty();
        match is_there && expected.is_match(&answer.received) {
            true => Finding::holds(format!(
                "{address} accepts, after {after}, and answers /{expression}/"
            )),
            false => Finding::not_yet(format!(
                "{address} accepts, and {}, expected /{expression}/",
                instead(answer, facts.within)
            ))
            .hint(match answer.received.is_empty() {
                true => "Is it the right server, and does it speak first? What it waits for is given with `send`.",
                false => "Is it the right server, and has it started? Its first bytes are below.",
            }),
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
        let files = match self.tls {
            true => self.files().mistakes(fields),
            false => TlsFiles::without_tls(fields, "a server", "add `tls: true`"),
        };
        let silent = self.expect.as_ref().filter(|expect| expect.is_match(""));
        let silent = silent.map(|expect| {
            let told = format!("/{}/ would match silence, too", expect.as_str());
            Fault::new(fields.place_of("expect"), told)
                .help("write what must come back, at least one character of it")
        });
        let empty = fields
            .entry("send")
            .filter(|(_, text)| text.as_text() == Some(""));
        let empty = empty.map(|(key, value)| Fault::empty(key, value));
        portless
            .into_iter()
            .chain(files)
            .chain(silent)
            .chain(empty)
            .collect()
    }
}

impl Accepts {
    fn files(&self) -> TlsFiles<'_> {
        TlsFiles {
            ca: self.ca_file.as_deref(),
            certificate: self.cert_file.as_deref(),
            key: self.key_file.as_deref(),
            insecure: self.insecure,
        }
    }
}

fn instead(answer: &TcpAnswer, within: Duration) -> String {
    match (answer.received.len(), &answer.ended) {
        (0, Some(Ended::Closed)) => "ends the connection without a word".to_owned(),
        (0, Some(Ended::Broke(why))) => format!("breaks the connection off ({why})"),
        (0, None) => format!("says nothing within {}", Period::from(within)),
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
