//! The judge of `browser.shows`, with literal facts.

use std::time::Duration;

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
    check(more).judge(&Outside, &Facts { page })
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
        started: Duration::from_millis(900),
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
fn an_error_pages_status_is_told_even_where_it_shows_what_it_should() {
    let mut page = shown(&[(1, "5,421")]);
    page.view.status = Some(500);
    let finding = judged(json!({"text": "5,421"}), Ok(page));
    assert_eq!(finding.state, State::Holds);
    let told = "shows `5,421` after 1.4s in chrome 148, and answered 500";
    assert!(finding.headline.ends_with(told), "{}", finding.headline);
    let Body::Excerpt { title, .. } = &finding.evidence[0].body else {
        panic!("an excerpt");
    };
    assert_eq!(
        title,
        "what https://dash.example.com/ shows, with status 500"
    );
}

#[test]
fn a_page_is_not_blamed_for_what_its_browser_took() {
    let number = json!({"text": "5,421", "broken_when": {"text": "error"}});
    let seen = |regions: &[(usize, &str)], started| {
        let mut page = shown(regions);
        page.started = Duration::from_millis(started);
        judged(number.clone(), Ok(page))
    };
    let finding = seen(&[(1, "Loading…"), (1, "Loading…")], 2900);
    assert_eq!(finding.state, State::Unobserved);
    let told = "it shows `Loading…`; but it had only 1.4s, since its browser took 2.9s";
    assert!(finding.headline.ends_with(told), "{}", finding.headline);
    assert_eq!(seen(&[(1, "…"), (1, "…")], 2800).state, State::NotYet);
    assert_eq!(
        seen(&[(1, "5,421"), (1, "5,421")], 9000).state,
        State::Holds
    );
    assert_eq!(
        seen(&[(1, "error"), (1, "error")], 9000).state,
        State::Broken
    );
}

#[test]
fn blanks_of_a_text_count_as_one_space() {
    for text in ["all 5,421", "  all\t5,421 ", "all\n  5,421\n"] {
        let finding = judged(
            json!({ "text": text }),
            Ok(shown(&[(1, "we have all 5,421")])),
        );
        assert_eq!(finding.state, State::Holds, "{text:?}");
        assert!(finding.headline.contains("shows `all 5,421` after"));
    }
}

/// What of a look that saw no page is judged, and told.
fn assert_unwatched(why: WatchError, state: State, lasting: bool, told: &str) {
    let finding = judged(json!({"text": "5,421"}), Err(why));
    let headline = &finding.headline;
    assert_eq!(
        (finding.state, finding.lasting),
        (state, lasting),
        "{headline}"
    );
    assert!(headline.ends_with(told), "{headline}");
    assert!(finding.hint.is_some());
}

#[test]
fn without_a_browser_nothing_is_seen() {
    let seconds = Duration::from_secs;
    for (why, lasting, told) in [
        (
            WatchError::NoTurn(seconds(3)),
            false,
            "it waited 3s, half of its time, for the browsers of other checks",
        ),
        (
            WatchError::NoDriver("there is no such program".into()),
            true,
            "`chromedriver` could not be started: there is no such program",
        ),
        (
            WatchError::NoBrowser("no chrome binary".into()),
            false,
            "no chrome binary",
        ),
        (
            WatchError::NotStarted {
                awaited: "a browser from its driver",
                within: seconds(6),
            },
            false,
            "it waited 6s for a browser from its driver, in vain",
        ),
        (
            WatchError::Lost("tab crashed".into()),
            false,
            "the driver or its browser went away: tab crashed",
        ),
        (
            WatchError::NameNotFound("x".into()),
            false,
            "the name does not resolve (x)",
        ),
        (
            WatchError::BadSelector("p[".into()),
            true,
            "`p[` is not a valid selector",
        ),
        (
            WatchError::Unreadable("it is no JSON".into()),
            false,
            "the driver's answer can't be read: it is no JSON",
        ),
        (
            WatchError::TimedOut {
                started: seconds(4),
                page: seconds(1),
            },
            false,
            "did not open; but it had only 1s, since its browser took 4s",
        ),
    ] {
        assert_unwatched(why, State::Unobserved, lasting, told);
    }
    let remote = json!({"text": "a", "webdriver": "http://selenium:4444"});
    let finding = judged(remote, Err(WatchError::NoDriver("refused".into())));
    assert!(!finding.lasting, "it may come up");
}

#[test]
fn a_page_that_does_not_open_or_asks_something_may_come() {
    for (why, told) in [
        (
            WatchError::NoAnswer("ERR_CONNECTION_REFUSED".into()),
            "does not open: ERR_CONNECTION_REFUSED",
        ),
        (
            WatchError::Dialog("Your session is over".into()),
            "does not show `5,421`: it opens the dialog `Your session is over`",
        ),
        (
            WatchError::TimedOut {
                started: Duration::from_secs(1),
                page: Duration::from_secs(4),
            },
            "did not open within 4s",
        ),
    ] {
        assert_unwatched(why, State::NotYet, false, told);
    }
}
