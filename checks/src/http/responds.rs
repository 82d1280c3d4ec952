//! `http.responds`: an address answers as expected.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::address::Url;
use super::difference::Difference;
use super::expectation::{Expectation, Likeness};
use super::status::StatusExpectation;
use super::{excerpt, mistakes};
use crate::contract::{
    Body, Check, Evidence, Fault, Finding, Located, Look, Outside, Seen, Unobserved, sent_secrets,
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
/// **Evidence**: expected beside seen for whatever differs, and the body around what was looked for, or
/// its beginning.
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
#[derive(Deserialize, JsonSchema)]
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
    /// Whether redirects are followed, up to ten, or are themselves the answer. With a body, or headers that
    /// may be secret, those to another host are not followed.
    #[serde(default)]
    redirects: Follow,
    /// What the answer should be like.
    #[serde(default)]
    expect: Expectation,
    /// An answer like this settles the check: waiting can't help.
    #[serde(default)]
    broken_when: Option<Expectation>,
}

/// What is sent may be secret, so that only the host is shown.
impl fmt::Debug for Responds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responds")
            .field("method", &self.method)
            .field("host", &self.url.0.host_str())
            .finish_non_exhaustive()
    }
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
        let answer = look.reads.page(request).await;
        if let Err(FetchError::Unsendable(reason)) = &answer.value {
            return Err(unsendable(&self.url.0, reason).origin(answer.source));
        }
        Ok(Facts { answer, within })
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
                unsendable(&self.url.0, reason).into_finding(facts.answer.at)
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

    fn secrets(&self) -> Vec<String> {
        let url = &self.url.0;
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (name.into(), value.into()));
        let secrets = sent_secrets(headers.chain(url.query_pairs()));
        secrets.chain(url.password().map(str::to_owned)).collect()
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
        for name in ["expect", "broken_when"] {
            if let Some((key, value)) = fields.entry(name) {
                let empty = value.entries().is_empty().then(|| Fault::empty(key, value));
                found.extend(mistakes::of(value).into_iter().chain(empty));
            }
        }
        found
    }
}

impl Responds {
    fn judge_page(&self, page: &Page, answer: &Seen<Result<Page, FetchError>>) -> Finding {
        let broken = self.broken_when.as_ref();
        let mut finds = self.expect.places(page);
        finds.extend(broken.iter().flat_map(|broken| broken.places(page)));
        let shown = answer.evidence(excerpt::of(page, &finds));
        let broken = broken.map_or(Likeness::No, |broken| broken.likeness(page));
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
        let differences = expect.differences(page);
        let finding = match (expect.likeness(page), broken) {
            (Likeness::Yes, Likeness::Unread) => unread(page, "what `broken_when` names"),
            (Likeness::Yes, _) => as_expected(&expect, page),
            (Likeness::Unread, _) => unread(page, &differences[0].expected),
            (Likeness::No, _) => self.different(&differences, page),
        };
        finding
            .all_evidence(
                differences
                    .iter()
                    .map(|difference| compared(difference, answer)),
            )
            .evidence(shown)
    }

    fn different(&self, differences: &[Difference], page: &Page) -> Finding {
        let finding = different(differences, page);
        match (self.redirects, page.header("location")) {
            (Follow::Follow, Some(location)) if (300..400).contains(&page.status) => {
                finding.hint(leads_elsewhere(location))
            }
            _ => finding,
        }
    }
}

/// No later look can send it either.
fn unsendable(url: &reqwest::Url, reason: &str) -> Unobserved {
    Unobserved::lasting(format!("the request to {url} can't be sent: {reason}"))
        .hint("Correct the check's `url`, `method`, `headers` or `body`.")
}

/// Why a redirect was not followed, and what to do.
fn leads_elsewhere(location: &str) -> String {
    format!(
        "It redirects to {location}, on another host, which must not get this check's headers or body; \
         if it may, write that address as `url`."
    )
}

fn as_expected(expect: &Expectation, page: &Page) -> Finding {
    let with = match expect.met(page) {
        none if none.is_empty() => String::new(),
        met => format!(" with {met}"),
    };
    let took = crate::contract::Period::from(page.took);
    Finding::holds(format!(
        "{} answered {} in {took}{with}",
        page.url, page.status
    ))
}

fn different(differences: &[Difference], page: &Page) -> Finding {
    // What the unread part of the body may mend is told last.
    let certain = differences.iter().find(|difference| !difference.unread);
    let Some(first) = certain.or(differences.first()) else {
        return unread(page, "what is expected");
    };
    let more = match differences.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Finding::not_yet(format!(
        "{} answered with {} {}, expected {}{more}",
        page.url, first.what, first.seen, first.expected
    ))
}

/// The answer is too long to tell.
fn unread(page: &Page, what: &str) -> Finding {
    Finding::unobserved(format!(
        "{} answered {}: the body is longer than 1 MiB, and {what} is not in what was read",
        page.url, page.status
    ))
    .hint("Ask an address that answers with less, or expect what stands in the first 1 MiB.")
}

fn compared(difference: &Difference, answer: &Seen<Result<Page, FetchError>>) -> Evidence {
    let Difference {
        what,
        expected,
        seen,
        ..
    } = difference;
    answer.evidence(Body::compared(what, expected, seen))
}

#[cfg(test)]
mod tests;
