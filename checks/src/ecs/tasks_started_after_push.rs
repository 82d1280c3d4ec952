//! `ecs.tasks-started-after-push`: no task is older than the image it should run.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use super::digest_running::{settled, unaskable};
use super::every_task::{self, Said};
use super::picture::Picture;
use super::rows::{apart, force_new_deployment, moment};
use super::same_image::{Images, Relation};
use crate::contract::{
    Body, Check, Evidence, Expected, Finding, Known, Look, Moment, Target, Unobserved,
};
use crate::reads::{Registry, Task};

/// **Asks** whether every running task of the judged deployment started after the expected
/// image was pushed, or after the target's `not_before`.
///
/// **Why it matters**: a task that is older than the image can't run it, whatever the
/// pipeline says. The opposite needs care: a replacement task of an old deployment starts
/// late and still runs the digest that its deployment began with. So where the deployment
/// itself is older than the push, a late start counts only with the expected digest.
///
/// Registries other than ECR tell no push time. There `not_before` serves, else the time of the deployment
/// beside the digest that runs: what runs the expected digest has pulled it after its push.
///
/// Times are AWS's own, compared with each other, with a tolerance of one second. The push
/// time belongs to the digest: where a tag was moved to an image that had been pushed long
/// before, give the target `not_before`.
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

/// The moment after which every task must have started.
#[derive(Clone, Debug, PartialEq)]
struct Anchor {
    at: Timestamp,
    /// What happened then: `the push of repo:tag`.
    what: String,
    /// Whether it is the push: what was pulled before can't be the image.
    is_push: bool,
    /// Whether no other push is unknown: else a task that is late enough for this one may
    /// still be too early for that.
    complete: bool,
    /// A registry that tells no push time. Of its image, the digest that runs has to tell.
    untold: Option<String>,
}

impl Anchor {
    fn is_after(&self, at: Timestamp) -> bool {
        at.duration_since(self.at) < -TOLERANCE
    }

    /// What is true of the tasks where it holds.
    fn right(&self) -> String {
        let started = format!("started after {} ({})", self.what, moment(self.at));
        match &self.untold {
            None => started,
            Some(host) => {
                format!("{started} and run the expected digest ({host} tells no time of a push)")
            }
        }
    }
}

impl Check for TasksStartedAfterPush {
    const KIND: &'static str = "ecs.tasks-started-after-push";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:DescribeTaskDefinition",
        "ecr:DescribeImages",
        "logs:FilterLogEvents",
    ];
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
        let images = Images::observe(target, &picture, &expected, look.reads).await;
        Ok(Facts {
            picture,
            expected,
            images,
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let anchor = anchor(target, &facts.expected);
        let said = |task: &Task| match &anchor {
            Some(anchor) => of_task(task, target, facts, anchor),
            None => Said::Unknown("can't be compared: the time of the push is unknown".into()),
        };
        let right = anchor.as_ref().map_or_else(String::new, Anchor::right);
        let hint = format!(
            "Tasks that run don't fetch what is pushed later. Force a new deployment:\n  {}",
            force_new_deployment(target)
        );
        let finding = every_task::judge(target, &facts.picture, said, &right, &hint)
            .all_evidence(pushes(facts))
            .evidence(timeline(target, facts, anchor.as_ref()));
        if target.spec.not_before.is_some() {
            return finding;
        }
        let untold = unaskable(&facts.expected)
            .or_else(|| never_told(&facts.expected))
            .or_else(|| unread(facts, anchor.as_ref()));
        settled(finding, &facts.expected, untold, facts.picture.tasks.at)
    }
}

/// No registry tells when an expected image was pushed, now or later, nor does the digest that runs.
fn never_told(expected: &BTreeMap<String, Expected>) -> Option<Unobserved> {
    let pinned = |(_, expected): &(&String, &Expected)| {
        matches!(expected.known, Known::PinnedOnly { .. }) && untold_by(expected).is_none()
    };
    let (container, expected) = expected.iter().find(pinned)?;
    Some(
        Unobserved::lasting(format!(
            "when {} (container `{container}`) was pushed is unknown: only ECR tells",
            expected.image
        ))
        .hint("Give the target `not_before:`, or name the containers to judge with `containers:`."),
    )
}

/// Why the digest that runs can't be compared, where it is what tells.
fn unread(facts: &Facts, anchor: Option<&Anchor>) -> Option<Unobserved> {
    anchor?.untold.as_ref()?;
    facts.images.unreadable.clone()
}

/// The time that the target gives, else the latest push that is known of.
fn anchor(target: &Target, expected: &BTreeMap<String, Expected>) -> Option<Anchor> {
    if let Some(at) = target.spec.not_before {
        return Some(Anchor {
            at,
            what: "`not_before`".into(),
            is_push: false,
            complete: true,
            untold: None,
        });
    }
    let untold = expected.values().find_map(untold_by);
    let pushes = expected
        .values()
        .filter_map(|expected| Some((expected.pushed_at()?, expected.image.without_registry())));
    let Some((at, image)) = pushes.max() else {
        return Some(Anchor {
            at: target.deployment.created_at?,
            what: "the deployment was created".into(),
            is_push: false,
            complete: expected.values().all(is_told_by_digest),
            untold: Some(untold?),
        });
    };
    Some(Anchor {
        at,
        what: format!("the push of {image}"),
        is_push: true,
        complete: expected
            .values()
            .all(|expected| expected.pushed_at().is_some() || is_told_by_digest(expected)),
        untold,
    })
}

fn is_told_by_digest(expected: &Expected) -> bool {
    untold_by(expected).is_some()
}

/// The registry other than ECR, which tells no push time, of an image whose digest is known: by its tag, or as it
/// was written down. What runs with that digest was pulled after its push.
fn untold_by(expected: &Expected) -> Option<String> {
    match (expected.registry()?, &expected.known) {
        (Registry::Other(repository), Known::Offered { .. } | Known::PinnedOnly { .. }) => {
            Some(repository.host)
        }
        _ => None,
    }
}

fn of_task(task: &Task, target: &Target, facts: &Facts, anchor: &Anchor) -> Said {
    let Some(started) = task.started_at else {
        return Said::Unknown("has no start time".into());
    };
    if anchor.is_after(started) {
        return too_early("started", started, anchor);
    }
    if let Some(pulled) = task
        .pulled_at
        .filter(|at| anchor.is_push && anchor.is_after(*at))
    {
        return too_early("had pulled its image", pulled, anchor);
    }
    let relations = relations(task, facts);
    let created = target
        .deployment
        .created_at
        .filter(|created| anchor.is_after(*created));
    match created {
        Some(created) => replacement(created, anchor, &relations),
        // The digest may have been pushed just then, or long ago and only its tag moved: what
        // runs is neither.
        None if anchor.is_push && relations.iter().any(Relation::is_different) => Said::wrong(
            "another digest than the pushed one",
            format!("started after {}, but runs another digest", anchor.what),
        ),
        None if anchor.untold.is_some() && relations.iter().any(Relation::is_different) => {
            Said::wrong(
                "another digest than the expected one",
                format!("started after {}, but runs another digest", anchor.what),
            )
        }
        None if anchor.untold.is_some() && relations.contains(&Relation::Unknown) => {
            Said::Unknown("can't be compared: its digest is unknown".into())
        }
        None if !anchor.complete => {
            Said::Unknown("can't be compared: the time of another push is unknown".into())
        }
        None => Said::Right(format!("started {} after", apart(started, anchor.at))),
    }
}

fn too_early(what: &str, at: Timestamp, anchor: &Anchor) -> Said {
    let by = apart(at, anchor.at);
    Said::wrong(
        format!("{by} too early"),
        format!(
            "{what} {}, {by} before {} ({})",
            moment(at),
            anchor.what,
            moment(anchor.at)
        ),
    )
}

/// How the digests that run in a task stand to the expected ones.
fn relations(task: &Task, facts: &Facts) -> Vec<Relation> {
    let relation = |(name, expected): (&String, &Expected)| {
        let container = task.container(name);
        let running = container.and_then(|container| container.digest.as_deref());
        match (expected.digest(), running) {
            (Some(wanted), Some(running)) => {
                facts
                    .images
                    .relation(wanted, running, task.architecture.as_deref())
            }
            _ => Relation::Unknown,
        }
    };
    facts.expected.iter().map(relation).collect()
}

/// A task that started late in a deployment that is older than the anchor: only its digests
/// tell whether it is new.
fn replacement(created: Timestamp, anchor: &Anchor, relations: &[Relation]) -> Said {
    let (what, since) = (&anchor.what, moment(created));
    if relations.iter().any(Relation::is_different) {
        return Said::wrong(
            "a replacement with the old digest",
            format!(
                "started after {what}, but only as a replacement: its deployment began {since}, before, and keeps the digest of then"
            ),
        );
    }
    if relations.is_empty() || relations.contains(&Relation::Unknown) {
        return Said::Unknown(format!(
            "started after {what}, but its deployment began {since}, before, and its digest can't be compared"
        ));
    }
    Said::Right("started after, with the expected digest".into())
}

/// When each expected image was pushed, as its registry tells it.
fn pushes(facts: &Facts) -> Vec<Evidence> {
    let push = |(container, expected): (&String, &Expected)| {
        let body = Body::compared(
            format!("push of {} (container `{container}`)", expected.image),
            "before every task started",
            moment(expected.pushed_at()?),
        );
        Some(Evidence {
            source: expected.source.clone()?,
            at: facts.picture.tasks.at,
            body,
        })
    };
    facts.expected.iter().filter_map(push).collect()
}

/// The push, the deployment and the tasks in the order of time.
fn timeline(target: &Target, facts: &Facts, anchor: Option<&Anchor>) -> Evidence {
    let anchored = anchor.map(|anchor| Moment {
        at: anchor.at,
        what: anchor.what.clone(),
    });
    let created = target.deployment.created_at.map(|at| Moment {
        at,
        what: format!("deployment {} was created", target.deployment.id),
    });
    let started = facts.picture.staying(target).filter_map(|task| {
        Some(Moment {
            at: task.started_at?,
            what: format!("task {} started", task.short_id()),
        })
    });
    let mut moments: Vec<Moment> = anchored.into_iter().chain(created).chain(started).collect();
    moments.sort_by_key(|moment| moment.at);
    facts.picture.tasks.evidence(Body::Timeline {
        title: "push, deployment and tasks".into(),
        moments,
    })
}

#[cfg(test)]
mod tests;
