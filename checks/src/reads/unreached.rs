//! Why nothing answered at an address, told alike for every protocol that is looked at from outside.

use std::error::Error;

use super::error::root;

/// Why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreached {
    /// The server was not there, or spoke something else: refused, reset, TLS.
    NoAnswer(String),
    /// Nothing came in time.
    TimedOut,
    /// The name could not be resolved, so that there was nothing to look at.
    NameNotFound(String),
    /// The request itself can't be sent.
    Unsendable(String),
}

impl Unreached {
    /// Why a connection could not be made, by what its error is made of.
    pub(super) fn by(error: &(dyn Error + 'static)) -> Self {
        let reason = root(error);
        if mentions(error, "dns error") || mentions(error, "failed to lookup address") {
            Self::NameNotFound(reason)
        } else {
            Self::NoAnswer(reason)
        }
    }
}

/// Neither hyper-util nor the standard library has a type for a failed name resolution, only these
/// texts in the chain.
fn mentions(error: &(dyn Error + 'static), text: &str) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.to_string().contains(text) {
            return true;
        }
        next = error.source();
    }
    false
}
