//! The version that an answer tells.

use std::fmt;

use serde_json::Value;

use super::body::compression;
use super::judge::Answer;
use crate::contract::Pattern;
use crate::json::JsonPath;
use crate::reads::{FetchError, Page, Unreached};

/// Where a version stands.
pub(super) enum Place<'c> {
    Json(&'c JsonPath),
    Regex(&'c Pattern),
    Header(&'c str),
}

/// What an answer tells of its version.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    Version(String),
    /// An answer that has none, and why that is.
    Nothing(String),
    /// No answer, or none of success.
    Silent(FetchError),
}

impl Told {
    pub fn of(answer: &Answer, place: &Place<'_>) -> Self {
        let page = match &answer.value {
            Ok(page) => page,
            Err(why) => return Self::Silent(why.clone()),
        };
        if !(200..300).contains(&page.status) {
            return Self::Silent(Unreached::NoAnswer(format!("status {}", page.status)).into());
        }
        let found = match place {
            Place::Json(path) => in_json(page, path),
            Place::Regex(pattern) => in_body(page, pattern),
            Place::Header(name) => match page.header(name) {
                Some(version) => Ok(version.to_owned()),
                None => Err(format!("no header {name}")),
            },
        };
        match found.map(|version| version.trim().to_owned()) {
            Ok(version) if !version.is_empty() => Self::Version(version),
            Ok(_) => Self::Nothing("it is empty".to_owned()),
            Err(why) => Self::Nothing(why),
        }
    }

    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Version(version) => Some(version),
            _ => None,
        }
    }

    pub fn lack(&self) -> Option<&str> {
        match self {
            Self::Nothing(why) => Some(why),
            _ => None,
        }
    }

    pub fn silence(&self) -> Option<&FetchError> {
        match self {
            Self::Silent(why) => Some(why),
            _ => None,
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => f.write_str(version),
            Self::Nothing(why) => write!(f, "none: {why}"),
            Self::Silent(why) => write!(f, "no answer: {why}"),
        }
    }
}

fn readable(page: &Page) -> Result<(), String> {
    match compression(page) {
        Some(encoding) => Err(format!("the body is compressed ({encoding})")),
        None => Ok(()),
    }
}

fn in_json(page: &Page, path: &JsonPath) -> Result<String, String> {
    readable(page)?;
    let document =
        serde_json::from_str::<Value>(&page.body).map_err(|error| match page.truncated {
            true => "the body is longer than 1 MiB".to_owned(),
            false => format!("no JSON: {error}"),
        })?;
    match path.find(&document).as_slice() {
        [Value::String(version)] => Ok(version.clone()),
        [number @ Value::Number(_)] => Ok(number.to_string()),
        [] => Err(format!("nothing at {path}")),
        [_] => Err(format!("neither text nor number at {path}")),
        several => Err(format!("{} values at {path}", several.len())),
    }
}

fn in_body(page: &Page, pattern: &Pattern) -> Result<String, String> {
    readable(page)?;
    let found = pattern.captures(&page.body);
    let version = found.and_then(|found| found.get(1).or(found.get(0)));
    version
        .map(|version| version.as_str().to_owned())
        .ok_or_else(|| format!("/{}/ is not in it", pattern.as_str()))
}

/// The fewest digits by which people and git name a commit.
const SHORTEST: usize = 7;

/// How many digits a whole commit id has, by SHA-1 or SHA-256.
const WHOLE: [usize; 2] = [40, 64];

/// Whether two versions are one: the same text, or two commit ids of which one is cut short.
///
/// Build numbers and dates are made of the digits of commit ids, too: a beginning counts where the
/// longer one is a whole commit id, or both have a letter, which no number has.
pub(super) fn is_the_same(one: &str, other: &str) -> bool {
    let (short, long) = match one.len() <= other.len() {
        true => (one, other),
        false => (other, one),
    };
    let is_of_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has_letter = |text: &str| text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let are_commits = short.len() >= SHORTEST
        && long.len() <= WHOLE[1]
        && [short, long].into_iter().all(is_of_digits)
        && (WHOLE.contains(&long.len()) || [short, long].into_iter().all(has_letter));
    let begins = || long[..short.len()].eq_ignore_ascii_case(short);
    one == other || (are_commits && begins())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_may_be_cut_short_and_nothing_else() {
        let commit = "41ab9fe0c3d2b1a09f8e7d6c5b4a39281706f5e4";
        let of_sha_256 = "1234567".to_owned() + &"0a".repeat(28) + "b";
        for (one, other, same) in [
            (commit, commit, true),
            (commit, "41ab9fe", true),
            ("41AB9FE", commit, true),
            (commit, "41ab9f", false),
            (commit, "51ab9fe", false),
            ("41ab9fe0c3", "41ab9fe", true),
            (&of_sha_256, "1234567", true),
            (&of_sha_256[..63], "1234567", false),
            ("12345678", "1234567", false),
            ("202511212250", "20251121", false),
            ("20251121", "20251121a", false),
            ("2.4.0", "2.4", false),
            ("2.4.0", "2.4.0", true),
            ("v1234567", "v1234567-rc", false),
        ] {
            assert_eq!(is_the_same(one, other), same, "{one} {other}");
        }
    }
}
