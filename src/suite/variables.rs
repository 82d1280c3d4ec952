//! Variables: `${NAME}` and `${NAME:-default}` within values, filled in after parsing, so
//! that no value can add a key or a quote to the suite.

use std::collections::BTreeMap;

use touchdown_checks::contract::{Content, Fault, Located, Place, looks_secret, worth_hiding};

use super::Sources;
use super::closest;
use crate::redact;

/// The most text that variables may add to a suite, in bytes.
const LARGEST: usize = 4 << 20;

/// The most mistakes told. Each costs a search for its place.
const MOST: usize = 100;

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
    added: usize,
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
                    self.faults.push(Fault::new(place, what).help(LITERAL));
                }
                Piece::Reference(reference) => match self.value(&reference) {
                    Ok(value) => filled.push_str(&value),
                    Err(lack) => {
                        let place = place_within(text, reference.at, reference.len, place, source);
                        self.faults.push(self.lacking(&lack, reference.name, place));
                    }
                },
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

struct Reference<'t> {
    at: usize,
    len: usize,
    name: &'t str,
    default: Option<&'t str>,
}

enum Piece<'t> {
    Text(&'t str),
    Reference(Reference<'t>),
    Malformed { at: usize, what: String },
}

/// Takes a text apart. A `$` without a brace behind it, as in `$.entities` or at the end
/// of a regular expression, is a text like any other.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = 0;
    while let Some(found) = text[rest..].find("${") {
        let at = rest + found;
        if found > 0 && text[..at].ends_with('$') {
            pieces.push(Piece::Text(&text[rest..at - 1]));
            pieces.push(Piece::Text("${"));
            rest = at + 2;
            continue;
        }
        pieces.push(Piece::Text(&text[rest..at]));
        let Some(close) = text[at..].find('}') else {
            let what = "this `${` is never closed".to_owned();
            pieces.push(Piece::Malformed { at, what });
            return pieces;
        };
        rest = at + close + 1;
        pieces.push(match reference(&text[at + 2..rest - 1]) {
            Ok((name, default)) => Piece::Reference(Reference {
                at,
                len: rest - at,
                name,
                default,
            }),
            Err(what) => Piece::Malformed { at, what },
        });
    }
    pieces.push(Piece::Text(&text[rest..]));
    pieces
}

fn reference(inside: &str) -> Result<(&str, Option<&str>), String> {
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let named = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !named {
        return Err(format!(
            "`${{{inside}}}` is no variable: only `${{NAME}}` and `${{NAME:-default}}` are"
        ));
    }
    if default.is_some_and(|default| default.contains("${")) {
        return Err("a default can't hold another variable".to_owned());
    }
    Ok((name, default))
}

#[cfg(test)]
mod tests;
