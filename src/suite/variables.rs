//! Variables: `${NAME}` and `${NAME:-default}` within values, filled in after parsing, so
//! that no value can add a key or a quote to the suite.

mod grammar;

use std::collections::BTreeMap;

use touchdown_checks::contract::{Content, Fault, Located, Place, looks_secret, worth_hiding};

use super::Sources;
use super::closest;
use crate::redact;

use grammar::Reference;
pub(super) use grammar::{Piece, Scoped, is_a_name, pieces};

/// The most text that variables may add to a suite, in bytes.
const LARGEST: usize = 4 << 20;

/// The most mistakes told. Each costs a search for its place.
const MOST: usize = 100;

/// What the values of `for_each` belong to.
const EACH: &str = "each";

const LITERAL: &str = "write `$${` where a literal `${` is meant";

/// Fills variables in, and remembers what it met on the way.
pub(super) struct Variables<'a> {
    sources: &'a Sources,
    /// What the suite's `secrets` define.
    pub own: BTreeMap<String, String>,
    /// Values to keep out of every output.
    pub secrets: Vec<String>,
    /// Scalars that could not be filled in: later complaints about them are noise.
    pub spoiled: Vec<Place>,
    /// What went wrong.
    pub faults: Vec<Fault>,
    /// Whether every variable counts as secret now.
    pub all_secret: bool,
    /// What `${each.…}` means now.
    pub each: Vec<Each>,
    /// What is met now of the values that only a run knows, where they may stand.
    pub deferred: Option<Vec<Deferred>>,
    /// The values that were met now, by what is written for them.
    pub met: BTreeMap<String, String>,
    added: usize,
}

/// One of the values that a check is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Each {
    /// What it is called behind `each.`.
    pub name: String,
    pub text: String,
    /// Where it is written.
    pub place: Place,
}

/// A reference to a value that only a run knows: `${answers.run}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deferred {
    /// What has the value: a check's id.
    pub scope: String,
    /// What the value is called there.
    pub name: String,
    /// Where the reference is.
    pub place: Place,
    /// The whole value that it is a part of.
    pub scalar: Place,
}

impl Deferred {
    pub fn written(&self) -> String {
        format!("${{{}.{}}}", self.scope, self.name)
    }
}

impl<'a> Variables<'a> {
    pub fn new(sources: &'a Sources) -> Self {
        let given = sources.vars.iter();
        let secret = given.filter(|(name, value)| looks_secret(name) && worth_hiding(value));
        let secret = secret.map(|(_, value)| value.clone());
        let own = redact::in_environment(|name| sources.in_environment(name));
        Self {
            sources,
            own: BTreeMap::new(),
            secrets: secret.chain(own).collect(),
            spoiled: Vec::new(),
            faults: Vec::new(),
            all_secret: false,
            each: Vec::new(),
            deferred: None,
            met: BTreeMap::new(),
            added: 0,
        }
    }

    /// Fills in every scalar of a tree; keys stay as they are.
    pub fn fill(&mut self, tree: &mut Located, source: &str) {
        match &mut tree.content {
            Content::List(items) => items.iter_mut().for_each(|item| self.fill(item, source)),
            Content::Map(entries) => {
                for (_, value) in entries {
                    self.fill(value, source);
                }
            }
            Content::Scalar { text, .. } if text.contains("${") => {
                if let Some(filled) = self.filled(text, tree.place, source) {
                    *text = filled;
                } else {
                    self.spoiled.push(tree.place);
                }
            }
            Content::Scalar { .. } => {}
        }
    }

    fn filled(&mut self, text: &str, place: Place, source: &str) -> Option<String> {
        let before = self.faults.len();
        let mut filled = String::with_capacity(text.len());
        for piece in pieces(text) {
            if self.faults.len() >= MOST {
                return None;
            }
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Malformed { at, what } => {
                    let place = place_within(text, at, 2, place, source);
                    self.tell(Fault::new(place, what).help(LITERAL));
                }
                Piece::Reference(reference) => match self.value(&reference) {
                    Ok(value) => {
                        filled.push_str(&value);
                        self.met.insert(reference.written.to_owned(), value);
                    }
                    Err(lack) => {
                        let len = reference.written.len();
                        let place = place_within(text, reference.at, len, place, source);
                        self.tell(self.lacking(&lack, reference.name, place));
                    }
                },
                Piece::Scoped(scoped) => {
                    let len = scoped.written.len();
                    let within = place_within(text, scoped.at, len, place, source);
                    match self.scoped(&scoped, within, place) {
                        Ok(value) => filled.push_str(&value),
                        Err(fault) => self.tell(fault),
                    }
                }
            }
        }
        self.added += filled.len();
        if self.added > LARGEST {
            let fault = Fault::new(place, "the suite grows too large here");
            self.faults
                .push(fault.help("its variables add more than 4 MiB of text"));
        }
        (self.faults.len() == before).then_some(filled)
    }

    /// Tells a mistake, once however many checks are made of what it is in.
    fn tell(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// The value of `each`, or what is written for a value that only a run knows.
    fn scoped(
        &mut self,
        scoped: &Scoped<'_>,
        place: Place,
        scalar: Place,
    ) -> Result<String, Fault> {
        let Scoped {
            scope,
            name,
            written,
            ..
        } = *scoped;
        if scope == EACH {
            let Some(each) = self.each.iter().rfind(|each| each.name == name) else {
                let names = self.each.iter().map(|each| each.name.clone());
                let told = format!("`{written}` is no value of a `for_each` around it");
                return Err(Fault::new(place, told).suggest(name, names));
            };
            self.met.insert(written.to_owned(), each.text.clone());
            return Ok(each.text.clone());
        }
        let Some(deferred) = &mut self.deferred else {
            let told = format!("`{written}` is known only while a suite runs");
            return Err(Fault::new(place, told).help(
                "it can stand in the fields of a check's kind, such as `url`, and not here",
            ));
        };
        deferred.push(Deferred {
            scope: scope.to_owned(),
            name: name.to_owned(),
            place,
            scalar,
        });
        Ok(written.to_owned())
    }

    /// As in a shell, the default also stands in for a variable that is set but empty.
    /// Without one, an empty variable is refused: what a check asks for would vanish with it,
    /// and the check would pass.
    fn value(&mut self, reference: &Reference<'_>) -> Result<String, Lack> {
        let name = reference.name;
        let given = self.sources.vars.get(name).cloned();
        let given = given
            .or_else(|| self.own.get(name).cloned())
            .or_else(|| self.sources.in_environment(name));
        let value = match (given, reference.default) {
            (Some(value), _) if !value.is_empty() => value,
            (_, Some(default)) => default.to_owned(),
            (Some(_), None) => return Err(Lack::Empty),
            (None, None) => return Err(Lack::Unset),
        };
        let declared = self.all_secret || self.own.contains_key(name);
        if declared || (looks_secret(name) && worth_hiding(&value)) {
            self.secrets.push(value.clone());
        }
        Ok(value)
    }

    fn lacking(&self, lack: &Lack, name: &str, place: Place) -> Fault {
        match lack {
            Lack::Unset => self.unset(name, place),
            Lack::Empty => Fault::new(place, format!("the variable `{name}` is empty")).help(
                format!("give it a value, or write `${{{name}:-}}` where empty is meant"),
            ),
        }
    }

    fn unset(&self, name: &str, place: Place) -> Fault {
        let known = self.sources.vars.keys().chain(self.own.keys());
        let known: Vec<String> = known.cloned().collect();
        let told = format!("the variable `{name}` is not set");
        if let Some(each) = self.each.last().filter(|_| name == EACH) {
            let help = format!(
                "the value of the `for_each` around it is `${{each.{}}}`",
                each.name
            );
            return Fault::new(place, told).help(help);
        }
        let fault = Fault::new(place, told).help(format!(
            "pass `--var {name}=VALUE`, set it in the environment, or give a default: \
             `${{{name}:-VALUE}}`"
        ));
        // The environment can't be listed, so that only a close name is worth telling.
        match closest(name, &known) {
            Some(_) => fault.suggest(name, known),
            None => fault,
        }
    }
}

/// The place of a part of a scalar. A scalar may hold escapes and line folds, so its
/// references are counted off against the source; where that fails, the whole scalar is meant.
fn place_within(text: &str, at: usize, len: usize, scalar: Place, source: &str) -> Place {
    let written = source.get(scalar.start..scalar.end).unwrap_or_default();
    if written.matches("${").count() != text.matches("${").count() {
        return scalar;
    }
    let nth = text[..at].matches("${").count();
    let Some((offset, _)) = written.match_indices("${").nth(nth) else {
        return scalar;
    };
    let same = written.get(offset..offset + len) == text.get(at..at + len);
    let start = scalar.start + offset;
    Place {
        start,
        end: start + if same { len } else { 2 },
    }
}

/// Why a variable has no value.
enum Lack {
    Unset,
    Empty,
}

#[cfg(test)]
mod tests;
