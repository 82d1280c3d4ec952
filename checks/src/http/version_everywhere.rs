//! `http.version-everywhere`: every answer comes from the expected version.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::address::Url;
use super::expectation::{Expectation, Likeness};
use super::judge::GIVE_TIME;
use super::sending::{Auth, Follow, Sending, only_one};
use super::several::{self, Answers, Times};
use super::version::{Place, Told};
use super::versions::{self, Versions};
use super::{excerpt, mistakes, timing};
use crate::contract::{
    Check, Fault, Finding, HostPort, Located, Look, Outside, Pattern, Period, Unobserved,
};
use crate::json::JsonPath;
use crate::net::TlsFiles;
use crate::reads::{FetchError, Unreached};
use crate::unreached;

/// **Asks** whether all of many answers come from the expected version: 20 requests, each over a
/// connection of its own, so that the load balancer spreads them.
///
/// **Why it matters**: one page that tells the new version shows that one task runs it. An old target that
/// still serves answers every tenth user, and one look passes it nine times of ten.
///
/// The version stands in the body as `json` or `regex` (its first group, where it has one), or in a
/// `header`. Two commit ids are the same where one is the beginning of the other and has seven digits
/// at least, among them a letter where neither is whole. Another version may still be replaced, so it waits, as it does for what does not answer
/// with 2xx; `broken_when` names an answer that waiting can't mend, such as a version that was withdrawn,
/// and settles the check at once. An answer without a version proves nothing and leaves the check open,
/// as do requests for which one look's `timeout` has no time left.
///
/// **Evidence**: how many answers each version gave, and from which addresses; then the first 50 answers.
///
/// **Example**
/// ```yaml
/// - check: http.version-everywhere
///   url: https://shop.example.com/version
///   json: $.commit
///   expect: 41ab9fe
///   times: 40
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionEverywhere {
    /// The address, `http://` or `https://`.
    url: Url,
    /// The version: `${GIT_SHA}`.
    expect: String,
    /// The JSON path (RFC 9535) of the version in the body.
    #[serde(default)]
    json: Option<JsonPath>,
    /// A regular expression that finds the version in the body.
    #[serde(default)]
    regex: Option<Pattern>,
    /// The header that tells the version.
    #[serde(default)]
    header: Option<String>,
    /// An answer like this settles the check: waiting can't help.
    #[serde(default)]
    broken_when: Option<Expectation>,
    /// How many requests to make in one look, 1 to 1000.
    #[serde(default = "twenty")]
    times: Times,
    /// Headers to send.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Who asks: `basic: { user, password }` or `bearer: TOKEN`, never shown; or `aws: { service: execute-api }`,
    /// signed with the AWS credentials that touchdown has.
    #[serde(default)]
    auth: Option<Auth>,
    /// Where to connect to instead of what the host resolves to, `HOST:PORT`, `HOST` or an address, past any
    /// proxy.
    #[serde(default)]
    connect_to: Option<HostPort>,
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
}

fn twenty() -> Times {
    Times(20)
}

/// What is sent may be secret, so that only the host is shown.
impl fmt::Debug for VersionEverywhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionEverywhere")
            .field("host", &self.url.0.host_str())
            .finish_non_exhaustive()
    }
}

impl Check for VersionEverywhere {
    const KIND: &'static str = "http.version-everywhere";
    type Subject = Outside;
    type Facts = Answers;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Answers, Unobserved> {
        let mut request = self.sending().request(look, look.times.limit).await?;
        let broken = self.broken_when.as_ref();
        request.hashed = broken.is_some_and(Expectation::needs_hash);
        Ok(several::times(request, self.times.0, look.reads).await)
    }

    fn judge(&self, _: &Outside, facts: &Answers) -> Finding {
        let told: Vec<Told> = facts
            .all
            .iter()
            .map(|(_, answer)| Told::of(answer, &self.place()))
            .collect();
        let broken = self.judge_broken(facts);
        broken
            .unwrap_or_else(|| self.judge_all(&told, facts.within))
            .all_evidence(versions::table(&told, facts))
            .all_evidence(timing::table(facts))
    }

    fn secrets(&self) -> Vec<String> {
        self.sending().secrets()
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut found = self.sending().mistakes(fields);
        let pairs: [&[&str]; 3] = [
            &["json", "regex"],
            &["json", "header"],
            &["regex", "header"],
        ];
        found.extend(pairs.iter().find_map(|names| only_one(names, fields)));
        found.extend(mistakes::of(&["broken_when"], fields));
        found.extend(fields.get("header").and_then(mistakes::no_header));
        if self.json.is_none() && self.regex.is_none() && self.header.is_none() {
            let nowhere = Fault::new(fields.place, "nothing says where the version stands");
            found.push(nowhere.help("give one of `json`, `regex` or `header`"));
        }
        if let Some((key, value)) = fields
            .entry("expect")
            .filter(|_| self.expect.trim().is_empty())
        {
            found.push(Fault::empty(key, value));
        }
        found
    }
}

impl VersionEverywhere {
    fn sending(&self) -> Sending<'_> {
        Sending {
            url: &self.url,
            method: "GET",
            headers: &self.headers,
            auth: self.auth.as_ref(),
            body: None,
            body_file: None,
            json: None,
            redirects: Follow::Follow,
            connect_to: self.connect_to.as_ref(),
            ip: None,
            files: TlsFiles {
                ca: self.ca_file.as_deref(),
                certificate: self.cert_file.as_deref(),
                key: self.key_file.as_deref(),
                insecure: self.insecure,
            },
        }
    }

    /// `mistakes` sees to it that there is one.
    fn place(&self) -> Place<'_> {
        match (&self.json, &self.regex, &self.header) {
            (Some(path), ..) => Place::Json(path),
            (_, Some(pattern), _) => Place::Regex(pattern),
            (.., header) => Place::Header(header.as_deref().unwrap_or_default()),
        }
    }

    /// What is known to be another version is told before what is unknown.
    fn judge_all(&self, told: &[Told], within: Duration) -> Finding {
        let (all, url, expected) = (told.len(), &self.url.0, self.expect.trim());
        let (right, others) = Versions::of(told).divided(expected);
        if !others.is_empty() {
            return Finding::not_yet(format!(
                "{} of {all} answers of {url} came from another version than {expected}: {}",
                others.answers(),
                others.counted()
            ))
            .hint("An old task still serves: `ecs.old-tasks-gone` and `elb.targets-healthy` say which. A cache in front of it may answer, too.");
        }
        let silent: Vec<&FetchError> = told.iter().filter_map(Told::silence).collect();
        let timely = silent.iter().find(|why| ***why != FetchError::NoTime);
        if let Some(why) = timely.or(silent.first()) {
            let silent = silent.len();
            let told = format!("{silent} of {all} requests to {url} got no version");
            return unanswered(why, &told, within);
        }
        let lacks: Vec<&str> = told.iter().filter_map(Told::lack).collect();
        match lacks.first() {
            Some(why) => Finding::unobserved(format!(
                "{} of {all} answers of {url} tell no version: {why}",
                lacks.len()
            ))
            .hint("Look at the answer, and at the check's `json`, `regex` or `header`."),
            None => Finding::holds(format!(
                "{} of {all} answers of {url} came from {}",
                right.answers(),
                right.beside(expected)
            )),
        }
    }

    /// The finding where answers are such that waiting can't mend them, with the first of them.
    fn judge_broken(&self, facts: &Answers) -> Option<Finding> {
        let broken_when = self.broken_when.as_ref()?;
        let pages = facts
            .all
            .iter()
            .filter_map(|(_, answer)| Some((answer, answer.value.as_ref().ok()?)));
        let mut broken =
            pages.filter(|(answer, page)| broken_when.likeness(page, answer.at) == Likeness::Yes);
        let (answer, page) = broken.next()?;
        let (count, all) = (1 + broken.count(), facts.all.len());
        let told = format!(
            "{count} of {all} answers of {} are `broken_when`, the first with status {}",
            self.url.0, page.status
        );
        let shown = excerpt::of(page, &broken_when.places(page));
        Some(
            Finding::broken(told)
                .hint("The suite names this answer as one that waiting can't mend.")
                .evidence(answer.evidence(shown)),
        )
    }
}

/// The fields that say what is sent.
const FIELDS: &str = "`url`, `headers`, `ca_file`, `cert_file` or `key_file`";

fn unanswered(why: &FetchError, told: &str, within: Duration) -> Finding {
    match why {
        FetchError::Unreached(why) => unreached_by(why, told),
        FetchError::NoTime => {
            let within = Period::from(within);
            Finding::unobserved(format!("{told}: {within} were too short for all of them"))
                .hint(GIVE_TIME)
        }
        FetchError::TooManyRedirects => {
            Finding::not_yet(format!("{told}: it redirects more than ten times"))
                .hint("It probably redirects to itself; write the last address as `url`.")
        }
    }
}

fn unreached_by(why: &Unreached, told: &str) -> Finding {
    match why {
        Unreached::NameNotFound(reason) => {
            Finding::unobserved(format!("{told}: the name does not resolve ({reason})"))
                .hint("Check the host name, and the DNS of the machine that runs touchdown.")
        }
        Unreached::Unsendable(reason) => Finding::unobserved(format!("{told}: {reason}"))
            .hint(unreached::next_step(why, FIELDS))
            .lasting(),
        Unreached::NoAnswer(reason) => Finding::not_yet(format!("{told}: {reason}"))
            .hint("Some targets don't answer as they should: `elb.targets-healthy` says which."),
        Unreached::TimedOut => Finding::not_yet(format!("{told}: they timed out")).hint(GIVE_TIME),
        other => {
            Finding::not_yet(format!("{told}: {other}")).hint(unreached::next_step(other, FIELDS))
        }
    }
}

#[cfg(test)]
mod tests;
