//! `ecr.image-pushed`: the expected image is in its registry, and since when.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::judged::{ELSEWHERE, all};
use crate::contract::{
    Body, Check, Evidence, Expected, Finding, Known, Look, Source, Target, Unobserved,
};
use crate::ecs::{apart, moment, short};
use crate::reads::{ImageDetail, ImageId, Reads};

/// **Asks** whether the expected image of each judged container is in its registry, and tells
/// when it was pushed.
///
/// **Why it matters**: it is the first link of the chain from the push to what users get. A tag
/// that was never pushed, or pushed to another repository, stops every task with `manifest
/// unknown`; and a push that came after the deployment had begun is not what the deployment's
/// tasks run.
///
/// A tag that isn't there may still be pushed, so it waits, naming the newest tags that are.
/// The push time belongs to the digest: an older image that is given a new tag keeps its own.
/// Of other registries no push time is known: an image that is there leaves it open.
///
/// **Evidence**: each image's digest and push time beside the deployment's start.
///
/// **Example**
/// ```yaml
/// - check: ecr.image-pushed
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagePushed {}

/// What one look of `ecr.image-pushed` brings.
#[derive(Debug)]
pub struct Facts {
    /// Each judged container with its expected image, and what ECR says of that.
    images: Vec<(String, Expected, Found)>,
    at: Timestamp,
}

#[derive(Clone, Debug)]
enum Found {
    Pushed {
        digest: String,
        at: Option<Timestamp>,
        source: Source,
    },
    /// Its registry has no such image; of ECR the images that carry a tag there, the newest first.
    Missing(Result<Vec<ImageDetail>, Unobserved>),
    Elsewhere,
    Unread(Unobserved),
}

impl Check for ImagePushed {
    const KIND: &'static str = "ecr.image-pushed";
    const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecr:DescribeImages",
    ];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let expected = look.subject.expected(look.reads).await?;
        let mut images = Vec::new();
        for (container, expected) in expected {
            let found = find(look.reads, &expected).await;
            images.push((container, expected, found));
        }
        let at = look.reads.clock().now();
        Ok(Facts { images, at })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let mut images = facts.images.iter();
        let some_in_ecr = images.any(|(_, expected, _)| expected.repository().is_some());
        let judged = facts
            .images
            .iter()
            .map(|(container, expected, found)| match found {
                Found::Pushed { digest, at, source } => pushed(target, expected, digest, *at)
                    .evidence(Evidence {
                        source: source.clone(),
                        at: facts.at,
                        body: compared(target, container, expected, digest, *at),
                    }),
                Found::Missing(newest) => missing(expected, newest.as_deref().unwrap_or_default()),
                Found::Elsewhere => {
                    elsewhere(container, expected, some_in_ecr).into_finding(facts.at)
                }
                Found::Unread(unobserved) => unobserved.clone().into_finding(facts.at),
            });
        all(judged.collect(), &[]).unwrap_or_else(|unobserved| unobserved.into_finding(facts.at))
    }
}

async fn find(reads: &Reads, expected: &Expected) -> Found {
    let Some(repository) = expected.repository() else {
        return match expected.known {
            // What isn't there was not pushed, whichever registry says so.
            Known::Absent => Found::Missing(Ok(Vec::new())),
            _ => Found::Elsewhere,
        };
    };
    let id = match &expected.known {
        Known::Pushed { digest, at } => {
            let of_suite = || Source {
                call: "suite".into(),
                resource: expected.image.to_string(),
                request_id: None,
            };
            return Found::Pushed {
                digest: digest.clone(),
                at: *at,
                source: expected.source.clone().unwrap_or_else(of_suite),
            };
        }
        // It was settled for the whole run that this digest is expected, but not that it stays
        // away.
        Known::PinnedOnly { digest } => Some(ImageId::Digest(digest.clone())),
        Known::Absent | Known::Offered { .. } | Known::Unaskable(_) => None,
    };
    if let Some(id) = id {
        match reads.image(&repository, id).await {
            Err(unobserved) => return Found::Unread(unobserved),
            Ok(seen) => {
                if let Some(detail) = seen.value {
                    return Found::Pushed {
                        digest: detail.digest,
                        at: detail.pushed_at,
                        source: seen.source,
                    };
                }
            }
        }
    }
    let tagged = |images: &[ImageDetail]| {
        let tagged = images.iter().filter(|image| !image.tags.is_empty());
        tagged.take(NEWEST).cloned().collect()
    };
    let newest = reads.images_of(&repository).await;
    Found::Missing(newest.map(|seen| tagged(&seen.value)))
}

/// So many tags are told of a repository in which the expected one is missing.
const NEWEST: usize = 3;

fn pushed(target: &Target, expected: &Expected, digest: &str, at: Option<Timestamp>) -> Finding {
    let image = format!("{} is {}", expected.called(), short(digest));
    let Some(at) = at else {
        return Finding::holds(format!("{image}, pushed at a time that ECR doesn't tell"));
    };
    let told = format!("{image}, pushed {}", moment(at));
    match target.deployment.created_at {
        None => Finding::holds(told),
        Some(created) if at <= created => Finding::holds(format!(
            "{told}, {} before the deployment was created",
            apart(at, created)
        )),
        Some(created) => {
            let late = format!(
                "{told}, {} after the deployment was created",
                apart(at, created)
            );
            if expected.image.digest.is_some() {
                Finding::holds(late)
            } else {
                Finding::holds(format!(
                    "{late}, which may have resolved the tag to the image before it"
                ))
                .hint("`ecs.digest-running` tells what runs.")
            }
        }
    }
}

fn compared(
    target: &Target,
    container: &str,
    expected: &Expected,
    digest: &str,
    at: Option<Timestamp>,
) -> Body {
    let created = target.deployment.created_at.map(moment);
    let started = created.map_or_else(String::new, |created| {
        format!(", before {} began at {created}", target.deployment.id)
    });
    let pushed = at.map_or_else(String::new, |at| format!(", pushed {}", moment(at)));
    Body::compared(
        format!("image of container `{container}` ({})", expected.image),
        format!("in ECR{started}"),
        format!("{digest}{pushed}"),
    )
}

/// Names the newest tags, among which a misspelt one, or another repository's, stands out.
fn missing(expected: &Expected, newest: &[ImageDetail]) -> Finding {
    let absent = expected.absent();
    let tags: Vec<String> = newest
        .iter()
        .map(|image| {
            let pushed = image.pushed_at.map(|at| format!(" ({})", moment(at)));
            format!("{}{}", image.tags.join(", "), pushed.unwrap_or_default())
        })
        .collect();
    if tags.is_empty() {
        return absent;
    }
    Finding {
        headline: format!(
            "{}; the newest tags there: {}",
            absent.headline,
            tags.join("; ")
        ),
        ..absent
    }
}

fn elsewhere(container: &str, expected: &Expected, some_in_ecr: bool) -> Unobserved {
    Unobserved::lasting(format!(
        "when {} (container `{container}`) was pushed is unknown: only ECR tells push times",
        expected.image
    ))
    .hint(match some_in_ecr {
        true => "Name the containers to judge with the target's `containers:`.",
        false => ELSEWHERE,
    })
}

#[cfg(test)]
mod tests;
