//! What is shown of a page: the text where something was looked for, the console, and a picture.

use super::showing::Showing;
use crate::contract::{Body, Evidence, Line, Seen};
use crate::reads::browser::{ConsoleLine, Region, WatchError, Watched};

/// The most characters that are quoted before and behind what was looked for.
const AROUND: usize = 200;

/// Everything there is to show of a page.
pub(super) fn of(
    page: &Seen<Result<Watched, WatchError>>,
    watched: &Watched,
    showing: &Showing,
    region: &Region,
) -> Vec<Evidence> {
    let mut bodies = vec![Body::Excerpt {
        title: title(watched),
        lines: quoted(showing, region).into_iter().collect(),
        omitted: 0,
    }];
    bodies.extend(console(&watched.console));
    bodies.extend(watched.picture.as_ref().map(|picture| Body::Picture {
        title: format!("the window of {}", watched.browser),
        media_type: picture.media_type.into(),
        data: picture.data.clone(),
    }));
    bodies.into_iter().map(|body| page.evidence(body)).collect()
}

fn title(watched: &Watched) -> String {
    let view = &watched.view;
    match view.status {
        Some(status) => format!("what {} shows, with status {status}", view.url),
        None => format!("what {} shows", view.url),
    }
}

/// The text that is shown around what was looked for, or its beginning; none where there is no text.
fn quoted(showing: &Showing, region: &Region) -> Option<Line> {
    let text = &region.text;
    let matched = showing.matched(text);
    let start = matched.and_then(|matched| text.find(matched)).unwrap_or(0);
    let end = start + matched.map_or(0, str::len);
    let from = text[..start].char_indices().rev().take(AROUND).last();
    let from = from.map_or(start, |(at, _)| at);
    let to = text[end..].char_indices().nth(AROUND);
    let to = to.map_or(text.len(), |(at, _)| end + at);
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    (!text.is_empty()).then(|| Line {
        at: None,
        origin: showing.selector.clone(),
        text: format!(
            "{}{}{}",
            cut(from > 0),
            &text[from..to],
            cut(to < text.len())
        ),
        matched: matched.map(str::to_owned),
    })
}

fn console(lines: &[ConsoleLine]) -> Option<Body> {
    let line = |line: &ConsoleLine| Line {
        at: line.at,
        origin: Some(line.source.clone()),
        text: line.text.clone(),
        matched: None,
    };
    (!lines.is_empty()).then(|| Body::Excerpt {
        title: "errors of the browser's console".into(),
        lines: lines.iter().map(line).collect(),
        omitted: 0,
    })
}
