//! What is wanted at a JSON path, as a suite writes it: a value, or a mapping of operators.

use serde::de;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value, json};

use super::condition::{Comparison, Condition, Type, listed};
use super::number;
use crate::contract::{EXPRESSION, Pattern};

/// What is wanted of the values at a path.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Whether anything must be there, or nothing may be.
    there: bool,
    /// What must be true of one value, all together.
    conditions: Vec<Condition>,
    /// What must be true of every value.
    exclusions: Vec<Condition>,
}

impl Wanted {
    pub(super) fn is_met(&self, found: &[&Value]) -> bool {
        let fits = |value: &&Value| self.conditions.iter().all(|one| one.is_true_of(value));
        let excluded = |value: &&Value| !self.exclusions.iter().all(|one| one.is_true_of(value));
        if self.there {
            found.iter().any(fits) && !found.iter().any(excluded)
        } else {
            found.is_empty()
        }
    }

    /// Whether it asks for one certain value.
    pub(super) fn is_a_value(&self) -> bool {
        matches!(self.conditions[..], [Condition::Equals(_)]) && self.exclusions.is_empty()
    }

    /// What of a value decides.
    pub(super) fn told_of(&self, seen: &Value) -> String {
        match &self.conditions[..] {
            [only] if self.exclusions.is_empty() => only.told_of(seen),
            _ => seen.to_string(),
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = [&self.conditions[..], &self.exclusions[..]].concat();
        match (self.there, all.is_empty()) {
            (false, _) => f.write_str("nothing"),
            (true, true) => f.write_str("anything"),
            (true, false) => f.write_str(&listed(&all, " and ")),
        }
    }
}

/// Every operator but the comparisons.
const OPERATORS: &[&str] = &[
    "equals", "matches", "length", "exists", "contains", "type", "not",
];

fn is_operator(name: &str) -> bool {
    OPERATORS.contains(&name) || comparison(name).is_some()
}

fn comparison(name: &str) -> Option<Comparison> {
    let known = Comparison::SIGNS.iter().find(|(sign, _)| *sign == name);
    known.map(|(_, comparison)| *comparison)
}

/// Every operator, in the words of a message.
fn operators() -> String {
    let signs = Comparison::SIGNS.iter().map(|(sign, _)| *sign);
    let all = OPERATORS.iter().copied().chain(signs);
    all.map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        wanted(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A mapping of operators, where every key is one; any other value is itself what is wanted.
fn wanted(value: Value) -> Result<Wanted, String> {
    let fields = match value {
        Value::Object(fields) if fields.keys().any(|name| is_operator(name)) => fields,
        value => return Ok(of(vec![Condition::Equals(exact(value)?)])),
    };
    if let Some(other) = fields.keys().find(|name| !is_operator(name)) {
        return Err(format!(
            "`{other}` is no operator, and others beside it are: the operators are {}; an object that has such \
             fields is written as `equals: {{ … }}`",
            operators()
        ));
    }
    let mut found = of(Vec::new());
    for (name, operand) in &fields {
        match (name.as_str(), operand) {
            ("exists", Value::Bool(there)) => found.there = *there,
            ("exists", _) => return Err("`exists` is `true` or `false`".into()),
            ("not", operand) => found.exclusions.push(Condition::Not(negated(operand)?)),
            _ => found.conditions.extend(conditions(name, operand)?),
        }
    }
    if !found.there && fields.len() > 1 {
        return Err(
            "what does not exist has nothing to compare: `exists: false` stands alone".into(),
        );
    }
    Ok(found)
}

fn of(conditions: Vec<Condition>) -> Wanted {
    Wanted {
        there: true,
        conditions,
        exclusions: Vec::new(),
    }
}

/// What `not` excludes: a value, or one operator or more.
fn negated(operand: &Value) -> Result<Vec<Condition>, String> {
    let inner = wanted(operand.clone())?;
    if inner.conditions.is_empty() || !inner.exclusions.is_empty() {
        return Err("`not` takes a value or operators that compare; write `exists: false` where nothing may be".into());
    }
    Ok(inner.conditions)
}

fn conditions(name: &str, operand: &Value) -> Result<Vec<Condition>, String> {
    if let Some(comparison) = comparison(name) {
        return Ok(vec![Condition::Compared(comparison, bound(name, operand)?)]);
    }
    let one = match (name, operand) {
        ("equals", value) => Condition::Equals(exact(value.clone())?),
        ("contains", Value::String(text)) if text.is_empty() => {
            return Err("`contains` is empty".into());
        }
        ("contains", value) => Condition::Contains(exact(value.clone())?),
        ("matches", Value::String(text)) => Condition::Matches(Pattern::new(text)?),
        ("matches", _) => return Err("`matches` takes a regular expression".into()),
        ("type", name) => {
            let named = name.as_str().and_then(Type::named);
            let others = || format!("`type` is one of {}", Type::names().join(", "));
            Condition::Is(named.ok_or_else(others)?)
        }
        _ => return lengths(operand),
    };
    Ok(vec![one])
}

/// `length: 3`, or `length: { ">=": 1 }`.
fn lengths(operand: &Value) -> Result<Vec<Condition>, String> {
    let Value::Object(bounds) = operand else {
        return Ok(vec![Condition::Length(Comparison::Same, count(operand)?)]);
    };
    let of = |(sign, operand): (&String, &Value)| match comparison(sign) {
        Some(comparison) => Ok(Condition::Length(comparison, count(operand)?)),
        None => Err(UNCOUNTED.to_owned()),
    };
    match bounds.is_empty() {
        true => Err(UNCOUNTED.to_owned()),
        false => bounds.iter().map(of).collect(),
    }
}

const UNCOUNTED: &str = "`length` takes a whole number, or a comparison such as `{ \">=\": 1 }`";

fn count(operand: &Value) -> Result<Number, String> {
    let count = operand.as_u64().map(Number::from);
    count.ok_or_else(|| UNCOUNTED.to_owned())
}

fn bound(name: &str, operand: &Value) -> Result<Number, String> {
    match operand {
        Value::Number(number) => Ok(number.clone()),
        _ => Err(format!("`{name}` takes a number")),
    }
}

/// A value that can be told from any other.
fn exact(value: Value) -> Result<Value, String> {
    match number::rounded(&value) {
        Some(number) => Err(format!(
            "`{number}` is rounded, so it can't be told from its neighbours; a number beyond 2^53 is written \
             whole, without exponent, and has 64 bits at most; look for others by `regex`"
        )),
        None => Ok(value),
    }
}

/// What a suite may write at a path, for editors.
pub(super) fn schema() -> Value {
    let mut properties = Map::from_iter([
        (
            "equals".to_owned(),
            json!({ "description": "The value itself; needed for an object whose fields are called like operators." }),
        ),
        (
            "matches".to_owned(),
            json!({ "type": "string", "format": EXPRESSION, "description": "A regular expression that matches somewhere in a text." }),
        ),
        (
            "length".to_owned(),
            json!({
                "description": "How many items, fields or characters it has: a number, or a comparison.",
                "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "object", "minProperties": 1, "additionalProperties": false,
                    "properties": comparisons(&json!({ "type": "integer", "minimum": 0 })) }],
            }),
        ),
        (
            "exists".to_owned(),
            json!({ "type": "boolean", "description": "Whether anything is there at all." }),
        ),
        (
            "contains".to_owned(),
            json!({ "description": "A part of a text, an item of a list, or fields of an object." }),
        ),
        (
            "type".to_owned(),
            json!({ "enum": Type::names(), "description": "The type of the value." }),
        ),
        (
            "not".to_owned(),
            json!({
                "description": "A value, or operators, that are true of no value there.",
                "properties": { "matches": {
                    "format": EXPRESSION, "description": "A regular expression that matches in no text there."
                } },
            }),
        ),
    ]);
    properties.extend(comparisons(&json!({ "type": "number" })));
    let names: Vec<String> = properties.keys().cloned().collect();
    json!({ "anyOf": [
        { "type": ["string", "number", "boolean", "null", "array"] },
        { "type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties },
        { "type": "object", "propertyNames": { "not": { "enum": names } } },
    ] })
}

fn comparisons(operand: &Value) -> Map<String, Value> {
    let compared = |(sign, _): &(&str, Comparison)| {
        let mut schema = operand.clone();
        schema["description"] = json!(format!("A number that what is seen is `{sign}`."));
        ((*sign).to_owned(), schema)
    };
    Comparison::SIGNS.iter().map(compared).collect()
}
