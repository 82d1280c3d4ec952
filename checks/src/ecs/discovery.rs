//! Finding a target: the one service that the suite means, and the deployment to judge.

use globset::{Glob, GlobMatcher};

use crate::contract::{JudgedDeployment, Target, TargetSpec, Unobserved, last_segment};
use crate::reads::{Reads, Scope};

/// Finds the service of `spec`, and the deployment that is PRIMARY now.
///
/// # Errors
/// [`Unobserved`]: lasting where the names match nothing or more than one, or where the
/// service is gone; for now where AWS can't be asked.
pub async fn find(spec: &TargetSpec, reads: &Reads) -> Result<Target, Unobserved> {
    let region = spec.region.clone().or_else(|| region_of(spec));
    let cluster = match cluster_of(spec) {
        Some(cluster) => cluster,
        None => {
            let existing = reads.clusters(region.as_deref()).await?;
            the_one("clusters", &spec.cluster, existing)?
        }
    };
    let scope = Scope { region, cluster };
    let service = if is_glob(&spec.service) {
        the_one("services", &spec.service, reads.services_of(&scope).await?)?
    } else {
        spec.service.clone()
    };
    let seen = reads.service(&scope, &service).await?;
    let region = reads.region(scope.region.as_deref()).await?;
    let service = seen.value;
    if service.status == "INACTIVE" {
        return Err(Unobserved::lasting(format!(
            "service `{}` was deleted (INACTIVE)",
            service.name
        ))
        .hint("Create it again, or name another service.")
        .origin(seen.source));
    }
    let Some(primary) = service.primary() else {
        return Err(Unobserved::for_now(format!(
            "service `{}` has no PRIMARY deployment",
            service.name
        ))
        .hint("Under an EXTERNAL controller, make one of its task sets the primary one.")
        .origin(seen.source));
    };
    Ok(Target {
        region,
        deployment: JudgedDeployment {
            id: primary.id.clone(),
            task_definition: primary.task_definition.clone(),
            created_at: primary.created_at,
        },
        spec: spec.clone(),
        cluster: service.cluster,
        service: service.name,
        service_arn: service.arn,
        expected: tokio::sync::OnceCell::new(),
    })
}

impl Target {
    /// Where the target's service and tasks are looked up.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope {
            region: Some(self.region.clone()),
            cluster: self.cluster.clone(),
        }
    }
}

/// The region that an ARN in the target names.
fn region_of(spec: &TargetSpec) -> Option<String> {
    region_in(&spec.service).or_else(|| region_in(&spec.cluster))
}

fn region_in(arn: &str) -> Option<String> {
    let region = arn.strip_prefix("arn:")?.split(':').nth(2)?;
    (!region.is_empty() && !is_glob(region)).then(|| region.to_owned())
}

/// The cluster, where no list of clusters is needed to know it.
fn cluster_of(spec: &TargetSpec) -> Option<String> {
    (!is_glob(&spec.cluster)).then(|| spec.cluster.clone())
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// The one ARN whose name (or whole ARN) the glob matches.
fn the_one(what: &str, glob: &str, existing: Vec<String>) -> Result<String, Unobserved> {
    let matcher = matcher(glob)?;
    let matches = |arn: &&String| matcher.is_match(last_segment(arn)) || matcher.is_match(arn);
    let found: Vec<&String> = existing.iter().filter(matches).collect();
    match found[..] {
        [one] => Ok(one.clone()),
        [] => Err(Unobserved::lasting(format!(
            "`{glob}` matches none of the {} {what}",
            existing.len()
        ))
        .hint(crate::reads::there_are(what, &existing))),
        ref many => Err(Unobserved::lasting(format!(
            "`{glob}` matches {} {what}: {}",
            many.len(),
            many.iter()
                .take(5)
                .map(|arn| last_segment(arn))
                .collect::<Vec<_>>()
                .join(", ")
        ))
        .hint("A target is one service: write more of the name.")),
    }
}

fn matcher(glob: &str) -> Result<GlobMatcher, Unobserved> {
    Glob::new(glob)
        .map(|glob| glob.compile_matcher())
        .map_err(|error| Unobserved::lasting(format!("`{glob}` is no glob: {}", error.kind())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arns() -> Vec<String> {
        ["HcTapStack-ApiService1-a", "HcTapStack-DashboardService4-b"]
            .map(|name| format!("arn:aws:ecs:us-east-1:099200121087:service/HcTap/{name}"))
            .to_vec()
    }

    #[test]
    fn a_glob_must_match_exactly_one() {
        let one = the_one("services", "HcTapStack-DashboardService*", arns()).expect("one");
        assert!(one.ends_with("DashboardService4-b"));
        let two = the_one("services", "HcTapStack-*", arns()).expect_err("two");
        assert!(two.lasting);
        assert_eq!(
            two.headline,
            "`HcTapStack-*` matches 2 services: HcTapStack-ApiService1-a, HcTapStack-DashboardService4-b"
        );
        let none = the_one("services", "web-*", arns()).expect_err("none");
        assert_eq!(none.headline, "`web-*` matches none of the 2 services");
        assert!(
            none.hint
                .expect("a hint")
                .contains("HcTapStack-ApiService1-a")
        );
    }

    #[test]
    fn an_arn_tells_its_region() {
        assert_eq!(region_in(&arns()[0]).as_deref(), Some("us-east-1"));
        assert_eq!(region_in("web"), None);
    }
}
