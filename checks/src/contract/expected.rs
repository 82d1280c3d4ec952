//! What should run in a container: the image that is expected, and what is known of it.

use jiff::Timestamp;

use super::{ImageReference, Source, Unobserved};

/// The image that a container should run.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The image, as the suite or the task definition names it.
    pub image: ImageReference,
    /// The image that the task definition names.
    pub defined: ImageReference,
    /// What the registry says of it.
    pub known: Known,
    /// Where that was asked, where it was.
    pub source: Option<Source>,
}

/// What is known of an expected image.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// ECR has it.
    Pushed {
        /// Its digest.
        digest: String,
        /// When the digest was pushed.
        at: Option<Timestamp>,
    },
    /// Another registry has it. None of them tells when it was pushed.
    Offered {
        /// Its digest.
        digest: String,
    },
    /// The digest was written down; the registry can't be asked.
    PinnedOnly {
        /// The digest.
        digest: String,
    },
    /// The registry has no such image.
    Absent,
    /// No digest was written down, and no registry tells it, now or later.
    Unaskable(Unobserved),
}

impl Expected {
    /// The expected digest.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        match &self.known {
            Known::Pushed { digest, .. }
            | Known::Offered { digest }
            | Known::PinnedOnly { digest } => Some(digest),
            Known::Absent | Known::Unaskable(_) => None,
        }
    }

    /// When the expected digest was pushed.
    #[must_use]
    pub fn pushed_at(&self) -> Option<Timestamp> {
        match &self.known {
            Known::Pushed { at, .. } => *at,
            _ => None,
        }
    }
}
