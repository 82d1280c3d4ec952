//! Values that are known only while a run goes on: `${run.id}`, and `${answers.run}`, which the check
//! `answers` has saved. The fields that hold one are checked with a text in its stead, and filled in
//! before the first look.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use touchdown_checks::contract::{
    Attempt, Configured, Content, Fault, Finding, Kind, Located, Place, Unobserved,
};

use super::Need;
use super::variables::{Deferred, Piece, pieces};

/// What `${run.id}` is a part of.
pub(crate) const RUN: &str = "run";
/// The one value of [`RUN`].
pub(super) const RUN_ID: &str = "id";

/// Fields as they are written, with the values of all variables that were known when the suite was
/// read.
#[derive(Clone)]
pub(super) struct Template {
    pub fields: Located,
    /// The value of each reference that is known, as it is written: `${HOST}`.
    pub known: BTreeMap<String, String>,
    /// Those that are not.
    pub references: Vec<Deferred>,
}

impl Template {
    /// The fields with all values in them; `value` tells those that were not known.
    fn filled(&self, value: &dyn Fn(&str, &str) -> String) -> Located {
        let mut fields = self.fields.clone();
        self.fill(&mut fields, value);
        fields
    }

    fn fill(&self, tree: &mut Located, value: &dyn Fn(&str, &str) -> String) {
        match &mut tree.content {
            Content::List(items) => items.iter_mut().for_each(|item| self.fill(item, value)),
            Content::Map(entries) => {
                for (_, inner) in entries {
                    self.fill(inner, value);
                }
            }
            Content::Scalar { text, .. } if text.contains("${") => {
                let filled = pieces(text).into_iter().map(|piece| match piece {
                    Piece::Text(text) => text.to_owned(),
                    Piece::Scoped(scoped) if !self.known.contains_key(scoped.written) => {
                        value(scoped.scope, scoped.name)
                    }
                    Piece::Scoped(scoped) => self.known[scoped.written].clone(),
                    Piece::Reference(reference) => {
                        let known = self.known.get(reference.written);
                        known.cloned().unwrap_or_default()
                    }
                    // A suite with such a one has a mistake, and is never run.
                    Piece::Malformed { .. } => String::new(),
                });
                *text = filled.collect();
            }
            Content::Scalar { .. } => {}
        }
    }

    /// The fields with values in them that fit most of what a field may want.
    pub fn stood_in(&self) -> Located {
        self.filled(&|scope, _| match scope {
            RUN => "0".repeat(32),
            _ => "1".to_owned(),
        })
    }

    /// Without the mistakes that may be of what stands in: those within a scalar that holds a
    /// deferred value, and those told at its key.
    pub fn certain(&self, mut faults: Vec<Fault>) -> Vec<Fault> {
        let mut open: Vec<Place> = self.references.iter().map(|one| one.scalar).collect();
        keys_of(&self.fields, &open.clone(), &mut open);
        faults.retain(|fault| !open.iter().any(|place| place.contains(fault.place)));
        faults
    }
}

/// The places of the keys that these values stand behind.
fn keys_of(tree: &Located, values: &[Place], keys: &mut Vec<Place>) {
    match &tree.content {
        Content::List(items) => items.iter().for_each(|item| keys_of(item, values, keys)),
        Content::Map(entries) => {
            for (key, value) in entries {
                if values.contains(&value.place) {
                    keys.push(key.place);
                }
                keys_of(value, values, keys);
            }
        }
        Content::Scalar { .. } => {}
    }
}

/// What fills in the fields of a check.
pub(crate) struct Filling {
    pub(super) kind: Kind,
    pub(super) template: Template,
    /// Whose values they are, by the name that they are called by; none of the run's own.
    pub(super) sources: BTreeMap<String, Need>,
}

impl Filling {
    /// Whose values are needed: what the fields call it, and what that means.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &Need)> {
        self.sources.iter().map(|(scope, need)| (&**scope, need))
    }

    /// Whether the run's own id is among the values.
    pub(crate) fn uses_run_id(&self) -> bool {
        let mut references = self.template.references.iter();
        references.any(|reference| reference.scope == RUN)
    }

    /// The check with its fields filled in. Where they come to none, it is one that can't be looked
    /// at, and says which value did not fit.
    pub(crate) fn configured(
        &self,
        value: &dyn Fn(&str, &str) -> Option<String>,
    ) -> Arc<dyn Configured> {
        let missing = self.template.references.iter().find(|reference| {
            let known = value(&reference.scope, &reference.name);
            known.is_none()
        });
        if let Some(reference) = missing {
            let told = format!(
                "{} has no value: `{}` has saved none",
                reference.written(),
                reference.scope
            );
            return Unfit::because(Unobserved::lasting(told));
        }
        let fields = self
            .template
            .filled(&|scope, name| value(scope, name).unwrap_or_default());
        self.kind.configure(&fields).unwrap_or_else(|faults| {
            let first = faults.first();
            let message = first.map_or_else(String::new, |fault| fault.message.clone());
            let within = |reference: &&Deferred| {
                first.is_some_and(|fault| reference.scalar.contains(fault.place))
            };
            let references = &self.template.references;
            let reference = references.iter().find(within).or(references.first());
            let told = reference.map_or_else(
                || message.clone(),
                |reference| {
                    let value = value(&reference.scope, &reference.name).unwrap_or_default();
                    format!(
                        "{} is {value:?}, which does not fit: {message}",
                        reference.written()
                    )
                },
            );
            let hint = "Correct the path under `save`, or the field that the value is used in.";
            Unfit::because(Unobserved::lasting(told).hint(hint))
        })
    }
}

/// A check whose fields come to none.
pub(super) struct Unfit {
    why: Unobserved,
    saves: Vec<String>,
}

impl Unfit {
    fn because(why: Unobserved) -> Arc<dyn Configured> {
        let saves = Vec::new();
        Arc::new(Self { why, saves })
    }

    /// One whose values are not there yet, and could not be stood in for.
    pub fn until_filled(fields: &Located) -> Arc<dyn Configured> {
        let saves = fields.get("save").map(Located::entries).unwrap_or_default();
        let names = saves.iter().filter_map(|(name, _)| name.as_text());
        Arc::new(Self {
            why: Unobserved::lasting("the values that it needs are known only while a suite runs"),
            saves: names.map(str::to_owned).collect(),
        })
    }
}

impl Configured for Unfit {
    fn attempt(
        self: Arc<Self>,
        _: Attempt,
    ) -> Pin<Box<dyn Future<Output = Result<Finding, Unobserved>> + Send>> {
        Box::pin(async move { Err(self.why.clone()) })
    }

    fn allowance(&self) -> Duration {
        Duration::ZERO
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    fn saves(&self) -> Vec<&str> {
        self.saves.iter().map(String::as_str).collect()
    }

    fn follows(&self) -> Option<&str> {
        None
    }
}
