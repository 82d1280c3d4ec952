//! What is kept of a program's output, however much it prints.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Whoever prints more than this to one output prints without end, and is ended.
pub(super) const FLOOD: u64 = 16 << 20;

/// What a program printed to one output, as far as it was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// The text; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// How many bytes were left out.
    pub omitted: u64,
}

/// Which part of an output is kept, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keep {
    Beginning(usize),
    End(usize),
}

/// One output while it is being read.
#[derive(Debug)]
pub(super) struct Capture {
    keep: Keep,
    kept: Vec<u8>,
    total: u64,
}

impl Capture {
    pub fn new(keep: Keep) -> Self {
        Self {
            keep,
            kept: Vec::new(),
            total: 0,
        }
    }

    /// Reads to the end, or until it is clear that there is none. Returns whether there was an end.
    pub async fn read<R: AsyncRead + Unpin>(&mut self, mut from: R) -> bool {
        let mut chunk = vec![0; 64 << 10];
        loop {
            match from.read(&mut chunk).await {
                Ok(0) => return true,
                Ok(read) => self.take(&chunk[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A pipe that can't be read any more has ended.
                Err(_) => return true,
            }
            if self.total > FLOOD {
                return false;
            }
        }
    }

    fn take(&mut self, chunk: &[u8]) {
        self.total += chunk.len() as u64;
        match self.keep {
            Keep::Beginning(most) => {
                let room = most - self.kept.len();
                self.kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
            }
            Keep::End(most) => {
                self.kept.extend_from_slice(chunk);
                // Seldom, so that what is kept is not moved for every line.
                if self.kept.len() > 2 * most {
                    self.kept.drain(..self.kept.len() - most);
                }
            }
        }
    }

    pub fn printed(mut self) -> Printed {
        if let Keep::End(most) = self.keep {
            self.kept.drain(..self.kept.len().saturating_sub(most));
        }
        Printed {
            text: String::from_utf8_lossy(&self.kept).into_owned(),
            omitted: self.total - self.kept.len() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn kept(keep: Keep, text: &str) -> (String, u64) {
        let mut capture = Capture::new(keep);
        assert!(capture.read(text.as_bytes()).await, "it ends");
        let printed = capture.printed();
        (printed.text, printed.omitted)
    }

    #[tokio::test]
    async fn the_beginning_or_the_end_is_kept() {
        let whole = ("one two".to_owned(), 0);
        assert_eq!(kept(Keep::Beginning(7), "one two").await, whole);
        assert_eq!(kept(Keep::End(7), "one two").await, whole);
        assert_eq!(kept(Keep::Beginning(3), "one two").await, ("one".into(), 4));
        assert_eq!(kept(Keep::End(3), "one two").await, ("two".into(), 4));
    }

    #[tokio::test]
    async fn an_output_without_end_is_given_up_and_fills_no_memory() {
        for keep in [Keep::Beginning(1 << 10), Keep::End(1 << 10)] {
            let mut capture = Capture::new(keep);
            assert!(!capture.read(tokio::io::repeat(b'y')).await, "it floods");
            assert!(capture.kept.capacity() < 1 << 20);
            let printed = capture.printed();
            assert_eq!(printed.text.len(), 1 << 10);
            assert!(printed.omitted >= FLOOD - (1 << 10), "{}", printed.omitted);
        }
    }
}
