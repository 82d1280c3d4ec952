//! Values that a look finds for the checks after it: `save: { run: "$.run_id" }` makes the value at
//! that path `${answers.run}` for whatever needs the check `answers`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{looks_secret, worth_hiding};
use crate::json::JsonPath;

/// The longest value that is saved, in bytes: an id or a token, never a document.
const LONGEST: usize = 4096;

/// Names, and the JSON path (RFC 9535) of the value that each stands for.
#[derive(Clone, Debug, Default)]
pub struct Saves(BTreeMap<String, JsonPath>);

/// A value that was found. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Saved {
    /// A text as it is, without quotes; anything else as JSON.
    pub text: String,
    /// Whether its name, or a key on the way to it, says that it is one.
    pub secret: bool,
}

impl fmt::Debug for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saved")
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}

/// Why a value could not be saved, in words for a headline: "nothing is at `$.run_id`".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsaved {
    /// The path finds no value, or `null`.
    #[error("nothing is at `{path}`, which is to be saved as `{name}`")]
    Nothing {
        /// What it is to be saved as.
        name: String,
        /// Where it was looked for.
        path: String,
    },
    /// The path finds more than one value.
    #[error("{found} values are at `{path}`, of which one is to be saved as `{name}`")]
    Several {
        /// What it is to be saved as.
        name: String,
        /// Where it was looked for.
        path: String,
        /// How many there are.
        found: usize,
    },
    /// An empty text is there: what asks with it, or looks for it, would find it everywhere.
    #[error("at `{path}` is an empty text, which is to be saved as `{name}`")]
    Empty {
        /// What it is to be saved as.
        name: String,
        /// Where it was found.
        path: String,
    },
    /// The value is too long to be one that another check asks with.
    #[error("at `{path}` are {bytes} bytes, more than the {LONGEST} that can be saved as `{name}`")]
    TooLong {
        /// What it is to be saved as.
        name: String,
        /// Where it was found.
        path: String,
        /// How long it is.
        bytes: usize,
    },
}

impl Saves {
    /// Whether nothing is to be saved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names that later checks may use.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The values that a document has for the names.
    ///
    /// # Errors
    /// The first name, in alphabetical order, that the document has no value for.
    pub fn of(&self, document: &Value) -> Result<BTreeMap<String, Saved>, Unsaved> {
        let values = self.0.iter();
        values
            .map(|(name, path)| Ok((name.clone(), saved(name, path, document)?)))
            .collect()
    }
}

fn saved(name: &str, path: &JsonPath, document: &Value) -> Result<Saved, Unsaved> {
    let told = || (name.to_owned(), path.to_string());
    let text = match path.find(document).as_slice() {
        [] | [Value::Null] => {
            let (name, path) = told();
            return Err(Unsaved::Nothing { name, path });
        }
        [Value::String(text)] if text.is_empty() => {
            let (name, path) = told();
            return Err(Unsaved::Empty { name, path });
        }
        [Value::String(text)] => text.clone(),
        [other] => other.to_string(),
        several => {
            let ((name, path), found) = (told(), several.len());
            return Err(Unsaved::Several { name, path, found });
        }
    };
    if text.len() > LONGEST {
        let ((name, path), bytes) = (told(), text.len());
        return Err(Unsaved::TooLong { name, path, bytes });
    }
    let mut keys = path.keys(document).into_iter();
    let named_secret = looks_secret(name) || keys.any(|key| looks_secret(&key));
    let secret = named_secret && worth_hiding(&text);
    Ok(Saved { text, secret })
}

impl<'de> Deserialize<'de> for Saves {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Saves;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of names to JSON paths, such as `run: $.run_id`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Saves, A::Error> {
        let mut paths = BTreeMap::new();
        while let Some((Name(name), path)) = entries.next_entry()? {
            paths.insert(name, path);
        }
        match paths.is_empty() {
            true => Err(de::Error::custom("`save` names no value")),
            false => Ok(Saves(paths)),
        }
    }
}

/// What a value is saved as.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let fit = !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        match fit && !name.is_empty() {
            true => Ok(Self(name)),
            false => Err(de::Error::custom(format!(
                "a value can't be saved as `{name}`: only letters, digits and `_` are allowed"
            ))),
        }
    }
}

impl JsonSchema for Saves {
    fn schema_name() -> Cow<'static, str> {
        "Saves".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Values of the answer that checks after this one use: a name, and the JSON path (RFC 9535) \
                            of the one value that it stands for. `save: { run: \"$.run_id\" }` of the check `answers` \
                            is `${answers.run}` there, and makes them need it.",
            "examples": [{ "run": "$.run_id" }],
            "minProperties": 1,
            "propertyNames": { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" },
            "additionalProperties": { "type": "string" },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn saves(written: Value) -> Result<Saves, String> {
        serde_json::from_value(written).map_err(|error| error.to_string())
    }

    fn of(written: Value, document: &Value) -> Result<Vec<(String, String, bool)>, String> {
        let found = saves(written).expect("names and paths").of(document);
        let shown = |(name, saved): (String, Saved)| (name, saved.text, saved.secret);
        let found = found.map(|values| values.into_iter().map(shown).collect());
        found.map_err(|why| why.to_string())
    }

    #[test]
    fn a_text_is_saved_without_quotes_and_all_else_as_json() {
        let document = json!({"run_id": "a\"b", "items": [1, 2], "done": false});
        let paths = json!({"run": "$.run_id", "items": "$.items", "done": "$.done"});
        let found = of(paths, &document).expect("all are there");
        let shown: Vec<_> = found
            .iter()
            .map(|(name, text, _)| (&**name, &**text))
            .collect();
        assert_eq!(
            shown,
            [("done", "false"), ("items", "[1,2]"), ("run", "a\"b")]
        );
        assert!(found.iter().all(|(.., secret)| !secret));
    }

    #[test]
    fn exactly_one_value_is_meant() {
        let document =
            json!({"a": null, "items": [{"id": 1}, {"id": 2}], "long": "é".repeat(4096)});
        for (path, why) in [
            ("$.a", "nothing is at `$.a`, which is to be saved as `x`"),
            ("$.b", "nothing is at `$.b`, which is to be saved as `x`"),
            (
                "$.items[*].id",
                "2 values are at `$.items[*].id`, of which one is to be saved as `x`",
            ),
            (
                "$.long",
                "at `$.long` are 8192 bytes, more than the 4096 that can be saved as `x`",
            ),
        ] {
            assert_eq!(of(json!({"x": path}), &document), Err(why.to_owned()));
        }
    }

    #[test]
    fn what_is_named_like_a_secret_is_one_whatever_it_is_saved_as() {
        let document =
            json!({"access_token": "s3cr3t-value", "auth": {"id": "abcd-efgh"}, "token": true});
        for (name, path, secret) in [
            ("x", "$.access_token", true),
            ("x", "$..id", true),
            ("api_key", "$.auth.id", true),
            ("x", "$.token", false),
        ] {
            let found = of(json!({ name: path }), &document).expect("it is there");
            assert_eq!(found[0].2, secret, "{name}: {path}");
            assert!(!format!("{:?}", saves(json!({ name: path }))).contains("s3cr3t"));
        }
    }

    #[test]
    fn names_are_those_of_variables_and_there_is_one_at_least() {
        let refused = |written| saves(written).expect_err("a mistake");
        assert!(refused(json!({"a-b": "$.a"})).starts_with("a value can't be saved as `a-b`"));
        assert!(refused(json!({"1a": "$.a"})).starts_with("a value can't be saved as `1a`"));
        assert!(refused(json!({"": "$.a"})).starts_with("a value can't be saved as ``"));
        assert!(refused(json!({})).starts_with("`save` names no value"));
        assert!(refused(json!({"a": "x"})).contains("`x` is not a JSON path"));
    }
}
