//! `ecs.digest-pinned`: the deployment pinned the expected digest when it began.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::digest_running::{hint, settled, unaskable, with_push};
use super::pinned::pinned;
use super::rows::{moment, short};
use super::same_image::{Images, Relation};
use crate::contract::{Body, Check, Evidence, Expected, Finding, Look, Seen, Target, Unobserved};
use crate::reads::{ServiceRevision, TaskDefinition};

/// **Asks** whether the judged deployment pinned the expected digest for every judged container.
///
/// **Why it matters**: when a deployment begins, ECS resolves the tag once and keeps that digest
/// for all its tasks, those included that replace others days later. So this is what a deployment
/// will run, known before its first task has started; a tag that moves afterwards changes
/// nothing until a new deployment.
///
/// ECS tells it of deployments since 2024-10-25, by their service revision. Where a container
/// sets `versionConsistency` to `disabled` there is no pin, and it stays open; see
/// `ecs.digest-running`. A multi-platform index and its image for a platform count as equal, and
/// the report says which matched.
///
/// **Evidence**: expected beside pinned digest of each container.
///
/// **Example**
/// ```yaml
/// - check: ecs.digest-pinned
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DigestPinned {}

/// What one look of `ecs.digest-pinned` brings.
#[derive(Debug)]
pub struct Facts {
    definition: Seen<Arc<TaskDefinition>>,
    expected: BTreeMap<String, Expected>,
    revision: Option<Seen<ServiceRevision>>,
    /// Whether several revisions of the service run.
    in_flight: bool,
    images: Images,
}

impl Check for DigestPinned {
    const KIND: &'static str = "ecs.digest-pinned";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeServiceRevisions",
        "ecs:ListServiceDeployments",
        "ecs:DescribeServiceDeployments",
        "ecr:DescribeImages",
        "ecr:BatchGetImage",
    ];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let (target, reads) = (look.subject, look.reads);
        let definition = &target.deployment.task_definition;
        let (definition, expected, revision, service) = futures_util::try_join!(
            reads.task_definition(&target.region, definition),
            target.expected(reads),
            pinned(target, reads),
            reads.service(target.scope(), &target.service),
        )?;
        let digests = |container: &str| {
            let revision = revision.as_ref().map(|revision| &revision.value);
            revision
                .and_then(|own| own.digest(container))
                .into_iter()
                .collect()
        };
        let images = Images::of_digests(&expected, digests, reads).await;
        match images.unreadable {
            Some(unobserved) => Err(unobserved),
            None => Ok(Facts {
                definition,
                expected,
                revision,
                in_flight: service.value.revisions.len() > 1,
                images,
            }),
        }
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let Some(revision) = &facts.revision else {
            return untold(target, facts.in_flight).into_finding(facts.definition.at);
        };
        let judged = facts.expected.iter().map(|(container, expected)| {
            of_container(target, facts, container, expected).all_evidence(compared(
                revision,
                container,
                expected,
                &facts.images,
            ))
        });
        let finding = Finding::worst_of(judged.collect())
            .unwrap_or_else(|| Finding::unobserved("no container is judged").lasting());
        let at = facts.definition.at;
        settled(finding, &facts.expected, unaskable(&facts.expected), at)
    }
}

/// While several revisions run, which is whose may be told later, when the old one has gone.
fn untold(target: &Target, in_flight: bool) -> Unobserved {
    let headline = format!(
        "what {} pinned is unknown: ECS tells no service revision of it",
        target.deployment.id
    );
    let unobserved = match in_flight {
        true => Unobserved::for_now(headline),
        false => Unobserved::lasting(headline),
    };
    unobserved
    .hint("ECS tells it of deployments since 2024-10-25 under its own controller, and where several are alike not always which is whose. `ecs.digest-running` looks at the tasks.")
}

fn of_container(target: &Target, facts: &Facts, name: &str, expected: &Expected) -> Finding {
    let deployment = &target.deployment.id;
    let definition = &facts.definition.value;
    let consistency = definition
        .container(name)
        .and_then(|container| container.version_consistency.as_deref());
    if consistency == Some("disabled") {
        return Finding::unobserved(format!(
            "{} sets versionConsistency of `{name}` to disabled, so that each of its tasks resolves {} for itself",
            definition.name(),
            expected.defined.without_registry()
        ))
        .hint("Nothing is pinned then; `ecs.digest-running` looks at every task.")
        .lasting();
    }
    let revision = facts.revision.as_ref().map(|revision| &revision.value);
    let Some(pinned) = revision.and_then(|revision| revision.digest(name)) else {
        return Finding::unobserved(format!("{deployment} has pinned no digest for `{name}` so far"))
            .hint("ECS resolves it with the first task; where it failed three times, it goes on without. See the service's events.");
    };
    let Some(wanted) = expected.digest() else {
        return Finding::unobserved(format!("the expected digest of `{name}` is unknown"));
    };
    let architecture = definition.platform.split('/').nth(1);
    let right = |matched: &str| {
        Finding::holds(format!(
            "{deployment} pinned {} for `{name}`, {matched} {}",
            short(pinned),
            expected.called()
        ))
    };
    match facts.images.relation(wanted, pinned, architecture) {
        Relation::Same => right("which is"),
        Relation::PlatformOfIndex(platform) => right(&format!("the {platform} image of")),
        Relation::IndexOfPlatform(platform) => right(&format!("the index whose {platform} image is")),
        Relation::Different | Relation::OtherPlatform(_) => {
            Finding::broken(another(target, facts, pinned, expected))
                .hint(hint(target, &facts.expected))
        }
        Relation::Unknown => Finding::unobserved(format!(
            "{deployment} pinned {} for `{name}`, not {}, and whether one is the other's platform image can't be told",
            short(pinned),
            short(wanted)
        ))
        .hint("Its registry can't be asked, or the index names no platform."),
    }
}

/// `deployment ecs-svc/1 pinned sha256:… (pushed …), while web:latest is sha256:… since …`.
fn another(target: &Target, facts: &Facts, pinned: &str, expected: &Expected) -> String {
    let detail = facts.images.details.get(pinned);
    let pushed = detail
        .and_then(|detail| detail.pushed_at)
        .map(|at| format!(" (pushed {})", moment(at)));
    let since = expected
        .pushed_at()
        .map(|at| format!(" since {}", moment(at)));
    format!(
        "deployment {} pinned {}{}, while {} is {}{}",
        target.deployment.id,
        short(pinned),
        pushed.unwrap_or_default(),
        expected.called(),
        expected.digest().map_or_else(|| "unknown".into(), short),
        since.unwrap_or_default()
    )
}

fn compared(
    revision: &Seen<ServiceRevision>,
    container: &str,
    expected: &Expected,
    images: &Images,
) -> Option<Evidence> {
    let wanted = expected.digest()?;
    let pinned = revision.value.digest(container);
    let pushed = |digest| images.details.get(digest).and_then(|d| d.pushed_at);
    let body = Body::compared(
        format!(
            "pinned digest of container `{container}` ({})",
            expected.image
        ),
        with_push(wanted, expected.pushed_at()),
        pinned.map_or_else(|| "none".into(), |digest| with_push(digest, pushed(digest))),
    );
    Some(revision.evidence(body))
}

#[cfg(test)]
mod tests;
