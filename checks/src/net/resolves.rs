//! `dns.resolves`: a name has the records that it should have, wherever it is asked for.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::Deserialize;

use super::record::{Kind, Whom};
use crate::contract::{
    Body, Check, Fault, Finding, Located, Look, Outside, Period, Seen, Several, State, Unobserved,
};
use crate::reads::{DnsAnswer, DnsError, DnsRequest, Record, RecordType, Resolver};

/// **Asks** whether a name resolves, and with `all`, `any` or `exact` whether its records are the
/// expected ones.
///
/// **Why it matters**: a deploy that moves a name is done when everybody finds the new place, not when
/// the first resolver does. What is asked here is DNS itself, past the hosts file and any cache of
/// touchdown's.
///
/// With `resolvers`, each of them must answer, and as expected; where nothing is expected, all must
/// tell the same records. A name that is not there (NXDOMAIN), one without such records, or other
/// records may still come, so it waits. A resolver that fails (SERVFAIL, REFUSED), times out or can't
/// be asked leaves it open. `timeout` bounds one look.
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
    /// The name, in full.
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
    /// Addresses of resolvers, each of which is asked. Default: as the system is configured.
    #[serde(default)]
    resolvers: Option<Several<Whom>>,
}

/// What one look of `dns.resolves` brings: what each resolver said, under its name.
pub struct Facts {
    answers: Vec<(String, Seen<Result<DnsAnswer, DnsError>>)>,
    within: Duration,
}

/// How many records it takes.
enum Wanted<'c> {
    Some,
    All(&'c [String]),
    Any(&'c [String]),
    Exact(&'c [String]),
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
            let whom = resolver.map_or_else(
                || "the system's resolvers".to_owned(),
                |Resolver(address)| address.to_string(),
            );
            let request = DnsRequest {
                name: self.host.clone(),
                record: self.kind.0,
                resolver,
                within,
            };
            (whom, look.reads.dns(request).await)
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
        let disagreement = self.disagreement(facts);
        let one = findings.len() == 1;
        let finding = match (Finding::worst_of(findings), disagreement) {
            (Some(worst), Some(told)) if worst.state == State::Holds => Finding::not_yet(told)
                .hint("They may keep an older answer: wait for its time to live, below."),
            (Some(worst), _) if worst.state == State::Holds && !one => Finding::holds(format!(
                "{}, as {} resolvers tell",
                self.told(facts),
                facts.answers.len()
            )),
            (Some(worst), _) => worst,
            (None, _) => Finding::unobserved(format!("nobody was asked for {}", self.host)),
        };
        finding.all_evidence(
            facts
                .answers
                .iter()
                .map(|(whom, answer)| answer.evidence(records(&self.host, whom, &answer.value))),
        )
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut written = ["all", "any", "exact"]
            .into_iter()
            .filter_map(|name| fields.entry(name));
        let second = written.nth(1).map(|(key, _)| {
            Fault::new(key.place, "`all`, `any` and `exact` can't go together")
                .help("write one of them")
        });
        let is_name = !self.host.is_empty()
            && !self
                .host
                .contains(|c: char| c.is_whitespace() || "/:".contains(c));
        let place = fields.get("host").map_or(fields.place, |host| host.place);
        let nameless =
            (!is_name).then(|| Fault::new(place, format!("`{}` is no name of DNS", self.host)));
        second.into_iter().chain(nameless).collect()
    }
}

impl Resolves {
    fn wanted(&self) -> Wanted<'_> {
        match (&self.all, &self.any, &self.exact) {
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
        match answer {
            Ok(answer) => self.judge_records(whom, answer),
            Err(DnsError::NoSuchName) => Finding::not_yet(format!("{name} does not exist (NXDOMAIN), says {whom}"))
                .hint("Is the record made, and in the zone that the world sees? Resolvers keep this answer as long as the zone's SOA says."),
            Err(DnsError::NoRecord) => Finding::not_yet(format!("{name} has no {kind} record, says {whom}"))
                .hint("The name is there, with records of another kind."),
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
        let kind = self.kind.0;
        let is_text = kind == RecordType::TXT;
        let comparable = |data: &str| match is_text {
            true => data.to_owned(),
            false => comparable(data),
        };
        let seen: Vec<String> = answer
            .records
            .iter()
            .map(|record| comparable(&record.data))
            .collect();
        let has = |wanted: &&String| seen.contains(&comparable(wanted));
        let data: Vec<&str> = answer
            .records
            .iter()
            .map(|record| record.data.as_str())
            .collect();
        let (met, expected) = match self.wanted() {
            Wanted::Some => (true, String::new()),
            Wanted::All(wanted) => (wanted.iter().all(|one| has(&one)), wanted.join(" and ")),
            Wanted::Any(wanted) => (wanted.iter().any(|one| has(&one)), wanted.join(" or ")),
            Wanted::Exact(wanted) => {
                let wanted_set: BTreeSet<String> =
                    wanted.iter().map(|one| comparable(one)).collect();
                let same = seen.iter().cloned().collect::<BTreeSet<_>>() == wanted_set;
                (same, format!("{} and no other", wanted.join(", ")))
            }
        };
        let told = format!("{} has {kind} {}", self.host, data.join(", "));
        match met {
            true => Finding::holds(told),
            false => Finding::not_yet(format!("{told}, says {whom}, expected {expected}")).hint(
                "Is the record changed? Resolvers keep the old one for its time to live, below.",
            ),
        }
    }

    /// Where nothing certain is expected, that all resolvers tell the same is.
    fn disagreement(&self, facts: &Facts) -> Option<String> {
        let sets: Vec<(&str, BTreeSet<&str>)> = facts
            .answers
            .iter()
            .filter_map(|(whom, answer)| {
                let records = answer.value.as_ref().ok()?.records.iter();
                Some((
                    whom.as_str(),
                    records.map(|record| record.data.as_str()).collect(),
                ))
            })
            .collect();
        let (first, known) = sets.first()?;
        let (other, different) = sets.iter().find(|(_, set)| set != known)?;
        let listed = |set: &BTreeSet<&str>| set.iter().copied().collect::<Vec<_>>().join(", ");
        matches!(self.wanted(), Wanted::Some).then(|| {
            format!(
                "{} is {} by {first}, and {} by {other}",
                self.host,
                listed(known),
                listed(different)
            )
        })
    }

    fn told(&self, facts: &Facts) -> String {
        let first = facts
            .answers
            .iter()
            .find_map(|(_, answer)| answer.value.as_ref().ok());
        let records = first.into_iter().flat_map(|answer| &answer.records);
        let data: Vec<&str> = records.map(|record| record.data.as_str()).collect();
        format!("{} has {} {}", self.host, self.kind.0, data.join(", "))
    }
}

/// Names are the same in upper and lower case, with and without their last dot.
fn comparable(data: &str) -> String {
    data.trim().trim_end_matches('.').to_lowercase()
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
