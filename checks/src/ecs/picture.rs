//! The picture that every check of a service judges: its deployments and its tasks, joined
//! by what started them.

use crate::contract::{Seen, Target, Unobserved};
use crate::diagnosis::Troubles;
use crate::reads::{Deployment, Reads, Service, Task};

/// A service and its tasks, seen in one round.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub service: Seen<Service>,
    pub tasks: Seen<Vec<Task>>,
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
            baseline: None,
            expected: tokio::sync::OnceCell::new(),
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

    /// A picture in which `ecs-svc/1` is PRIMARY and wants as many tasks as `desired`.
    pub fn picture(desired: i32, tasks: Vec<Task>) -> Picture {
        let mut primary = deployment("ecs-svc/1", "PRIMARY");
        primary.desired = desired;
        Picture {
            service: seen(service(vec![primary])),
            tasks: seen(tasks),
            troubles: Troubles::default(),
        }
    }
}
