//! `http.every-task-responds`: each task answers by itself, past the load balancer.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::address::Url;
use super::expectation::Expectation;
use super::judge::{Answer, Expected};
use super::mistakes;
use super::sending::{Auth, Follow, Sending, get};
use crate::contract::{
    Check, Evidence, Fault, Finding, HostPort, Located, Look, State, Target, Unobserved,
};
use crate::ecs::Picture;
use crate::ecs::every_task::{self, Said};
use crate::net::TlsFiles;
use crate::reads::{PageRequest, Task};

/// **Asks** whether each task of the judged deployment answers as expected at its own address.
///
/// **Why it matters**: a load balancer shows one task at a time, and hides one that fails until its health
/// checks do. Asked by itself, each task shows what it answers.
///
/// A task is asked at the private address of its network interface (network mode `awsvpc`), under the
/// name that `url` has, so touchdown must run where that address can be reached: in the VPC, or
/// connected to it. An answer that is not as expected may still become right, so it waits. A task
/// without an address of its own leaves the check open. `timeout` bounds one look.
///
/// **Evidence**: every running task with what it answered, and for some of those that are not as expected,
/// expected beside seen and the body.
///
/// **Example**
/// ```yaml
/// - check: http.every-task-responds
///   url: http://shop.example.com/health
///   port: 8080
///   expect: { json: { "$.entities": 5421 } }
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EveryTaskResponds {
    /// The address under which each task is asked. Its host is the name that the task sees, and TLS asks for.
    url: Url,
    /// The port of the tasks. Default: the one to which the service's load balancer sends requests.
    #[serde(default)]
    port: Option<u16>,
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
    /// A file of certificates (PEM) that may have signed the tasks', instead of those that the system
    /// trusts; or the tasks' own.
    #[serde(default)]
    ca_file: Option<PathBuf>,
    /// A certificate of touchdown's own (PEM), for a server that wants to know who asks.
    #[serde(default)]
    cert_file: Option<PathBuf>,
    /// The key of `cert_file` (PEM, without a passphrase).
    #[serde(default)]
    key_file: Option<PathBuf>,
    /// Takes any certificate, such as one that a task signed itself.
    #[serde(default)]
    insecure: bool,
    /// What the answer of each task should be like.
    #[serde(default)]
    expect: Expectation,
    /// An answer like this settles the check: waiting can't help.
    #[serde(default)]
    broken_when: Option<Expectation>,
}

/// What is sent may be secret, so that only the host is shown.
impl fmt::Debug for EveryTaskResponds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EveryTaskResponds")
            .field("host", &self.url.0.host_str())
            .finish_non_exhaustive()
    }
}

/// What one look of `http.every-task-responds` brings.
pub struct Facts {
    picture: Picture,
    /// What the tasks answered, by their ids.
    answers: BTreeMap<String, Answer>,
    within: Duration,
}

impl Check for EveryTaskResponds {
    const KIND: &'static str = "http.every-task-responds";
    const ACTIONS: &'static [&'static str] = Picture::ACTIONS;
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let target = look.subject;
        // The other half of the time is for AWS.
        let within = look.times.limit / 2;
        let picture = Picture::observe(target, look.reads).await?;
        let port = self.port_of(target, &picture)?;
        let mut request = self.sending().request(look, within).await?;
        let mut expectations = std::iter::once(&self.expect).chain(&self.broken_when);
        request.hashed = expectations.any(Expectation::needs_hash);
        let asked: Vec<(String, String)> = picture
            .staying(target)
            .filter_map(|task| Some((task.id.clone(), address(task)?.to_owned())))
            .collect();
        let requests = asked.iter().map(|(_, address)| PageRequest {
            connect_to: Some(HostPort {
                host: address.clone(),
                port: Some(port),
            }),
            ..request.clone()
        });
        let answers = look.reads.pages(requests.collect(), within).await;
        let ids = asked.into_iter().map(|(id, _)| id);
        Ok(Facts {
            answers: ids.zip(answers).collect(),
            picture,
            within,
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let expected = Expected {
            url: &self.url.0,
            expect: &self.expect,
            broken_when: self.broken_when.as_ref(),
            redirects: Follow::Keep,
        };
        let judged = |task: &Task| {
            let answer = facts.answers.get(&task.id)?;
            Some(expected.judge(answer, facts.within))
        };
        let said = |task: &Task| match judged(task) {
            Some(finding) => self.said(&finding),
            None => Said::Unknown("has no address of its own, and so was not asked".into()),
        };
        let off = facts.picture.staying(target).filter_map(judged);
        let off = off.filter(|finding| finding.state != State::Holds);
        let shown: Vec<Evidence> = off
            .take(MOST)
            .flat_map(|finding| finding.evidence)
            .collect();
        every_task::judge(target, &facts.picture, said, "answer as expected", HINT)
            .all_evidence(shown)
    }

    fn secrets(&self) -> Vec<String> {
        self.sending().secrets()
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut found = self.sending().mistakes(fields);
        let answers = ["expect", "broken_when"];
        found.extend(mistakes::of(&answers, fields));
        found.extend(mistakes::of_unfollowed(&answers, fields));
        if self.url.0.domain().is_none() {
            let place = fields.get("url").map_or(fields.place, |url| url.place);
            let fault = Fault::new(
                place,
                "the host of `url` is an address, and each task has its own",
            );
            found.push(fault.help("write the name under which the tasks are asked"));
        }
        found
    }
}

/// Of how many tasks that are not as expected the answer is shown.
const MOST: usize = 3;

const HINT: &str = "Look at the task's logs (`logs.line-seen`). Where no task answers: touchdown must run in the VPC, and \
                    the tasks' security group must let it in.";

impl EveryTaskResponds {
    fn sending(&self) -> Sending<'_> {
        Sending {
            url: &self.url,
            method: &self.method,
            headers: &self.headers,
            auth: self.auth.as_ref(),
            body: None,
            body_file: None,
            json: None,
            redirects: Follow::Keep,
            connect_to: None,
            ip: None,
            files: TlsFiles {
                ca: self.ca_file.as_deref(),
                certificate: self.cert_file.as_deref(),
                key: self.key_file.as_deref(),
                insecure: self.insecure,
            },
        }
    }

    fn port_of(&self, target: &Target, picture: &Picture) -> Result<u16, Unobserved> {
        let own = picture
            .deployment(target)
            .map(|deployment| &deployment.load_balancers);
        let own = own.filter(|own| !own.is_empty());
        let all = own.unwrap_or(&picture.service.value.load_balancers);
        self.port
            .or(all.first().map(|balancing| balancing.port))
            .ok_or_else(|| {
                Unobserved::lasting(format!(
                    "service `{}` has no load balancer that tells the port of its tasks",
                    target.service
                ))
                .hint("Give the check the `port` on which the tasks listen.")
                .origin(picture.service.source.clone())
            })
    }

    /// What the finding on one answer says of its task, behind the task's id.
    fn said(&self, finding: &Finding) -> Said {
        let url = self.url.0.as_str();
        let note = finding
            .headline
            .strip_prefix(url)
            .unwrap_or(&finding.headline);
        let note = note.trim().to_owned();
        match finding.state {
            State::Holds => Said::Right(note),
            State::NotYet => Said::not_yet("not as expected", note),
            State::Broken => Said::wrong("broken_when", note),
            State::Unobserved => Said::Unknown(note),
        }
    }
}

/// Where a task can be asked by itself.
fn address(task: &Task) -> Option<&str> {
    task.address.as_deref().or(task.ipv6_address.as_deref())
}

#[cfg(test)]
mod tests;
