//! The names AWS gives: ARNs and registry addresses.

use super::{
    World,
    log_configuration::LogGroup,
    service::{Deployment, Service},
    task::Task,
    task_definition::{Container, TaskDefinition, registry},
};
use crate::{
    identity,
    scenario::{Document, format::LaunchType},
};

impl World {
    /// An ARN of ECS.
    pub(crate) fn ecs_arn(&self, kind: &str, rest: &str) -> String {
        format!(
            "arn:aws:ecs:{}:{}:{kind}/{rest}",
            self.document.region, self.document.account
        )
    }

    pub(crate) fn cluster_arn(&self) -> String {
        self.ecs_arn("cluster", &self.document.cluster)
    }

    pub(crate) fn service_arn(&self, name: &str) -> String {
        self.ecs_arn("service", &format!("{}/{name}", self.document.cluster))
    }

    pub(crate) fn task_arn(&self, id: &str) -> String {
        self.ecs_arn("task", &format!("{}/{id}", self.document.cluster))
    }

    pub(crate) fn container_arn(&self, task: &Task, container: &str) -> String {
        let id = identity::uuid(&[&task.id, container]);
        self.ecs_arn(
            "container",
            &format!("{}/{}/{id}", self.document.cluster, task.id),
        )
    }

    /// The container runtime's id: Docker's on EC2, the task's and a number on Fargate.
    pub(crate) fn runtime_id(&self, task: &Task, container: &Container) -> String {
        let declared = self.declared(&self.services[task.service]);
        let parts = [task.id.as_str(), container.name.as_str()];
        match declared.map(|declared| declared.launch_type) {
            Some(LaunchType::Ec2) => {
                let [one, other] = parts;
                identity::hex32(&parts) + &identity::hex32(&[other, one])
            }
            _ => format!("{}-{}", task.id, &identity::digits19(&parts)[..10]),
        }
    }

    pub(crate) fn task_definition_arn(&self, definition: &TaskDefinition) -> String {
        self.ecs_arn("task-definition", &definition.name())
    }

    pub(crate) fn revision_arn(&self, service: &Service, deployment: &Deployment) -> String {
        let rest = format!(
            "{}/{}/{}",
            self.document.cluster, service.name, deployment.revision
        );
        self.ecs_arn("service-revision", &rest)
    }

    pub(crate) fn service_deployment_arn(
        &self,
        service: &Service,
        deployment: &Deployment,
    ) -> String {
        let id = identity::base62(&[&service.name, &deployment.number], 21);
        self.ecs_arn(
            "service-deployment",
            &format!("{}/{}/{id}", self.document.cluster, service.name),
        )
    }

    /// A target group by the name and id that the scenario gives (`web/0123456789abcdef`), or by its name alone.
    pub(crate) fn target_group_arn(&self, target_group: &str) -> String {
        self.load_balancing_arn("targetgroup", target_group)
    }

    /// An Application Load Balancer, in the same way.
    pub(crate) fn load_balancer_arn(&self, load_balancer: &str) -> String {
        self.load_balancing_arn("loadbalancer/app", load_balancer)
    }

    fn load_balancing_arn(&self, kind: &str, name: &str) -> String {
        let rest = if name.contains('/') {
            name.to_owned()
        } else {
            format!("{name}/{}", &identity::hex32(&[name, kind])[..16])
        };
        let document = &self.document;
        format!(
            "arn:aws:elasticloadbalancing:{}:{}:{kind}/{rest}",
            document.region, document.account
        )
    }

    /// The one network that everything is in.
    pub(crate) fn vpc(&self) -> String {
        format!(
            "vpc-0{}",
            &identity::hex32(&[&self.document.cluster, "vpc"])[..16]
        )
    }

    /// The availability zone of a task: that of its subnet.
    pub(crate) fn zone(&self, task: &Task) -> String {
        let letter = if task.address.octets()[2].is_multiple_of(2) {
            'a'
        } else {
            'b'
        };
        format!("{}{letter}", self.document.region)
    }

    pub(crate) fn log_group_arn(&self, group: &LogGroup) -> String {
        format!(
            "arn:aws:logs:{}:{}:log-group:{}",
            group.region, self.document.account, group.name
        )
    }

    /// Secrets Manager puts a hyphen and six characters of its own after a secret's name.
    pub(crate) fn secret_arn(&self, name: &str) -> String {
        secret_arn(&self.document, name)
    }

    pub(crate) fn alarm_arn(&self, name: &str) -> String {
        format!(
            "arn:aws:cloudwatch:{}:{}:alarm:{name}",
            self.document.region, self.document.account
        )
    }

    pub(crate) fn repository_arn(&self, name: &str) -> String {
        format!(
            "arn:aws:ecr:{}:{}:repository/{name}",
            self.document.region, self.document.account
        )
    }

    /// Whoever signs the requests.
    pub(crate) fn caller_arn(&self) -> String {
        format!(
            "arn:aws:sts::{}:assumed-role/deploy/ci",
            self.document.account
        )
    }

    /// The host of this account's registry.
    pub(crate) fn registry(&self) -> String {
        registry(&self.document.account, &self.document.region)
    }
}

/// The ARN of a secret of the scenario's account.
pub(super) fn secret_arn(document: &Document, name: &str) -> String {
    format!(
        "arn:aws:secretsmanager:{}:{}:secret:{name}-{}",
        document.region,
        document.account,
        identity::base62(&[name, "secret"], 6)
    )
}
