//! Finding the fleets of a suite: the opening of a run, which fixes what is judged.
//!
//! How many services a fleet has is only known to AWS, so that the plan of outcomes waits for it.
//! What can't be found becomes a target that can't be looked at, and its checks inconclusive.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;
use touchdown_checks::contract::{FleetSpec, Period, Unobserved};
use touchdown_checks::ecs::{self, Member};
use touchdown_checks::reads::{Connections, Reads};

use crate::plan::Plan;
use crate::suite::{EVERY, Suite, TIMEOUT};

/// The pause before it is asked again, doubled each time up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The suite with the services of its fleets that a plan of it looks at, as AWS lists them now. Where
/// it can't be asked, it is asked again for as long as the most impatient check on a fleet would be
/// looked at, and for `at_most` in all.
pub async fn found(
    suite: Suite,
    plan: &Plan,
    connections: &Arc<Connections>,
    at_most: Option<Duration>,
) -> Suite {
    let fleets = suite.fleets.iter();
    let fleets: Vec<&FleetSpec> = fleets
        .filter(|fleet| plan.targets.contains_key(fleet.name()))
        .collect();
    if fleets.is_empty() {
        return suite;
    }
    let patience = patience(plan, &fleets, at_most);
    let members = until_found(&fleets, connections, patience).await;
    let names = fleets.iter().map(|fleet| fleet.name().to_owned());
    let members: BTreeMap<String, Vec<Member>> = names.zip(members).collect();
    suite.with_members(members)
}

/// How long the services are asked for.
fn patience(plan: &Plan, fleets: &[&FleetSpec], at_most: Option<Duration>) -> Duration {
    let fleets: HashSet<&str> = fleets.iter().map(|fleet| fleet.name()).collect();
    let of_a_fleet = |name: &String| fleets.contains(name.as_str());
    let checks = plan.checks.iter();
    let on_fleets = checks.filter(|check| check.target.as_ref().is_some_and(of_a_fleet));
    let shortest = on_fleets.map(|check| check.within).min();
    shortest
        .into_iter()
        .chain(at_most)
        .min()
        .unwrap_or_default()
}

async fn until_found(
    fleets: &[&FleetSpec],
    connections: &Arc<Connections>,
    patience: Duration,
) -> Vec<Vec<Member>> {
    let ends = Instant::now() + patience;
    let mut pause = EVERY;
    loop {
        // One picture, so that two fleets of a cluster share its list.
        let reads = Reads::of_round(Arc::clone(connections));
        let limit = ends.saturating_duration_since(Instant::now()).max(TIMEOUT);
        let mut found = join_all(fleets.iter().map(|fleet| look(fleet, &reads, limit))).await;
        let next = Instant::now() + pause;
        if next > ends || !may_still_be_found(&found) {
            give_up(&mut found);
            return found;
        }
        tokio::time::sleep_until(next).await;
        pause = LONGEST_PAUSE.min(2 * pause);
    }
}

async fn look(fleet: &FleetSpec, reads: &Reads, limit: Duration) -> Vec<Member> {
    let looked = tokio::time::timeout(limit, Box::pin(ecs::members(fleet, reads))).await;
    looked.unwrap_or_else(|_| {
        let told = format!(
            "the services were not listed within {}",
            Period::from(limit)
        );
        ecs::no_members(fleet, &Unobserved::for_now(told))
    })
}

fn may_still_be_found(found: &[Vec<Member>]) -> bool {
    let mut unfound = found
        .iter()
        .flatten()
        .filter_map(|member| member.unfound.as_ref());
    unfound.any(|unfound| !unfound.lasting)
}

/// What was not found by now is not looked for again.
fn give_up(found: &mut [Vec<Member>]) {
    let unfound = found
        .iter_mut()
        .flatten()
        .filter_map(|member| member.unfound.as_mut());
    for unfound in unfound {
        unfound.lasting = true;
    }
}
