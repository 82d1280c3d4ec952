//! The picture that every check of a service judges: its deployments and its tasks, joined
//! by what started them.

use std::sync::Arc;

use crate::contract::{Seen, Target, Unobserved};
use crate::diagnosis::Troubles;
use crate::reads::{Deployment, Reads, Service, Task};

/// A service and its tasks, seen in one round, whose checks share them.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub service: Arc<Seen<Service>>,
    pub tasks: Arc<Seen<Vec<Task>>>,
    /// What failed of the judged deployment.
    pub troubles: Troubles,
}

impl Picture {
    /// The IAM actions that looking may need; the last two where tasks have failed.
    pub const ACTIONS: &'static [&'static str] = &[
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:DescribeTaskDefinition",
        "logs:FilterLogEvents",
    ];

    /// Looks at the target's service and tasks.
    pub async fn observe(target: &Target, reads: &Reads) -> Result<Self, Unobserved> {
        let scope = target.scope();
        let (service, tasks) = futures_util::try_join!(
            reads.service(scope, &target.service),
            reads.tasks(scope, &target.service),
        )?;
        if let Some(contradiction) = contradiction(&service, &tasks.value) {
            return Err(contradiction);
        }
        let troubles = Box::pin(Troubles::observe(target, &service, &tasks, reads)).await;
        Ok(Self {
            service,
            tasks,
            troubles,
        })
    }

    /// The judged deployment as the service tells it now.
    pub fn deployment(&self, target: &Target) -> Option<&Deployment> {
        self.service.value.deployment(&target.deployment.id)
    }

    /// How many tasks the judged deployment wants.
    pub fn desired(&self, target: &Target) -> usize {
        let desired = self
            .deployment(target)
            .map_or(self.service.value.desired, |d| d.desired);
        usize::try_from(desired).unwrap_or(0)
    }

    /// The judged deployment's tasks, in whatever state.
    pub fn judged<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = &'a Task> {
        self.tasks
            .value
            .iter()
            .filter(|task| task.started_by == target.deployment.id)
    }

    /// The judged deployment's tasks that run and are to stay.
    pub fn staying<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = &'a Task> {
        self.judged(target)
            .filter(|task| task.runs() && !task.leaves())
    }

    /// The tasks of other deployments that still run: while there are any, nothing can be
    /// said of "every task".
    pub fn old<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = &'a Task> {
        let other = |task: &&Task| task.started_by != target.deployment.id && task.runs();
        self.tasks.value.iter().filter(other)
    }

    /// The tasks of other deployments whose containers have not ended for good, in whatever
    /// state before that.
    pub fn lingering<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = &'a Task> {
        let other = |task: &&Task| task.started_by != target.deployment.id && !task.is_gone();
        self.tasks.value.iter().filter(other)
    }

    /// The tasks that drain, of whatever deployment. They don't run any more, but are told.
    pub fn draining(&self) -> impl Iterator<Item = &Task> {
        self.tasks.value.iter().filter(|task| task.drains())
    }
}

/// A task that is to stay and is younger than every deployment that the service lists, whereas
/// its own isn't listed: the service's answer is from an older state than the tasks'.
fn contradiction(service: &Seen<Service>, tasks: &[Task]) -> Option<Unobserved> {
    let deployments = &service.value.deployments;
    let newest = deployments.iter().filter_map(|one| one.created_at).max()?;
    let of_unlisted = |task: &&Task| {
        service.value.deployment(&task.started_by).is_none()
            && !task.is_gone()
            && !task.leaves()
            && task.created_at.is_some_and(|created| created > newest)
    };
    let task = tasks.iter().find(of_unlisted)?;
    let told = format!(
        "ecs:DescribeServices was answered from an older state: it doesn't list {}, of which task {} is",
        task.started_by,
        task.short_id()
    );
    let unobserved = Unobserved::for_now(told).hint(
        "AWS's reads are eventually consistent. touchdown doesn't judge what is older, and looks again.",
    );
    Some(unobserved.origin(service.source.clone()))
}

/// Literal facts for the tests of judges.
#[cfg(test)]
pub(crate) mod literal {
    use jiff::Timestamp;

    use super::*;
    use crate::contract::{JudgedDeployment, Source, TargetSpec};
    use crate::reads::{Container, Scope};

    pub fn at(time: &str) -> Timestamp {
        format!("2025-11-18T{time}Z").parse().expect("a time")
    }

    pub fn seen<T>(value: T) -> Seen<T> {
        let source = Source {
            call: "ecs:Test".into(),
            resource: "web".into(),
            request_id: None,
        };
        Seen {
            value,
            source,
            at: at("23:46:00"),
        }
    }

    pub fn target(deployment: &str) -> Target {
        Target {
            spec: TargetSpec {
                name: "web".into(),
                cluster: "dev".into(),
                service: "web".into(),
                found_by: None,
                region: None,
                containers: None,
                image: None,
                not_before: None,
            },
            region: "us-east-1".into(),
            scope: Scope {
                region: None,
                cluster: "dev".into(),
            },
            cluster: "arn:aws:ecs:us-east-1:1:cluster/dev".into(),
            service: "web".into(),
            service_arn: "arn:aws:ecs:us-east-1:1:service/dev/web".into(),
            deployment: JudgedDeployment {
                id: deployment.into(),
                task_definition: "arn:aws:ecs:us-east-1:1:task-definition/web:5".into(),
                created_at: Some(at("23:24:00")),
            },
            found_at: at("23:46:00"),
            baseline: None,
            expected: tokio::sync::OnceCell::new(),
            expected_of_only: tokio::sync::OnceCell::new(),
        }
    }

    pub fn deployment(id: &str, status: &str) -> Deployment {
        Deployment {
            id: id.into(),
            status: status.into(),
            task_definition: "arn:aws:ecs:us-east-1:1:task-definition/web:5".into(),
            desired: 1,
            running: 1,
            created_at: Some(at("23:24:00")),
            ..Deployment::default()
        }
    }

    pub fn service(deployments: Vec<Deployment>) -> Service {
        Service {
            name: "web".into(),
            status: "ACTIVE".into(),
            desired: 1,
            deployments,
            ..Service::default()
        }
    }

    /// A running task with one container, `app`.
    pub fn task(id: &str, started_by: &str, started: &str, digest: Option<&str>) -> Task {
        Task {
            id: id.into(),
            started_by: started_by.into(),
            task_definition: "arn:aws:ecs:us-east-1:1:task-definition/web:5".into(),
            last_status: "RUNNING".into(),
            desired_status: "RUNNING".into(),
            created_at: Some(at(started)),
            started_at: Some(at(started)),
            containers: vec![Container {
                name: "app".into(),
                image: "repo:latest-dev".into(),
                digest: digest.map(str::to_owned),
                ..Container::default()
            }],
            ..Task::default()
        }
    }

    impl Picture {
        pub fn service_mut(&mut self) -> &mut Service {
            &mut Arc::make_mut(&mut self.service).value
        }

        pub fn tasks_mut(&mut self) -> &mut [Task] {
            &mut Arc::make_mut(&mut self.tasks).value
        }
    }

    /// A picture in which `ecs-svc/1` is PRIMARY and wants as many tasks as `desired`.
    pub fn picture(desired: i32, tasks: Vec<Task>) -> Picture {
        let mut primary = deployment("ecs-svc/1", "PRIMARY");
        primary.desired = desired;
        Picture {
            service: seen(service(vec![primary])).into(),
            tasks: seen(tasks).into(),
            troubles: Troubles::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::literal::{deployment, seen, service, task};
    use super::*;

    #[test]
    fn a_task_of_a_deployment_that_is_not_listed_yet_contradicts_the_service() {
        let service = seen(service(vec![deployment("ecs-svc/1", "PRIMARY")]));
        let of = |started_by, created| task("0123456789", started_by, created, None);
        let told = |task| contradiction(&service, &[task]).map(|told| told.headline);
        assert_eq!(
            told(of("ecs-svc/2", "23:45:00")).as_deref(),
            Some(
                "ecs:DescribeServices was answered from an older state: it doesn't list ecs-svc/2, of which task 01234567 is"
            )
        );
        assert_eq!(told(of("ecs-svc/1", "23:45:00")), None);
        assert_eq!(
            told(of("ecs-svc/0", "23:20:00")),
            None,
            "it is of one that is over"
        );
        let mut leaving = of("ecs-svc/2", "23:45:00");
        leaving.desired_status = "STOPPED".into();
        assert_eq!(told(leaving), None);
    }
}
