//! The environment variables that a suite gives to a program.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::contract::{looks_secret, worth_hiding};

/// The name of an environment variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(transparent, inline)]
pub struct VariableName(String);

impl<'de> Deserialize<'de> for VariableName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        if name.is_empty() || name.contains(['=', '\0']) {
            let told = format!("`{name}` can't be the name of an environment variable");
            return Err(de::Error::custom(told));
        }
        Ok(Self(name))
    }
}

/// Variables and their values.
pub(crate) type Variables = BTreeMap<VariableName, String>;

/// As a program is given them.
pub(crate) fn set(variables: &Variables) -> Vec<(String, String)> {
    let each = variables.iter();
    each.map(|(name, value)| (name.0.clone(), value.clone()))
        .collect()
}

/// Their names.
pub(crate) fn names(names: &[VariableName]) -> Vec<String> {
    names.iter().map(|name| name.0.clone()).collect()
}

/// The values that likely are secret, those that are passed among them.
pub(crate) fn secrets(variables: &Variables, passed: &[VariableName]) -> Vec<String> {
    let set = variables.iter().map(|(name, value)| (name, value.clone()));
    let passed = passed
        .iter()
        .filter_map(|name| Some((name, std::env::var(&name.0).ok()?)));
    set.chain(passed)
        .filter(|(name, value)| looks_secret(&name.0) && worth_hiding(value))
        .map(|(_, value)| value)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_likely_is_secret_is_hidden() {
        let variables = json!({ "API_TOKEN": "t0p", "MODE": "smoke", "USE_AUTH": "true" });
        let variables: Variables = serde_json::from_value(variables).expect("variables");
        assert_eq!(secrets(&variables, &[]), ["t0p"]);
    }

    #[test]
    fn a_name_is_one() {
        for name in ["", "A=B", "A\0"] {
            let read: Result<VariableName, _> = serde_json::from_value(json!(name));
            assert!(read.is_err(), "{name}");
        }
    }
}
