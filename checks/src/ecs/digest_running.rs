//! `ecs.digest-running`: the expected digest is what runs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::every_task::{self, Said};
use super::picture::Picture;
use super::rows::{force_new_deployment, moment, short};
use super::same_image::{Images, Relation};
use crate::contract::{
    Body, Check, Evidence, Expected, Finding, Known, Look, Source, State, Target, Unobserved,
};
use crate::reads::Task;

/// **Asks** whether every judged container of every task of the judged deployment runs the
/// expected digest.
///
/// **Why it matters**: a tag says nothing of what runs. ECS resolves it when a deployment
/// starts and keeps that digest for all its tasks, so an image that is pushed later under the
/// same tag doesn't run until a new deployment. The digest is the only proof of content.
///
/// The expected image is the target's `image`, else what the task definition names; a tag is
/// resolved in ECR. A multi-platform index and its image for a platform count as equal, and
/// the report says which matched. A container that reports no digest is unknown, never right.
///
/// **Evidence**: expected beside running digest for each container, and every running task.
///
/// **Example**
/// ```yaml
/// - check: ecs.digest-running
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DigestRunning {}

/// What one look of `ecs.digest-running` brings.
#[derive(Debug)]
pub struct Facts {
    picture: Picture,
    expected: BTreeMap<String, Expected>,
    images: Images,
}

impl Check for DigestRunning {
    const KIND: &'static str = "ecs.digest-running";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:DescribeTaskDefinition",
        "ecr:DescribeImages",
        "ecr:BatchGetImage",
        "logs:FilterLogEvents",
    ];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let (picture, expected) = futures_util::try_join!(
            Picture::observe(look.subject, look.reads),
            look.subject.expected(look.reads),
        )?;
        let images = Images::observe(look.subject, &picture, &expected, look.reads).await;
        match images.unreadable {
            Some(unobserved) => Err(unobserved),
            None => Ok(Facts {
                picture,
                expected,
                images,
            }),
        }
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let said = |task: &Task| of_task(task, facts);
        let hint = hint(target, &facts.expected);
        let finding = every_task::judge(target, &facts.picture, said, &right(target, facts), &hint)
            .all_evidence(compared(target, facts));
        let at = facts.picture.tasks.at;
        settled(finding, &facts.expected, unaskable(&facts.expected), at)
    }
}

/// What is broken is told whatever else is unknown. An expected image that was never pushed
/// may still be. Why a registry tells nothing is told, with the call `at` that time, before what
/// follows from it.
pub(super) fn settled(
    finding: Finding,
    expected: &BTreeMap<String, Expected>,
    untold: Option<Unobserved>,
    at: Timestamp,
) -> Finding {
    match (finding.state, untold) {
        (State::Broken, _) => finding,
        (State::Unobserved, Some(unobserved)) => {
            unobserved.into_finding(at).all_evidence(finding.evidence)
        }
        _ => match not_pushed(expected) {
            Some(absent) => absent.all_evidence(finding.evidence),
            None => finding,
        },
    }
}

/// What is true of the tasks where it holds.
fn right(target: &Target, facts: &Facts) -> String {
    let digests: BTreeSet<&str> = facts
        .expected
        .values()
        .filter_map(Expected::digest)
        .collect();
    match digests.iter().collect::<Vec<_>>()[..] {
        [one] => format!(
            "run the expected digest {}{}",
            short(one),
            matched(target, facts)
        ),
        _ => format!(
            "run the expected digests of {} containers",
            facts.expected.len()
        ),
    }
}

/// The expected image was never pushed, so nothing can run it.
pub(super) fn not_pushed(expected: &BTreeMap<String, Expected>) -> Option<Finding> {
    expected
        .values()
        .find(|expected| expected.known == Known::Absent)
        .map(Expected::absent)
}

/// Nobody can be asked for an expected digest, now or later. Where it is one of several, the others can be
/// judged without it.
pub(super) fn unaskable(expected: &BTreeMap<String, Expected>) -> Option<Unobserved> {
    let unknown = |(container, expected): (&String, &Expected)| match &expected.known {
        Known::Unaskable(why) => Some((
            why.clone(),
            format!(
                "the digest of {} (container `{container}`) is unknown: {why}",
                expected.image
            ),
        )),
        _ => None,
    };
    let (why, headline) = expected.iter().find_map(unknown)?;
    let own = why
        .hint
        .as_deref()
        .unwrap_or("Pin the image by its digest.");
    let hint = match expected.len() {
        1 => own.to_owned(),
        _ => format!("{own} Or name the containers to judge with the target's `containers:`."),
    };
    Some(Unobserved {
        headline,
        hint: Some(hint),
        ..why
    })
}

fn of_task(task: &Task, facts: &Facts) -> Said {
    let mut notes = Vec::new();
    let mut unknown = None;
    for (container, expected) in &facts.expected {
        match of_container(task, container, expected, &facts.images) {
            Said::Right(note) => notes.push(note),
            untrue @ (Said::Wrong { .. } | Said::NotYet { .. }) => return untrue,
            Said::Unknown(note) => unknown = Some(note),
        }
    }
    match unknown {
        Some(note) => Said::Unknown(note),
        None => Said::Right(notes.join(", ")),
    }
}

fn of_container(task: &Task, name: &str, expected: &Expected, images: &Images) -> Said {
    let Some(wanted) = expected.digest() else {
        return Said::Unknown(format!("has no expected digest for `{name}`"));
    };
    let Some(running) = task
        .container(name)
        .and_then(|container| container.digest.as_deref())
    else {
        return Said::Unknown(format!("reports no digest for container `{name}`"));
    };
    match images.relation(wanted, running, task.architecture.as_deref()) {
        Relation::Same => Said::Right(format!("{name} runs {}", short(running))),
        Relation::PlatformOfIndex(platform) => Said::Right(format!(
            "{name} runs {}, {platform} of the expected index",
            short(running)
        )),
        Relation::IndexOfPlatform(platform) => Said::Right(format!(
            "{name} runs {}, the index of the expected {platform}",
            short(running)
        )),
        Relation::OtherPlatform(platform) => Said::wrong(
            format!("{name} runs {}, another platform", short(running)),
            format!(
                "runs the index {} on {} in `{name}`, and the expected {} is its image for {platform}",
                short(running),
                task.architecture
                    .as_deref()
                    .unwrap_or("another architecture"),
                short(wanted)
            ),
        ),
        Relation::Different => Said::wrong(
            format!("{name} runs {}", short(running)),
            format!(
                "runs {} in `{name}`, not {}",
                described(running, images),
                described_expected(wanted, expected)
            ),
        ),
        Relation::Unknown => Said::Unknown(format!(
            "runs {} in `{name}`, not {}, and its registry can't be asked whether one is the other's platform image",
            short(running),
            short(wanted)
        )),
    }
}

/// `sha256:0123456789ab (pushed 2025-11-18 23:20:00 UTC)`.
fn described(digest: &str, images: &Images) -> String {
    let detail = images.details.get(digest);
    match detail.and_then(|detail| detail.pushed_at) {
        Some(at) => format!("{} (pushed {})", short(digest), moment(at)),
        None => short(digest),
    }
}

fn described_expected(digest: &str, expected: &Expected) -> String {
    let name = expected.image.tag.as_deref().map(|tag| format!("`{tag}`"));
    let pushed = expected
        .pushed_at()
        .map(|at| format!("pushed {}", moment(at)));
    let told: Vec<String> = name.into_iter().chain(pushed).collect();
    if told.is_empty() {
        short(digest)
    } else {
        format!("{} ({})", short(digest), told.join(", "))
    }
}

/// Which of index and platform image matched, where it was not plain equality.
fn matched(target: &Target, facts: &Facts) -> String {
    let relations = facts.picture.staying(target).flat_map(|task| {
        facts.expected.iter().filter_map(|(name, expected)| {
            let running = task.container(name)?.digest.as_deref()?;
            Some(
                facts
                    .images
                    .relation(expected.digest()?, running, task.architecture.as_deref()),
            )
        })
    });
    let told: BTreeSet<String> = relations
        .filter_map(|relation| match relation {
            Relation::PlatformOfIndex(platform) => Some(format!("its image for {platform}")),
            Relation::IndexOfPlatform(platform) => {
                Some(format!("the index that holds it for {platform}"))
            }
            _ => None,
        })
        .collect();
    if told.is_empty() {
        String::new()
    } else {
        format!(" ({})", told.into_iter().collect::<Vec<_>>().join(", "))
    }
}

/// What to do where a wrong digest runs, as far as the evidence supports it.
pub(super) fn hint(target: &Target, expected: &BTreeMap<String, Expected>) -> String {
    let revision = target.deployment.revision();
    if let Some(expected) = expected
        .values()
        .find(|expected| expected.image != expected.defined)
    {
        return format!(
            "{revision} names {}, the suite expects {}: register a revision that names it, and update the service to it.",
            expected.defined, expected.image
        );
    }
    let pushed = expected.values().filter_map(Expected::pushed_at).max();
    let deployment = &target.deployment;
    let cause = match (deployment.created_at, pushed) {
        (Some(created), Some(pushed)) if created < pushed => format!(
            "A deployment keeps the digest that its first task resolved, and {} began {}, before the push.",
            deployment.id,
            moment(created)
        ),
        (Some(created), Some(_)) => format!(
            "{} began {}, after the push, so the tag should have meant the new image: on EC2, the host's image cache may have stood in (ECS_IMAGE_PULL_BEHAVIOR).",
            deployment.id,
            moment(created)
        ),
        _ => "A deployment keeps the digest that its first task resolved.".into(),
    };
    format!(
        "{cause} Force a new deployment:\n  {}",
        force_new_deployment(target)
    )
}

fn compared(target: &Target, facts: &Facts) -> Vec<Evidence> {
    let of_container = |(name, expected): (&String, &Expected)| {
        let wanted = expected.digest()?;
        let running: BTreeSet<String> = facts
            .picture
            .staying(target)
            .filter_map(|task| task.container(name)?.digest.clone())
            .map(|digest| {
                with_push(
                    &digest,
                    facts.images.details.get(&digest).and_then(|d| d.pushed_at),
                )
            })
            .collect();
        let body = Body::compared(
            format!("digest of container `{name}` ({})", expected.image),
            with_push(wanted, expected.pushed_at()),
            if running.is_empty() {
                "none runs".into()
            } else {
                running.into_iter().collect::<Vec<_>>().join(", ")
            },
        );
        let source = expected.source.clone().unwrap_or_else(|| Source {
            call: "suite".into(),
            resource: expected.image.to_string(),
            request_id: None,
        });
        Some(Evidence {
            source,
            at: facts.picture.tasks.at,
            body,
        })
    };
    facts.expected.iter().filter_map(of_container).collect()
}

pub(super) fn with_push(digest: &str, pushed: Option<Timestamp>) -> String {
    match pushed {
        Some(at) => format!("{digest}, pushed {}", moment(at)),
        None => digest.to_owned(),
    }
}

#[cfg(test)]
mod tests;
