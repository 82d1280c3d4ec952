//! Finding a fleet: every service that its names and globs mean.

use std::collections::BTreeSet;

use super::discovery::{all_of, is_glob, region, scope};
use crate::contract::{FleetSpec, TargetSpec, Unobserved, last_segment};
use crate::reads::{Reads, Scope};

/// One target of a fleet: a service; or what a glob of it stands for, where that could not be
/// found.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The target.
    pub spec: TargetSpec,
    /// Why no service was found.
    pub unfound: Option<Unobserved>,
}

/// The targets of a fleet, each once: in the order of its names and globs, and within a glob by
/// name. A glob that matches no service, or can't be looked up, is a target that was not found,
/// so that it is never lost sight of.
pub async fn members(fleet: &FleetSpec, reads: &Reads) -> Vec<Member> {
    let place = place(fleet, reads).await;
    let mut seen = BTreeSet::new();
    let mut members = Vec::new();
    for named in &fleet.services {
        for member in named_so(fleet, named, &place, reads).await {
            if seen.insert(member.spec.name.clone()) {
                members.push(member);
            }
        }
    }
    members
}

async fn place(fleet: &FleetSpec, reads: &Reads) -> Result<Scope, Unobserved> {
    // The ARNs in its list may name the region, too.
    let arn = fleet
        .services
        .iter()
        .find(|named| named.starts_with("arn:"));
    let spec = fleet.target(&fleet.each.cluster, arn.unwrap_or(&fleet.each.service));
    let region = region(&spec, reads).await?;
    scope(&spec, region, reads).await
}

/// The targets that one name or glob means.
async fn named_so(
    fleet: &FleetSpec,
    named: &str,
    place: &Result<Scope, Unobserved>,
    reads: &Reads,
) -> Vec<Member> {
    let found = async {
        let scope = place.clone()?;
        let target = |service: &str| {
            let spec = TargetSpec {
                region: scope.region.clone(),
                found_by: is_glob(named).then(|| named.to_owned()),
                ..fleet.target(&scope.cluster, last_segment(service))
            };
            Member {
                spec,
                unfound: None,
            }
        };
        if !is_glob(named) {
            // Whether there is such a service is told by the looks at it.
            return Ok(vec![target(named)]);
        }
        let existing = reads.services_of(&scope).await?;
        let mut found = all_of("services", named, &existing)?;
        found.sort_unstable_by_key(|arn| last_segment(arn));
        Ok(found.into_iter().map(|arn| target(arn)).collect())
    };
    let none = |unfound| vec![not_found(fleet, named, unfound)];
    found.await.unwrap_or_else(none)
}

/// The targets of a fleet none of which could be found.
#[must_use]
pub fn no_members(fleet: &FleetSpec, why: &Unobserved) -> Vec<Member> {
    let named = fleet.services.iter();
    named
        .map(|named| not_found(fleet, named, why.clone()))
        .collect()
}

fn not_found(fleet: &FleetSpec, named: &str, why: Unobserved) -> Member {
    Member {
        spec: fleet.target(&fleet.each.cluster, named),
        unfound: Some(why),
    }
}
