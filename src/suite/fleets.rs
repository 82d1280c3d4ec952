//! A suite whose fleets were found: every service of them is a target, as if it were written.

use std::collections::BTreeMap;

use touchdown_checks::contract::TargetSpec;
use touchdown_checks::ecs::Member;

use super::{Need, Suite, SuiteCheck};

/// Whether a target is one of a fleet's. No name that a suite gives has a `/` in it.
pub(crate) fn is_of_fleet(target: &str) -> bool {
    target.contains('/')
}

impl Suite {
    /// The suite with these targets in place of its fleets, by the fleet's name. A fleet that is
    /// not among them stays as it is.
    #[must_use]
    pub fn with_members(mut self, members: BTreeMap<String, Vec<Member>>) -> Self {
        let name_of = |member: &Member| member.spec.name.clone();
        let names = members.iter();
        let names: BTreeMap<String, Vec<String>> = names
            .map(|(fleet, members)| (fleet.clone(), members.iter().map(name_of).collect()))
            .collect();
        self.fleets
            .retain(|fleet| !names.contains_key(fleet.name()));
        for Member { spec, unfound } in members.into_values().flatten() {
            self.unfound
                .extend(unfound.map(|unfound| (spec.name.clone(), unfound)));
            self.targets.push(spec);
        }
        for check in &mut self.checks {
            check.on_members(&names);
        }
        self
    }

    /// What each target stands for: the services, and the fleets that have not been found.
    pub(crate) fn specs(&self) -> impl Iterator<Item = &TargetSpec> {
        let fleets = self.fleets.iter().map(|fleet| &fleet.each);
        self.targets.iter().chain(fleets)
    }
}

impl SuiteCheck {
    /// Runs on a fleet's services where it ran on the fleet, and needs them where it needed that.
    fn on_members(&mut self, names: &BTreeMap<String, Vec<String>>) {
        let targets = std::mem::take(&mut self.targets).into_iter();
        let on = |target: String| names.get(&target).cloned().unwrap_or_else(|| vec![target]);
        self.targets = targets.flat_map(on).collect();
        let needs = std::mem::take(&mut self.needs).into_iter();
        let of_members = |need: Need| {
            let fleet = need.target.as_ref().and_then(|target| names.get(target));
            let Some(members) = fleet else {
                return vec![need];
            };
            let of_member = |member: &String| Need {
                check: need.check,
                target: Some(member.clone()),
            };
            members.iter().map(of_member).collect()
        };
        self.needs = needs.flat_map(of_members).collect();
    }
}
