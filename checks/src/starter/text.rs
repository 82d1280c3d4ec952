//! From what a service is to the text of a suite, commented for whoever goes on with it.

use std::fmt::Write as _;

use super::yaml::{comment, scalar};
use super::{HealthPage, Starter, StarterContainer};
use crate::contract::{Check, ImageReference};
use crate::{ecr, ecs, elb, http, logs};

/// A check of the suite.
struct Entry {
    /// What it says, above it.
    comment: String,
    /// Whether it is only proposed, as a comment.
    proposed: bool,
    id: String,
    kind: &'static str,
    /// Its further lines.
    fields: Vec<String>,
}

impl Entry {
    fn of<C: Check>(id: &str, comment: &str) -> Self {
        Self {
            comment: comment.to_owned(),
            proposed: false,
            id: id.to_owned(),
            kind: C::KIND,
            fields: Vec::new(),
        }
    }

    fn field(mut self, field: impl Into<String>) -> Self {
        self.fields.push(field.into());
        self
    }
}

impl Starter {
    /// The suite as YAML. Whatever comes from AWS is quoted, so that it is text and nothing
    /// else.
    #[must_use]
    pub fn suite(&self) -> String {
        let mut text = self.head();
        text.push_str("\nchecks:\n");
        let entries: Vec<String> = self.entries().iter().map(written).collect();
        text.push_str(&entries.join("\n"));
        if let Some(gap) = &self.gap {
            let _ = write!(
                text,
                "\n{}",
                comment(
                    "  ",
                    &format!("The load balancer could not be looked at: {gap}")
                )
            );
        }
        text
    }

    fn head(&self) -> String {
        let at = self.at.strftime("%Y-%m-%d %H:%M UTC");
        let judged = self.judged();
        let names: Vec<String> = judged.iter().map(|c| scalar(&c.name)).collect();
        let mut text = comment(
            "",
            &format!(
                "What should hold after a deploy of {}, from what ran at {at}.\n\
                 `touchdown validate` reads it, `touchdown run` judges by it, and `touchdown checks` explains each kind.",
                self.service
            ),
        );
        let _ = write!(
            text,
            "version: 1\nname: {}\ndefaults: {{ within: 5m, every: 2s }}\n\ntargets:\n  {}:\n    cluster: {}\n    service: {}\n    region: {}\n    containers: [{}]\n",
            scalar(&format!("{}, after deploy", self.service)),
            target_name(&self.service),
            scalar(&self.cluster),
            scalar(&self.service),
            scalar(&self.region),
            names.join(", "),
        );
        text.push_str(&self.others());
        text.push_str(&self.image());
        text
    }

    /// The containers to judge: those of which ECR tells when they were pushed, where there are
    /// any.
    fn judged(&self) -> Vec<&StarterContainer> {
        let in_ecr: Vec<_> = self.containers.iter().filter(|c| c.in_ecr).collect();
        match in_ecr.is_empty() {
            true => self.containers.iter().collect(),
            false => in_ecr,
        }
    }

    /// The essential containers that are not judged.
    fn others(&self) -> String {
        let judged = self.judged();
        let others = self.containers.iter().filter(|c| !judged.contains(c));
        let others: Vec<String> = others
            .map(|c| format!("{} ({})", c.name, c.image))
            .collect();
        match others.is_empty() {
            true => String::new(),
            false => comment(
                "    ",
                &format!(
                    "Not judged, since only ECR tells when an image was pushed: {}",
                    others.join(", ")
                ),
            ),
        }
    }

    /// The image, left to whoever knows which one was built.
    fn image(&self) -> String {
        let judged = self.judged();
        let mut images = judged.iter().filter_map(|c| c.image.parse().ok());
        let first: Option<ImageReference> = images.next();
        let Some(repository) = first.and_then(|image| image.repository) else {
            return String::new();
        };
        let mut text = comment(
            "    ",
            "Which image should run: with this line, the one that CI has built, passed as\n\
             `--var IMAGE_TAG=…` or in the environment. Without it, what the task definition names.",
        );
        text.push_str(&comment(
            "    ",
            &format!("image: {repository}:${{IMAGE_TAG}}"),
        ));
        text
    }

    fn entries(&self) -> Vec<Entry> {
        let known = self.containers.iter().any(|c| c.in_ecr);
        let mut entries = vec![
            Entry::of::<ecr::ImagePushed>("pushed", "The image is in its registry."),
            Entry::of::<ecs::TasksStartedAfterPush>(
                "started",
                "No task is older than the image, so that none can run an earlier one.",
            ),
            Entry::of::<ecs::DigestRunning>(
                "running",
                "Every task runs the digest that the tag means, whatever the tag is called.",
            ),
        ];
        for entry in entries.iter_mut().filter(|_| !known) {
            entry.proposed = true;
            entry.comment.push_str(
                "\nThis needs an image in ECR, or the target's `not_before` and a digest.",
            );
        }
        entries.extend(self.health());
        entries.extend(self.pages.iter().enumerate().map(answers));
        entries.extend(self.quiet());
        entries
    }

    /// What ECS and the load balancer say of the tasks.
    fn health(&self) -> Vec<Entry> {
        let mut entries = vec![Entry::of::<ecs::RolloutComplete>(
            "rolled-out",
            "The deployment is complete, and its own tasks are as many as wanted.",
        )];
        if self
            .judged()
            .iter()
            .any(|container| container.has_health_check)
        {
            entries.push(Entry::of::<ecs::ContainersHealthy>(
                "healthy",
                "The containers' own health checks pass.",
            ));
        }
        if self.balanced {
            entries.push(Entry::of::<elb::TargetsHealthy>(
                "in-load-balancer",
                "The load balancer finds every new task healthy, and serves no old one.",
            ));
        }
        let stable = "Nothing falls over: a service that starts is not yet one that stays up.";
        entries.push(Entry::of::<ecs::Stable>("stable", stable).field("hold: 2m"));
        entries
    }

    /// No error in the logs: one check where every container has a log group, else one for
    /// each that has.
    fn quiet(&self) -> Vec<Entry> {
        let judged = self.judged();
        let logging = judged.iter().filter(|c| c.log_group.is_some());
        let logging: Vec<&StarterContainer> = logging.copied().collect();
        let quiet = |id: &str, groups: &str| {
            let told = format!("The new tasks write no such line to {groups}, for a minute.");
            Entry::of::<logs::LineAbsent>(id, &told)
                .field(r"regex: Traceback|panic|\bFATAL\b")
                .field("within: 1m")
        };
        if logging.len() == judged.len() && !logging.is_empty() {
            let mut groups: Vec<&str> = logging
                .iter()
                .filter_map(|c| c.log_group.as_deref())
                .collect();
            groups.sort_unstable();
            groups.dedup();
            return vec![quiet("no-errors", &groups.join(", "))];
        }
        let numbered = logging.iter().enumerate();
        let one = |(index, container): (usize, &&StarterContainer)| {
            let group = container.log_group.as_deref().unwrap_or_default();
            quiet(&numbered_id("no-errors", index), group)
                .field(format!("container: {}", scalar(&container.name)))
        };
        numbered.map(one).collect()
    }
}

/// The health page, asked for through the load balancer as its users do.
fn answers((index, page): (usize, &HealthPage)) -> Entry {
    const TOLD: &str = "The page that the load balancer asks its targets for, asked for as a user does. Write\n\
         the host name that your users know; better still, expect something that only the new\n\
         version says: `expect: { json: { \"$.version\": … } }`.";
    const INTERNAL: &str =
        "The load balancer is internal: this works from within its network only.";
    let statuses = page.codes.as_deref().map(statuses);
    let mut entry = Entry::of::<http::Responds>(&numbered_id("answers", index), TOLD);
    if !page.public {
        entry.comment = format!("{TOLD}\n{INTERNAL}");
    }
    entry.proposed = !page.public || statuses == Some(None);
    let entry = entry.field(format!(
        "url: {}",
        scalar(&format!("http://{}{}", page.host, page.path))
    ));
    match statuses.flatten() {
        Some(statuses) => entry.field(format!("expect: {{ status: {statuses} }}")),
        None => entry,
    }
}

fn numbered_id(id: &str, index: usize) -> String {
    match index {
        0 => id.to_owned(),
        more => format!("{id}-{}", more + 1),
    }
}

/// A load balancer's codes as a suite writes them: `200`, `[200, 302]`, `[2xx, 3xx]`. None for
/// a range that is no whole hundreds.
fn statuses(codes: &str) -> Option<String> {
    let status = |text: &str| {
        text.parse()
            .ok()
            .filter(|code| (100_u16..600).contains(code))
    };
    let mut all: Vec<String> = Vec::new();
    for part in codes.split(',').map(str::trim) {
        match part.split_once('-') {
            None => all.push(status(part)?.to_string()),
            Some((first, last)) => {
                let (first, last) = (status(first)?, status(last)?);
                if first % 100 != 0 || last % 100 != 99 {
                    return None;
                }
                all.extend((first / 100..=last / 100).map(|hundred| format!("{hundred}xx")));
            }
        }
    }
    Some(match &all[..] {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    })
}

fn written(entry: &Entry) -> String {
    let mut text = comment("  ", &entry.comment);
    let mark = if entry.proposed { "  # " } else { "  " };
    let _ = writeln!(
        text,
        "{mark}- id: {}\n{mark}  check: {}",
        entry.id, entry.kind
    );
    for field in &entry.fields {
        let _ = writeln!(text, "{mark}  {field}");
    }
    text
}

/// A target's name: a service's name is one, unless AWS comes to allow more.
fn target_name(service: &str) -> String {
    let allowed = |c: char| {
        if c.is_ascii_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = service.chars().take(100).map(allowed).collect();
    scalar(if name.is_empty() { "service" } else { &name })
}
