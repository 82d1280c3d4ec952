//! Literal troubles for the tests.

use std::sync::Arc;

use super::facts::{Facts, Location};
use super::troubles::Troubles;
use crate::ecs::literal::{at, seen};
use crate::logs::{LastLines, LogLine};
use crate::reads::{
    Container, ContainerDefinition, HealthCheck, LogConfiguration, ServiceEvent, Task,
    TaskDefinition,
};

pub(super) const IMAGE: &str = "099200121087.dkr.ecr.us-east-1.amazonaws.com/hc-tap/web:1";

/// A task of `web:5` with one container, `app`, that started at 23:45:00 and ended a minute
/// later with nothing told.
pub(super) fn ran(id: &str) -> Task {
    Task {
        started_at: Some(at("23:45:00")),
        stopping_at: Some(at("23:46:00")),
        execution_stopped_at: Some(at("23:46:05")),
        stopped_at: Some(at("23:46:30")),
        ..never_ran(id)
    }
}

/// The same, but it never started.
pub(super) fn never_ran(id: &str) -> Task {
    Task {
        id: id.into(),
        started_by: "ecs-svc/1".into(),
        last_status: "STOPPED".into(),
        desired_status: "STOPPED".into(),
        created_at: Some(at("23:44:00")),
        stopped_at: Some(at("23:44:40")),
        containers: vec![Container {
            name: "app".into(),
            image: IMAGE.into(),
            ..Container::default()
        }],
        ..Task::default()
    }
}

pub(super) fn stopped(mut task: Task, code: &str, reason: &str) -> Task {
    task.stop_code = Some(code.into());
    task.stopped_reason = Some(reason.into());
    task
}

/// A task that an essential container ended.
pub(super) fn exited(id: &str, code: i32) -> Task {
    let mut task = stopped(
        ran(id),
        "EssentialContainerExited",
        "Essential container in task exited",
    );
    task.containers[0].exit_code = Some(code);
    task
}

/// `web:5`: one container, `app`, of 512 MiB, that logs to `/ecs/web` and whose health check
/// calls curl.
pub(super) fn definition() -> TaskDefinition {
    let options = [
        ("awslogs-group", "/ecs/web"),
        ("awslogs-stream-prefix", "web"),
    ];
    TaskDefinition {
        arn: "arn:aws:ecs:us-east-1:1:task-definition/web:5".into(),
        platform: "linux/amd64".into(),
        memory: Some(1024),
        containers: vec![ContainerDefinition {
            name: "app".into(),
            image: IMAGE.into(),
            essential: true,
            memory: Some(512),
            log: Some(LogConfiguration {
                driver: "awslogs".into(),
                options: options
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .into(),
            }),
            health_check: Some(HealthCheck {
                command: vec![
                    "CMD-SHELL".into(),
                    "curl -f http://localhost:8080/health || exit 1".into(),
                ],
                interval: 10,
                timeout: 5,
                retries: 3,
                start_period: 30,
            }),
            ..ContainerDefinition::default()
        }],
        ..TaskDefinition::default()
    }
}

/// A deployment of `web:5` that wants two tasks; one runs, and `failed` have failed.
pub(super) fn facts(failed: Vec<Task>) -> Facts {
    Facts {
        place: Location {
            cluster: "dev".into(),
            service: "web".into(),
            region: "us-east-1".into(),
            target_groups: vec![
                "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/0a1b".into(),
            ],
            redeploy: "aws ecs update-service".into(),
        },
        revision: "web:5".into(),
        desired: 2,
        running: 1,
        stopped: seen(failed),
        surviving: Vec::new(),
        now: at("23:46:00"),
        events: seen(Vec::new()),
        definition: Some(Arc::new(definition())),
        lines: LastLines::default(),
    }
}

/// A deployment that wants two tasks: two have failed with exit code 1, and so many run.
pub fn crash_loop(running: usize) -> Troubles {
    let crashed = facts(vec![exited("b", 1), exited("a", 1)]);
    Facts { running, ..crashed }.troubles()
}

impl Facts {
    /// With lines that the first task's container `app` wrote.
    pub(super) fn wrote(mut self, lines: &[&str]) -> Self {
        let task = self.stopped.value[0].id.clone();
        let written = lines.iter().map(|text| {
            let line = LogLine {
                at: at("23:45:59"),
                container: "app".into(),
                text: (*text).into(),
                matched: None,
            };
            (task.clone(), line)
        });
        self.lines.lines = written.collect();
        self.lines.read = Some(seen(()));
        self
    }

    /// With the service's events, newest first.
    pub(super) fn told(mut self, events: &[&str]) -> Self {
        let event = |message: &&str| ServiceEvent {
            at: Some(at("23:46:00")),
            message: (*message).into(),
        };
        self.events.value = events.iter().map(event).collect();
        self
    }

    pub(super) fn troubles(self) -> Troubles {
        Troubles(Some(Arc::new(self)))
    }
}
