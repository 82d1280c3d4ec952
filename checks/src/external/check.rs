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
        secrets_in(&self.fields, &mut found);
        found
    }

    fn saves(&self) -> Vec<&str> {
        Vec::new()
    }

    fn follows(&self) -> Option<&str> {
        None
    }
}

/// The texts whose names look as if a secret were behind them.
fn secrets_in(fields: &Value, found: &mut Vec<String>) {
    match fields {
        Value::Object(entries) => {
            for (name, value) in entries {
                match value.as_str() {
                    Some(text) if looks_secret(name) && worth_hiding(text) => {
                        found.push(text.to_owned());
                    }
                    _ => secrets_in(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| secrets_in(item, found)),
        _ => {}
    }
}
