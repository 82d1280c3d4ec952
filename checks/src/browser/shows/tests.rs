//! The judge of `browser.shows`, with literal facts.

use serde_json::{Value, json};

use super::*;
use crate::contract::{Body, Source, State};
use crate::reads::browser::{ConsoleLine, Picture};

fn check(more: Value) -> Shows {
    let mut fields = json!({"url": "https://dash.example.com/"});
    let fields_of = fields.as_object_mut().expect("a map");
    fields_of.extend(more.as_object().expect("a map").clone());
    serde_json::from_value(fields).expect("a check")
}

fn judged(more: Value, page: Result<Watched, WatchError>) -> Finding {
    let source = Source {
        call: "browser".into(),
        resource: "https://dash.example.com/".into(),
        request_id: None,
    };
    let page = Seen {
        value: page,
        source,
        at: "2025-11-18T23:50:00Z".parse().expect("a time"),
    };
    let within = Duration::from_secs(15);
    check(more).judge(&Outside, &Facts { page, within })
}

/// A page whose regions have so many elements and these texts.
fn shown(regions: &[(usize, &str)]) -> Watched {
    let region = |(seen, text): &(usize, &str)| Region {
        seen: *seen,
        text: (*text).into(),
    };
    Watched {
        view: View {
            url: "https://dash.example.com/".into(),
            title: "Dashboard".into(),
            status: Some(200),
            regions: regions.iter().map(region).collect(),
        },
        browser: "chrome 148".into(),
        console: Vec::new(),
        picture: None,
        took: Duration::from_millis(1400),
    }
}

#[test]
fn text_is_looked_for_in_the_elements_that_can_be_seen() {
    let number = json!({"selector": "#entities", "text": "5,421"});
    for (region, state, told) in [
        (
            (1, "5,421"),
            State::Holds,
            "shows `5,421` in `#entities` after 1.4s in chrome 148",
        ),
        (
            (1, "Loading…"),
            State::NotYet,
            "does not show `5,421` in `#entities`: it shows `Loading…`",
        ),
        ((0, ""), State::NotYet, "no `#entities` can be seen"),
        ((2, ""), State::NotYet, "no text can be seen"),
    ] {
        let finding = judged(number.clone(), Ok(shown(&[region])));
        assert_eq!(finding.state, state, "{}", finding.headline);
        assert!(finding.headline.ends_with(told), "{}", finding.headline);
        assert!(state == State::Holds || finding.hint.is_some());
    }
    let finding = judged(json!({"selector": ".chart"}), Ok(shown(&[(3, "")])));
    assert_eq!(finding.state, State::Holds, "an element is enough");
    let finding = judged(
        json!({"regex": "[1-9],\\d{3} entities"}),
        Ok(shown(&[(1, "all 5,421 entities")])),
    );
    assert_eq!(finding.state, State::Holds);
}

#[test]
fn what_waiting_can_not_mend_is_broken() {
    let more = json!({"text": "5,421", "broken_when": {"selector": ".error"}});
    let finding = judged(
        more.clone(),
        Ok(shown(&[(1, "5,421"), (1, "Application error")])),
    );
    assert_eq!(finding.state, State::Broken);
    assert!(
        finding
            .headline
            .ends_with("shows `.error`, which is `broken_when`")
    );
    let finding = judged(more, Ok(shown(&[(1, "5,421"), (0, "")])));
    assert_eq!(finding.state, State::Holds);
}

#[test]
fn an_error_page_tells_its_status_and_the_console_leads_the_hint() {
    let mut page = shown(&[(1, "Not Found")]);
    page.view.status = Some(404);
    page.console.push(ConsoleLine {
        at: None,
        source: "network".into(),
        text: "/api - 503".into(),
    });
    let finding = judged(json!({"text": "5,421"}), Ok(page));
    assert!(
        finding
            .headline
            .ends_with("it shows `Not Found`, and answered 404")
    );
    let told = "The browser's console tells of an error: /api - 503";
    assert_eq!(finding.hint.as_deref(), Some(told));
    assert_eq!(finding.evidence.len(), 2);
}

#[test]
fn the_text_is_quoted_around_what_was_looked_for_and_the_picture_is_kept() {
    let long = format!("{}é5,421é{}", "a".repeat(500), "b".repeat(500));
    let mut page = shown(&[(1, &long)]);
    page.picture = Some(Picture {
        media_type: "image/jpeg",
        data: "/9j/".into(),
    });
    let finding = judged(json!({"text": "5,421"}), Ok(page));
    let Body::Excerpt { lines, .. } = &finding.evidence[0].body else {
        panic!("an excerpt");
    };
    let around = format!("…{}é5,421é{}…", "a".repeat(199), "b".repeat(199));
    assert_eq!(
        (lines[0].text.as_str(), lines[0].matched.as_deref()),
        (around.as_str(), Some("5,421"))
    );
    let Body::Picture { media_type, .. } = &finding.evidence[1].body else {
        panic!("a picture");
    };
    assert_eq!(media_type, "image/jpeg");
}

#[test]
fn without_a_browser_nothing_is_seen_and_a_page_that_does_not_open_may_come() {
    for (why, state, lasting, told) in [
        (
            WatchError::NoDriver("no such program".into()),
            State::Unobserved,
            true,
            "`chromedriver` could not be started: no such program",
        ),
        (
            WatchError::NoBrowser("no chrome binary".into()),
            State::Unobserved,
            false,
            "no chrome binary",
        ),
        (
            WatchError::NameNotFound("x".into()),
            State::Unobserved,
            false,
            "the name does not resolve (x)",
        ),
        (
            WatchError::BadSelector("'[' is not a valid selector".into()),
            State::Unobserved,
            true,
            "is not a valid selector",
        ),
        (
            WatchError::Unreadable("it is no JSON".into()),
            State::Unobserved,
            false,
            "the driver's answer can't be read: it is no JSON",
        ),
        (
            WatchError::NoAnswer("ERR_CONNECTION_REFUSED".into()),
            State::NotYet,
            false,
            "does not open: ERR_CONNECTION_REFUSED",
        ),
        (
            WatchError::TimedOut,
            State::NotYet,
            false,
            "was not open in a browser within 15s",
        ),
    ] {
        let finding = judged(json!({"text": "5,421"}), Err(why));
        assert_eq!(
            (finding.state, finding.lasting),
            (state, lasting),
            "{}",
            finding.headline
        );
        assert!(finding.headline.ends_with(told), "{}", finding.headline);
        assert!(finding.hint.is_some());
    }
    let remote = json!({"text": "a", "webdriver": "http://selenium:4444"});
    let finding = judged(remote, Err(WatchError::NoDriver("refused".into())));
    assert!(!finding.lasting, "it may come up");
}
