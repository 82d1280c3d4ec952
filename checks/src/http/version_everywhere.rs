//! `http.version-everywhere`: every answer comes from the expected version.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::address::Url;
use super::sending::{Auth, Follow, Sending, only_one};
use super::several::{self, Answers, Times};
use super::timing;
use super::version::{Place, Told, is_the_same};
use crate::contract::{
    Body, Check, Evidence, Fault, Finding, HostPort, Located, Look, Outside, Pattern, Unobserved,
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
/// at least. Another version may still be replaced, so it waits, as it does for what does not answer
/// with 2xx. An answer without a version proves nothing and leaves the check open. `timeout` bounds
/// one look with all its requests.
///
/// **Evidence**: how many answers each version gave, and from which addresses; then each answer.
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
    /// How many requests to make in one look, 1 to 1000.
    #[serde(default = "twenty")]
    times: Times,
    /// Headers to send.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Who asks: `basic: { user, password }` or `bearer: TOKEN`, never shown.
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
        let request = self.sending().request(look, look.times.limit).await?;
        Ok(several::times(request, self.times.0, look.reads).await)
    }

    fn judge(&self, _: &Outside, facts: &Answers) -> Finding {
        let told: Vec<Told> = facts
            .all
            .iter()
            .map(|(_, answer)| Told::of(answer, &self.place()))
            .collect();
        let evidence = counted(&told, facts);
        self.judge_all(&told)
            .all_evidence(evidence)
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
            files: TlsFiles {
                ca: self.ca_file.as_deref(),
                certificate: self.cert_file.as_deref(),
                key: self.key_file.as_deref(),
            },
            insecure: self.insecure,
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
    fn judge_all(&self, told: &[Told]) -> Finding {
        let (all, url, expected) = (told.len(), &self.url.0, self.expect.trim());
        let counts = counts(told);
        let right: usize = counts
            .iter()
            .filter(|(version, _)| is_the_same(version, expected))
            .map(|(_, count)| count)
            .sum();
        let others: Vec<String> = counts
            .iter()
            .filter(|(version, _)| !is_the_same(version, expected))
            .map(|(version, count)| format!("{count} from {version}"))
            .collect();
        let silent = told.iter().filter_map(Told::silence).count();
        let versionless = told
            .iter()
            .filter(|told| matches!(told, Told::Nothing(_)))
            .count();
        if !others.is_empty() {
            let wrong = all - right - silent - versionless;
            return Finding::not_yet(format!(
                "{wrong} of {all} answers of {url} came from another version than {expected}: {}",
                others.join(", ")
            ))
            .hint("An old task still serves: `ecs.old-tasks-gone` and `elb.targets-healthy` say which. A cache in front of it may answer, too.");
        }
        if let Some(why) = told.iter().find_map(Told::silence) {
            return unanswered(
                why,
                &format!("{silent} of {all} requests to {url} got no version"),
            );
        }
        match told.iter().find_map(Told::lack) {
            Some(why) => Finding::unobserved(format!(
                "{versionless} of {all} answers of {url} tell no version: {why}"
            ))
            .hint("Look at the answer, and at the check's `json`, `regex` or `header`."),
            None => Finding::holds(format!(
                "{right} of {all} answers of {url} came from {expected}"
            )),
        }
    }
}

/// The fields that say what is sent.
const FIELDS: &str = "`url`, `headers`, `ca_file`, `cert_file` or `key_file`";

fn unanswered(why: &FetchError, told: &str) -> Finding {
    match why {
        FetchError::Unreached(why) => unreached_by(why, told),
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
            .hint("Some targets don't answer: `elb.targets-healthy` says which."),
        Unreached::TimedOut => Finding::not_yet(format!("{told}: they timed out")).hint(
            "All requests of a look share its `timeout`; give it more, or ask fewer `times`.",
        ),
        other => {
            Finding::not_yet(format!("{told}: {other}")).hint(unreached::next_step(other, FIELDS))
        }
    }
}

/// How many answers each version gave, in the order of their names.
fn counts(told: &[Told]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for version in told.iter().filter_map(Told::version) {
        *counts.entry(version).or_default() += 1;
    }
    counts
}

fn counted(told: &[Told], answers: &Answers) -> Option<Evidence> {
    let (_, first) = answers.all.first()?;
    let mut rows: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for (told, (_, answer)) in told.iter().zip(&answers.all) {
        let (count, addresses) = rows.entry(told.to_string()).or_default();
        *count += 1;
        let address = answer.value.as_ref().ok().and_then(|page| page.address);
        addresses.extend(address.map(|address| address.ip().to_string()));
    }
    let row = |(version, (count, addresses)): (String, (usize, BTreeSet<String>))| {
        let addresses: Vec<String> = addresses.into_iter().collect();
        [version, count.to_string(), addresses.join(", ")]
    };
    let title = format!("versions of {} answers", told.len());
    let columns = ["version", "answers", "from"];
    Some(first.evidence(Body::table(title, columns, rows.into_iter().map(row))))
}

#[cfg(test)]
mod tests;
