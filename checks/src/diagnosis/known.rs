//! What the gaps of a sentence are filled with: parts of the texts, and facts about the task.

use std::sync::LazyLock;

use regex::Regex;

use super::facts::Facts;
use super::signature::Match;
use crate::logs;
use crate::reads::{Container, ContainerDefinition, HealthCheck, ImageId, Repository, Task};

/// How errors are named: `KeyError`, `java.lang.NullPointerException`, `FATAL`, `panicked`.
static ERROR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)error|exception|fatal|panic").ok());

/// The facts that [`Known::part`] always knows of a task; others are for brackets only.
#[cfg(test)]
pub(super) const ALWAYS: &[&str] = &[
    "the_image",
    "the_container",
    "the_platform",
    "revision",
    "redeploy",
    "describe",
    "stopped",
    "told",
];

/// The facts that a [`Place::Life`](super::signature::Place::Life) comes with.
#[cfg(test)]
pub(super) const OF_A_LIFE: &[&str] = &[
    "lived",
    "health_command",
    "start_period",
    "interval",
    "retries",
    "window",
];

/// What is known of one trouble.
pub(super) struct Known<'a> {
    pub facts: &'a Facts,
    /// The task that stopped, where one did.
    pub task: Option<&'a Task>,
    pub found: &'a Match,
}

impl Known<'_> {
    /// The part of that name.
    pub fn part(&self, name: &str) -> Option<String> {
        if let Some(part) = self.found.parts.get(name) {
            return Some(part.clone());
        }
        match name {
            "the_image" => Some(self.the_image()),
            "the_container" => Some(self.the_container()),
            "the_platform" => Some(self.the_platform()),
            "told" => self.task.map(told),
            "revision" => Some(self.facts.revision.clone()),
            "redeploy" => Some(self.facts.place.redeploy.clone()),
            "describe" => Some(self.facts.place.describe(self.task)),
            "stopped" => Some(self.facts.place.list_stopped()),
            "container" => self.container().map(|container| container.name.clone()),
            "image" => self.image().map(str::to_owned),
            "find_image" => find_image(self.image()?),
            "limit" => self.limit(),
            "lived" => self.facts.lived(self.task?).map(|lived| lived.to_string()),
            "line" => self.telling_line(),
            "tail" => logs::tail(self.defined()?, self.task?, &self.facts.place.region),
            "log_group" => self.log_option("awslogs-group"),
            "log_region" => self
                .log_option("awslogs-region")
                .or_else(|| Some(self.facts.place.region.clone())),
            "target_health" => self.target_health(),
            _ => self.of_health_check(name),
        }
    }

    fn of_health_check(&self, name: &str) -> Option<String> {
        let check = self.health_check()?;
        match name {
            "health_command" => Some(check.command.join(" ")),
            "start_period" => Some(check.start_period.to_string()),
            "interval" => Some(check.interval.to_string()),
            "retries" => Some(check.retries.to_string()),
            "window" => Some(check.window().to_string()),
            _ => None,
        }
    }

    /// The container that the texts are about, or the only one that they can be about.
    fn container(&self) -> Option<&Container> {
        let task = self.task?;
        if let Some(name) = &self.found.container {
            return task.container(name);
        }
        let mut not_pulled = task.containers.iter().filter(|c| c.digest.is_none());
        match (&task.containers[..], task.started_at) {
            ([only], _) => Some(only),
            // A pull that fails for one container leaves the others with their digests.
            (_, None) => not_pulled.next().filter(|_| not_pulled.next().is_none()),
            (_, Some(_)) => None,
        }
    }

    fn defined(&self) -> Option<&ContainerDefinition> {
        self.facts.defined(&self.container()?.name)
    }

    fn health_check(&self) -> Option<&HealthCheck> {
        self.defined()?.health_check.as_ref()
    }

    fn the_container(&self) -> String {
        match self.container() {
            Some(container) => format!("container {}", container.name),
            None => format!("a container of {}", self.facts.revision),
        }
    }

    fn image(&self) -> Option<&str> {
        self.container().map(|container| container.image.as_str())
    }

    fn the_image(&self) -> String {
        let short = |image: &str| {
            let parsed = image.parse::<crate::contract::ImageReference>();
            parsed.map_or_else(|_| image.to_owned(), |image| image.without_registry())
        };
        match self.image() {
            Some(image) => format!("image {}", short(image)),
            None => format!("an image of {}", self.facts.revision),
        }
    }

    fn the_platform(&self) -> String {
        let defined = self.facts.definition.as_ref();
        let defined = defined.map(|definition| definition.platform.clone());
        let runs_on = self.task.and_then(|task| task.architecture.as_ref());
        defined
            .or_else(|| runs_on.map(|architecture| format!("linux/{architecture}")))
            .unwrap_or_else(|| "the task's platform".into())
    }

    /// The memory that the container may take, else the whole task.
    fn limit(&self) -> Option<String> {
        let own = self.defined().and_then(|defined| defined.memory);
        if let Some(own) = own {
            return Some(format!("{own} MiB"));
        }
        let of_task = self.facts.definition.as_ref()?.memory?;
        Some(format!("{of_task} MiB for the whole task"))
    }

    /// The last line that names an error, as runtimes like to add a stack and their version
    /// behind it; else the last line that says anything.
    fn telling_line(&self) -> Option<String> {
        let container = &self.container()?.name;
        let lines = self.facts.lines_of(self.task?).rev();
        let mut said = lines
            .filter(|line| line.container == *container && !line.text.trim().is_empty())
            .map(|line| one_line(&line.text))
            .peekable();
        let last = said.peek().cloned();
        let told = said.find(|line| ERROR.as_ref().is_some_and(|error| error.is_match(line)));
        Some(format!("`{}`", logs::clipped(&told.or(last)?)))
    }

    fn log_option(&self, key: &str) -> Option<String> {
        self.defined()?.log.as_ref()?.options.get(key).cloned()
    }

    /// The command that shows the health of the targets, where it is clear of which group.
    fn target_health(&self) -> Option<String> {
        let named = self.found.parts.get("group");
        let groups = &self.facts.place.target_groups;
        let is_named = |arn: &&String| {
            named.is_some_and(|name| arn.contains(&format!(":targetgroup/{name}/")))
        };
        let only = match &groups[..] {
            [only] => Some(only),
            _ => None,
        };
        let arn = groups.iter().find(is_named).or(only)?;
        Some(format!(
            "aws elbv2 describe-target-health --target-group-arn {arn} --region {}",
            self.facts.place.region
        ))
    }
}

/// The command that asks ECR about an image.
fn find_image(image: &str) -> Option<String> {
    let image: crate::contract::ImageReference = image.parse().ok()?;
    let repository = Repository::parse(image.repository.as_ref()?)?;
    let id = match (image.digest, image.tag) {
        (Some(digest), _) => ImageId::Digest(digest),
        (None, tag) => ImageId::Tag(tag?),
    };
    let id = match id {
        ImageId::Digest(digest) => format!("imageDigest={digest}"),
        ImageId::Tag(tag) => format!("imageTag={tag}"),
    };
    Some(format!(
        "aws ecr describe-images --registry-id {} --repository-name {} --image-ids {id} --region {}",
        repository.account, repository.name, repository.region
    ))
}

/// All that AWS says of a task's end, quoted whole.
fn told(task: &Task) -> String {
    let of_containers = task.containers.iter().filter_map(|container| {
        let reason = container.reason.as_ref()?;
        Some(format!(
            "container {}: `{}`",
            container.name,
            one_line(reason)
        ))
    });
    let own = task.stopped_reason.as_ref();
    let own = own.map(|reason| format!("`{}`", one_line(reason)));
    let told: Vec<String> = own.into_iter().chain(of_containers).collect();
    match (told.is_empty(), &task.stop_code) {
        (true, Some(code)) => format!("{code}, and no reason is told"),
        _ => told.join(", "),
    }
}

/// A text of several lines, on one.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
