//! What a driver tells of its browser: JSON, read into facts.

use jiff::Timestamp;
use serde_json::Value;

use super::facts::{ConsoleLine, Picture, Region, View};
use crate::contract::Body;
use crate::reads::error::one_line;

/// The most characters that are kept of a line of the console.
const CONSOLE_LINE: usize = 400;

/// What a page shows, by `view.js`.
pub(super) fn view(told: &Value) -> Option<View> {
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

/// A picture in base64, unless it is too large.
pub(super) fn picture(media_type: &'static str, data: &Value) -> Option<Picture> {
    let data = data
        .as_str()
        .filter(|data| data.len() <= Body::LARGEST_PICTURE)?;
    Some(Picture {
        media_type,
        data: data.to_owned(),
    })
}

/// An entry of the browser's console.
pub(super) fn console_line(entry: &Value) -> ConsoleLine {
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
