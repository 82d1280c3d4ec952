//! A conversation over a connection, turn by turn, in lines.

use std::borrow::Cow;
use std::io;

use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::begin;
use super::starttls::broken;
use crate::contract::Pattern;
use crate::reads::unreached::Unreached;

/// What one turn of a conversation says, and what it listens for.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// What to send.
    pub send: Option<String>,
    /// What to listen for; without it nothing is read. `^` and `$` should be those of lines.
    pub expect: Option<Pattern>,
    /// Whether TLS begins behind this turn.
    pub starttls: bool,
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// In order.
    Closed,
    /// In the middle, and why.
    Broke(String),
}

/// What became of a turn.
pub(super) struct Taken {
    /// What came back, as far as it was read; bytes that are no UTF-8 are replaced.
    pub received: String,
    /// Whether that is what it listens for.
    pub is_answered: bool,
    pub ended: Option<Ended>,
}

/// Whatever bytes go over in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection, and what was heard over it.
pub(super) struct Talk {
    stream: Box<dyn Stream>,
    until: Instant,
    heard: Heard,
}

/// The most bytes that are read: greetings and banners are short.
const MOST: usize = 64 << 10;

/// What is done for more to be heard.
enum More {
    Came,
    Ended(Ended),
    /// Time is up, or more came than is read.
    Never,
}

impl Talk {
    /// A conversation over a connection, `until` that time.
    pub fn over(stream: impl Stream + 'static, until: Instant) -> Self {
        Self {
            stream: Box::new(stream),
            until,
            heard: Heard::default(),
        }
    }

    /// Sends, and listens until what is listened for came, the other side ended it, or time is up. What
    /// could not be sent is told where nothing came back: it may say why.
    pub async fn turn(&mut self, turn: &Turn) -> Result<Taken, Unreached> {
        let sent = self.send(turn.send.as_deref().unwrap_or_default()).await;
        let mut taken = match &turn.expect {
            Some(pattern) => self.listen(pattern).await?,
            None => Taken {
                received: String::new(),
                is_answered: sent.is_ok(),
                ended: None,
            },
        };
        match sent {
            Err(why) if taken.received.is_empty() => taken.ended = Some(self.broken(why)?),
            _ => {}
        }
        Ok(taken)
    }

    /// A conversation that had begun ended there; one that had not was none.
    fn broken(&self, why: Unreached) -> Result<Ended, Unreached> {
        match why {
            Unreached::NoAnswer(why) if !self.heard.bytes.is_empty() => Ok(Ended::Broke(why)),
            why => Err(why),
        }
    }

    async fn send(&mut self, text: &str) -> Result<(), Unreached> {
        let sending = async {
            self.stream.write_all(text.as_bytes()).await?;
            self.stream.flush().await
        };
        let sent = timeout_at(self.until, sending).await;
        let sent = sent.map_err(|_| Unreached::TimedOut)?;
        sent.map_err(|error| Unreached::by(&error))
    }

    async fn listen(&mut self, pattern: &Pattern) -> Result<Taken, Unreached> {
        loop {
            let received = self.heard.unanswered().into_owned();
            let found = pattern.find(&received).filter(|_| !received.is_empty());
            if let Some(found) = &found {
                self.heard.answer(&received[..found.end()]);
            }
            let is_answered = found.is_some();
            let ended = match is_answered {
                true => None,
                false => match self.more().await? {
                    More::Came => continue,
                    More::Ended(ended) => Some(ended),
                    More::Never => None,
                },
            };
            return Ok(Taken {
                received,
                is_answered,
                ended,
            });
        }
    }

    async fn more(&mut self) -> Result<More, Unreached> {
        if self.heard.bytes.len() >= MOST {
            return Ok(More::Never);
        }
        let mut part = [0; 4096];
        match timeout_at(self.until, self.stream.read(&mut part)).await {
            Ok(Ok(length)) if length > 0 => {
                self.heard.bytes.extend_from_slice(&part[..length]);
                Ok(More::Came)
            }
            Ok(ended) => Ok(More::Ended(end(ended)?)),
            Err(_) => Ok(More::Never),
        }
    }

    /// Goes on over TLS with a server of that name. What came before is forgotten, and nothing may
    /// have come behind the line that was answered to: anybody on the way could have put it there, to
    /// be taken for what the server says over TLS (CVE-2011-0411 is the same on the other side).
    pub async fn secured(mut self, config: ClientConfig, name: &str) -> Result<Self, Unreached> {
        while self.heard.begin().is_none() {
            match self.more().await? {
                More::Came => {}
                More::Ended(_) => {
                    return Err(broken(&io::ErrorKind::UnexpectedEof.into()));
                }
                More::Never => return Err(Unreached::TimedOut),
            }
        }
        let surplus = self.heard.unanswered().len();
        if surplus > 0 {
            return Err(Unreached::NoStartTls(format!(
                "sent {surplus} bytes more before TLS began, which are not to be trusted"
            )));
        }
        let stream = begin(config, name, self.stream, self.until).await?;
        Ok(Self::over(stream, self.until))
    }
}

/// How the other side ended it. In TLS 1.3 it says only now that it does not take whoever asks.
fn end(read: io::Result<usize>) -> Result<Ended, Unreached> {
    let Err(error) = read else {
        return Ok(Ended::Closed);
    };
    // Many end TLS without saying so.
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Ok(Ended::Closed);
    }
    match Unreached::by(&error) {
        Unreached::NoAnswer(why) => Ok(Ended::Broke(why)),
        why => Err(why),
    }
}

/// All that was heard, and how many of its lines turns have had.
#[derive(Default)]
struct Heard {
    bytes: Vec<u8>,
    lines: usize,
}

impl Heard {
    /// Where the first line begins that no turn has had; none while the one before has not ended.
    fn begin(&self) -> Option<usize> {
        let Some(last) = self.lines.checked_sub(1) else {
            return Some(0);
        };
        let ends = self.bytes.iter().enumerate();
        let mut ends = ends.filter(|(_, byte)| **byte == b'\n');
        ends.nth(last).map(|(place, _)| place + 1)
    }

    fn unanswered(&self) -> Cow<'_, str> {
        let begin = self.begin().unwrap_or(self.bytes.len());
        String::from_utf8_lossy(&self.bytes[begin..])
    }

    /// A turn has had these first of the bytes that none had, and with them the line in which they end.
    fn answer(&mut self, had: &str) {
        self.lines += had.matches('\n').count() + usize::from(!had.ends_with('\n'));
    }
}

#[cfg(test)]
mod tests;
