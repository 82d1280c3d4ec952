//! What a tag stands for when a task pulls it, and why a pull fails.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    World,
    deaths::StartFailure,
    task::Pulled,
    task_definition::{Container, TaskDefinition},
};
use crate::{
    identity,
    registry::{Repository, Stored},
    scenario::format::LaunchType,
};

impl World {
    /// A task gets its secrets and pulls the images of its containers. The first task of a deployment fixes
    /// the digests, and those that come later take what it fixed: that is version consistency.
    pub(super) fn pull(&mut self, position: usize) {
        let task = &self.tasks[position];
        if !task.is_wanted() {
            return;
        }
        let (service, deployment) = (task.service, task.deployment);
        let definition = Arc::clone(&task.definition);
        if let Some(text) = self.secret_failure(&task.id, &definition) {
            self.tasks[position].life.pull_started = Timestamp::MAX;
            return self.fail_to_start(position, StartFailure::of_task(text));
        }
        let mut pulled = Vec::new();
        for (number, container) in definition.containers.iter().enumerate() {
            let pins = &self.services[service].deployments[deployment].pins;
            let pin = pins.get(&container.name);
            let pin = pin.filter(|_| container.pins_its_digest());
            match self.resolve((service, &definition), container, pin.map(String::as_str)) {
                Ok(resolved) => pulled.push(resolved),
                Err(why) => return self.fail_to_start(position, why.of_container(number)),
            }
        }
        for (container, pulled) in definition.containers.iter().zip(&pulled) {
            if container.pins_its_digest() {
                let pins = &mut self.services[service].deployments[deployment].pins;
                pins.entry(container.name.clone())
                    .or_insert_with(|| pulled.digest.clone());
            }
        }
        self.tasks[position].pulled = pulled;
        self.foresee(position);
    }

    /// The image that a container gets, or why its task stops.
    fn resolve(
        &self,
        (service, definition): (usize, &TaskDefinition),
        container: &Container,
        pin: Option<&str>,
    ) -> Result<Pulled, Unpulled> {
        let host = format!("{}/", self.registry());
        let Some(name) = container.image.strip_prefix(&host) else {
            return Ok(foreign(&container.image));
        };
        let declared = self.declared(&self.services[service]);
        let on_instances = declared.is_some_and(|declared| declared.launch_type == LaunchType::Ec2);
        let Some((repository, stored)) = self.stored(name, pin) else {
            return Err(not_found(container, on_instances));
        };
        let platform = definition.platform();
        let manifest = repository.for_platform(&stored.manifest, platform);
        match manifest {
            Some(manifest) => Ok(Pulled {
                digest: stored.manifest.digest.clone(),
                platform_digest: manifest.digest.clone(),
                image: Some(stored.image.clone()),
            }),
            None => Err(no_platform(platform, on_instances)),
        }
    }

    /// What `repository:tag`, `repository@digest` or the pinned digest stands for now.
    fn stored(&self, name: &str, pin: Option<&str>) -> Option<(&Repository, &Stored)> {
        let repository = name.split(['@', ':']).next().unwrap_or(name);
        let rest = &name[repository.len()..];
        let repository = self.repositories.get(repository)?;
        let stored = match pin.or_else(|| rest.split_once('@').map(|(_, digest)| digest)) {
            Some(digest) => repository.by_digest(digest),
            None => repository.by_tag(rest.strip_prefix(':').unwrap_or("latest")),
        };
        stored.map(|stored| (repository, stored))
    }
}

/// Nothing is known of a foreign registry, except that its tags do not move in this story.
fn foreign(image: &str) -> Pulled {
    let digest = match image.split_once('@') {
        Some((_, digest)) => digest.to_owned(),
        None => identity::digest(image.as_bytes()),
    };
    Pulled {
        platform_digest: digest.clone(),
        digest,
        image: None,
    }
}

/// Why an image was not pulled: `stoppedReason` of the task, and `reason` of the container.
struct Unpulled {
    task: String,
    container: String,
}

impl Unpulled {
    /// Both say the same.
    fn alike(text: String) -> Self {
        Self {
            task: text.clone(),
            container: text,
        }
    }

    fn of_container(self, position: usize) -> StartFailure {
        StartFailure {
            task: self.task,
            container: Some((position, self.container)),
        }
    }
}

/// The tag or digest is not there. The agent of a container instance resolves the digest before the pull, and
/// then only the container tells the cause.
fn not_found(container: &Container, on_instances: bool) -> Unpulled {
    if on_instances {
        return Unpulled {
            task: "Task failed to start".to_owned(),
            container: "CannotPullImageManifestError: manifest unknown: Requested image not found"
                .to_owned(),
        };
    }
    let why = format!("failed to resolve ref {}: not found", container.image);
    Unpulled::alike(cannot_pull(&why))
}

fn no_platform(platform: &str, on_instances: bool) -> Unpulled {
    if on_instances {
        return Unpulled::alike(format!(
            "CannotPullContainerError: no matching manifest for {platform} in the manifest list entries"
        ));
    }
    let why = format!("image Manifest does not contain descriptor matching platform '{platform}'");
    Unpulled::alike(cannot_pull(&why))
}

fn cannot_pull(why: &str) -> String {
    format!("CannotPullContainerError: pull image manifest has been retried 7 time(s): {why}")
}
