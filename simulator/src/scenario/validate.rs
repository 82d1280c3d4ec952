//! Whether a scenario holds together: every name declared, every step one thing, every value possible.

use super::format::{
    Alarm, Container, Document, Image, LoadBalancer, LogDriver, Page, Reference, Step,
};
use crate::world::Statistic;

/// All that is wrong, each with its place.
pub(super) fn faults(document: &Document) -> Vec<String> {
    let mut faults = Faults(Vec::new());
    for (name, image) in &document.images {
        faults.need(
            &image.repository,
            document.repositories.contains_key(&image.repository.value),
            "repository",
        );
        image_faults(name, image, &mut faults);
    }
    for (name, definition) in &document.task_definitions {
        let revision = name
            .rsplit_once(':')
            .and_then(|(_, revision)| revision.parse::<u32>().ok());
        faults.when(revision.is_none(), || {
            format!("task definition `{name}`: its name must be `family:revision`")
        });
        let essential = definition
            .containers
            .iter()
            .any(|container| container.essential);
        faults.when(!essential, || {
            format!("task definition `{name}`: at least one container must be essential")
        });
        let secrets = definition
            .containers
            .iter()
            .flat_map(|container| container.secrets.values());
        for secret in secrets {
            faults.need(
                secret,
                document.secrets.contains_key(&secret.value),
                "secret",
            );
        }
        for container in &definition.containers {
            log_faults(name, container, &mut faults);
        }
        let known = matches!(definition.architecture.as_str(), "X86_64" | "ARM64");
        faults.when(!known, || {
            format!("task definition `{name}`: architecture must be X86_64 or ARM64")
        });
    }
    let mistakes = document.faults.iter().filter_map(|fault| fault.mistake());
    faults.0.extend(mistakes);
    for (name, service) in &document.services {
        let breaks = service.shifts() && service.circuit_breaker.is_some();
        faults.when(breaks, || {
            format!(
                "service `{name}`: the circuit breaker is simulated for rolling deployments only"
            )
        });
        if let Some(load_balancer) = &service.load_balancer {
            load_balancer_faults(name, load_balancer, &mut faults);
        }
    }
    for (name, alarm) in &document.alarms {
        alarm_faults(name, alarm, document, &mut faults);
    }
    let logs = &document.logs;
    faults.when(
        logs.least_lag.is_negative() || logs.most_lag < logs.least_lag,
        || "logs: least_lag must be at least zero and at most most_lag".to_owned(),
    );
    for event in &document.history {
        step_faults(
            &format!("history, at {}", event.at),
            &event.step(),
            document,
            &mut faults,
        );
    }
    for (name, action) in &document.actions {
        for step in &action.steps {
            step_faults(&format!("action `{name}`"), step, document, &mut faults);
        }
    }
    faults.0
}

/// What is wrong with an action's steps that did not come with the scenario.
pub(crate) fn faults_of_steps(steps: &[Step], document: &Document) -> Vec<String> {
    let mut faults = Faults(Vec::new());
    for step in steps {
        step_faults("step", step, document, &mut faults);
    }
    faults.0
}

struct Faults(Vec<String>);

impl Faults {
    fn when(&mut self, wrong: bool, fault: impl FnOnce() -> String) {
        if wrong {
            self.0.push(fault());
        }
    }

    /// A reference must lead somewhere.
    fn need(&mut self, reference: &Reference, declared: bool, kind: &str) {
        let (line, column) = (reference.referenced.line(), reference.referenced.column());
        self.when(!declared, || {
            format!(
                "line {line}, column {column}: there is no {kind} `{}`",
                reference.value
            )
        });
    }
}

fn image_faults(name: &str, image: &Image, faults: &mut Faults) {
    faults.when(image.platforms.is_empty(), || {
        format!("image `{name}`: it needs a platform")
    });
    faults.when(
        image.layers.iter().all(|layer| layer.content.is_none()),
        || format!("image `{name}`: it needs a layer with content"),
    );
    for (path, page) in &image.pages {
        faults.when(!path.starts_with('/'), || {
            format!("image `{name}`: the page `{path}` must begin with a slash")
        });
        page_faults(name, path, page, faults);
    }
    for (path, socket) in &image.sockets {
        let unsound = socket
            .answers
            .iter()
            .any(|answer| answer.json.is_some() == answer.text.is_some());
        faults.when(unsound || !path.starts_with('/'), || {
            format!("image `{name}`: the socket `{path}` must begin with a slash, and each answer be `json` or `text`")
        });
    }
    for line in &image.logs {
        let every = line.every.is_some_and(|every| every.as_millis() < 1);
        faults.when(every, || {
            format!(
                "image `{name}`: the line `{}` must repeat after 1ms or more",
                line.line
            )
        });
    }
}

fn load_balancer_faults(service: &str, declared: &LoadBalancer, faults: &mut Faults) {
    let path = declared.health_path.as_deref();
    faults.when(path.is_some_and(|path| !path.starts_with('/')), || {
        format!("service `{service}`: its health_path must begin with a slash")
    });
    faults.when(!(200..=499).any(|status| declared.wants(status)), || {
        format!("service `{service}`: its health_matcher must be like 200, 200,202 or 200-299")
    });
}

/// Without a prefix, FireLens would write the lines of all tasks to one stream.
fn log_faults(definition: &str, container: &Container, faults: &mut Faults) {
    let log = container.log.as_ref();
    let nameless =
        log.is_some_and(|log| log.driver == LogDriver::Awsfirelens && log.prefix.is_none());
    faults.when(nameless, || {
        format!(
            "task definition `{definition}`: the log of `{}` needs a prefix, since FireLens names its stream by it",
            container.name
        )
    });
}

fn alarm_faults(name: &str, alarm: &Alarm, document: &Document, faults: &mut Faults) {
    faults.when(alarm.watches.is_some() != alarm.any_of.is_empty(), || {
        format!("alarm `{name}`: say what it watches, or any_of which alarms it is")
    });
    for part in &alarm.any_of {
        let known = document.alarms.get(&part.value);
        let watches = known.is_some_and(|part| part.watches.is_some());
        faults.need(part, watches, "metric alarm");
    }
    if let Some(watched) = &alarm.watches {
        faults.when(Statistic::read(&watched.statistic).is_none(), || {
            format!(
                "alarm `{name}`: there is no statistic `{}`",
                watched.statistic
            )
        });
        let period = watched.period.as_secs();
        faults.when(period < 60 || period % 60 != 0, || {
            format!("alarm `{name}`: its period must be a multiple of 60s")
        });
    }
}

fn page_faults(image: &str, path: &str, page: &Page, faults: &mut Faults) {
    faults.when(page.body.is_some() && page.json.is_some(), || {
        format!("image `{image}`: the page `{path}` can have a body or json, not both")
    });
    faults.when(!(200..=599).contains(&page.status), || {
        format!(
            "image `{image}`: the page `{path}` cannot have status {}",
            page.status
        )
    });
    for (header, value) in &page.headers {
        let sound = header.parse::<http::HeaderName>().is_ok()
            && value.parse::<http::HeaderValue>().is_ok();
        faults.when(!sound, || {
            format!("image `{image}`: the page `{path}` has no sound header `{header}`")
        });
    }
}

fn step_faults(place: &str, step: &Step, document: &Document, faults: &mut Faults) {
    let told = [
        step.push.is_some(),
        step.create_service.is_some(),
        step.update_service.is_some(),
        step.stop_tasks.is_some(),
        step.interrupt_tasks.is_some(),
        step.delete_image.is_some(),
        step.allow_secret.is_some(),
        step.set_capacity.is_some(),
        step.continue_deployment.is_some(),
    ];
    faults.when(told.iter().filter(|told| **told).count() != 1, || {
        format!(
            "{place}: say exactly one of push, create_service, update_service, stop_tasks, interrupt_tasks, \
             delete_image, allow_secret, set_capacity, continue_deployment"
        )
    });
    let mut service = |reference: &Reference| {
        faults.need(
            reference,
            document.services.contains_key(&reference.value),
            "service",
        );
    };
    if let Some(stop) = &step.stop_tasks {
        service(&stop.service);
    }
    if let Some(waiting) = &step.continue_deployment {
        service(&waiting.service);
    }
    if let Some(interrupt) = &step.interrupt_tasks {
        service(&interrupt.service);
    }
    if let Some(update) = &step.update_service {
        service(&update.service);
    }
    if let Some(create) = &step.create_service {
        service(&create.service);
    }
    let created = step
        .create_service
        .as_ref()
        .map(|create| &create.task_definition);
    let updated = step
        .update_service
        .as_ref()
        .and_then(|update| update.task_definition.as_ref());
    for definition in created.into_iter().chain(updated) {
        let family = |name: &String| {
            name.rsplit_once(':')
                .is_some_and(|(family, _)| family == definition.value)
        };
        let declared = document.task_definitions.contains_key(&definition.value)
            || document.task_definitions.keys().any(family);
        faults.need(definition, declared, "task definition");
    }
    if let Some(allow) = &step.allow_secret {
        let declared = document.secrets.contains_key(&allow.secret.value);
        faults.need(&allow.secret, declared, "secret");
    }
    let mut image = |reference: &Reference| {
        let declared = document.images.contains_key(&reference.value);
        faults.need(reference, declared, "image");
    };
    if let Some(delete) = &step.delete_image {
        image(&delete.image);
    }
    if let Some(push) = &step.push {
        image(&push.image);
        faults.when(push.tags.iter().any(String::is_empty), || {
            format!("{place}: a tag cannot be empty")
        });
    }
}
