//! `tcp.accepts`: a port accepts connections, and answers.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::conversation::Conversation;
use super::server_name::ServerName;
use super::tls_files::TlsFiles;
use super::turn::{LinePattern, Turn, said};
use super::wrong_ip;
use crate::contract::{
    Body, Check, Fault, Finding, HostPort, IpVersion, Located, Look, Outside, Period, Seen,
    Unobserved,
};
use crate::reads::{self, BeginTls, StartTls, TcpAnswer, TcpRequest, Unreached};
use crate::unreached;

/// **Asks** whether a port accepts connections, and with `expect` or `turns` whether what comes back is
/// as expected.
///
/// **Why it matters**: a database, a broker or a mail server has no page to ask. A port that accepts
/// shows that something listens and that security groups let it be reached; a greeting shows what.
///
/// In expressions `^` and `$` are the beginning and end of a line. Each turn sends first and then listens: lines that are
/// not like what it expects are passed over, and the line in which the match ends is its last, so that
/// the next turn listens from the next line on. A turn that only sends doesn't wait.
///
/// TLS begins at once (`tls`), in the words of a protocol that begins without (`starttls: smtp`), or behind a
/// turn that has `starttls: true`, where the protocol is another one. What came before TLS counts
/// for nothing behind it, and a server that sent more than its consent is not listened to.
///
/// Refused, filtered, or an answer that is not as expected may still become right, so it waits. A name
/// that does not resolve is not seen. `timeout` bounds one look. What came back is read up to 64 KiB. With
/// TLS 1.3 a server that wants another client certificate says so only in its answer: `expect` one.
///
/// **Evidence**: who accepted and how fast, and what both sides said.
///
/// **Example**
/// ```yaml
/// - check: tcp.accepts
///   address: mail.example.com:25
///   starttls: smtp
///   turns:
///     - { send: "EHLO touchdown\r\n", expect: ^250-AUTH }
///     - { send: "QUIT\r\n", expect: "^221 " }
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepts {
    /// The host and port.
    address: HostPort,
    /// Which of the host's addresses to connect to: 4 for those of IPv4, 6 for those of IPv6.
    #[serde(default)]
    ip: Option<IpVersion>,
    /// A text to send first, such as `"PING\r\n"` (in double quotes, so that YAML reads the line end).
    #[serde(default)]
    send: Option<String>,
    /// A regular expression that must match somewhere in what comes back.
    #[serde(default)]
    expect: Option<LinePattern>,
    /// More than one turn of `send` and `expect`, in this order.
    #[serde(default)]
    #[schemars(length(min = 1))]
    turns: Vec<Turn>,
    /// Whether to speak TLS at once, with a certificate that is valid for the host.
    #[serde(default)]
    tls: bool,
    /// The protocol in which to ask the server for TLS before anything else is said: `smtp`, `imap`, `pop3`,
    /// `ftp`, `postgres` or `mysql`.
    #[serde(default)]
    starttls: Option<StartTls>,
    /// The name that the server is asked for (SNI) and its certificate must be for. Default: the host of
    /// `address`.
    #[serde(default)]
    server_name: Option<ServerName>,
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
        let named = self.server_name.as_ref().map(|ServerName(name)| name);
        let request = TcpRequest {
            host: self.address.host.clone(),
            port: self.address.port.unwrap_or_default(),
            ip: self.ip,
            begin: match (self.tls, self.starttls) {
                (true, _) => BeginTls::AtOnce,
                (_, Some(protocol)) => BeginTls::Agreed(protocol),
                _ => BeginTls::Never,
            },
            name: named.unwrap_or(&self.address.host).clone(),
            tls: self.files().tls(|file| look.path(file)),
            turns: self.all_turns(),
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
        let accepts = format!("{address} accepts, after {after}");
        let turns = self.all_turns();
        if turns.is_empty() {
            let accepted =
                Body::compared("connection", "accepted", format!("by {}", answer.address));
            return Finding::holds(accepts).evidence(facts.answer.evidence(accepted));
        }
        let talked = Conversation {
            turns: &turns,
            answer,
        };
        let finding = match talked.failing() {
            Some(place) => not_answered(&address, &talked, place, facts.within),
            None => Finding::holds(match turns.as_slice() {
                [one] => match &one.expect {
                    Some(expect) => format!("{accepts}, and answers /{}/", expect.as_str()),
                    None => accepts,
                },
                all => format!("{accepts}, and answers as expected in {} turns", all.len()),
            }),
        };
        finding.evidence(facts.answer.evidence(talked.shown()))
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut found: Vec<Fault> = portless(&self.address, fields).into_iter().collect();
        found.extend(wrong_ip(self.ip, &self.address.host, fields));
        found.extend(self.twice_said(fields));
        found.extend(said(self.expect.as_ref(), fields));
        let written = fields.get("turns").map(Located::items).unwrap_or_default();
        for (turn, written) in self.turns.iter().zip(written) {
            found.extend(turn.mistakes(written));
        }
        found.extend(self.twice_begun(fields));
        match self.has_tls() {
            true => found.extend(self.files().mistakes(fields)),
            false => {
                let (whose, help) = ("a server", "add `tls: true` or `starttls`");
                found.extend(TlsFiles::without_tls(fields, whose, help));
                found.extend(fields.entry("server_name").map(|(key, _)| {
                    let told = "`server_name` is for a server with TLS";
                    Fault::new(key.place, told).help(help)
                }));
            }
        }
        found
    }
}

/// An address without a port, where none is usual.
pub(super) fn portless(address: &HostPort, fields: &Located) -> Option<Fault> {
    address.port.is_none().then(|| {
        let place = fields
            .get("address")
            .map_or(fields.place, |address| address.place);
        Fault::new(place, format!("`{address}` names no port"))
            .help("write it like `shop.internal:5432`")
    })
}

fn not_answered(
    address: &str,
    talked: &Conversation<'_>,
    place: usize,
    within: Duration,
) -> Finding {
    let instead = talked.instead(place, within);
    let told = match &talked.turns[place].expect {
        Some(expect) => format!(
            "{address} accepts, and {instead}, expected /{}/",
            expect.as_str()
        ),
        None => format!("{address} accepts, and {instead}"),
    };
    let received = talked.answer.received.get(place);
    let is_silent = received.is_none_or(String::is_empty);
    Finding::not_yet(told).hint(match (is_silent, place) {
        (true, 0) => "Is it the right server, and does it speak first? What it waits for is given with `send`.",
        (true, _) => "It answered before that: does it wait for the end of a line (`\\r\\n`), or for more than was sent?",
        (false, _) => "Is it the right server, and has it started? What both sides said is below.",
    })
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

    /// The turns, of which `send` and `expect` are the only one where they are written.
    fn all_turns(&self) -> Vec<reads::Turn> {
        let expect = self.expect.as_ref().map(|LinePattern(pattern)| pattern);
        let one = (self.send.is_some() || expect.is_some()).then(|| reads::Turn {
            send: self.send.clone(),
            expect: expect.cloned(),
            starttls: false,
        });
        let several = self.turns.iter().map(Turn::read);
        one.into_iter().chain(several).collect()
    }

    fn has_tls(&self) -> bool {
        let behind_a_turn = self.turns.iter().any(|turn| turn.starttls);
        self.tls || self.starttls.is_some() || behind_a_turn
    }

    /// One turn in short, and turns beside it; or a list without any.
    fn twice_said(&self, fields: &Located) -> Option<Fault> {
        let (key, turns) = fields.entry("turns")?;
        if self.turns.is_empty() {
            return Some(Fault::empty(key, turns));
        }
        let short = ["send", "expect"];
        let short = short.into_iter().find(|name| fields.get(name).is_some())?;
        let told = format!("`{short}` and `turns` can't go together");
        Some(Fault::new(fields.place_of(short), told).help("write it as the first of the `turns`"))
    }

    /// TLS in TLS.
    fn twice_begun(&self, fields: &Located) -> Option<Fault> {
        let written = fields.get("turns").map(Located::items).unwrap_or_default();
        let turns = self.turns.iter().zip(written);
        let in_turns = turns.filter(|(turn, _)| turn.starttls);
        let at_once = fields.entry("tls").filter(|_| self.tls);
        let all = at_once
            .into_iter()
            .chain(fields.entry("starttls"))
            .map(|(key, _)| key.place)
            .chain(in_turns.map(|(_, written)| written.place_of("starttls")));
        let again = all.collect::<Vec<_>>().get(1).copied()?;
        Some(Fault::new(again, "TLS would begin twice").help("write where it begins once"))
    }
}

#[cfg(test)]
mod tests;
