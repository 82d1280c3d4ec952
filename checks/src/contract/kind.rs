//! Kinds of checks as the runner sees them: a name, a schema, and a way to configure one.

use std::any::Any;
use std::borrow::Cow;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use schemars::{Schema, SchemaGenerator};

use super::{
    Check, Fault, Finding, Located, Look, Subject, Target, Times, Unobserved, read_fields,
};
use crate::reads::Reads;

/// The fields that every check has, whatever its kind, so that no kind has one of its own by such a
/// name.
pub const COMMON_FIELDS: &[&str] = &[
    "check", "id", "name", "for_each", "on", "needs", "within", "every", "hold", "timeout",
    "required",
];

/// The `format` in a kind's JSON Schema of a regular expression, which is none of JavaScript's: what another
/// check has seen stands for its own characters in it.
pub const EXPRESSION: &str = "expression";

/// The `format` in a kind's JSON Schema of what is run, or leads to another check: what another check has
/// seen can't stand in it.
pub const LITERAL: &str = "literal";

/// Reads a check's own fields, or tells every mistake in them.
type Configure = fn(&Located) -> Result<Arc<dyn Configured>, Vec<Fault>>;

/// One entry of a catalog.
#[derive(Clone)]
pub struct Kind {
    /// The kind's name.
    pub name: Cow<'static, str>,
    /// Whether its checks run once for each target.
    pub looks_at_target: bool,
    /// Whether its statement forbids something.
    pub forbids: bool,
    /// The IAM actions that its checks may need, as a policy writes them.
    pub actions: &'static [&'static str],
    definition: Defined,
}

/// Where a kind's fields and checks come from.
#[derive(Clone)]
enum Defined {
    /// A type of this program.
    Here {
        schema: fn(&mut SchemaGenerator) -> Schema,
        configure: Configure,
    },
    Elsewhere(Arc<dyn Definition>),
}

/// What defines a kind that is no type of this program.
pub trait Definition: Send + Sync {
    /// The JSON Schema of the kind's own fields. Its description is in the form of a [`Check`]'s doc comment, and it
    /// refers to nothing outside of itself.
    fn schema(&self) -> Schema;

    /// Reads a check's own fields.
    ///
    /// # Errors
    /// Every mistake, at its place.
    fn configure(&self, fields: &Located) -> Result<Arc<dyn Configured>, Vec<Fault>>;
}

impl Kind {
    /// The catalog entry of a check.
    #[must_use]
    pub const fn of<C: Check>() -> Self {
        Self {
            name: Cow::Borrowed(C::KIND),
            looks_at_target: C::Subject::IS_TARGET,
            forbids: C::FORBIDS,
            actions: C::ACTIONS,
            definition: Defined::Here {
                schema: C::json_schema,
                configure: configure::<C>,
            },
        }
    }

    /// The catalog entry of a kind that is defined elsewhere, and may need these IAM actions. Its statement forbids
    /// nothing unless [`forbids`](Self::forbids) is set.
    #[must_use]
    pub fn elsewhere(
        name: String,
        looks_at_target: bool,
        actions: &'static [&'static str],
        definition: Arc<dyn Definition>,
    ) -> Self {
        Self {
            name: Cow::Owned(name),
            looks_at_target,
            forbids: false,
            actions,
            definition: Defined::Elsewhere(definition),
        }
    }

    /// The JSON Schema of its own fields; the description is its doc comment. What it refers
    /// to is defined in `generator`.
    #[must_use]
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        match &self.definition {
            Defined::Here { schema, .. } => schema(generator),
            Defined::Elsewhere(definition) => definition.schema(),
        }
    }

    /// Reads a check's own fields, without those that every check has.
    ///
    /// # Errors
    /// Every mistake, at its place.
    pub fn configure(&self, fields: &Located) -> Result<Arc<dyn Configured>, Vec<Fault>> {
        match &self.definition {
            Defined::Here { configure, .. } => configure(fields),
            Defined::Elsewhere(definition) => definition.configure(fields),
        }
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kind")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn configure<C: Check>(fields: &Located) -> Result<Arc<dyn Configured>, Vec<Fault>> {
    let check: C = read_fields(fields)?;
    let mistakes = check.mistakes(fields);
    if mistakes.is_empty() {
        Ok(Arc::new(check))
    } else {
        Err(mistakes)
    }
}

/// The facts of the latest look, kept by the runner between the attempts of one check whose kind
/// remembers.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Option<Arc<dyn Any + Send + Sync>>>>);

impl Memory {
    fn recall<F: Send + Sync + 'static>(&self) -> Option<Arc<F>> {
        let kept = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        kept.and_then(|facts| facts.downcast().ok())
    }

    fn keep<F: Send + Sync + 'static>(&self, facts: Arc<F>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(facts);
    }
}

/// Everything that one attempt needs; owned, so that it can run as a task of its own.
#[derive(Clone)]
pub struct Attempt {
    /// The target, for kinds that look at one.
    pub target: Option<Arc<Target>>,
    /// The reads of the round.
    pub reads: Reads,
    /// The times that windows are counted from.
    pub times: Times,
    /// What this check remembers.
    pub memory: Memory,
    /// See [`Look::folder`].
    pub folder: Arc<Path>,
}

/// A check with its configuration read, whatever its kind.
pub trait Configured: Send + Sync {
    /// Looks once and judges what was seen.
    fn attempt(
        self: Arc<Self>,
        attempt: Attempt,
    ) -> Pin<Box<dyn Future<Output = Result<Finding, Unobserved>> + Send>>;

    /// See [`Check::allowance`].
    fn allowance(&self) -> Duration;

    /// See [`Check::shortest_look`].
    fn shortest_look(&self) -> Option<(Duration, &'static str)> {
        None
    }

    /// See [`Check::secrets`].
    fn secrets(&self) -> Vec<String>;

    /// See [`Check::saves`].
    fn saves(&self) -> Vec<&str>;

    /// See [`Check::follows`].
    fn follows(&self) -> Option<&str>;
}

impl<C: Check> Configured for C {
    fn attempt(
        self: Arc<Self>,
        attempt: Attempt,
    ) -> Pin<Box<dyn Future<Output = Result<Finding, Unobserved>> + Send>> {
        let looked = async move { look_and_judge(&*self, &attempt).await };
        unless_it_panics(C::KIND, looked).boxed()
    }

    fn allowance(&self) -> Duration {
        Check::allowance(self)
    }

    fn shortest_look(&self) -> Option<(Duration, &'static str)> {
        Check::shortest_look(self)
    }

    fn secrets(&self) -> Vec<String> {
        Check::secrets(self)
    }

    fn saves(&self) -> Vec<&str> {
        Check::saves(self)
    }

    fn follows(&self) -> Option<&str> {
        Check::follows(self)
    }
}

async fn look_and_judge<C: Check>(check: &C, attempt: &Attempt) -> Result<Finding, Unobserved> {
    let subject = C::Subject::of(attempt.target.as_deref())
        .ok_or_else(|| Unobserved::lasting(format!("{} needs a target", C::KIND)))?;
    if let Some(settled) = subject.standing(&attempt.reads).await? {
        return Ok(settled);
    }
    let before: Option<Arc<C::Facts>> = attempt.memory.recall();
    let look = Look {
        subject,
        reads: &attempt.reads,
        before: before.as_deref(),
        times: &attempt.times,
        folder: &attempt.folder,
    };
    let facts = Arc::new(check.observe(&look).await?);
    if C::REMEMBERS {
        attempt.memory.keep(Arc::clone(&facts));
    }
    Ok(check.judge(subject, &facts))
}

/// What looking comes to. A panic is a defect of the check, and says nothing of the deployment.
pub(crate) async fn unless_it_panics(
    kind: &str,
    looking: impl Future<Output = Result<Finding, Unobserved>>,
) -> Result<Finding, Unobserved> {
    let looked = AssertUnwindSafe(looking).catch_unwind().await;
    looked.unwrap_or_else(|panic| Err(panicked(kind, &*panic)))
}

fn panicked(kind: &str, panic: &(dyn Any + Send)) -> Unobserved {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Unobserved::lasting(format!("the check {kind} panicked: {message}"))
        .hint("This is a defect of the check, not of the deployment; please report it.")
}
