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
use super::meaning::{Meaning, Meanings, Step, is_shells_line};
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
    /// What the fields are that they stand in.
    pub meanings: Arc<Meanings>,
}

impl Template {
    /// The fields with all values in them; `value` tells those that were not known.
    fn filled(&self, value: &dyn Fn(&str, &str) -> String) -> Located {
        let mut fields = self.fields.clone();
        each_text(&mut fields, &mut Vec::new(), &mut |text, _, path| {
            if text.contains("${") {
                *text = self.filled_text(text, self.meanings.at(path), value);
            }
        });
        fields
    }

    fn filled_text(
        &self,
        written: &str,
        meaning: Meaning,
        value: &dyn Fn(&str, &str) -> String,
    ) -> String {
        let mut filled = String::new();
        for piece in pieces(written) {
            let part = match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Scoped(scoped) => match self.known.get(scoped.written) {
                    Some(known) => known.clone(),
                    None => meaning.of(value(scoped.scope, scoped.name), &filled),
                },
                Piece::Reference(reference) => {
                    let known = self.known.get(reference.written);
                    known.cloned().unwrap_or_default()
                }
                // A suite with such a one has a mistake, and is never run.
                Piece::Malformed { .. } => String::new(),
            };
            filled.push_str(&part);
        }
        filled
    }

    /// The mistakes of values that stand where only what is written may.
    pub fn mistakes(&self) -> Vec<Fault> {
        let mut found = Vec::new();
        let of_checks = |one: &&Deferred| one.scope != RUN;
        each_text(
            &mut self.fields.clone(),
            &mut Vec::new(),
            &mut |_, place, path| {
                let mut within = self.references.iter().filter(of_checks);
                let reference = within.find(|reference| reference.scalar == place);
                let is_run = || {
                    self.meanings.at(path) == Meaning::Literal || is_shells_line(&self.fields, path)
                };
                if let Some(reference) = reference.filter(|_| is_run()) {
                    let told = format!("`{}` can't stand here", reference.written());
                    found.push(Fault::new(reference.place, told).help(
                    "what another check has seen is never run, and names no check; a program gets it as an argument or in `env`",
                ));
                }
            },
        );
        found
    }

    /// The fields with values in them that fit most of what a field may want.
    pub fn stood_in(&self) -> Located {
        self.filled(&|scope, _| match scope {
            RUN => "0".repeat(32),
            _ => "1".to_owned(),
        })
    }

    /// Without the mistakes that may be of what stands in: those within a scalar that holds a
    /// deferred value, and those told at its key that are not of the key itself.
    pub fn certain(&self, mut faults: Vec<Fault>) -> Vec<Fault> {
        let mut open: Vec<Place> = self.references.iter().map(|one| one.scalar).collect();
        keys_of(&self.fields, &open.clone(), &mut open);
        faults
            .retain(|fault| fault.of_name || !open.iter().any(|place| place.contains(fault.place)));
        faults
    }
}

/// Visits every text of a tree, with its place and the path to it.
fn each_text(
    tree: &mut Located,
    path: &mut Vec<Step>,
    visit: &mut dyn FnMut(&mut String, Place, &[Step]),
) {
    match &mut tree.content {
        Content::List(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                path.push(Step::Item(index));
                each_text(item, path, visit);
                path.pop();
            }
        }
        Content::Map(entries) => {
            for (key, value) in entries {
                path.push(Step::Field(key.as_text().unwrap_or_default().to_owned()));
                each_text(value, path, visit);
                path.pop();
            }
        }
        Content::Scalar { text, .. } => visit(text, tree.place, path),
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
    follows: Option<String>,
}

impl Unfit {
    fn because(why: Unobserved) -> Arc<dyn Configured> {
        Arc::new(Self {
            why,
            saves: Vec::new(),
            follows: None,
        })
    }

    /// One whose values are not there yet, and could not be stood in for.
    pub fn until_filled(fields: &Located) -> Arc<dyn Configured> {
        let saves = fields.get("save").map(Located::entries).unwrap_or_default();
        let names = saves.iter().filter_map(|(name, _)| name.as_text());
        let since = fields.get("since").and_then(Located::as_text);
        let since = since.and_then(|since| since.strip_prefix("check:"));
        Arc::new(Self {
            why: Unobserved::lasting("the values that it needs are known only while a suite runs"),
            saves: names.map(str::to_owned).collect(),
            follows: since.map(|id| id.trim().to_owned()),
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
        self.follows.as_deref()
    }
}
