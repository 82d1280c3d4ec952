//! One answer of a page, held against what is expected of it.

use std::time::Duration;

use super::expectation::{DESTINATION, Expectation, Likeness, REDIRECTS};
use super::hash::{SHA256, unhashed};
use super::sending::Follow;
use super::status::StatusExpectation;
use super::{excerpt, next_step};
use crate::contract::{Body, Evidence, Finding, Period, Seen, Unobserved};
use crate::difference::Difference;
use crate::reads::{FetchError, Page, Unreached};
use crate::unreached;

/// An answer, or why there was none.
pub(super) type Answer = Seen<Result<Page, FetchError>>;

/// What is expected of an answer.
pub(super) struct Expected<'c> {
    pub url: &'c reqwest::Url,
    pub expect: &'c Expectation,
    pub broken_when: Option<&'c Expectation>,
    pub redirects: Follow,
}

impl Expected<'_> {
    /// What one answer says.
    pub fn judge(&self, answer: &Answer, within: Duration) -> Finding {
        match &answer.value {
            Ok(page) => self.judge_page(page, answer),
            Err(why) => self.judge_silence(why, answer, within),
        }
    }

    fn judge_silence(&self, why: &FetchError, answer: &Answer, within: Duration) -> Finding {
        let url = self.url.as_str();
        match why {
            FetchError::Unreached(Unreached::Unsendable(reason)) => {
                unsendable(self.url, reason).into_finding(answer.at)
            }
            FetchError::Unreached(why) => {
                let finding = unreached::finding(url, why, within, FIELDS);
                match why {
                    Unreached::NoAnswer(reason) => finding.hint(next_step::after_silence(reason)),
                    _ => finding,
                }
            }
            FetchError::NoTime => Finding::unobserved(format!(
                "there was no time to ask {url}: other requests took the {} of the look",
                Period::from(within)
            ))
            .hint(GIVE_TIME),
            FetchError::TooManyRedirects => Finding::not_yet(format!(
                "{url} redirects more than ten times"
            ))
            .hint(
                "It probably redirects to itself; look at the first answer with `redirects: keep`.",
            ),
        }
    }

    fn judge_page(&self, page: &Page, answer: &Answer) -> Finding {
        let mut finds = self.expect.places(page);
        finds.extend(
            self.broken_when
                .iter()
                .flat_map(|broken| broken.places(page)),
        );
        let shown = answer.evidence(excerpt::of(page, &finds));
        let broken = self.broken_when;
        let broken = broken.map_or(Likeness::No, |broken| broken.likeness(page, answer.at));
        if broken == Likeness::Yes {
            return Finding::broken(format!(
                "{} answered {}, which is `broken_when`",
                page.url, page.status
            ))
            .hint("The suite names this answer as one that waiting can't mend.")
            .evidence(shown);
        }
        let mut expect = self.expect.clone();
        expect.status.get_or_insert_with(StatusExpectation::success);
        let differences = expect.differences(page, answer.at);
        let finding = match (Likeness::of(&differences), broken) {
            (Likeness::Yes, Likeness::Unread) => unread(page, "what `broken_when` names"),
            (Likeness::Yes, _) => as_expected(&expect, page),
            (Likeness::Unread, _) if differences[0].what == SHA256 => {
                Finding::unobserved(unhashed(page))
                    .hint("Expect the hash of a smaller file of the same build.")
            }
            (Likeness::Unread, _) => unread(page, &differences[0].expected),
            (Likeness::No, _) => self.different(&differences, page),
        };
        let compared = differences.iter().map(|one| compared(one, answer));
        let way = redirects(page).map(|way| answer.evidence(way));
        finding
            .all_evidence(compared)
            .all_evidence(way)
            .evidence(shown)
    }

    fn different(&self, differences: &[Difference], page: &Page) -> Finding {
        let finding = different(self.url, differences, page);
        match (self.redirects, page.header("location")) {
            (Follow::Follow, Some(location)) if (300..400).contains(&page.status) => {
                finding.hint(not_followed(page, location))
            }
            _ => finding,
        }
    }
}

/// The fields that say what is sent.
const FIELDS: &str = "`url`, `method`, `headers`, `body`, `ca_file`, `cert_file` or `key_file`";

/// What to do where a look can't ask all that it should.
pub(super) const GIVE_TIME: &str =
    "All requests of a look share its `timeout`: give it more, or ask fewer `times`.";

/// No later look can send it either.
pub(super) fn unsendable(url: &reqwest::Url, reason: &str) -> Unobserved {
    Unobserved::lasting(format!("the request to {url} can't be sent: {reason}"))
        .hint(format!("Correct the check's {FIELDS}."))
}

/// Why a redirect was not followed, and what to do.
fn not_followed(page: &Page, location: &str) -> String {
    let from = reqwest::Url::parse(&page.url);
    let Ok(to) = from.and_then(|from| from.join(location)) else {
        return format!(
            "It redirects to `{location}`, which is no address: correct what the server sends as `location`."
        );
    };
    match to.scheme() {
        "http" | "https" => format!(
            "It redirects to {to}, on another host, which must not get this check's headers or body; \
             if it may, write that address as `url`."
        ),
        scheme => format!(
            "It redirects to {to}: `{scheme}` is nothing that a check of the web can follow."
        ),
    }
}

fn as_expected(expect: &Expectation, page: &Page) -> Finding {
    let with = match expect.met(page) {
        none if none.is_empty() => String::new(),
        met => format!(" with {met}"),
    };
    let took = Period::from(page.took);
    Finding::holds(format!(
        "{} answered {} in {took}{with}",
        page.url, page.status
    ))
}

fn different(asked: &reqwest::Url, differences: &[Difference], page: &Page) -> Finding {
    // What the unread part of the body may mend is told last.
    let certain = differences.iter().find(|difference| !difference.unread);
    let Some(first) = certain.or(differences.first()) else {
        return unread(page, "what is expected");
    };
    let more = match differences.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let (seen, expected) = (&first.seen, &first.expected);
    let told = match first.what.as_str() {
        DESTINATION => format!("{asked} ends at {seen}, expected {expected}{more}"),
        REDIRECTS => format!(
            "{asked} ends at {} after {seen} redirects, expected {expected}{more}",
            page.url
        ),
        what => format!(
            "{} answered with {what} {seen}, expected {expected}{more}",
            page.url
        ),
    };
    Finding::not_yet(told).hint(next_step::after(first, page))
}

/// The answer is too long to tell.
fn unread(page: &Page, what: &str) -> Finding {
    Finding::unobserved(format!(
        "{} answered {}: the body is longer than 1 MiB, and {what} is not in what was read",
        page.url, page.status
    ))
    .hint("Ask an address that answers with less, or expect what stands in the first 1 MiB.")
}

/// The redirects that were followed.
fn redirects(page: &Page) -> Option<Body> {
    let followed = page.redirects.iter();
    let rows: Vec<[String; 2]> = followed
        .map(|redirect| [redirect.status.to_string(), redirect.to.clone()])
        .collect();
    (!rows.is_empty()).then(|| Body::table("redirects", ["answer", "to"], rows))
}

fn compared(difference: &Difference, answer: &Answer) -> Evidence {
    let Difference {
        what,
        expected,
        seen,
        ..
    } = difference;
    answer.evidence(Body::compared(what, expected, seen))
}
