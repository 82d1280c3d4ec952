//! `dns.resolves`: a name has the records that it should have, wherever it is asked for.

use std::time::Duration;

use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::Deserialize;

use super::code::Code;
use super::record::{Kind, Whom, nameless, no_records};
use super::wanted::{Wanted, set};
use crate::contract::{
    Body, Check, Fault, Finding, Located, Look, Outside, Period, Seen, Several, State, Unobserved,
};
use crate::reads::{DnsAnswer, DnsError, DnsRequest, Record};

/// **Asks** whether a name resolves, and with `all`, `any` or `exact` whether its records are the
/// expected ones; or with `absent`, whether it is gone; or with `code`, how it
/// is answered.
///
/// **Why it matters**: a deploy that moves a name is done when everybody finds the new place, not when
/// the first resolver does. What is asked here is DNS itself, past the hosts file and any cache of
/// touchdown's.
///
/// With `resolvers`, each of them must answer, and as expected; where nothing is expected, all must
/// tell the same records. A name that is not there (NXDOMAIN), one without such records, or other
/// records may still come, so it waits. A resolver that fails (SERVFAIL, REFUSED; unless that is the `code`), times out or can't
/// be asked leaves it open, unless another one tells what is not as expected. `timeout` bounds one look.
///
/// **Evidence**: the records of each resolver with their time to live.
///
/// **Example**
/// ```yaml
/// - check: dns.resolves
///   host: shop.example.com
///   type: CNAME
///   exact: d111111abcdef8.cloudfront.net
///   resolvers: [1.1.1.1, 8.8.8.8]
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolves {
    /// The name, in full; with `type: PTR` an address, too.
    host: String,
    /// The kind of records.
    #[serde(default, rename = "type")]
    kind: Kind,
    /// Records that must all be there, and others may be: an address, a name, the text of a TXT record, or
    /// `10 mail.example.com`.
    #[serde(default)]
    all: Option<Several<String>>,
    /// Records of which one must be there.
    #[serde(default)]
    any: Option<Several<String>>,
    /// Records that must be there, and no others.
    #[serde(default)]
    exact: Option<Several<String>>,
    /// Whether there must be no such record: the name is gone.
    #[serde(default)]
    absent: bool,
    /// The code that the answer must have, whatever records are in it: `NOERROR`, `NXDOMAIN`, `SERVFAIL` or
    /// `REFUSED`. `NXDOMAIN` is stricter than `absent`, which a name without such records meets, too.
    #[serde(default)]
    code: Option<Code>,
    /// Addresses of resolvers, each of which is asked. Default: as the system is configured.
    #[serde(default)]
    resolvers: Option<Several<Whom>>,
}

/// What one look of `dns.resolves` brings: what each resolver said, under its name.
pub struct Facts {
    answers: Vec<(String, Seen<Result<DnsAnswer, DnsError>>)>,
    within: Duration,
}

impl Check for Resolves {
    const KIND: &'static str = "dns.resolves";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let within = look.times.limit;
        let resolvers = self.resolvers.as_ref().map_or(vec![None], |several| {
            several
                .0
                .iter()
                .map(|Whom(resolver)| Some(*resolver))
                .collect()
        });
        let asked = resolvers.into_iter().map(|resolver| async move {
            let request = DnsRequest {
                name: self.host.clone(),
                record: self.kind.0,
                resolver,
                within,
            };
            (request.whom(), look.reads.dns(request).await)
        });
        Ok(Facts {
            answers: join_all(asked).await,
            within,
        })
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        let findings: Vec<Finding> = facts
            .answers
            .iter()
            .map(|(whom, answer)| self.judge_one(whom, &answer.value, facts.within))
            .collect();
        let finding = match self.disagreement(facts) {
            Some(told) => Finding::not_yet(told)
                .hint("They may keep an older answer: wait for its time to live, below."),
            None => together(findings, &self.host),
        };
        finding.all_evidence(
            facts
                .answers
                .iter()
                .map(|(whom, answer)| answer.evidence(records(&self.host, whom, &answer.value))),
        )
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let expectations = ["all", "any", "exact", "absent", "code"];
        let mut written = expectations
            .into_iter()
            .filter_map(|name| fields.entry(name));
        let second = written.nth(1).map(|(key, _)| {
            Fault::new(
                key.place,
                "`all`, `any`, `exact`, `absent` and `code` can't go together",
            )
            .help("write one of them")
        });
        let records = ["all", "any", "exact"]
            .into_iter()
            .filter_map(|name| fields.get(name))
            .flat_map(|value| no_records(self.kind, value));
        let place = fields.get("host").map_or(fields.place, |host| host.place);
        let nameless = nameless(&self.host, self.kind, place);
        second.into_iter().chain(nameless).chain(records).collect()
    }
}

/// What several resolvers say. What is known not to be as expected is told before what is unknown.
fn together(findings: Vec<Finding>, host: &str) -> Finding {
    let all = findings.len();
    let (differing, others): (Vec<Finding>, Vec<Finding>) = findings
        .into_iter()
        .partition(|finding| finding.state == State::NotYet);
    let unknown = others
        .iter()
        .filter(|finding| finding.state == State::Unobserved)
        .count();
    if let Some(mut worst) = Finding::worst_of(differing) {
        if unknown > 0 {
            worst.headline += &format!("; {unknown} of {all} resolvers could not tell");
        }
        return worst;
    }
    match Finding::worst_of(others.clone()) {
        Some(worst) if worst.state == State::Holds && all > 1 => {
            let first = others.first().map_or(host, |first| &first.headline);
            Finding::holds(format!("{first}, as {all} resolvers tell"))
        }
        Some(worst) => worst,
        None => Finding::unobserved(format!("nobody was asked for {host}")),
    }
}

impl Resolves {
    fn wanted(&self) -> Wanted<'_> {
        match (&self.all, &self.any, &self.exact) {
            _ if self.absent => Wanted::None,
            (Some(all), ..) => Wanted::All(&all.0),
            (_, Some(any), _) => Wanted::Any(&any.0),
            (.., Some(exact)) => Wanted::Exact(&exact.0),
            _ => Wanted::Some,
        }
    }

    fn judge_one(
        &self,
        whom: &str,
        answer: &Result<DnsAnswer, DnsError>,
        within: Duration,
    ) -> Finding {
        let (name, kind) = (&self.host, self.kind.0);
        let by_code = self.code.and_then(|code| code.judge(name, whom, answer));
        if let Some(finding) = by_code {
            return finding;
        }
        let gone = |told: String, hint: &str| match self.absent {
            true => Finding::holds(told),
            false => Finding::not_yet(format!("{told}, says {whom}")).hint(hint),
        };
        match answer {
            Ok(answer) => self.judge_records(whom, answer),
            Err(DnsError::NoSuchName) => gone(
                format!("{name} does not exist (NXDOMAIN)"),
                "Is the record made, and in the zone that the world sees? Resolvers keep this answer as long as the zone's SOA says.",
            ),
            Err(DnsError::NoRecord) => gone(
                format!("{name} has no {kind} record"),
                "The name is there: there are records of another kind, or only names below it.",
            ),
            Err(DnsError::Refused(code)) => Finding::unobserved(format!("{name} could not be looked up: {whom} answered {code}"))
                .hint("The resolver can't tell, so nothing is known; look at the zone's name servers (`dig +trace`)."),
            Err(DnsError::TimedOut) => Finding::unobserved(format!(
                "{name} could not be looked up: {whom} did not answer within {}",
                Period::from(within)
            ))
            .hint("Can this machine reach it at all? Many networks let only their own resolver through."),
            Err(DnsError::Unasked(why)) => Finding::unobserved(format!("{name} could not be looked up by {whom}: {why}"))
                .hint("Check `resolvers`, or the DNS of the machine that runs touchdown."),
        }
    }

    fn judge_records(&self, whom: &str, answer: &DnsAnswer) -> Finding {
        let (kind, wanted) = (self.kind.0, self.wanted());
        let told = format!("{} has {kind} {}", self.host, listed(answer));
        match wanted.is_met(kind, &answer.records) {
            true => Finding::holds(told),
            false => Finding::not_yet(format!("{told}, says {whom}, expected {}", wanted.told()))
                .hint(
                    "Is the record changed? Resolvers keep the old one for its time to live, below.",
                ),
        }
    }

    /// Where nothing certain is expected, that all resolvers tell the same is.
    fn disagreement(&self, facts: &Facts) -> Option<String> {
        let answers = facts.answers.iter();
        let mut answers =
            answers.filter_map(|(whom, answer)| Some((whom, answer.value.as_ref().ok()?)));
        let (first, known) = answers.next()?;
        let same = set(self.kind.0, &known.records);
        let (other, different) =
            answers.find(|(_, answer)| set(self.kind.0, &answer.records) != same)?;
        let is_open = self.code.is_none() && matches!(self.wanted(), Wanted::Some);
        is_open.then(|| {
            format!(
                "{} is {} by {first}, and {} by {other}",
                self.host,
                listed(known),
                listed(different)
            )
        })
    }
}

fn listed(answer: &DnsAnswer) -> String {
    let records = answer.records.iter().map(|record| record.data.as_str());
    records.collect::<Vec<_>>().join(", ")
}

fn records(name: &str, whom: &str, answer: &Result<DnsAnswer, DnsError>) -> Body {
    let row = |record: &Record| {
        [
            record.name.clone(),
            record.kind.clone(),
            record.data.clone(),
            Period::from(record.ttl).to_string(),
        ]
    };
    match answer {
        Ok(answer) => Body::table(
            format!("what {whom} tells of {name}"),
            ["name", "type", "record", "time to live"],
            answer.aliases.iter().chain(&answer.records).map(row),
        ),
        Err(why) => Body::compared(format!("answer of {whom}"), "records", why.to_string()),
    }
}

#[cfg(test)]
mod tests;
