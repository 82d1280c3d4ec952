//! `http.responds`: an address answers as expected.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::expectation::{Difference, Expectation, StatusExpectation};
use crate::contract::{
    Body, Check, Evidence, Fault, Finding, Line, Located, Look, Outside, Seen, Unobserved,
};
use crate::reads::{FetchError, Page, PageRequest, Redirects};

/// **Asks** whether an address answers as expected: status, headers, body, JSON, time.
///
/// **Why it matters**: running is not serving. A health endpoint that tells its version or
/// its numbers is the closest look at what users get.
///
/// Without `expect`, any 2xx will do. A wrong answer may still become right, so it waits;
/// `broken_when` names an answer that waiting can't mend, and settles the check at once.
/// `timeout` bounds one request, redirects included.
///
/// **Evidence**: expected beside seen for whatever differs, and the beginning of the body.
///
/// **Example**
/// ```yaml
/// - check: http.responds
///   url: https://shop.example.com/health
///   expect:
///     status: 200
///     headers: { content-type: application/json }
///     body: { contains: cloud-latest }
///     json: { "$.entities": 5421 }
///     under: 2s
///   broken_when: { status: 410 }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Responds {
    /// The address, `http://` or `https://`.
    url: Url,
    /// The method.
    #[serde(default = "get")]
    method: String,
    /// Headers to send.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// A body to send.
    #[serde(default)]
    body: Option<String>,
    /// Whether redirects are followed, up to ten, or are themselves the answer.
    #[serde(default)]
    redirects: Follow,
    /// What the answer should be like.
    #[serde(default)]
    expect: Expectation,
    /// An answer like this settles the check: waiting can't help.
    #[serde(default)]
    broken_when: Option<Expectation>,
}

/// Whether redirects are followed.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Follow {
    /// Follow up to ten.
    #[default]
    Follow,
    /// Take the redirect as the answer.
    Keep,
}

/// An address that was checked when the suite was read.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String", extend("format" = "uri"))]
struct Url(reqwest::Url);

impl<'de> Deserialize<'de> for Url {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let url = reqwest::Url::parse(&text).ok();
        match url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            Some(url) => Ok(Self(url)),
            None => Err(serde::de::Error::custom(format!(
                "`{text}` is not a web address; write it like `https://shop.example.com/health`"
            ))),
        }
    }
}

fn get() -> String {
    "GET".into()
}

/// What one look of `http.responds` brings.
pub struct Facts {
    answer: Seen<Result<Page, FetchError>>,
    within: Duration,
}

/// How much of a body is read: enough for any health page, and never a download.
const BODY_LIMIT: usize = 1 << 20;

impl Check for Responds {
    const KIND: &'static str = "http.responds";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let within = look.times.limit;
        let request = PageRequest {
            method: self.method.clone(),
            url: self.url.0.clone(),
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            body: self.body.clone(),
            redirects: match self.redirects {
                Follow::Follow => Redirects::Follow,
                Follow::Keep => Redirects::Keep,
            },
            within,
            body_limit: BODY_LIMIT,
        };
        Ok(Facts {
            answer: look.reads.page(request).await,
            within,
        })
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        let url = self.url.0.as_str();
        match &facts.answer.value {
            Ok(page) => self.judge_page(page, &facts.answer),
            Err(FetchError::NameNotFound(reason)) => {
                Finding::unobserved(format!("{url} could not be asked: the name does not resolve ({reason})"))
                    .hint("Check the host name, and the DNS of the machine that runs touchdown.")
            }
            Err(FetchError::Unsendable(reason)) => {
                Finding::unobserved(format!("the request to {url} can't be sent: {reason}"))
            }
            Err(FetchError::NoAnswer(reason)) => {
                Finding::not_yet(format!("{url} does not answer: {reason}"))
                    .hint("Is a task registered with the load balancer, and does its container listen on the target group's port?")
            }
            Err(FetchError::TimedOut) => Finding::not_yet(format!(
                "{url} did not answer within {}",
                crate::contract::Period::from(facts.within)
            ))
            .hint("The name and port are reachable or filtered: check security groups, and whether the application hangs."),
            Err(FetchError::TooManyRedirects) => {
                Finding::not_yet(format!("{url} redirects more than ten times"))
                    .hint("It probably redirects to itself; look at the first answer with `redirects: keep`.")
            }
        }
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let method = &self.method;
        let mut found = Vec::new();
        if reqwest::Method::from_bytes(method.as_bytes()).is_err() {
            found.push(Fault::new(
                fields.place_of("method"),
                format!("`{method}` is no HTTP method"),
            ));
        }
        for (name, value) in &self.headers {
            let sendable = reqwest::header::HeaderName::try_from(name).is_ok()
                && reqwest::header::HeaderValue::try_from(value).is_ok();
            if !sendable {
                let place = fields
                    .get("headers")
                    .map_or(fields.place, |headers| headers.place_of(name));
                found.push(Fault::new(
                    place,
                    format!("the header `{name}` can't be sent"),
                ));
            }
        }
        if self.broken_when.as_ref().is_some_and(Expectation::is_empty) {
            found.push(
                Fault::new(
                    fields.place_of("broken_when"),
                    "`broken_when` is empty, so every answer would be broken",
                )
                .help("say which answer can't be mended by waiting, such as `status: 410`"),
            );
        }
        found
    }
}

impl Responds {
    fn judge_page(&self, page: &Page, answer: &Seen<Result<Page, FetchError>>) -> Finding {
        let shown = excerpt(page, answer);
        if let Some(broken) = &self.broken_when
            && broken.differences(page).is_empty()
        {
            return Finding::broken(format!(
                "{} answered {}, which is `broken_when`",
                page.url, page.status
            ))
            .hint("The suite names this answer as one that waiting can't mend.")
            .evidence(shown);
        }
        let mut expect = self.expect.clone();
        expect.status.get_or_insert_with(StatusExpectation::success);
        let differences = expect.differences(page);
        let took = crate::contract::Period::from(page.took);
        let Some(first) = differences.first() else {
            let with = match expect.met() {
                none if none.is_empty() => String::new(),
                met => format!(" with {met}"),
            };
            let (url, status) = (&page.url, page.status);
            return Finding::holds(format!("{url} answered {status} in {took}{with}"))
                .evidence(shown);
        };
        let more = match differences.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        Finding::not_yet(format!(
            "{} answered with {} {}, expected {}{more}",
            page.url, first.what, first.seen, first.expected
        ))
        .all_evidence(
            differences
                .iter()
                .map(|difference| compared(difference, answer)),
        )
        .evidence(shown)
    }
}

fn compared(difference: &Difference, answer: &Seen<Result<Page, FetchError>>) -> Evidence {
    let Difference {
        what,
        expected,
        seen,
    } = difference;
    answer.evidence(Body::compared(what, expected, seen))
}

/// The beginning of the body, which is what a person would look at first.
fn excerpt(page: &Page, answer: &Seen<Result<Page, FetchError>>) -> Evidence {
    const LINES: usize = 8;
    const WIDTH: usize = 400;
    let all = page.body.lines().count();
    let lines = page.body.lines().take(LINES).map(|line| Line {
        at: None,
        origin: None,
        text: match line.char_indices().nth(WIDTH) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line.to_owned(),
        },
    });
    answer.evidence(Body::Excerpt {
        title: format!("answer {} of {}", page.status, page.url),
        lines: lines.collect(),
        omitted: all.saturating_sub(LINES),
    })
}

#[cfg(test)]
mod tests;
