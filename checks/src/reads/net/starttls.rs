//! What a client and a server say to each other before TLS begins on a connection that is open already.
//!
//! Bytes are read one by one, so that none is taken which came behind the server's consent: whatever
//! somebody slipped in there goes to TLS, which refuses it (CVE-2011-0411, CVE-2021-23222).

use std::io;

use schemars::JsonSchema;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::reads::error::one_line;
use crate::reads::unreached::Unreached;

mod mysql;

/// A protocol in which TLS is begun on a connection that is open already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StartTls {
    /// Mail is handed over (RFC 3207).
    Smtp,
    /// Mail is read (RFC 9051, 6.2.1).
    Imap,
    /// Mail is fetched (RFC 2595).
    Pop3,
    /// Files are transferred (RFC 4217).
    Ftp,
    /// The front end protocol of PostgreSQL, its `SSLRequest`.
    Postgres,
    /// The client protocol of MySQL and MariaDB, its `SSLRequest`.
    Mysql,
}

/// The longest line that is read of a server.
const LONGEST: usize = 4096;

/// The most lines of one reply.
const LINES: usize = 200;

/// A dialogue in lines. The first step sends nothing: the server greets.
struct Dialogue {
    name: &'static str,
    steps: &'static [Step],
}

struct Step {
    send: &'static str,
    /// How the line begins by which the server agrees.
    agrees: &'static str,
    /// Whether a line decides nothing yet, since more of the reply follows.
    goes_on: fn(&str) -> bool,
}

const fn step(send: &'static str, agrees: &'static str, goes_on: fn(&str) -> bool) -> Step {
    Step {
        send,
        agrees,
        goes_on,
    }
}

const SMTP: Dialogue = Dialogue {
    name: "SMTP",
    steps: &[
        step("", "220", has_more),
        step("EHLO touchdown.invalid\r\n", "250", has_more),
        step("STARTTLS\r\n", "220", has_more),
    ],
};

const IMAP: Dialogue = Dialogue {
    name: "IMAP",
    steps: &[
        step("", "* OK", never),
        step("a STARTTLS\r\n", "a OK", |line| line.starts_with("* ")),
    ],
};

const POP3: Dialogue = Dialogue {
    name: "POP3",
    steps: &[step("", "+OK", never), step("STLS\r\n", "+OK", never)],
};

const FTP: Dialogue = Dialogue {
    name: "FTP",
    steps: &[
        step("", "220", is_within),
        step("AUTH TLS\r\n", "234", is_within),
    ],
};

fn never(_: &str) -> bool {
    false
}

/// `250-SIZE`: what follows the code says whether the reply goes on (RFC 5321, 4.2.1).
fn has_more(line: &str) -> bool {
    line.as_bytes().get(3) == Some(&b'-')
}

/// Between its first and its last line, `220-…` and `220 …`, a reply of FTP may say anything, which most
/// servers indent (RFC 959, 4.2).
fn is_within(line: &str) -> bool {
    has_more(line) || line.starts_with(' ') || line.is_empty()
}

impl StartTls {
    /// The port at which its servers listen.
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::Smtp => 25,
            Self::Imap => 143,
            Self::Pop3 => 110,
            Self::Ftp => 21,
            Self::Postgres => 5432,
            Self::Mysql => 3306,
        }
    }

    /// Asks for TLS, until the server has agreed.
    pub(super) async fn agree(
        self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    ) -> Result<(), Unreached> {
        match self {
            Self::Smtp => SMTP.held(stream).await,
            Self::Imap => IMAP.held(stream).await,
            Self::Pop3 => POP3.held(stream).await,
            Self::Ftp => FTP.held(stream).await,
            Self::Postgres => postgres(stream).await,
            Self::Mysql => mysql::agree(stream).await,
        }
    }
}

impl Dialogue {
    async fn held(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    ) -> Result<(), Unreached> {
        let last = self.steps.len() - 1;
        for (place, step) in self.steps.iter().enumerate() {
            sent(stream, step.send.as_bytes()).await?;
            let line = self.reply(step, stream).await?;
            if line.starts_with(step.agrees) {
                continue;
            }
            let line = one_line(&line);
            return Err(Unreached::NoStartTls(match place {
                0 => format!(
                    "does not greet as a server of {} that lets one in: `{line}`",
                    self.name
                ),
                _ if place == last => format!("offers no TLS in {}: `{line}`", self.name),
                _ => format!("answers `{line}` to `{}`", step.send.trim_end()),
            }));
        }
        Ok(())
    }

    /// The line of a reply that decides.
    async fn reply(
        &self,
        step: &Step,
        stream: &mut (impl AsyncRead + Unpin),
    ) -> Result<String, Unreached> {
        for _ in 0..LINES {
            let line = line(stream).await.map_err(|error| broken(&error))?;
            if !(step.goes_on)(&line) {
                return Ok(line);
            }
        }
        let told = format!("does not come to the end of what it says in {}", self.name);
        Err(Unreached::NoStartTls(told))
    }
}

/// Why nothing more comes before TLS.
pub(super) fn broken(error: &io::Error) -> Unreached {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            Unreached::NoAnswer("it ended the connection before TLS began".to_owned())
        }
        _ => Unreached::by(error),
    }
}

/// A line without its end, cut where it is too long.
async fn line(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut bytes = Vec::new();
    while bytes.len() < LONGEST {
        match stream.read_u8().await? {
            b'\n' => break,
            byte => bytes.push(byte),
        }
    }
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

async fn sent(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), Unreached> {
    let sent = stream.write_all(bytes).await;
    sent.map_err(|error| broken(&error))
}

/// A message of eight bytes with a version that none has; the answer is one byte
/// (<https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL>).
async fn postgres(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Result<(), Unreached> {
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
    sent(stream, &SSL_REQUEST).await?;
    let answer = stream.read_u8().await;
    match answer.map_err(|error| broken(&error))? {
        b'S' => Ok(()),
        b'N' => Err(Unreached::NoStartTls(
            "offers no TLS: its `ssl` is off".to_owned(),
        )),
        _ => Err(Unreached::NoStartTls(
            "does not answer as PostgreSQL does".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests;
