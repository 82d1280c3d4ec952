//! What a value at a JSON path may be asked for: equality, order, length, kind, a part of it.

use std::cmp::Ordering;
use std::fmt;

use serde_json::{Number, Value};

use super::number;
use crate::contract::Pattern;

/// One thing that is asked of a value.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Equals(Value),
    Matches(Pattern),
    Compared(Comparison, Number),
    Length(Comparison, Number),
    Contains(Value),
    Is(Type),
    /// None of these is true of the value.
    Not(Vec<Condition>),
}

/// How two numbers stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    AtLeast,
    Above,
    AtMost,
    Below,
    Same,
}

/// The kinds of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Number,
    Integer,
    String,
    Boolean,
    Array,
    Object,
    Null,
}

impl Condition {
    pub fn is_true_of(&self, seen: &Value) -> bool {
        match self {
            Self::Equals(expected) => equal(seen, expected),
            Self::Matches(pattern) => match seen {
                Value::String(text) => pattern.is_match(text),
                Value::Number(number) => pattern.is_match(&number.to_string()),
                _ => false,
            },
            Self::Compared(comparison, bound) => match seen {
                Value::Number(number) => comparison.holds(number, bound),
                _ => false,
            },
            Self::Length(comparison, bound) => {
                length(seen).is_some_and(|length| comparison.holds(&length.into(), bound))
            }
            Self::Contains(part) => contains(seen, part),
            Self::Is(wanted) => wanted.is_of(seen),
            Self::Not(conditions) => !conditions.iter().any(|one| one.is_true_of(seen)),
        }
    }

    /// What of a value decides this: its length, or the value itself.
    pub fn told_of(&self, seen: &Value) -> String {
        match (self, length(seen)) {
            (Self::Length(..), Some(length)) => format!("length {length}"),
            _ => seen.to_string(),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(value) => write!(f, "{value}"),
            Self::Matches(pattern) => write!(f, "/{}/", pattern.as_str()),
            Self::Compared(comparison, bound) => write!(f, "{} {bound}", comparison.sign()),
            Self::Length(Comparison::Same, bound) => write!(f, "length {bound}"),
            Self::Length(comparison, bound) => write!(f, "length {} {bound}", comparison.sign()),
            Self::Contains(part) => write!(f, "containing {part}"),
            Self::Is(wanted) => write!(f, "of type {}", wanted.name()),
            Self::Not(conditions) => write!(f, "not {}", listed(conditions, " or ")),
        }
    }
}

/// Conditions in words.
pub(super) fn listed(conditions: &[Condition], between: &str) -> String {
    let told: Vec<String> = conditions.iter().map(Condition::to_string).collect();
    told.join(between)
}

impl Comparison {
    /// The operators, as a suite writes them.
    pub const SIGNS: &[(&str, Self)] = &[
        (">=", Self::AtLeast),
        (">", Self::Above),
        ("<=", Self::AtMost),
        ("<", Self::Below),
    ];

    fn sign(self) -> &'static str {
        let known = Self::SIGNS.iter().find(|(_, known)| *known == self);
        known.map_or("=", |(sign, _)| sign)
    }

    fn holds(self, seen: &Number, bound: &Number) -> bool {
        let Some(order) = number::order(seen, bound) else {
            return false;
        };
        match self {
            Self::AtLeast => order != Ordering::Less,
            Self::Above => order == Ordering::Greater,
            Self::AtMost => order != Ordering::Greater,
            Self::Below => order == Ordering::Less,
            Self::Same => order == Ordering::Equal,
        }
    }
}

impl Type {
    const NAMES: &[(&str, Self)] = &[
        ("number", Self::Number),
        ("integer", Self::Integer),
        ("string", Self::String),
        ("boolean", Self::Boolean),
        ("array", Self::Array),
        ("object", Self::Object),
        ("null", Self::Null),
    ];

    pub fn named(name: &str) -> Option<Self> {
        let known = Self::NAMES.iter().find(|(known, _)| *known == name);
        known.map(|(_, known)| *known)
    }

    /// Every name, for whoever wrote another.
    pub fn names() -> Vec<&'static str> {
        Self::NAMES.iter().map(|(name, _)| *name).collect()
    }

    fn name(self) -> &'static str {
        let known = Self::NAMES.iter().find(|(_, known)| *known == self);
        known.map_or("", |(name, _)| name)
    }

    fn is_of(self, seen: &Value) -> bool {
        match self {
            Self::Number => seen.is_number(),
            Self::Integer => matches!(seen, Value::Number(number) if number::is_whole(number)),
            Self::String => seen.is_string(),
            Self::Boolean => seen.is_boolean(),
            Self::Array => seen.is_array(),
            Self::Object => seen.is_object(),
            Self::Null => seen.is_null(),
        }
    }
}

/// Whether two values are one, numbers being compared by value at whatever depth.
pub(super) fn equal(seen: &Value, expected: &Value) -> bool {
    match (seen, expected) {
        (Value::Number(seen), Value::Number(expected)) => number::same(seen, expected),
        (Value::Array(seen), Value::Array(expected)) => {
            seen.len() == expected.len() && seen.iter().zip(expected).all(|(s, e)| equal(s, e))
        }
        (Value::Object(seen), Value::Object(expected)) => {
            let there = |(name, value): (&String, &Value)| {
                expected.get(name).is_some_and(|other| equal(value, other))
            };
            seen.len() == expected.len() && seen.iter().all(there)
        }
        _ => seen == expected,
    }
}

/// A text contains a text, a list an item, an object each of the fields of another.
fn contains(seen: &Value, part: &Value) -> bool {
    match (seen, part) {
        (Value::String(seen), Value::String(part)) => seen.contains(part.as_str()),
        (Value::Array(items), part) => items.iter().any(|item| equal(item, part)),
        (Value::Object(seen), Value::Object(part)) => part
            .iter()
            .all(|(name, value)| seen.get(name).is_some_and(|seen| equal(seen, value))),
        _ => false,
    }
}

/// The items of a list, the fields of an object, the characters of a text.
fn length(value: &Value) -> Option<usize> {
    match value {
        Value::Array(items) => Some(items.len()),
        Value::Object(fields) => Some(fields.len()),
        Value::String(text) => Some(text.chars().count()),
        _ => None,
    }
}
