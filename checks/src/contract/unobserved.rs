//! The other end of a look: it could not be made.

use jiff::Timestamp;

use super::{Body, Evidence, Finding, Source};

/// Why something could not be looked at. It is never a statement about the deployment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{headline}")]
pub struct Unobserved {
    /// One clear sentence: the call, the resource and the code.
    pub headline: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where it happened, where it was a call.
    pub origin: Option<Box<Source>>,
    /// The error code of the call, where it gave one.
    pub code: Option<String>,
    /// Whether looking again within the run cannot help (access denied, expired
    /// credentials, unknown cluster). Such a check settles at once.
    pub lasting: bool,
    /// Whether the source asked us to slow down.
    pub throttled: bool,
}

impl Unobserved {
    /// A look that failed for now.
    pub fn for_now(headline: impl Into<String>) -> Self {
        Self {
            headline: headline.into(),
            hint: None,
            origin: None,
            code: None,
            lasting: false,
            throttled: false,
        }
    }

    /// A look that will fail each time.
    pub fn lasting(headline: impl Into<String>) -> Self {
        Self {
            lasting: true,
            ..Self::for_now(headline)
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds where it happened.
    #[must_use]
    pub fn origin(mut self, origin: Source) -> Self {
        self.origin = Some(Box::new(origin));
        self
    }
}

impl Unobserved {
    /// The finding of a look that could not be made at `at`, with the call as evidence.
    #[must_use]
    pub fn into_finding(self, at: Timestamp) -> Finding {
        let evidence = self.origin.map(|source| {
            let body = Body::compared(
                source.call.clone(),
                "an answer",
                self.code.unwrap_or_else(|| "none".into()),
            );
            Evidence {
                source: *source,
                at,
                body,
            }
        });
        Finding {
            hint: self.hint,
            lasting: self.lasting,
            ..Finding::unobserved(self.headline).all_evidence(evidence)
        }
    }
}
