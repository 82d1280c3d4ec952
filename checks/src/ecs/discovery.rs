//! Finding a target: the one service that the suite means, and the deployment to judge.

mod latest;

use globset::{Glob, GlobMatcher};

use crate::contract::{
    Baseline, JudgedDeployment, Seen, Target, TargetSpec, Unobserved, last_segment,
};
use crate::reads::{Reads, Scope, Service};

pub use latest::{LAG, awaits_latest, find_latest};

/// Finds the service of `spec`, and the deployment that is PRIMARY now. The one of the
/// `baselines` that is of this service belongs to the target.
///
/// # Errors
/// [`Unobserved`]: lasting where the names match nothing or more than one, or where the
/// service is gone; for now where AWS can't be asked.
pub async fn find(
    spec: &TargetSpec,
    baselines: &[Baseline],
    reads: &Reads,
) -> Result<Target, Unobserved> {
    let region = region(spec, reads).await?;
    let (scope, name) = names(spec, region.clone(), reads).await?;
    let seen = reads.service(&scope, &name).await?;
    let deployment = judged(&seen)?;
    let found_at = reads.aws_time(seen.at);
    let service = &seen.value;
    Ok(Target {
        found_at,
        region,
        scope,
        deployment,
        spec: spec.clone(),
        cluster: service.cluster.clone(),
        service: service.name.clone(),
        baseline: baselines
            .iter()
            .find(|baseline| baseline.service == service.arn)
            .cloned(),
        service_arn: service.arn.clone(),
        expected: tokio::sync::OnceCell::new(),
        expected_of_only: tokio::sync::OnceCell::new(),
    })
}

/// The cluster and the service that are meant: what is no glob is taken as it is, without
/// asking for a list.
async fn names(
    spec: &TargetSpec,
    region: String,
    reads: &Reads,
) -> Result<(Scope, String), Unobserved> {
    let scope = scope(spec, region, reads).await?;
    let service = if is_glob(&spec.service) {
        the_one("services", &spec.service, reads.services_of(&scope).await?)?
    } else {
        spec.service.clone()
    };
    // By its name from now on, so that all who ask for it ask the same.
    Ok((scope, last_segment(&service).to_owned()))
}

/// The region and the cluster that are meant.
pub(super) async fn scope(
    spec: &TargetSpec,
    region: String,
    reads: &Reads,
) -> Result<Scope, Unobserved> {
    let region = Some(region);
    let cluster = if is_glob(&spec.cluster) {
        let existing = reads.clusters(region.as_deref()).await?;
        the_one("clusters", &spec.cluster, existing)?
    } else {
        spec.cluster.clone()
    };
    Ok(Scope { region, cluster })
}

/// The deployment that is PRIMARY now.
fn judged(seen: &Seen<Service>) -> Result<JudgedDeployment, Unobserved> {
    let service = &seen.value;
    let name = &service.name;
    if service.status == "INACTIVE" {
        let gone = Unobserved::lasting(format!("service `{name}` was deleted (INACTIVE)"));
        return Err(gone
            .hint("Create it again, or name another service.")
            .origin(seen.source.clone()));
    }
    let Some(primary) = service.primary() else {
        let none = Unobserved::for_now(format!("service `{name}` has no PRIMARY deployment"));
        return Err(none
            .hint("Under an EXTERNAL controller, make one of its task sets the primary one.")
            .origin(seen.source.clone()));
    };
    Ok(JudgedDeployment {
        id: primary.id.clone(),
        task_definition: primary.task_definition.clone(),
        created_at: primary.created_at,
    })
}

impl Target {
    /// Where the target's service and tasks are looked up.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// The region that the target names, else the environment's.
pub(super) async fn region(spec: &TargetSpec, reads: &Reads) -> Result<String, Unobserved> {
    let named = spec.region.clone().or_else(|| region_of(spec));
    reads.region(named.as_deref()).await
}

/// The region that an ARN in the target names.
fn region_of(spec: &TargetSpec) -> Option<String> {
    region_in(&spec.service).or_else(|| region_in(&spec.cluster))
}

fn region_in(arn: &str) -> Option<String> {
    let region = arn.strip_prefix("arn:")?.split(':').nth(2)?;
    (!region.is_empty() && !is_glob(region)).then(|| region.to_owned())
}

pub(super) fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// The one ARN that the glob matches.
fn the_one(what: &str, glob: &str, existing: Vec<String>) -> Result<String, Unobserved> {
    let found = all_of(what, glob, &existing)?;
    match found[..] {
        [one] => Ok(one.clone()),
        ref many => Err(Unobserved::lasting(format!(
            "`{glob}` matches {} {what}: {}",
            many.len(),
            many.iter()
                .take(5)
                .map(|arn| last_segment(arn))
                .collect::<Vec<_>>()
                .join(", ")
        ))
        .hint(several(what))),
    }
}

/// What to do where a glob matches several.
fn several(what: &str) -> &'static str {
    match what {
        "services" => {
            "A target is one service: write more of the name. In a suite, `services:` judges them all."
        }
        _ => "A target is in one cluster: write more of the name.",
    }
}

/// The ARNs that the glob matches, one at least: by their names, or as a whole where the glob is
/// of an ARN. Other globs don't see the whole, which holds the cluster's name too.
pub(super) fn all_of<'a>(
    what: &str,
    glob: &str,
    existing: &'a [String],
) -> Result<Vec<&'a String>, Unobserved> {
    let matcher = matcher(glob)?;
    let whole = glob.starts_with("arn:");
    let matches = |arn: &&String| {
        let seen = if whole { arn } else { last_segment(arn) };
        matcher.is_match(seen)
    };
    let found: Vec<&String> = existing.iter().filter(matches).collect();
    if found.is_empty() {
        return Err(Unobserved::lasting(format!(
            "`{glob}` matches none of the {} {what}",
            existing.len()
        ))
        .hint(crate::reads::there_are(what, existing)));
    }
    Ok(found)
}

fn matcher(glob: &str) -> Result<GlobMatcher, Unobserved> {
    Glob::new(glob)
        .map(|glob| glob.compile_matcher())
        .map_err(|error| Unobserved::lasting(format!("`{glob}` is no glob: {}", error.kind())))
}

#[cfg(test)]
mod tests;
