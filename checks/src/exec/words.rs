//! A program and its arguments, as a suite gives them.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::contract::{Fault, Located};

/// A program and its arguments, each a word of its own.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(transparent, inline)]
pub struct Words(Vec<String>);

impl Words {
    /// The program; empty where there is no word.
    pub fn program(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    pub fn arguments(&self) -> Vec<String> {
        self.0.iter().skip(1).cloned().collect()
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(List)
    }
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Words;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of words")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Words, E> {
        if text.trim().is_empty() {
            return Err(E::custom("a command is a list of words, not an empty text"));
        }
        let told = format!(
            "`{text}` is one text, and a command a list of words: {}",
            right(text)
        );
        Err(E::custom(told))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Words, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = items.next_element()? {
            words.push(word);
        }
        Ok(Words(words))
    }
}

/// The mistake of arguments that are written into the program's own name, as in a shell's line.
pub(super) fn misplaced_arguments(fields: &Located, words: &Words) -> Option<Fault> {
    let program = words.program();
    let is_a_line =
        program.contains(char::is_whitespace) && (!program.contains('/') || program.contains(" -"));
    is_a_line.then(|| {
        let told = format!("there is no program `{program}`: each argument is a word of its own");
        Fault::new(fields.place_of("command"), told).help(right(&words.0.join(" ")))
    })
}

fn right(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    format!("write `command: [{}]`", words.join(", "))
}
