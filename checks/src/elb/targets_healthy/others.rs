//! What else is in the target groups: targets that are no task which is to stay.

use super::super::endpoint::Endpoint;
use super::super::registration::{Group, Registration};
use super::Facts;
use crate::contract::{Finding, Target};
use crate::reads::{TargetHealth, Task};

impl Facts {
    /// Healthy targets that get production requests and are a task of this service that does
    /// not stay.
    pub(super) fn served_old(&self, target: &Target) -> Option<Finding> {
        let mut old = self
            .strangers(target)
            .filter_map(|(registration, group, one)| {
                let task = self.task_of(registration, one)?;
                (one.healthy() && group.serves).then_some((task, group, one))
            });
        let (task, group, one) = old.next()?;
        let which = format!("task {} ({}:{})", task.short_id(), one.id, one.port);
        let name = &group.described.name;
        let headline = match 1 + old.count() {
            1 => format!("1 old target still takes requests in {name}: {which}"),
            more => format!("{more} old targets still take requests in {name}: {which} and others"),
        };
        Some(Finding::not_yet(headline).hint(
            "ECS deregisters the targets of old tasks, which then drain for the target group's deregistration delay.",
        ))
    }

    /// What else is in the target groups: `; 1 old target drains`.
    pub(super) fn others(&self, target: &Target) -> String {
        let counted = |number: usize, one: &str, more: &str| match number {
            0 => String::new(),
            1 => format!("; 1 {one}"),
            _ => format!("; {number} {more}"),
        };
        let (draining, further): (Vec<_>, Vec<_>) =
            self.strangers(target).partition(|(_, _, one)| one.drains());
        let foreign = further.iter().filter(|(_, _, one)| one.healthy());
        let foreign = counted(
            foreign.count(),
            "target of something else is healthy there too",
            "targets of something else are healthy there too",
        );
        counted(draining.len(), "old target drains", "old targets drain") + &foreign
    }

    /// The targets that are no task of the judged deployment that stays.
    fn strangers<'a>(
        &'a self,
        target: &'a Target,
    ) -> impl Iterator<Item = (&'a Registration, &'a Group, &'a TargetHealth)> {
        self.registrations.iter().flat_map(move |registration| {
            let staying = self.picture.staying(target);
            let own: Vec<Endpoint> = staying
                .filter_map(|task| self.endpoint(registration, task))
                .collect();
            let groups = registration.groups.iter();
            groups.flat_map(move |group| {
                let strange: Vec<_> = group
                    .targets
                    .value
                    .iter()
                    .filter(|one| !own.iter().any(|endpoint| endpoint.is(one)))
                    .map(|one| (registration, group, one))
                    .collect();
                strange
            })
        })
    }

    /// The task of this service that a target is, of whatever deployment.
    pub(super) fn task_of(&self, registration: &Registration, one: &TargetHealth) -> Option<&Task> {
        let mut tasks = self.picture.tasks.value.iter();
        tasks.find(|task| {
            let endpoint = self.endpoint(registration, task);
            endpoint.is_some_and(|endpoint| endpoint.is(one))
        })
    }

    fn endpoint(&self, registration: &Registration, task: &Task) -> Option<Endpoint> {
        Endpoint::of(task, &registration.balancing, &self.instances)
    }
}
