//! `http.responds`: an address answers as expected.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::address::Url;
use super::expectation::Expectation;
use super::judge::{Expected, unsendable};
use super::mistakes;
use super::sending::{Auth, Follow, Sending, get, only_one};
use super::several::{self, Answers, Each, Times};
use crate::contract::{
    Check, Fault, Finding, HostPort, IpVersion, Located, Look, Outside, Saves, State, Unobserved,
};
use crate::net::TlsFiles;
use crate::reads::{FetchError, Unreached};

/// **Asks** whether an address answers as expected: status, headers, cookies, body, JSON, TLS, time, and
/// where redirects lead.
///
/// **Why it matters**: running is not serving. A health endpoint that tells its version or
/// its numbers is the closest look at what users get.
///
/// `expect` knows `status`, `headers`, `cookies`, `body`, `sha256`, `json`, `ends_at`, `redirected`, `tls`, `http` and
/// `under`. Without it, any 2xx will do. A wrong answer may still become right, so it waits;
/// `broken_when` names an answer that waiting can't mend, and settles the check at once.
/// `timeout` bounds one look: redirects included, and all answers where there are several. With
/// `times` or `each`, every answer must be as expected, and each comes over a connection of its own; where
/// `timeout` leaves no time to ask them all, the check stays open.
///
/// **Evidence**: expected beside seen for whatever differs, the body around what was looked for, or
/// its beginning, and who answered: its address, and how long DNS, TCP, TLS and the first byte took.
///
/// **Example**
/// ```yaml
/// - check: http.responds
///   url: https://shop.example.com/health
///   expect:
///     status: 200
///     headers: { content-type: application/json, x-debug: { absent: true } }
///     body: { contains: cloud-latest, not_contains: maintenance }
///     json: { "$.entities": 5421, "$.workers": { ">=": 2 } }
///     tls: { valid_for: 14d }
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
    /// Who asks: `basic: { user, password }` or `bearer: TOKEN`, never shown; or `aws: { service: execute-api }`,
    /// signed with the AWS credentials that touchdown has.
    #[serde(default)]
    auth: Option<Auth>,
    /// A body to send.
    #[serde(default)]
    body: Option<String>,
    /// A file whose content is the body, of 16 MiB at most.
    #[serde(default)]
    body_file: Option<PathBuf>,
    /// A body to send as JSON, with its `content-type`.
    #[serde(default)]
    json: Option<Value>,
    /// Whether redirects are followed, up to ten, or are themselves the answer. With a body, or headers that
    /// may be secret, those to another host are not followed.
    #[serde(default)]
    redirects: Follow,
    /// How many times to ask in one look; each answer must be as expected.
    #[serde(default)]
    times: Option<Times>,
    /// `address`: each address that the host resolves to must answer as expected.
    #[serde(default)]
    each: Option<Each>,
    /// Where to connect to instead of what the host resolves to, `HOST:PORT`, `HOST` or an address, past any
    /// proxy; the name in `url` is still the one that is asked for.
    #[serde(default)]
    connect_to: Option<HostPort>,
    /// Which of the host's addresses to connect to, past any proxy: 4 for those of IPv4, 6 for those of IPv6.
    #[serde(default)]
    ip: Option<IpVersion>,
    /// A file of certificates (PEM) that may have signed the server's, instead of those that the system
    /// trusts; or the server's own.
    #[serde(default)]
    ca_file: Option<PathBuf>,
    /// A certificate of touchdown's own (PEM), for a server that wants to know who asks.
    #[serde(default)]
    cert_file: Option<PathBuf>,
    /// The key of `cert_file` (PEM, without a passphrase).
    #[serde(default)]
    key_file: Option<PathBuf>,
    /// Takes any certificate, such as one that a server signed itself.
    #[serde(default)]
    insecure: bool,
    /// What the answer should be like.
    #[serde(default)]
    expect: Expectation,
    /// An answer like this settles the check: waiting can't help.
    #[serde(default)]
    broken_when: Option<Expectation>,
    /// Values of a JSON body for the checks after this one: `{ run: "$.run_id" }`.
    #[serde(default)]
    save: Option<Saves>,
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

impl Check for Responds {
    const KIND: &'static str = "http.responds";
    type Subject = Outside;
    type Facts = Answers;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Answers, Unobserved> {
        let reads = look.reads;
        let mut request = self.sending().request(look, look.times.limit).await?;
        // A connection that was kept has told its certificate to somebody else.
        request.new_connection = self.expectations().any(|one| one.tls.is_some());
        request.hashed = self.expectations().any(Expectation::needs_hash);
        let times = self.times.map_or(1, |Times(times)| times);
        let answers = match (self.each, times) {
            (Some(Each::Address), times) => several::each_address(request, times, reads).await,
            (None, 1) => several::once(request, reads).await,
            (None, times) => several::times(request, times, reads).await,
        };
        let first = answers.all.first().map(|(_, answer)| answer);
        match first.map(|answer| (&answer.value, &answer.source)) {
            Some((Err(FetchError::Unreached(Unreached::Unsendable(reason))), source)) => {
                Err(unsendable(&self.url.0, reason).origin(source.clone()))
            }
            _ => Ok(answers),
        }
    }

    fn judge(&self, _: &Outside, facts: &Answers) -> Finding {
        let finding = facts.judge(&Expected {
            url: &self.url.0,
            expect: &self.expect,
            broken_when: self.broken_when.as_ref(),
            redirects: self.redirects,
        });
        match (finding.state, &self.save) {
            (State::Holds, Some(save)) => saving(save, facts, finding),
            _ => finding,
        }
    }

    fn secrets(&self) -> Vec<String> {
        self.sending().secrets()
    }

    fn saves(&self) -> Vec<&str> {
        self.save.iter().flat_map(Saves::names).collect()
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut found = self.sending().mistakes(fields);
        let answers = ["expect", "broken_when"];
        found.extend(mistakes::of(&answers, fields));
        if self.redirects == Follow::Keep {
            found.extend(mistakes::of_unfollowed(&answers, fields));
        }
        // One answer is meant whose values are saved, and one place to which to connect.
        let alone: &[&[&str]] = &[
            &["save", "times"],
            &["save", "each"],
            &["connect_to", "each"],
        ];
        found.extend(alone.iter().filter_map(|names| only_one(names, fields)));
        found
    }
}

impl Responds {
    fn sending(&self) -> Sending<'_> {
        Sending {
            url: &self.url,
            method: &self.method,
            headers: &self.headers,
            auth: self.auth.as_ref(),
            body: self.body.as_deref(),
            body_file: self.body_file.as_deref(),
            json: self.json.as_ref(),
            redirects: self.redirects,
            connect_to: self.connect_to.as_ref(),
            ip: self.ip,
            files: TlsFiles {
                ca: self.ca_file.as_deref(),
                certificate: self.cert_file.as_deref(),
                key: self.key_file.as_deref(),
                insecure: self.insecure,
            },
        }
    }

    fn expectations(&self) -> impl Iterator<Item = &Expectation> {
        std::iter::once(&self.expect).chain(&self.broken_when)
    }
}

/// The finding with the values of the one answer that it is of.
fn saving(save: &Saves, answers: &Answers, finding: Finding) -> Finding {
    let page = answers
        .all
        .first()
        .and_then(|(_, answer)| answer.value.as_ref().ok());
    let Some(page) = page else {
        return finding;
    };
    let url = &page.url;
    let document = match serde_json::from_str::<Value>(&page.body) {
        Ok(document) => document,
        Err(error) => {
            return Finding::not_yet(format!("{url} answered with no JSON to save from: {error}"))
                .all_evidence(finding.evidence);
        }
    };
    match save.of(&document) {
        Ok(values) => finding.saving(values),
        Err(why) => Finding::not_yet(format!("{url} answered, and {why}"))
            .hint("The checks after this one need the value; look at the body, and at the path in `save`.")
            .all_evidence(finding.evidence),
    }
}

#[cfg(test)]
mod tests;
