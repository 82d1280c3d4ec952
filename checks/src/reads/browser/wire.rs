//! Commands of WebDriver on their way: JSON over HTTP.

use reqwest::{Client, Method, Url};
use serde_json::Value;

use crate::reads::error::{one_line, root};

/// The longest answer that is read: a picture of a large window has a few megabytes.
const LONGEST: usize = 16 << 20;

/// A driver, or a session of it.
#[derive(Clone)]
pub(super) struct Endpoint {
    client: Client,
    /// Ends in `/`.
    base: Url,
}

/// Why a command was not done.
#[derive(Debug)]
pub(super) enum Refused {
    /// The driver could not be asked.
    Unreached(String),
    /// The error that WebDriver names, and what the driver says of it.
    Error {
        /// `timeout`, `session not created`.
        error: String,
        message: String,
    },
    /// A dialog of the page with this text was in the way, and is dismissed.
    Dialog(String),
    /// The answer is none of WebDriver.
    Unreadable(String),
}

impl Endpoint {
    pub fn of(driver: &Url) -> Result<Self, Refused> {
        // A driver on this machine is nobody's to be asked through a proxy.
        let is_here = matches!(driver.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let client = Client::builder();
        let client = if is_here { client.no_proxy() } else { client };
        let client = client.build();
        let mut base = driver.clone();
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", driver.path()));
        }
        Ok(Self {
            client: client.map_err(|error| Refused::Unreached(root(&error)))?,
            base,
        })
    }

    /// What is below this, by the same client.
    pub fn below(self, path: &str) -> Result<Self, Refused> {
        let base = self.base.join(path);
        let base = base.map_err(|_| Refused::Unreadable(format!("`{path}` is no path")))?;
        Ok(Self { base, ..self })
    }

    pub async fn post(&self, command: &str, parameters: &Value) -> Result<Value, Refused> {
        self.ask(Method::POST, command, Some(parameters)).await
    }

    pub async fn get(&self, command: &str) -> Result<Value, Refused> {
        self.ask(Method::GET, command, None).await
    }

    /// Ends what this is.
    pub async fn delete(&self) -> Result<Value, Refused> {
        self.ask(Method::DELETE, "", None).await
    }

    async fn ask(
        &self,
        method: Method,
        command: &str,
        parameters: Option<&Value>,
    ) -> Result<Value, Refused> {
        let mut url = self.base.join(command);
        if command.is_empty() {
            // A session's own address has no `/` behind it.
            url = self.base.as_str().trim_end_matches('/').parse();
        }
        let url = url.map_err(|_| Refused::Unreadable(format!("`{command}` is no path")))?;
        let mut sending = self.client.request(method, url);
        if let Some(parameters) = parameters {
            let json = ("content-type", "application/json; charset=utf-8");
            sending = sending.header(json.0, json.1).body(parameters.to_string());
        }
        let unreached = |error: reqwest::Error| Refused::Unreached(root(&error));
        let mut answer = sending.send().await.map_err(unreached)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreached)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(Refused::Unreadable(format!(
                    "it has more than {LONGEST} bytes"
                )));
            }
        }
        value(&body)
    }
}

/// The value of an answer, or the error that it tells.
fn value(body: &[u8]) -> Result<Value, Refused> {
    let mut answer: Value = serde_json::from_slice(body)
        .map_err(|error| Refused::Unreadable(format!("it is no JSON: {error}")))?;
    let value = answer.get_mut("value").map(Value::take);
    let value = value.ok_or_else(|| Refused::Unreadable("it has no `value`".into()))?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    match (text("error"), text("message")) {
        (Some(error), Some(message)) if error == "unexpected alert open" => {
            let shown = value["data"]["text"].as_str().map(one_line);
            Err(Refused::Dialog(shown.unwrap_or(first_line(&message))))
        }
        (Some(error), Some(message)) => Err(Refused::Error {
            error,
            message: first_line(&message),
        }),
        _ => Ok(value),
    }
}

/// What happened; the lines below tell versions.
fn first_line(message: &str) -> String {
    let mut lines = message
        .lines()
        .filter(|line| !line.trim_start().starts_with('('));
    let first = lines.next().unwrap_or_default();
    let cause = lines.find_map(|line| line.strip_prefix("from "));
    one_line(&cause.map_or(first.to_owned(), |cause| format!("{first}: {cause}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_by_its_first_line_and_its_cause() {
        let message = "session not created\nfrom unknown error: no chrome binary at /nope\n  (Driver info: x)";
        let body = serde_json::json!({"value": {"error": "session not created", "message": message, "stacktrace": "#0"}});
        let Err(Refused::Error { error, message }) = value(body.to_string().as_bytes()) else {
            panic!("an error");
        };
        assert_eq!(error, "session not created");
        assert_eq!(
            message,
            "session not created: unknown error: no chrome binary at /nope"
        );
    }

    #[test]
    fn a_dialog_is_told_by_its_text() {
        let error = "unexpected alert open";
        let message = "unexpected alert open: {Alert text : Session\n over}";
        let told = |data: Value| {
            let error = serde_json::json!({"error": error, "message": message, "data": data});
            let body = serde_json::json!({ "value": error });
            match value(body.to_string().as_bytes()) {
                Err(Refused::Dialog(text)) => text,
                other => panic!("{other:?}"),
            }
        };
        let data = serde_json::json!({"text": "Session\n over"});
        assert_eq!(told(data), "Session over");
        let message = "unexpected alert open: {Alert text : Session";
        assert_eq!(told(Value::Null), message);
    }

    #[test]
    fn what_is_no_answer_of_webdriver_is_not_read_as_one() {
        for body in ["", "<html>", "{}", "[]"] {
            assert!(
                matches!(value(body.as_bytes()), Err(Refused::Unreadable(_))),
                "{body}"
            );
        }
        assert!(matches!(value(br#"{"value": null}"#), Ok(Value::Null)));
    }
}
