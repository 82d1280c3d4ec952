//! How an answer fails to arrive, told once for all who carry answers: a socket, or a test in its own process.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::Response;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// What becomes of an answer on its way. It is among the extensions of the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// There is no connection: nobody listens.
    Refused,
    /// The connection is reset before the answer.
    Reset,
    /// No answer ever comes.
    Hung,
    /// The connection ends in the middle of the answer.
    Truncated,
    /// Spaces follow it, more of them than anybody should take.
    Gigantic,
    /// Each byte takes so long.
    Dripping(Duration),
}

/// How many spaces follow a gigantic answer, and how many come at a time.
const SPACES: usize = 64 * 1024 * 1024;
static BLANK: [u8; 64 * 1024] = [b' '; 64 * 1024];

impl Delivery {
    /// What becomes of this answer; none if it arrives.
    pub fn of<B>(response: &Response<B>) -> Option<Self> {
        response.extensions().get().copied()
    }

    /// As the record of requests names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Hung => "hung",
            Self::Truncated => "truncated",
            Self::Gigantic => "gigantic",
            Self::Dripping(_) => "drip",
        }
    }
}

/// An answer's body as it is carried: at once, byte by byte, only the first half of it, or far more than it.
#[derive(Debug)]
pub struct Carried {
    rest: Bytes,
    /// How many bytes come until the connection ends before its time.
    breaks_after: Option<usize>,
    /// How long each byte takes.
    each: Option<Duration>,
    /// How many spaces are still to follow.
    spaces: usize,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Carried {
    /// The body of an answer, given what becomes of it.
    pub fn new(body: Bytes, delivery: Option<Delivery>) -> Self {
        Self {
            breaks_after: (delivery == Some(Delivery::Truncated)).then_some(body.len() / 2),
            each: match delivery {
                Some(Delivery::Dripping(each)) => Some(each),
                _ => None,
            },
            spaces: match delivery {
                Some(Delivery::Gigantic) => SPACES,
                _ => 0,
            },
            rest: body,
            pause: None,
        }
    }

    /// How long it is until the next part. What was sent before the end must have left first.
    fn wait(&self) -> Option<Duration> {
        const LEAVES: Duration = Duration::from_millis(5);
        match self.breaks_after {
            Some(0) => Some(LEAVES),
            Some(_) => None,
            None => self.each.filter(|_| !self.rest.is_empty()),
        }
    }

    fn next_part(&mut self) -> Option<io::Result<Frame<Bytes>>> {
        if let Some(left) = self.breaks_after.take() {
            if left == 0 {
                return Some(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            self.breaks_after = Some(0);
            return Some(Ok(Frame::data(self.rest.split_to(left))));
        }
        let size = if self.each.is_some() {
            1
        } else {
            self.rest.len()
        };
        if self.rest.is_empty() {
            let blank = &BLANK[..self.spaces.min(BLANK.len())];
            self.spaces -= blank.len();
            return (!blank.is_empty()).then(|| Ok(Frame::data(Bytes::from_static(blank))));
        }
        Some(Ok(Frame::data(self.rest.split_to(size))))
    }
}

impl Body for Carried {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(wait) = self.wait() {
            let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(wait)));
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        Poll::Ready(self.next_part())
    }

    /// As its `Content-Length` says, whatever comes of it.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.rest.len() + self.spaces).unwrap_or(u64::MAX))
    }
}
