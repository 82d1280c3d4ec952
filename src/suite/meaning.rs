//! What a value of another check is where it stands: data, whatever is made of the text around it.
//!
//! A kind's JSON Schema says what each of its fields is. In a regular expression (`format: expression`)
//! a value stands for its own characters, and in an address (`format: uri`) for a part of a path or a
//! query. Where a text is run or leads to another check (`format: literal`), no value may stand.

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value};
use touchdown_checks::contract::{Content, EXPRESSION, Kind, LITERAL, Located};

/// What a field makes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Text,
    Expression,
    Address,
    /// What is written in the suite, and nothing else.
    Literal,
}

impl Meaning {
    const FORMATS: [(&str, Self); 4] = [
        (EXPRESSION, Self::Expression),
        ("regex", Self::Expression),
        ("uri", Self::Address),
        (LITERAL, Self::Literal),
    ];

    /// The value as it stands behind `before` in such a text.
    pub fn of(self, value: String, before: &str) -> String {
        match self {
            Self::Expression => regex::escape(&value),
            // At the very beginning it says where to, and is an address itself.
            Self::Address if !before.is_empty() => in_address(&value),
            _ => value,
        }
    }
}

/// Percent-encoded but for what RFC 3986 leaves alone, and the colon before a port.
fn in_address(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// A step from a value to one in it.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Field(String),
    Item(usize),
}

/// What the fields of a kind are, by its schema.
#[derive(Clone, Debug, Default)]
pub(super) struct Meanings {
    schema: Value,
    definitions: Map<String, Value>,
}

/// The longest way through references and alternatives without a step.
const FARTHEST: usize = 16;

impl Meanings {
    pub fn of(kind: &Kind) -> Self {
        let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
        let schema = kind.schema(&mut generator).to_value();
        Self {
            schema,
            definitions: generator.take_definitions(true),
        }
    }

    /// What the text at the end of a path is.
    pub fn at(&self, path: &[Step]) -> Meaning {
        let found = self.sought(&self.schema, path, FARTHEST);
        found.unwrap_or(Meaning::Text)
    }

    fn sought(&self, schema: &Value, path: &[Step], left: usize) -> Option<Meaning> {
        let left = left.checked_sub(1)?;
        let alternatives = ["anyOf", "oneOf", "allOf"]
            .iter()
            .filter_map(|name| schema.get(*name)?.as_array())
            .flatten();
        let referred = schema.get("$ref").and_then(|name| self.referred(name));
        let mut beside = alternatives.chain(referred);
        let here = match path {
            [] => schema.get("format").and_then(Value::as_str).and_then(named),
            [step, rest @ ..] => {
                let mut below = below(schema, step);
                below.find_map(|schema| self.sought(schema, rest, FARTHEST))
            }
        };
        here.or_else(|| beside.find_map(|schema| self.sought(schema, path, left)))
    }

    fn referred(&self, name: &Value) -> Option<&Value> {
        let name = name.as_str()?.strip_prefix("#/$defs/")?;
        match self.definitions.get(name) {
            Some(definition) => Some(definition),
            // A plug-in's schema refers to itself.
            None => self
                .schema
                .pointer(&format!("/$defs/{}", name.rsplit_once("/$defs/")?.1)),
        }
    }
}

fn named(format: &str) -> Option<Meaning> {
    let mut known = Meaning::FORMATS.iter();
    known
        .find(|(name, _)| *name == format)
        .map(|(_, meaning)| *meaning)
}

/// The shells that are known by name.
const SHELLS: [&str; 7] = ["sh", "ash", "bash", "dash", "ksh", "mksh", "zsh"];

/// Whether the text at the end of the path is a line for a shell, as in `[sh, -c, LINE]`, whatever stands around.
pub(super) fn is_shells_line(fields: &Located, path: &[Step]) -> bool {
    let Some((Step::Item(at), list)) = path.split_last() else {
        return false;
    };
    let list = list.iter().try_fold(fields, |around, step| match step {
        Step::Field(name) => around.get(name),
        Step::Item(item) => items(around).get(*item),
    });
    let words = list.map(items).unwrap_or_default().iter().take(*at);
    let words: Vec<&str> = words.filter_map(Located::as_text).collect();
    let Some((option, others)) = words.split_last() else {
        return false;
    };
    let is_shell = |word: &&str| {
        word.rsplit('/')
            .next()
            .is_some_and(|name| SHELLS.contains(&name))
    };
    let takes_line = option.starts_with('-') && !option.starts_with("--") && option.contains('c');
    takes_line && others.iter().any(is_shell)
}

fn items(list: &Located) -> &[Located] {
    match &list.content {
        Content::List(items) => items,
        _ => &[],
    }
}

/// The schemas of a value that is one step away.
fn below<'s>(schema: &'s Value, step: &Step) -> impl Iterator<Item = &'s Value> {
    let (named, others) = match step {
        Step::Field(name) => (
            schema.get("properties").and_then(|fields| fields.get(name)),
            "additionalProperties",
        ),
        Step::Item(index) => (
            schema.get("prefixItems").and_then(|items| items.get(index)),
            "items",
        ),
    };
    let others = named.is_none().then(|| schema.get(others)).flatten();
    named.into_iter().chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn meaning(kind: &str, path: &str) -> Meaning {
        let catalog = Catalog::built_in();
        let meanings = Meanings::of(catalog.get(kind).expect("a kind"));
        let steps = path.split('/').map(|step| match step.parse() {
            Ok(index) => Step::Item(index),
            Err(_) => Step::Field(step.to_owned()),
        });
        meanings.at(&steps.collect::<Vec<_>>())
    }

    #[test]
    fn a_schema_says_what_each_field_is() {
        for (kind, path, expected) in [
            ("http.responds", "url", Meaning::Address),
            ("http.responds", "body", Meaning::Text),
            ("http.responds", "headers/x", Meaning::Text),
            ("http.responds", "expect/body/regex", Meaning::Expression),
            ("http.responds", "expect/body/regex/1", Meaning::Expression),
            ("http.responds", "expect/body/contains", Meaning::Text),
            (
                "http.responds",
                "expect/headers/x/regex",
                Meaning::Expression,
            ),
            ("http.responds", "expect/json/$.x", Meaning::Text),
            (
                "http.responds",
                "expect/json/$.x/matches",
                Meaning::Expression,
            ),
            (
                "http.responds",
                "expect/json/$.x/not/matches",
                Meaning::Expression,
            ),
            ("logs.line-seen", "contains", Meaning::Text),
            ("logs.line-seen", "regex", Meaning::Expression),
            ("logs.line-seen", "since", Meaning::Literal),
            ("metrics.below", "since", Meaning::Literal),
            ("tcp.accepts", "expect", Meaning::Expression),
            ("tcp.accepts", "turns/0/expect", Meaning::Expression),
            ("http.version-everywhere", "expect", Meaning::Text),
            ("http.version-everywhere", "url", Meaning::Address),
            ("websocket.exchange", "url", Meaning::Address),
            ("websocket.exchange", "expect/0/regex", Meaning::Expression),
            ("browser.shows", "driver", Meaning::Literal),
            ("exec", "shell", Meaning::Literal),
            ("exec", "command/0", Meaning::Literal),
            ("exec", "command/1", Meaning::Text),
            ("exec", "env/NAME", Meaning::Text),
            ("nagios", "command/0", Meaning::Literal),
            ("nagios", "command/2", Meaning::Text),
        ] {
            assert_eq!(meaning(kind, path), expected, "{path} of {kind}");
        }
    }

    #[test]
    fn a_value_stays_data_in_an_expression_and_in_an_address() {
        let of = |meaning: Meaning, before| meaning.of("../a?b=.*\n".into(), before);
        assert_eq!(of(Meaning::Text, "x"), "../a?b=.*\n");
        assert_eq!(
            of(Meaning::Expression, ""),
            r"\.\./a\?b=\.\*".to_owned() + "\n"
        );
        assert_eq!(of(Meaning::Address, "http://h/"), "..%2Fa%3Fb%3D.%2A%0A");
        assert_eq!(of(Meaning::Address, ""), "../a?b=.*\n");
    }
}
