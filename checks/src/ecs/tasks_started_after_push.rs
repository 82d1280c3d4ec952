//! `ecs.tasks-started-after-push`: no task is older than the image it should run.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use super::digest_running::{not_pushed, unaskable};
use super::every_task::{self, Said};
use super::picture::Picture;
use super::rows::{apart, force_new_deployment, moment};
use super::same_image::{Images, Relation};
use crate::contract::{Body, Check, Expected, Finding, Known, Look, Moment, Target, Unobserved};
use crate::reads::Task;

/// **Asks** whether every running task of the judged deployment started after the expected
/// image was pushed, or after the target's `not_before`.
///
/// **Why it matters**: a task that is older than the image can't run it, whatever the
/// pipeline says. The opposite needs care: a replacement task of an old deployment starts
/// late and still runs the digest that its deployment began with. So where the deployment
/// itself is older than the push, a late start counts only with the expected digest.
///
/// Times are AWS's own, compared with each other, with a tolerance of one second.
///
/// **Evidence**: a timeline of push, deployment and task starts, and every running task.
///
/// **Example**
/// ```yaml
/// - check: ecs.tasks-started-after-push
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TasksStartedAfterPush {}

/// What one look of `ecs.tasks-started-after-push` brings.
#[derive(Debug)]
pub struct Facts {
    picture: Picture,
    expected: BTreeMap<String, Expected>,
    images: Images,
}

/// Clocks of AWS's own services differ by about this much.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(1);

/// No registry tells when an expected image was pushed, now or later.
fn never_told(expected: &BTreeMap<String, Expected>) -> Option<Unobserved> {
    let pinned =
        |(_, expected): &(&String, &Expected)| matches!(expected.known, Known::PinnedOnly { .. });
    let (container, expected) = expected.iter().find(pinned)?;
    Some(
        Unobserved::lasting(format!(
            "when {} (container `{container}`) was pushed is unknown: only ECR tells",
            expected.image
        ))
        .hint("Give the target `not_before:`, or name the containers to judge with `containers:`."),
    )
}

/// The moment after which every task must have started.
#[derive(Clone, Debug, PartialEq)]
struct Anchor {
    at: Timestamp,
    /// What happened then: `the push of repo:tag`.
    what: String,
    /// Whether it is the push: what was pulled before can't be the image.
    is_push: bool,
}

impl Check for TasksStartedAfterPush {
    const KIND: &'static str = "ecs.tasks-started-after-push";
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let target = look.subject;
        let picture = Picture::observe(target, look.reads);
        let expected = async {
            match look.subject.expected(look.reads).await {
                // With an explicit time, the push is not needed to judge most tasks.
                Err(unobserved) if target.spec.not_before.is_none() => Err(unobserved),
                other => Ok(other.unwrap_or_default()),
            }
        };
        let (picture, expected) = futures_util::try_join!(picture, expected)?;
        if target.spec.not_before.is_none()
            && let Some(unobserved) = unaskable(&expected).or_else(|| never_told(&expected))
        {
            return Err(unobserved);
        }
        let images = Images::observe(target, &picture, &expected, look.reads).await;
        Ok(Facts {
            picture,
            expected,
            images,
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let anchor = match anchor(target, &facts.expected) {
            Ok(anchor) => anchor,
            Err(finding) => return finding,
        };
        let said = |task: &Task| of_task(task, target, facts, &anchor);
        let right = format!("started after {} ({})", anchor.what, moment(anchor.at));
        let hint = format!(
            "Tasks that run don't fetch what is pushed later. Force a new deployment:\n  {}",
            force_new_deployment(target)
        );
        every_task::judge(target, &facts.picture, said, &right, &hint).evidence(
            facts
                .picture
                .service
                .evidence(timeline(target, facts, &anchor)),
        )
    }
}

fn anchor(target: &Target, expected: &BTreeMap<String, Expected>) -> Result<Anchor, Finding> {
    if let Some(at) = target.spec.not_before {
        return Ok(Anchor {
            at,
            what: "`not_before`".into(),
            is_push: false,
        });
    }
    if let Some(finding) = not_pushed(expected) {
        return Err(finding);
    }
    let pushes: Option<Vec<_>> = expected
        .values()
        .map(|expected| Some((expected.pushed_at()?, expected.image.without_registry())))
        .collect();
    match pushes.and_then(|pushes| pushes.into_iter().max()) {
        Some((at, image)) => Ok(Anchor {
            at,
            what: format!("the push of {image}"),
            is_push: true,
        }),
        None => Err(
            Finding::unobserved("when an expected image was pushed is unknown")
                .hint("Give the target `not_before:`."),
        ),
    }
}

fn of_task(task: &Task, target: &Target, facts: &Facts, anchor: &Anchor) -> Said {
    let Some(started) = task.started_at else {
        return Said::Unknown("has no start time".into());
    };
    let before = |at: Timestamp| at.duration_since(anchor.at) < -TOLERANCE;
    if before(started) {
        return Said::wrong(
            format!("{} too early", apart(started, anchor.at)),
            format!(
                "started {}, {} before {} ({})",
                moment(started),
                apart(started, anchor.at),
                anchor.what,
                moment(anchor.at)
            ),
        );
    }
    if let Some(pulled) = task.pulled_at.filter(|at| anchor.is_push && before(*at)) {
        return Said::wrong(
            format!("pulled {} too early", apart(pulled, anchor.at)),
            format!(
                "had pulled its image at {}, {} before {} ({})",
                moment(pulled),
                apart(pulled, anchor.at),
                anchor.what,
                moment(anchor.at)
            ),
        );
    }
    let after = format!("started {} after", apart(started, anchor.at));
    match target.deployment.created_at {
        Some(created) if before(created) => replacement(task, created, facts, anchor, &after),
        _ => Said::Right(after),
    }
}

/// A task that started late in a deployment that is older than the anchor: only its digests
/// tell whether it is new.
fn replacement(
    task: &Task,
    created: Timestamp,
    facts: &Facts,
    anchor: &Anchor,
    after: &str,
) -> Said {
    let relation = |(name, expected): (&String, &Expected)| {
        let running = task
            .container(name)
            .and_then(|container| container.digest.as_deref());
        match (expected.digest(), running) {
            (Some(wanted), Some(running)) => facts.images.relation(wanted, running),
            _ => Relation::Unknown,
        }
    };
    let relations: Vec<Relation> = facts.expected.iter().map(relation).collect();
    let since = moment(created);
    if relations.contains(&Relation::Different) {
        return Said::wrong(
            "a replacement with the old digest",
            format!(
                "started after {}, but only as a replacement: its deployment began {since}, before, and keeps the digest of then",
                anchor.what
            ),
        );
    }
    if relations.is_empty() || relations.contains(&Relation::Unknown) {
        return Said::Unknown(format!(
            "started after {}, but its deployment began {since}, before, and its digest can't be compared",
            anchor.what
        ));
    }
    Said::Right(format!("{after}, with the expected digest"))
}

fn timeline(target: &Target, facts: &Facts, anchor: &Anchor) -> Body {
    let mut moments = vec![Moment {
        at: anchor.at,
        what: anchor.what.clone(),
    }];
    moments.extend(target.deployment.created_at.map(|at| Moment {
        at,
        what: format!("deployment {} was created", target.deployment.id),
    }));
    moments.extend(facts.picture.staying(target).filter_map(|task| {
        Some(Moment {
            at: task.started_at?,
            what: format!("task {} started", task.short_id()),
        })
    }));
    moments.sort_by_key(|moment| moment.at);
    Body::Timeline {
        title: "push, deployment and tasks".into(),
        moments,
    }
}

#[cfg(test)]
mod tests;
