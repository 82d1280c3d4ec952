//! Looking for troubles: which tasks of a deployment failed, and what else tells of them.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::facts::{Facts, Location};
use super::stopped;
use super::troubles::Troubles;
use crate::contract::{JudgedDeployment, Seen, Target};
use crate::ecs::force_new_deployment;
use crate::logs::LastLines;
use crate::reads::{Reads, Service, Task};

/// Tasks whose last lines are read.
const READ: usize = 3;
/// How long reading them may take, from when the service was read.
const LIMIT: Duration = Duration::from_secs(5);

impl Troubles {
    /// Looks at what failed of the judged deployment. That costs no call while nothing did.
    pub async fn observe(
        target: &Target,
        service: &Seen<Service>,
        tasks: &Seen<Vec<Task>>,
        reads: &Reads,
    ) -> Self {
        Self::of_deployment(&target.deployment, target, service, tasks, reads).await
    }

    /// Looks at what failed of one of the target's deployments.
    pub async fn of_deployment(
        deployment: &JudgedDeployment,
        target: &Target,
        service: &Seen<Service>,
        tasks: &Seen<Vec<Task>>,
        reads: &Reads,
    ) -> Self {
        let now = reads.aws_time(tasks.at);
        let mut facts = facts(deployment, target, service, tasks, now);
        if facts.stopped.value.is_empty() {
            let may_tell = facts.running < facts.desired && !facts.events.value.is_empty();
            return Self(may_tell.then(|| Arc::new(facts)));
        }
        match reads
            .task_definition(&target.region, &deployment.task_definition)
            .await
        {
            Ok(definition) => {
                let until = later(service.at, LIMIT);
                let last: Vec<&Task> = facts.stopped.value.iter().take(READ).collect();
                let definition = definition.value;
                facts.lines =
                    LastLines::read(&last, &definition, &target.region, until, reads).await;
                facts.definition = Some(definition);
            }
            Err(unread) => facts.lines.unread.push(unread),
        }
        Self(Some(Arc::new(facts)))
    }
}

fn facts(
    deployment: &JudgedDeployment,
    target: &Target,
    service: &Seen<Service>,
    tasks: &Seen<Vec<Task>>,
    now: Timestamp,
) -> Facts {
    let of_it = || {
        let tasks = tasks.value.iter();
        tasks.filter(|task| task.started_by == deployment.id)
    };
    let mut failed: Vec<Task> = of_it()
        .filter(|task| stopped::has_failed(task))
        .cloned()
        .collect();
    failed.sort_by_key(|task| std::cmp::Reverse(stopped::ended(task)));
    let surviving = of_it().filter(|task| !task.is_gone() && !task.leaves());
    let surviving: Vec<Task> = surviving.cloned().collect();
    let listed = service.value.deployment(&deployment.id);
    let desired = listed.map_or(service.value.desired, |listed| listed.desired);
    let since = deployment.created_at;
    let events = service.value.events.iter();
    let events = events.filter(|event| event.at >= since).cloned();
    let groups = listed.into_iter().flat_map(|listed| &listed.load_balancers);
    let groups = groups.chain(&service.value.load_balancers);
    Facts {
        place: Location {
            cluster: target.cluster_name().to_owned(),
            service: target.service.clone(),
            region: target.region.clone(),
            target_groups: groups
                .filter_map(|group| group.target_group.clone())
                .collect(),
            redeploy: redeploy(deployment, target, &service.value),
        },
        revision: deployment.revision().to_owned(),
        desired: usize::try_from(desired).unwrap_or(0),
        running: surviving.iter().filter(|task| task.runs()).count(),
        stopped: tasks.with(failed),
        surviving,
        now,
        events: service.with(events.collect()),
        definition: None,
        lines: LastLines::default(),
    }
}

/// The command that deploys it anew. After a rollback that is not what the service runs.
fn redeploy(deployment: &JudgedDeployment, target: &Target, service: &Service) -> String {
    let command = force_new_deployment(target);
    match service.primary() {
        Some(primary) if primary.task_definition != deployment.task_definition => {
            format!("{command} --task-definition {}", deployment.revision())
        }
        _ => command,
    }
}

impl Location {
    /// The command that tells all of a task, or of the service where there is none.
    pub fn describe(&self, task: Option<&Task>) -> String {
        let Self {
            cluster,
            service,
            region,
            ..
        } = self;
        match task {
            Some(task) => format!(
                "aws ecs describe-tasks --cluster {cluster} --tasks {} --region {region}",
                task.id
            ),
            None => format!(
                "aws ecs describe-services --cluster {cluster} --services {service} --region {region}"
            ),
        }
    }

    /// The command that lists the service's stopped tasks.
    pub fn list_stopped(&self) -> String {
        format!(
            "aws ecs list-tasks --cluster {} --service-name {} --desired-status STOPPED --region {}",
            self.cluster, self.service, self.region
        )
    }
}

fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}
