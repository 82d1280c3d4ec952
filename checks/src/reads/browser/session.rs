//! A session of WebDriver: one browser, asked for one page.

use std::time::Duration;

use reqwest::Url;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::elsewhere::{Elsewhere, Lease};
use super::facts::{ConsoleLine, Picture, View, WatchError, WatchRequest};
use super::wire::{Endpoint, Refused};
use super::{flags, told};

/// Tells what is shown.
const VIEW: &str = include_str!("view.js");

/// Tells which selector is none.
const SELECTORS: &str = include_str!("selectors.js");

/// The longest text of a region that is read, in characters.
const TEXT: usize = 1 << 18;

/// The most lines of the console that are kept.
const CONSOLE: usize = 20;

/// How well a JPEG shows the window, of 100; the smaller one is for a picture that is too large.
const QUALITIES: [u8; 2] = [70, 30];

/// How long a browser is waited for that nobody wants any more, to end it when it comes: a grid may have had
/// none free.
const LATEST: Duration = Duration::from_secs(60);

/// A browser that is open.
pub(super) struct Session {
    at: Endpoint,
    /// Its name and version.
    pub browser: String,
    lease: Lease,
}

/// What the browser did, unless it says that the time for it was over.
pub(super) enum Timely<T> {
    InTime(T),
    Late,
}

impl Session {
    /// Has a browser opened, which has until `end` for its page. One that comes when nobody waits any more is
    /// ended at once.
    pub async fn open(
        (driver, elsewhere): (&Url, Option<Elsewhere>),
        request: &WatchRequest,
        end: Instant,
    ) -> Result<Self, WatchError> {
        let endpoint = Endpoint::of(driver).map_err(no_driver)?;
        let left = end.saturating_duration_since(Instant::now()).as_millis();
        let capabilities = flags::capabilities(request, left);
        let (tell, opened) = oneshot::channel();
        tokio::spawn(async move {
            let asked = endpoint.post("session", &capabilities);
            if let Ok(answer) = timeout_at(end + LATEST, asked).await {
                let session = answer.map_err(no_driver);
                let session = session.and_then(|told| Self::of(endpoint, &told, elsewhere));
                drop(tell.send(session));
            }
        });
        let unasked = |_| WatchError::Lost("it was not asked to the end".into());
        opened.await.map_err(unasked)?
    }

    fn of(
        driver: Endpoint,
        told: &Value,
        elsewhere: Option<Elsewhere>,
    ) -> Result<Self, WatchError> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let Some(id) = text(&told["sessionId"]) else {
            return Err(WatchError::Unreadable("it names no session".into()));
        };
        let about = ["browserName", "browserVersion"].map(|name| text(&told["capabilities"][name]));
        let at = driver.below(&format!("session/{id}/")).map_err(no_driver)?;
        Ok(Self {
            lease: Lease::new(at.clone(), elsewhere),
            at,
            browser: about.into_iter().flatten().collect::<Vec<_>>().join(" "),
        })
    }

    /// Refuses what is no selector, before there is a page.
    pub async fn must_know(&self, selectors: &[Option<String>]) -> Result<(), WatchError> {
        let selectors: Vec<&String> = selectors.iter().flatten().collect();
        let script = json!({ "script": SELECTORS, "args": [selectors] });
        let told = self.at.post("execute/sync", &script).await;
        match told.map_err(lost)?.as_str() {
            Some(none) => Err(WatchError::BadSelector(none.to_owned())),
            None => Ok(()),
        }
    }

    /// Opens the page, as far as its scripts run.
    pub async fn navigate(&self, url: &Url) -> Result<Timely<()>, WatchError> {
        let opened = self.at.post("url", &json!({ "url": url.as_str() })).await;
        match opened {
            Ok(_) => Ok(Timely::InTime(())),
            Err(Refused::Error { error, .. }) if error == "timeout" => Ok(Timely::Late),
            Err(why) => Err(not_opened(why)),
        }
    }

    /// What the page shows now.
    pub async fn view(&self, selectors: &[Option<String>]) -> Result<Timely<View>, WatchError> {
        let script = json!({ "script": VIEW, "args": [selectors, TEXT] });
        let told = match self.at.post("execute/sync", &script).await {
            Err(Refused::Error { error, .. }) if error.contains("timeout") => {
                return Ok(Timely::Late);
            }
            told => told.map_err(lost)?,
        };
        let view = told::view(&told);
        let view = view.ok_or_else(|| WatchError::Unreadable("it tells no view".into()))?;
        // Chromium shows a page of its own where it reached none, without always saying so.
        match view.url.starts_with("chrome-error:") {
            true => Err(WatchError::NoAnswer(
                "the browser shows its own error page".into(),
            )),
            false => Ok(Timely::InTime(view)),
        }
    }

    /// The errors of the console, where the driver tells them: the standard has no command for it.
    pub async fn console(&self) -> Vec<ConsoleLine> {
        let told = self.at.post("se/log", &json!({ "type": "browser" })).await;
        let entries = told.ok().and_then(|told| told.as_array().cloned());
        let entries = entries.unwrap_or_default();
        let errors = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        errors.take(CONSOLE).map(told::console_line).collect()
    }

    /// A picture of the window: a JPEG where the driver makes one, which the standard doesn't know, and else
    /// a PNG, which is larger.
    pub async fn picture(&self) -> Option<Picture> {
        for quality in QUALITIES {
            let parameters = json!({ "format": "jpeg", "quality": quality });
            let command = json!({ "cmd": "Page.captureScreenshot", "params": parameters });
            let Ok(answer) = self.at.post("goog/cdp/execute", &command).await else {
                break;
            };
            if let Some(picture) = told::picture("image/jpeg", &answer["data"]) {
                return Some(picture);
            }
        }
        let answer = self.at.get("screenshot").await.ok()?;
        told::picture("image/png", &answer)
    }

    /// Ends the browser. One that doesn't end by this ends with its driver, if that was started here.
    pub async fn close(mut self) {
        if self.at.delete().await.is_ok() {
            self.lease.is_over();
        }
    }
}

/// Why a browser can't be had.
fn no_driver(refused: Refused) -> WatchError {
    match refused {
        Refused::Unreached(why) => WatchError::NoDriver(why),
        Refused::Error { message, .. } => WatchError::NoBrowser(message),
        Refused::Dialog(text) => WatchError::Dialog(text),
        Refused::Unreadable(why) => WatchError::Unreadable(why),
    }
}

/// Why a page did not open: the browser's own error is in the message.
fn not_opened(refused: Refused) -> WatchError {
    match refused {
        Refused::Error { error, message } if !is_gone(&error, &message) => {
            let unknown = ["ERR_NAME_NOT_RESOLVED", "dnsNotFound"];
            match unknown.iter().any(|name| message.contains(name)) {
                true => WatchError::NameNotFound(message),
                false => WatchError::NoAnswer(message),
            }
        }
        other => lost(other),
    }
}

/// Why a browser that was there did not do as it was told.
fn lost(refused: Refused) -> WatchError {
    match refused {
        Refused::Unreached(why) => WatchError::Lost(why),
        Refused::Error { error, message } if is_gone(&error, &message) => WatchError::Lost(message),
        Refused::Error { message, .. } => WatchError::Unreadable(message),
        Refused::Dialog(text) => WatchError::Dialog(text),
        Refused::Unreadable(why) => WatchError::Unreadable(why),
    }
}

/// Whether the driver says that its browser is not there any more. `invalid session id` and `no such window` are
/// the standard's; of the rest, Chromium's driver says no more than a sentence.
fn is_gone(error: &str, message: &str) -> bool {
    let sentences = [
        "disconnected",
        "crashed",
        "chrome not reachable",
        "not connected to DevTools",
    ];
    matches!(error, "invalid session id" | "no such window")
        || sentences.iter().any(|sentence| message.contains(sentence))
}
