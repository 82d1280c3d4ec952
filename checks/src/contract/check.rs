//! The trait that every kind of check implements.

use std::future::Future;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{Fault, Finding, Located, Look, Subject, Unobserved};

/// One kind of check: one statement that should hold after a deploy.
///
/// The struct that implements it *is* the check's configuration: its fields are the fields
/// a suite may write, so it derives [`serde::Deserialize`] with `deny_unknown_fields`. Its doc
/// comment is what `touchdown checks KIND` prints, and says *Asks*, *Why it matters*,
/// *Evidence* and *Example*.
///
/// A kind only ever writes one look. Deadlines, repetition, holding and ordering belong to
/// the runner.
pub trait Check: DeserializeOwned + JsonSchema + Send + Sync + Sized + 'static {
    /// The kind's name, which states what holds: `ecs.digest-running`.
    const KIND: &'static str;

    /// Whether the statement forbids something. Such a check breaks at once, but can pass
    /// only at the end of its window.
    const FORBIDS: bool = false;

    /// The IAM actions that a look may need, as a policy writes them: `ecs:DescribeTasks`.
    const ACTIONS: &'static [&'static str] = &[];

    /// Whether a look needs the facts of the one before it ([`Look::before`]). Only then are they
    /// kept: between the looks of a fleet they are most of what a run would hold.
    const REMEMBERS: bool = false;

    /// What is looked at: a [`Target`](super::Target) (one ECS service), or the
    /// [`Outside`](super::Outside), which needs no target and no AWS credentials.
    type Subject: Subject;

    /// What one look brings back: plain data, in which the judge finds everything it needs,
    /// the present time included.
    type Facts: Send + Sync + 'static;

    /// Looks once, and returns plain facts. It judges nothing.
    ///
    /// A statement that needs memory across attempts folds [`Look::before`] into the facts
    /// that it returns.
    ///
    /// # Errors
    /// [`Unobserved`] where the look could not be made.
    fn observe(
        &self,
        look: &Look<'_, Self>,
    ) -> impl Future<Output = Result<Self::Facts, Unobserved>> + Send;

    /// Turns facts into a finding. Pure: no I/O, no clock, no memory.
    fn judge(&self, subject: &Self::Subject, facts: &Self::Facts) -> Finding;

    /// Mistakes in the configuration that no single field shows, each with the field it
    /// is best told at. `fields` is the check's mapping as written, for its places.
    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let _ = fields;
        Vec::new()
    }

    /// How much later than the deadline the truth may still arrive; the runner adds it to
    /// `within`. Zero for everything but eventually consistent sources.
    fn allowance(&self) -> Duration {
        Duration::ZERO
    }

    /// How long a look takes at the least that holds, and the field that says so. A check whose looks may
    /// take no longer than that is a mistake.
    fn shortest_look(&self) -> Option<(Duration, &'static str)> {
        None
    }

    /// Values that the configuration holds and that are secret wherever they come from, such as
    /// an `authorization` header written plainly. The runner keeps them out of every output.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// The names of the values that a look which holds finds for the checks after this one, and which
    /// its finding then is [saving](Finding::saving). A kind with a field `save:
    /// `[`Saves`](super::Saves) returns that field's names.
    fn saves(&self) -> Vec<&str> {
        Vec::new()
    }

    /// The id of a check whose passing time this one refers to, and which must therefore
    /// pass first.
    fn follows(&self) -> Option<&str> {
        None
    }
}
