//! `ecs.revision-advanced`: a newer revision of the task definition runs than before the deploy.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::pinned::pinned_before;
use super::rows::{deploy_new_revision, moment, with_baseline};
use crate::contract::{
    Body, Check, Evidence, Finding, Look, Seen, Source, Target, Unobserved, last_segment,
};
use crate::reads::{Reads, Service};

/// **Asks** whether the judged deployment runs a newer revision of the task definition than the
/// service did before.
///
/// **Why it matters**: a pipeline that only forces a new deployment is green and brings new
/// tasks, of the same revision: with the same image reference, environment and secrets. Where the
/// revision names the commit's tag, it is also the only thing that can bring the commit.
///
/// Before is what the baseline recorded (`touchdown run --baseline`), else what the
/// service deployment of ECS replaced, else an older deployment that the service still lists.
/// Where the family differs, the later registration is the newer one. Where nobody tells what
/// ran before, the check is inconclusive. Revisions never change, so it settles at its first look.
///
/// **Evidence**: the revision before beside the one that is deployed, and who told it.
///
/// **Example**
/// ```yaml
/// - check: ecs.revision-advanced
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevisionAdvanced {}

/// What one look of `ecs.revision-advanced` brings.
#[derive(Debug)]
pub struct Facts {
    /// When the judged deployment's task definition was registered; asked for only where the
    /// family is another one than before.
    registered_at: Option<Timestamp>,
    /// What ran before.
    before: Vec<Before>,
}

/// A task definition that ran before.
#[derive(Clone, Debug)]
struct Before {
    /// Its ARN.
    task_definition: String,
    /// When it was registered, likewise.
    registered_at: Option<Timestamp>,
    /// Who tells it: `by the baseline of …`.
    told: String,
    source: Source,
    at: Timestamp,
}

impl Check for RevisionAdvanced {
    const KIND: &'static str = "ecs.revision-advanced";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:ListServiceDeployments",
        "ecs:DescribeServiceDeployments",
        "ecs:DescribeServiceRevisions",
    ];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let (target, reads) = (look.subject, look.reads);
        let mut before = before(target, reads).await?;
        let mut registered_at = None;
        let judged = &target.deployment.task_definition;
        let strangers = before.iter_mut();
        for other in strangers.filter(|other| family(&other.task_definition) != family(judged)) {
            let definition = reads.task_definition(&target.region, &other.task_definition);
            other.registered_at = definition.await?.value.registered_at;
            let definition = reads.task_definition(&target.region, judged).await?;
            registered_at = definition.value.registered_at;
        }
        Ok(Facts {
            registered_at,
            before,
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let judged = &target.deployment.task_definition;
        let compared: Vec<(Order, &Before)> = facts
            .before
            .iter()
            .map(|before| (order(before, judged, facts.registered_at), before))
            .collect();
        // The worst decides: nothing that ran before may be as new.
        let finding = match compared.iter().min_by_key(|(order, _)| *order) {
            Some((order, before)) => told(target, *order, before),
            None => nothing_to_compare(target),
        };
        finding.all_evidence(facts.before.iter().map(|before| evidence(target, before)))
    }
}

/// What ran before, by the best source that knows; nothing where none does.
async fn before(target: &Target, reads: &Reads) -> Result<Vec<Before>, Unobserved> {
    if let Some(baseline) = &target.baseline {
        return Ok(vec![Before {
            task_definition: baseline.task_definition.clone(),
            registered_at: None,
            told: format!("by the baseline of {}", moment(baseline.taken_at)),
            source: Source {
                call: "touchdown snapshot".into(),
                resource: baseline.service.clone(),
                request_id: None,
            },
            at: baseline.taken_at,
        }]);
    }
    let service = reads.service(target.scope(), &target.service).await?;
    match (pinned_before(target, reads).await, listed(target, &service)) {
        (Ok(Some(replaced)), _) => Ok(vec![Before {
            task_definition: replaced.value.task_definition,
            registered_at: None,
            told: "by the service deployment".into(),
            source: replaced.source,
            at: replaced.at,
        }]),
        (Err(unobserved), listed) if listed.is_empty() => Err(unobserved),
        (_, listed) => Ok(listed),
    }
}

/// Older deployments that the service still lists beside the judged one.
fn listed(target: &Target, service: &Seen<Service>) -> Vec<Before> {
    let judged = &target.deployment;
    let older = service.value.deployments.iter().filter(|other| {
        other.id != judged.id && other.created_at.is_some() && other.created_at < judged.created_at
    });
    older
        .map(|older| Before {
            task_definition: older.task_definition.clone(),
            registered_at: None,
            told: format!("by {}, which is listed beside it", older.id),
            source: service.source.clone(),
            at: service.at,
        })
        .collect()
}

/// How the deployed revision stands to one from before, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Same,
    Older,
    Unknown,
    Newer,
}

fn order(before: &Before, judged: &str, registered_at: Option<Timestamp>) -> Order {
    if before.task_definition == judged {
        return Order::Same;
    }
    let numbers = (number(&before.task_definition), number(judged));
    let ordered = if family(&before.task_definition) == family(judged) {
        numbers.0.zip(numbers.1).map(|(old, new)| new.cmp(&old))
    } else {
        let times = before.registered_at.zip(registered_at);
        times.map(|(old, new)| new.cmp(&old))
    };
    match ordered {
        Some(std::cmp::Ordering::Greater) => Order::Newer,
        Some(std::cmp::Ordering::Less) => Order::Older,
        // Two revisions of one number are of two accounts or regions.
        Some(std::cmp::Ordering::Equal) | None => Order::Unknown,
    }
}

/// The family of `…/web:5`.
fn family(arn: &str) -> &str {
    let revision = last_segment(arn);
    revision
        .rsplit_once(':')
        .map_or(revision, |(family, _)| family)
}

/// The number of `…/web:5`.
fn number(arn: &str) -> Option<u64> {
    last_segment(arn).rsplit_once(':')?.1.parse().ok()
}

fn told(target: &Target, order: Order, before: &Before) -> Finding {
    let new = target.deployment.revision();
    let old = last_segment(&before.task_definition);
    let by = &before.told;
    match order {
        Order::Newer => Finding::holds(format!("{new} runs, {old} before ({by})")),
        Order::Same => Finding::broken(format!("still {new}, as before the deploy ({by})")).hint(
            format!(
                "A forced new deployment doesn't change the revision. Register one that names the commit's image, and deploy it:\n  {}",
                deploy_new_revision(target)
            ),
        ),
        Order::Older => Finding::broken(format!("{new} runs, and is older than {old} before ({by})"))
            .hint(format!(
                "Someone or something went back. Deploy the newest revision of the family:\n  {}",
                deploy_new_revision(target)
            )),
        Order::Unknown => Finding::unobserved(format!(
            "{new} runs, {old} before ({by}), and nothing tells which is the newer one"
        ))
        .hint("Compare them by what they name: `ecs.image-pinned` with `tag`.")
        .lasting(),
    }
}

fn nothing_to_compare(target: &Target) -> Finding {
    Finding::unobserved(format!(
        "{} runs, and nothing tells what ran before it",
        target.deployment.revision()
    ))
    .hint(format!(
        "Record it before the deploy, and give it to the run after it:\n  {}",
        with_baseline(target)
    ))
    .lasting()
}

fn evidence(target: &Target, before: &Before) -> Evidence {
    let old = last_segment(&before.task_definition);
    Evidence {
        source: before.source.clone(),
        at: before.at,
        body: Body::compared(
            "revision of the task definition",
            format!("newer than {old}"),
            target.deployment.revision(),
        ),
    }
}

#[cfg(test)]
mod tests;
