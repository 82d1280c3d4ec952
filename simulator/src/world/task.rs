//! A task's life: planned when it is created, cut short when it is told to stop, read off at any instant.

use std::{net::Ipv4Addr, sync::Arc};

use jiff::Timestamp;

use super::{
    life::Life,
    target::Target,
    task_definition::TaskDefinition,
    vitals::{End, Vitals},
};
use crate::{
    identity,
    scenario::format::{LoadBalancer, Window},
    time::{after, after_ms},
};

/// A task of a service.
#[derive(Debug)]
pub(crate) struct Task {
    pub id: String,
    /// Positions in the world's services, and in that service's deployments.
    pub service: usize,
    pub deployment: usize,
    pub definition: Arc<TaskDefinition>,
    pub address: Ipv4Addr,
    pub life: Life,
    pub stop: Option<Stop>,
    /// What each container pulled, in the order of the task definition; empty before the pull.
    pub pulled: Vec<Pulled>,
    /// The course of each container, in the same order; empty before the pull.
    pub vitals: Vec<Vitals>,
    /// Its course behind the load balancer; none without one, and before the pull.
    pub target: Option<Target>,
    /// While DescribeTasks does not find it.
    pub missing: Option<Window>,
}

/// What a container pulled.
#[derive(Debug, Clone)]
pub(crate) struct Pulled {
    /// What the tag stood for: the index where there is one.
    pub digest: String,
    /// The manifest of the task's platform.
    pub platform_digest: String,
    /// The scenario's name of the image; an image of a foreign registry has none.
    pub image: Option<String>,
}

/// How and when a task ends.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub code: &'static str,
    pub reason: String,
    pub told: Timestamp,
    /// `containers[].reason` of the container that could not be started.
    pub container_reason: Option<(usize, String)>,
    /// While it leaves the load balancer; only tasks that were behind one.
    pub deactivating: Option<Timestamp>,
    pub stopping: Timestamp,
    pub execution_stopped: Timestamp,
    pub deprovisioning: Timestamp,
    pub stopped: Timestamp,
}

/// `lastStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Provisioning,
    Pending,
    Running,
    Deactivating,
    Stopping,
    Deprovisioning,
    Stopped,
}

impl Status {
    /// As the API writes it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }
}

impl Task {
    /// `lastStatus` at an instant after its creation.
    pub(crate) fn status(&self, at: Timestamp) -> Status {
        if let Some(stop) = &self.stop {
            if at >= stop.stopped {
                return Status::Stopped;
            } else if at >= stop.deprovisioning {
                return Status::Deprovisioning;
            } else if at >= stop.stopping {
                return Status::Stopping;
            } else if stop
                .deactivating
                .is_some_and(|deactivating| at >= deactivating)
            {
                return Status::Deactivating;
            }
        }
        if at >= self.life.started {
            Status::Running
        } else if at >= self.life.provisioned {
            Status::Pending
        } else {
            Status::Provisioning
        }
    }

    /// `desiredStatus`: STOPPED from when it was told, long before it has stopped.
    pub(crate) fn is_wanted(&self) -> bool {
        self.stop.is_none()
    }

    /// Whether it ever ran, or will have by `at`.
    pub(crate) fn has_started(&self, at: Timestamp) -> bool {
        self.life.started <= at
            && self
                .stop
                .as_ref()
                .is_none_or(|stop| stop.stopping > self.life.started)
    }

    /// Counted in `runningCount`. That a task leaving the load balancer still counts is inferred from
    /// deployments that last as long as their deregistration delay.
    pub(crate) fn counts_as_running(&self, at: Timestamp) -> bool {
        matches!(self.status(at), Status::Running | Status::Deactivating)
    }

    /// Counted in `pendingCount`.
    pub(crate) fn counts_as_pending(&self, at: Timestamp) -> bool {
        self.is_wanted() && matches!(self.status(at), Status::Provisioning | Status::Pending)
    }

    /// Running, in good health, and there to stay.
    pub(crate) fn is_steady(&self, at: Timestamp) -> bool {
        self.is_wanted() && at >= self.life.steady
    }

    /// Whether the load balancer sends it requests: only in state RUNNING, and once it was found healthy.
    pub(crate) fn answers(&self, at: Timestamp) -> bool {
        self.status(at) == Status::Running && at >= self.life.in_service
    }

    /// When a container ended, or will end as far as is known: by itself, or with the task.
    pub(crate) fn container_end(&self, position: usize) -> Option<Timestamp> {
        let own = self.own_end_planned(position);
        let with_task = self.stop.as_ref().map(|stop| stop.execution_stopped);
        match (own.map(|end| end.at), with_task) {
            (Some(own), Some(with_task)) => Some(own.min(with_task)),
            (own, with_task) => own.or(with_task),
        }
    }

    fn own_end_planned(&self, position: usize) -> Option<&End> {
        self.vitals.get(position)?.end.as_ref()
    }

    /// How a container ended by itself; none if the task ended before, or ends it.
    pub(crate) fn own_end(&self, position: usize) -> Option<&End> {
        let end = self.own_end_planned(position)?;
        (self.container_end(position) == Some(end.at)).then_some(end)
    }

    /// Whether the last of its containers has ended.
    pub(crate) fn containers_ended(&self, at: Timestamp) -> bool {
        self.stop
            .as_ref()
            .is_some_and(|stop| stop.execution_stopped <= at)
    }

    /// Ends it without a farewell to the load balancer, for `why` or for what it was told already.
    pub(super) fn end_at_once(&mut self, at: Timestamp, why: Option<(&'static str, String)>) {
        let earlier = self.stop.take();
        let told = earlier.as_ref().map_or(at, |stop| stop.told);
        let why = earlier.map(|stop| (stop.code, stop.reason)).or(why);
        let (code, reason) = why.unwrap_or(("EssentialContainerExited", String::new()));
        self.tell_to_stop(at, (code, reason), None);
        if let Some(stop) = &mut self.stop {
            stop.told = told;
        }
    }

    /// Tells it to stop. A task behind a load balancer leaves that first, and only then gets the signal.
    pub(crate) fn tell_to_stop(
        &mut self,
        at: Timestamp,
        (code, reason): (&'static str, String),
        load_balancer: Option<&LoadBalancer>,
    ) {
        let spread = |what: &str, least, most| identity::between(&[&self.id, what], least, most);
        let draining = load_balancer.filter(|_| self.status(at) == Status::Running);
        let deactivating = draining.map(|_| after_ms(at, spread("drain", 5_000, 12_000)));
        let stopping = match (draining, deactivating) {
            (Some(load_balancer), Some(deactivating)) => {
                after(deactivating, load_balancer.deregistration_delay)
            }
            _ => after_ms(at, spread("stop", 1_000, 3_000)),
        };
        let execution_stopped = after_ms(stopping, spread("exit", 600, 3_000));
        let deprovisioning = after_ms(execution_stopped, spread("deprovision", 500, 1_500));
        let stopped = after_ms(deprovisioning, spread("stopped", 8_000, 20_000));
        self.stop = Some(Stop {
            code,
            reason,
            container_reason: None,
            told: at,
            deactivating,
            stopping,
            execution_stopped,
            deprovisioning,
            stopped,
        });
    }
}
