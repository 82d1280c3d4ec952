//! JSON paths (RFC 9535), but for those that would look at the same values again and again: what is
//! outside decides how large a document is, so no path may multiply that.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// A JSON path, checked when the suite is read: `$.entities`, `$['a b'][0]`.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String")]
pub struct JsonPath {
    text: String,
    path: serde_json_path::JsonPath,
}

impl JsonPath {
    /// What is at the path: each value of the document once at most, or once for each selector of the
    /// path's list that means it.
    pub(crate) fn find<'d>(&self, document: &'d Value) -> Vec<&'d Value> {
        self.path.query(document).all()
    }

    /// The keys on the way to what is at the path.
    pub(crate) fn keys(&self, document: &Value) -> Vec<String> {
        let found = self.path.query_located(document);
        let elements = found.locations().flat_map(|location| location.iter());
        let keys = elements.filter_map(|element| element.as_name());
        keys.map(str::to_owned).collect()
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for JsonPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let path = serde_json_path::JsonPath::parse(&text).map_err(|error| {
            de::Error::custom(format!(
                "`{text}` is not a JSON path: {}; write it like `$.entities`, or `$['x-name']` for other names",
                error.message()
            ))
        })?;
        match multiplied(&unquoted(&text)) {
            Some(why) => Err(de::Error::custom(format!(
                "`{text}` could take for ever on a large document: {why}"
            ))),
            None => Ok(Self { text, path }),
        }
    }
}

/// What would make the work more than a walk over the document, if there is such a thing in the path.
fn multiplied(unquoted: &str) -> Option<&'static str> {
    let found = |text| unquoted.matches(text).count();
    let multiplied = [
        (
            found("..") > 1,
            "a path has one `..`, since each further one looks at the same values again; name what is between",
        ),
        (
            lists(unquoted) > 1,
            "a path has one list of selectors such as `[0, 1]`, since each further one may find the same values again",
        ),
        (
            found("$") > 1,
            "a filter has no `$`, since it would be looked up for every value; write what is expected there",
        ),
        (
            found("match(") + found("search(") > 0,
            "a filter has no `match()` and `search()`, since they read their expression anew for every value",
        ),
    ];
    let first = multiplied.into_iter().find(|(is, _)| *is);
    first.map(|(_, why)| why)
}

/// A valid path without the texts in quotes, which may hold anything.
fn unquoted(path: &str) -> String {
    let (mut quote, mut escaped) = (None, false);
    let is_outside = |character: &char| {
        let outside = quote.is_none();
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(*character),
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), close) if open == *close => quote = None,
            _ => {}
        }
        outside
    };
    path.chars().filter(is_outside).collect()
}

/// How many brackets hold more than one selector. No function that is allowed has two arguments, so a
/// comma stands in brackets only.
fn lists(unquoted: &str) -> usize {
    let mut open = Vec::new();
    let mut lists = 0;
    for character in unquoted.chars() {
        match character {
            '[' => open.push(false),
            ']' => drop(open.pop()),
            ',' => {
                if let Some(counted @ false) = open.last_mut() {
                    *counted = true;
                    lists += 1;
                }
            }
            _ => {}
        }
    }
    lists
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> Result<JsonPath, String> {
        serde_json::from_value(text.into()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_path_that_multiplies_itself_is_refused_and_says_why() {
        for (multiplied, why) in [
            ("$..*..*", "has one `..`"),
            ("$..*..*..*", "has one `..`"),
            ("$..a[?@..b]", "has one `..`"),
            ("$[*, *][*, *]", "has one list of selectors"),
            ("$[0, 0][?@['a', 'b']]", "has one list of selectors"),
            ("$.items[?@.id == $.latest]", "has no `$`"),
            ("$[?match(@.a, 'x.*')]", "has no `match()`"),
            ("$[?search(@.a, @.b)]", "has no `match()` and `search()`"),
        ] {
            let told = path(multiplied).expect_err(multiplied);
            assert!(told.contains("on a large document: a "), "{told}");
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn what_stands_in_quotes_multiplies_nothing() {
        for text in [
            "$.entities",
            "$..version",
            "$['a..b..c', '$', \"$\"]",
            r"$['it\'s..', '..'][0]",
            r#"$["\\"]..["\"..,"]"#,
            "$.items[?@.name == 'a..b, $ match(' && !@.gone].status",
            "$.items[?count(@.tags[*]) > 2 || length(@.name) == 3][0:9:2]",
            "$..items[?@.a[?@.b]].c",
        ] {
            path(text).expect(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Without a bound, a path of three `..*` finds the innermost of a hundred values 161,700 times.
        #[test]
        fn a_path_finds_no_value_more_often_than_its_list_names_it(segments in "(\\.\\.\\*|\\.\\*|\\[\\*\\]|\\[0\\]|\\[::-1\\]|\\[\\*,0\\]|\\[\\?@\\.\\.\\*\\]|\\[\\?@\\.\\*\\]){1,6}", depth in 1_usize..100) {
            let document = (0..depth).fold(json!(1), |inner, _| json!([inner]));
            if let Ok(path) = path(&format!("${segments}")) {
                let found = path.find(&document).len();
                prop_assert!(found <= 2 * depth, "{} values of {} at {}", found, depth, path);
            }
        }
    }
}
