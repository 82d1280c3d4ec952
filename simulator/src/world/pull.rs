//! What a tag stands for when a task pulls it, and why a pull fails.

use super::{
    World,
    task::Pulled,
    task_definition::{Container, TaskDefinition},
};
use crate::{identity, registry::Stored};

impl World {
    /// A task pulls the images of its containers. The first task of a deployment fixes the digests, and
    /// those that come later take what it fixed: that is version consistency.
    pub(super) fn pull(&mut self, task: usize) {
        let (service, deployment, definition) = {
            let task = &self.tasks[task];
            if !task.is_wanted() {
                return;
            }
            (task.service, task.deployment, task.definition.clone())
        };
        let mut pulled = Vec::new();
        for container in &definition.containers {
            let pin = self.services[service].deployments[deployment]
                .pins
                .get(&container.name)
                .cloned();
            let pin = pin.filter(|_| container.pins_its_digest());
            match self.resolve(container, &definition, pin.as_deref()) {
                Ok(resolved) => pulled.push(resolved),
                Err(reason) => return self.fail_to_start(task, reason),
            }
        }
        for (container, pulled) in definition.containers.iter().zip(&pulled) {
            if container.pins_its_digest() {
                let pins = &mut self.services[service].deployments[deployment].pins;
                pins.entry(container.name.clone())
                    .or_insert_with(|| pulled.digest.clone());
            }
        }
        self.tasks[task].pulled = pulled;
    }

    /// The image that a container gets, or the text with which its task stops.
    fn resolve(
        &self,
        container: &Container,
        definition: &TaskDefinition,
        pin: Option<&str>,
    ) -> Result<Pulled, String> {
        let host = format!("{}/", self.registry());
        let Some(name) = container.image.strip_prefix(&host) else {
            return Ok(foreign(&container.image));
        };
        let Some(stored) = self.stored(name, pin) else {
            return Err(cannot_pull(&format!(
                "failed to resolve ref {}: not found",
                container.image
            )));
        };
        let platform = definition.platform();
        let is_index = stored.manifest.artifact_media_type.is_none();
        if is_index && !stored.manifest.platforms.iter().any(|has| has == platform) {
            let why = format!(
                "image Manifest does not contain descriptor matching platform '{platform}'"
            );
            return Err(cannot_pull(&why));
        }
        let (digest, image) = (stored.manifest.digest.clone(), Some(stored.image.clone()));
        Ok(Pulled { digest, image })
    }

    /// What `repository:tag`, `repository@digest` or the pinned digest stands for now.
    fn stored(&self, name: &str, pin: Option<&str>) -> Option<&Stored> {
        let repository = name.split(['@', ':']).next().unwrap_or(name);
        let rest = &name[repository.len()..];
        let repository = self.repositories.get(repository)?;
        match pin.or_else(|| rest.split_once('@').map(|(_, digest)| digest)) {
            Some(digest) => repository.by_digest(digest),
            None => repository.by_tag(rest.strip_prefix(':').unwrap_or("latest")),
        }
    }
}

/// Nothing is known of a foreign registry, except that its tags do not move in this story.
fn foreign(image: &str) -> Pulled {
    let digest = match image.split_once('@') {
        Some((_, digest)) => digest.to_owned(),
        None => identity::digest(image.as_bytes()),
    };
    Pulled {
        digest,
        image: None,
    }
}

fn cannot_pull(why: &str) -> String {
    format!("CannotPullContainerError: pull image manifest has been retried 7 time(s): {why}")
}
