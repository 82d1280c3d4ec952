//! Globs that are checked when the suite is read.

use std::borrow::Cow;

use globset::GlobMatcher;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A glob: `*` is any text, `?` any character, `[ab]` one of several.
#[derive(Clone, Debug)]
pub struct Glob(GlobMatcher);

impl Glob {
    /// Reads a glob.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a glob that is empty matches nothing".into());
        }
        globset::Glob::new(text)
            .map(|glob| Self(glob.compile_matcher()))
            .map_err(|error| format!("`{text}` is no glob: {}", error.kind()))
    }

    /// Whether it matches the whole text.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Glob {
    fn schema_name() -> Cow<'static, str> {
        "Glob".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A glob: `*` is any text, `?` any character.",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn matches_the_whole_and_says_what_is_wrong() {
        let glob = Glob::new("*-latest").expect("a glob");
        assert!(glob.is_match("dev-latest") && !glob.is_match("dev-latest-1"));
        assert!(Glob::new("").is_err());
        let told = Glob::new("[a").expect_err("unclosed");
        assert!(told.starts_with("`[a` is no glob: "), "{told}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_a_glob_or_refused_and_without_signs_means_itself(
            text in "[a-zA-Z0-9*?\\[\\]{},!^\\\\/._-]{0,24}",
            other in "\\PC{0,12}",
        ) {
            let Ok(glob) = Glob::new(&text) else { return Ok(()) };
            let plain = !text.contains(['*', '?', '[', ']', '{', '}', '\\']);
            prop_assert!(!plain || (glob.is_match(&text) && glob.is_match(&other) == (text == other)));
        }
    }
}
