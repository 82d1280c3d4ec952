//! Endpoints: where a task takes requests, in the words by which a target group tells its
//! targets. They join tasks to targets.

use std::collections::BTreeMap;

use crate::reads::{LoadBalancing, TargetHealth, Task};

/// Where a task takes requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// The addresses of its own network interface, or the id of the instance it runs on.
    ids: Vec<String>,
    port: u16,
}

/// The EC2 instance of each container instance, by ARN.
pub(super) type Instances = BTreeMap<String, String>;

impl Endpoint {
    /// Where a task takes the requests that `balancing` sends it: in network mode `awsvpc` at its
    /// own address, else at a port of its host. None where that is not known (yet).
    pub fn of(task: &Task, balancing: &LoadBalancing, instances: &Instances) -> Option<Self> {
        let own: Vec<String> = [&task.address, &task.ipv6_address]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        if !own.is_empty() {
            return Some(Self {
                ids: own,
                port: balancing.port,
            });
        }
        let instance = instances.get(task.container_instance.as_ref()?)?;
        let container = task.container(&balancing.container)?;
        let mut bindings = container.ports.iter();
        let binding = bindings.find(|binding| binding.container == balancing.port)?;
        Some(Self {
            ids: vec![instance.clone()],
            port: binding.host,
        })
    }

    /// Whether a target is this one.
    pub fn is(&self, target: &TargetHealth) -> bool {
        target.port == self.port && self.ids.contains(&target.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::{Container, PortBinding};

    fn balancing() -> LoadBalancing {
        LoadBalancing {
            container: "app".into(),
            port: 8080,
            ..LoadBalancing::default()
        }
    }

    fn target(id: &str, port: u16) -> TargetHealth {
        TargetHealth {
            id: id.into(),
            port,
            ..TargetHealth::default()
        }
    }

    #[test]
    fn a_task_with_its_own_interface_is_found_by_either_address() {
        let task = Task {
            address: Some("10.0.0.10".into()),
            ipv6_address: Some("2001:db8::10".into()),
            ..Task::default()
        };
        let endpoint = Endpoint::of(&task, &balancing(), &Instances::new()).expect("an endpoint");
        assert!(endpoint.is(&target("10.0.0.10", 8080)));
        assert!(endpoint.is(&target("2001:db8::10", 8080)));
        assert!(!endpoint.is(&target("10.0.0.10", 80)));
        assert!(!endpoint.is(&target("10.0.0.11", 8080)));
    }

    #[test]
    fn a_task_on_a_host_is_found_by_instance_and_host_port() {
        let task = Task {
            container_instance: Some("ci/1".into()),
            containers: vec![Container {
                name: "app".into(),
                ports: vec![PortBinding {
                    container: 8080,
                    host: 32768,
                }],
                ..Container::default()
            }],
            ..Task::default()
        };
        let instances = Instances::from([("ci/1".into(), "i-0f76fade".into())]);
        let endpoint = Endpoint::of(&task, &balancing(), &instances).expect("an endpoint");
        assert!(endpoint.is(&target("i-0f76fade", 32768)));
        assert!(!endpoint.is(&target("i-0f76fade", 8080)));
        let unknown = Endpoint::of(&task, &balancing(), &Instances::new());
        assert_eq!(unknown, None, "its instance is not known");
        assert_eq!(
            Endpoint::of(&Task::default(), &balancing(), &instances),
            None
        );
    }
}
