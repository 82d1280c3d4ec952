//! What a check looks at: one ECS service, or the world outside AWS.

use std::future::Future;

use super::{Finding, Target, Unobserved};
use crate::reads::Reads;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Target {}
    impl Sealed for super::Outside {}
}

/// What a kind of check looks at. There are two: [`Target`] and [`Outside`].
pub trait Subject: sealed::Sealed + Send + Sync + 'static {
    /// Whether a check of this subject runs once for each target.
    const IS_TARGET: bool;

    /// The subject, given the check's target, where it has one.
    fn of(target: Option<&Target>) -> Option<&Self>;

    /// Looks at what every statement about the subject depends on, before the check itself
    /// looks. A finding settles the matter whatever the check asks.
    ///
    /// # Errors
    /// [`Unobserved`] where the statement has lost its subject.
    fn standing(
        &self,
        reads: &Reads,
    ) -> impl Future<Output = Result<Option<Finding>, Unobserved>> + Send;
}

/// The world outside AWS: a check that needs no target, and no credentials.
#[derive(Clone, Copy, Debug)]
pub struct Outside;

impl Subject for Outside {
    const IS_TARGET: bool = false;

    fn of(_: Option<&Target>) -> Option<&Self> {
        Some(&Outside)
    }

    async fn standing(&self, _: &Reads) -> Result<Option<Finding>, Unobserved> {
        Ok(None)
    }
}
