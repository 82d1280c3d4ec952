//! A check whose look and judgement are a plug-in's.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;

use super::plugins::Plugin;
use super::{answer, given};
use crate::contract::{
    Attempt, Configured, Finding, Subject, Unobserved, looks_secret, unless_it_panics, worth_hiding,
};
use crate::exec::not_started;

/// A number with fewer digits is no secret, whatever its name.
const SHORTEST_NUMBER: usize = 4;

/// A check of an external kind.
pub(super) struct ExternalCheck {
    pub plugin: Arc<Plugin>,
    pub looks_at_target: bool,
    pub fields: Value,
}

impl ExternalCheck {
    async fn look_and_judge(&self, attempt: &Attempt) -> Result<Finding, Unobserved> {
        let target = match attempt.target.as_deref().filter(|_| self.looks_at_target) {
            None => Value::Null,
            Some(target) => {
                if let Some(settled) = target.standing(&attempt.reads).await? {
                    return Ok(settled);
                }
                given::target(target, &attempt.reads).await?
            }
        };
        let within = attempt.times.limit;
        let mut request = self.plugin.request(None, within);
        let document = given::document(&self.plugin.kind, &self.fields, attempt, target);
        request.folder = attempt.folder.to_path_buf();
        request.input = Some(format!("{document}\n"));
        let seen = attempt.reads.command(request).await;
        let name = self.plugin.name();
        match &seen.value {
            Err(error) => Err(not_started(&name, error).origin(seen.source)),
            Ok(ran) => Ok(answer::judge(&name, ran, &seen.with(()), within)),
        }
    }
}

impl Configured for ExternalCheck {
    fn attempt(
        self: Arc<Self>,
        attempt: Attempt,
    ) -> Pin<Box<dyn Future<Output = Result<Finding, Unobserved>> + Send>> {
        let kind = self.plugin.kind.clone();
        let looked = async move { self.look_and_judge(&attempt).await };
        async move { unless_it_panics(&kind, looked).await }.boxed()
    }

    fn allowance(&self) -> Duration {
        Duration::ZERO
    }

    fn secrets(&self) -> Vec<String> {
        let mut found = self.plugin.secrets();
        secrets_in(&self.fields, false, &mut found);
        found
    }

    fn saves(&self) -> Vec<&str> {
        Vec::new()
    }

    fn follows(&self) -> Option<&str> {
        None
    }
}

/// Every text and number below a name that looks as if a secret were behind it.
fn secrets_in(fields: &Value, is_secret: bool, found: &mut Vec<String>) {
    match fields {
        Value::Object(entries) => {
            for (name, value) in entries {
                secrets_in(value, is_secret || looks_secret(name), found);
            }
        }
        Value::Array(items) => {
            for item in items {
                secrets_in(item, is_secret, found);
            }
        }
        Value::String(text) if is_secret && worth_hiding(text) => found.push(text.clone()),
        // A `token_ttl: 30` must not take every 30 out of a report.
        Value::Number(number) if is_secret && number.to_string().len() >= SHORTEST_NUMBER => {
            found.push(number.to_string());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_stands_below_a_secret_name_is_hidden() {
        let fields = json!({
            "api_tokens": ["s3cr3t", ["d33p"]],
            "password": { "value": "x-y-z", "from": { "pin": 481_516, "retries": 3 } },
            "where": { "auth_token": "t0p", "host": "shop.example.com" },
            "use_auth": "true",
        });
        let mut found = Vec::new();
        secrets_in(&fields, false, &mut found);
        found.sort();
        assert_eq!(found, ["481516", "d33p", "s3cr3t", "t0p", "x-y-z"]);
    }
}
