//! A session of WebDriver: one browser, asked for one page.

use jiff::Timestamp;
use reqwest::Url;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::facts::{ConsoleLine, Picture, Region, View, WatchError, WatchRequest};
use super::flags;
use super::wire::{Endpoint, Refused};
use crate::contract::Body;
use crate::reads::error::one_line;

/// Tells what is shown.
const VIEW: &str = include_str!("view.js");

/// The longest text of a region that is read, in characters.
const TEXT: usize = 1 << 18;

/// The most lines of the console that are kept, and the most characters of each.
const CONSOLE: usize = 20;
const CONSOLE_LINE: usize = 400;

/// How well a JPEG shows the window, of 100; the smaller one is for a picture that is too large.
const QUALITIES: [u8; 2] = [70, 30];

/// A browser that is open.
pub(super) struct Session {
    at: Endpoint,
    /// Its name and version.
    pub browser: String,
}

impl Session {
    /// Has a browser opened, which has until `end` for its page.
    pub async fn open(
        driver: &Url,
        request: &WatchRequest,
        end: Instant,
    ) -> Result<Self, WatchError> {
        let endpoint = Endpoint::of(driver).map_err(no_driver)?;
        let left = end.saturating_duration_since(Instant::now()).as_millis();
        let capabilities = flags::capabilities(request, left);
        let opened = timeout_at(end, endpoint.post("session", &capabilities)).await;
        let opened = opened
            .map_err(|_| WatchError::TimedOut)?
            .map_err(no_driver)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let Some(id) = text(&opened["sessionId"]) else {
            return Err(WatchError::Unreadable("it names no session".into()));
        };
        let told = &opened["capabilities"];
        let about = ["browserName", "browserVersion"].map(|name| text(&told[name]));
        let at = endpoint
            .below(&format!("session/{id}/"))
            .map_err(no_driver)?;
        Ok(Self {
            at,
            browser: about.into_iter().flatten().collect::<Vec<_>>().join(" "),
        })
    }

    /// Opens the page, as far as its scripts run.
    pub async fn navigate(&self, url: &Url) -> Result<(), WatchError> {
        let opened = self.at.post("url", &json!({ "url": url.as_str() })).await;
        opened.map(drop).map_err(not_opened)
    }

    /// What the page shows now.
    pub async fn view(&self, selectors: &[Option<String>]) -> Result<View, WatchError> {
        let script = json!({ "script": VIEW, "args": [selectors, TEXT] });
        let told = self
            .at
            .post("execute/sync", &script)
            .await
            .map_err(not_seen)?;
        let view = view(&told).ok_or_else(|| WatchError::Unreadable("it tells no view".into()))?;
        match failure(&view) {
            Some(why) => Err(why),
            None => Ok(view),
        }
    }

    /// The errors of the console, where the driver tells them: the standard has no command for it.
    pub async fn console(&self) -> Vec<ConsoleLine> {
        let told = self.at.post("se/log", &json!({ "type": "browser" })).await;
        let entries = told.ok().and_then(|told| told.as_array().cloned());
        let entries = entries.unwrap_or_default();
        let errors = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        errors.take(CONSOLE).map(console_line).collect()
    }

    /// A picture of the window: a JPEG where the driver makes one, which the standard doesn't know, and else
    /// a PNG, which is larger.
    pub async fn picture(&self) -> Option<Picture> {
        for quality in QUALITIES {
            let parameters = json!({ "format": "jpeg", "quality": quality });
            let command = json!({ "cmd": "Page.captureScreenshot", "params": parameters });
            let Ok(told) = self.at.post("goog/cdp/execute", &command).await else {
                break;
            };
            if let Some(picture) = picture("image/jpeg", &told["data"]) {
                return Some(picture);
            }
        }
        let told = self.at.get("screenshot").await.ok()?;
        picture("image/png", &told)
    }

    /// Ends the browser. One that doesn't end by this ends with its driver.
    pub async fn close(&self) {
        let _ = self.at.delete().await;
    }
}

fn picture(media_type: &'static str, data: &Value) -> Option<Picture> {
    let data = data
        .as_str()
        .filter(|data| data.len() <= Body::LARGEST_PICTURE)?;
    Some(Picture {
        media_type,
        data: data.to_owned(),
    })
}

fn console_line(entry: &Value) -> ConsoleLine {
    let text = |name: &str| entry[name].as_str().unwrap_or_default();
    let at = entry["timestamp"].as_i64();
    ConsoleLine {
        at: at.and_then(|at| Timestamp::from_millisecond(at).ok()),
        source: text("source").to_owned(),
        text: one_line(text("message"))
            .chars()
            .take(CONSOLE_LINE)
            .collect(),
    }
}

fn view(told: &Value) -> Option<View> {
    let text = |value: &Value| value.as_str().map(one_line);
    let region = |region: &Value| {
        Some(Region {
            seen: usize::try_from(region["seen"].as_u64()?).ok()?,
            text: text(&region["text"])?,
        })
    };
    let status = told["status"].as_u64();
    Some(View {
        url: told["url"].as_str()?.to_owned(),
        title: text(&told["title"])?,
        status: status.and_then(|status| u16::try_from(status).ok()),
        regions: told["regions"]
            .as_array()?
            .iter()
            .map(region)
            .collect::<Option<_>>()?,
    })
}

/// Chromium shows a page of its own where it reached none, without always saying so.
fn failure(view: &View) -> Option<WatchError> {
    view.url
        .starts_with("chrome-error:")
        .then(|| WatchError::NoAnswer("the browser shows its own error page".into()))
}

fn no_driver(refused: Refused) -> WatchError {
    match refused {
        Refused::Unreached(why) => WatchError::NoDriver(why),
        Refused::Error { message, .. } => WatchError::NoBrowser(message),
        Refused::Unreadable(why) => WatchError::Unreadable(why),
    }
}

/// Why a page did not open: the browser's own error is in the message.
fn not_opened(refused: Refused) -> WatchError {
    match refused {
        Refused::Error { error, .. } if error == "timeout" => WatchError::TimedOut,
        Refused::Error { message, .. } => {
            let unknown = ["ERR_NAME_NOT_RESOLVED", "dnsNotFound"];
            match unknown.iter().any(|name| message.contains(name)) {
                true => WatchError::NameNotFound(message),
                false => WatchError::NoAnswer(message),
            }
        }
        other => no_driver(other),
    }
}

/// Why a page can't be seen: what only a selector can be wrong with, or the page is gone.
fn not_seen(refused: Refused) -> WatchError {
    match refused {
        Refused::Error { message, .. } if message.contains("selector") => {
            WatchError::BadSelector(message)
        }
        Refused::Error { error, .. } if error.contains("timeout") => WatchError::TimedOut,
        Refused::Error { message, .. } => WatchError::Unreadable(message),
        other => no_driver(other),
    }
}
