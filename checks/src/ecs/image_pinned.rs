//! `ecs.image-pinned`: the task definition names images that can't change under it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::judged_containers;
use super::rows::deploy_new_revision;
use crate::contract::{
    Body, Check, Fault, Finding, Glob, ImageReference, Located, Look, Seen, Target, Unobserved,
    check_tag,
};
use crate::reads::ContainerDefinition;

/// **Asks** whether the task definition of the judged deployment names each judged container's
/// image by a digest, or by a tag that isn't moved from image to image.
///
/// **Why it matters**: under a tag like `latest`, one revision means another image each day. A
/// pipeline that only forces a new deployment of it can't show which commit runs, can't go back
/// to the one before, and is green also where the push went wrong.
///
/// With `tag`, that very tag must be the one that is named: the commit's, as the pipeline knows
/// it. Where sidecars have tags of their own, name the containers to judge with the target's
/// `containers`. A revision never changes, so the check settles at its first look.
///
/// **Evidence**: each judged container's image, as the task definition names it.
///
/// **Example**
/// ```yaml
/// - check: ecs.image-pinned
///   tag: 4a68d398b7e1
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagePinned {
    /// The tag that each judged container's image must have, such as `${GIT_SHA}`.
    #[serde(default)]
    tag: Option<String>,
    /// The tags that count as moving, as globs, in lower case. Default: `latest`, `latest-*`, `*-latest`,
    /// `dev`, `develop`, `development`, `main`, `master`, `trunk`, `head`, `stable`, `edge`,
    /// `nightly`, `canary`, `next`, `current`, `test`, `qa`, `stage`, `staging`, `prod`,
    /// `production`, `live`.
    #[serde(default)]
    mutable: Option<Vec<Glob>>,
}

/// What people call the tag that they move.
const MOVING: [&str; 21] = [
    "dev",
    "develop",
    "development",
    "main",
    "master",
    "trunk",
    "head",
    "latest",
    "stable",
    "edge",
    "nightly",
    "canary",
    "next",
    "current",
    "test",
    "qa",
    "stage",
    "staging",
    "prod",
    "production",
    "live",
];

/// What one look of `ecs.image-pinned` brings.
#[derive(Debug)]
pub struct Facts {
    /// The judged containers, as the judged deployment's task definition has them.
    containers: Seen<Vec<ContainerDefinition>>,
}

impl Check for ImagePinned {
    const KIND: &'static str = "ecs.image-pinned";
    const ACTIONS: &'static [&'static str] =
        &["ecs:DescribeServices", "ecs:DescribeTaskDefinition"];
    type Subject = Target;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let target = look.subject;
        let definition = look
            .reads
            .task_definition(&target.region, &target.deployment.task_definition)
            .await?;
        let judged = judged_containers(target, &definition.value)?;
        let judged = judged.into_iter().cloned().collect();
        Ok(Facts {
            containers: definition.map(|_| judged),
        })
    }

    fn judge(&self, target: &Target, facts: &Facts) -> Finding {
        let containers = &facts.containers.value;
        let named: Vec<Named> = containers.iter().map(|c| self.of_container(c)).collect();
        let rows = containers.iter().zip(&named).map(|(container, named)| {
            let (image, note) = (container.image.clone(), named.note().to_owned());
            [container.name.clone(), image, note]
        });
        let title = format!("images of {}", target.deployment.revision());
        let table = Body::table(title, ["container", "image", "says"], rows);
        summed_up(target, containers, &named).evidence(facts.containers.evidence(table))
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let Some(tag) = &self.tag else {
            let nothing = self.mutable.as_ref().is_some_and(Vec::is_empty);
            let fault = || Fault::new(fields.place_of("mutable"), "every tag would count as fixed");
            return nothing
                .then(|| fault().help("name the tags that move, or give `tag`"))
                .into_iter()
                .collect();
        };
        let place = fields.get("tag").map_or(fields.place, |value| value.place);
        if let Err(told) = check_tag(tag) {
            return vec![Fault::new(place, told)];
        }
        if self.moves(tag) {
            let told = format!("`{tag}` counts as a tag that moves, so this could never pass");
            return vec![
                Fault::new(place, told).help("give the commit's own tag, or set `mutable`"),
            ];
        }
        Vec::new()
    }
}

/// How a container's image is named.
#[derive(Debug)]
enum Named {
    /// So that it can't change.
    Fixed(String),
    /// So that it can, or otherwise than it should be.
    Otherwise(String),
    /// So that nobody can read it.
    Unreadable(String),
}

impl Named {
    fn note(&self) -> &str {
        match self {
            Self::Fixed(note) | Self::Otherwise(note) | Self::Unreadable(note) => note,
        }
    }
}

impl ImagePinned {
    fn of_container(&self, container: &ContainerDefinition) -> Named {
        let image: ImageReference = match container.image.parse() {
            Ok(image) => image,
            Err(error) => return Named::Unreadable(error),
        };
        let called = image.without_registry();
        match (&self.tag, image.tag.as_deref(), &image.digest) {
            (Some(wanted), Some(tag), _) if tag != wanted => {
                Named::Otherwise(format!("names {called}, not the tag `{wanted}`"))
            }
            (Some(wanted), None, _) => Named::Otherwise(format!(
                "names {called}, by digest alone, not the tag `{wanted}`"
            )),
            (_, _, Some(_)) => Named::Fixed(format!("names {called}, by digest")),
            (_, Some(tag), None) if self.moves(tag) => {
                Named::Otherwise(format!("names {called}, and `{tag}` is a tag that moves"))
            }
            _ => Named::Fixed(format!("names {called}")),
        }
    }

    fn moves(&self, tag: &str) -> bool {
        let tag = tag.to_lowercase();
        match &self.mutable {
            Some(globs) => globs.iter().any(|glob| glob.is_match(&tag)),
            None => {
                MOVING.contains(&tag.as_str())
                    || tag.starts_with("latest-")
                    || tag.ends_with("-latest")
            }
        }
    }
}

fn summed_up(target: &Target, containers: &[ContainerDefinition], named: &[Named]) -> Finding {
    let revision = target.deployment.revision();
    let told = |wanted: fn(&Named) -> bool| {
        let pairs = containers.iter().zip(named);
        let of_kind: Vec<String> = pairs
            .filter(|(_, named)| wanted(named))
            .map(|(container, named)| format!("`{}` {}", container.name, named.note()))
            .collect();
        (of_kind.len(), of_kind.join("; "))
    };
    let (_, unreadable) = told(|named| matches!(named, Named::Unreadable(_)));
    let (wrong, otherwise) = told(|named| matches!(named, Named::Otherwise(_)));
    let (right, fixed) = told(|named| matches!(named, Named::Fixed(_)));
    let count = named.len();
    if wrong > 0 {
        return Finding::broken(format!(
            "{wrong} of {count} containers of {revision}: {otherwise}"
        ))
        .hint(remedy(target));
    }
    if !unreadable.is_empty() {
        return Finding::unobserved(format!("{revision}: {unreadable}"))
            .hint("Correct the image in the task definition.")
            .lasting();
    }
    if count == 0 {
        return Finding::unobserved(format!("{revision} has no container to judge")).lasting();
    }
    Finding::holds(format!(
        "{right} of {count} containers of {revision}: {fixed}"
    ))
}

/// Waiting can't help: another revision must name another image.
fn remedy(target: &Target) -> String {
    format!(
        "Register a revision that names the commit's tag or a digest, and deploy it:\n  {}",
        deploy_new_revision(target)
    )
}

#[cfg(test)]
mod tests;
