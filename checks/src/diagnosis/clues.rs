//! The clues of one stopped task: every text that says something of its end, and where it was.

use std::borrow::Cow;

use super::facts::Facts;
use super::signature::{Clue, Place};
use crate::logs::LogLine;
use crate::reads::{Container, HealthCheck, Task};

/// What the task itself tells of its end.
pub(super) fn of_end<'a>(task: &'a Task, facts: &'a Facts) -> Vec<Clue<'a>> {
    let mut clues = told_by(task);
    clues.extend(exit(task, facts));
    let ill = ill(task, facts);
    clues.extend(ill.and_then(|(container, check)| life(task, facts, container, check)));
    clues
}

/// What its log and the service's events tell of it.
pub(super) fn around<'a>(task: &'a Task, facts: &'a Facts) -> Vec<Clue<'a>> {
    let mut clues: Vec<_> = logs(task, facts).collect();
    clues.extend(events(task, facts));
    clues
}

fn clue<'a>(place: Place, container: Option<&'a str>, text: impl Into<Cow<'a, str>>) -> Clue<'a> {
    Clue {
        place,
        container,
        text: text.into(),
    }
}

/// What the task itself tells: the reasons of its containers, its own, and its code. The
/// task's reason often is no more than `Task failed to start`.
pub(super) fn told_by(task: &Task) -> Vec<Clue<'_>> {
    let with_reason = |container: &'_ Container| container.reason.is_some();
    let containers = task.containers.iter().filter(|c| with_reason(c));
    let of_containers = containers.map(|container| {
        let reason = container.reason.as_deref().unwrap_or_default();
        clue(Place::Reason, Some(&container.name), reason)
    });
    let reason = task.stopped_reason.as_deref();
    let code = task.stop_code.as_deref();
    of_containers
        .chain(reason.map(|text| clue(Place::Reason, None, text)))
        .chain(code.map(|code| clue(Place::StopCode, None, code)))
        .collect()
}

/// The exit code that the task stops with. When an essential container exits, ECS ends the
/// others with SIGTERM (143) and SIGKILL (137), and an obedient one ends with 0: so any other
/// code tells more.
fn exit<'a>(task: &'a Task, facts: &Facts) -> Option<Clue<'a>> {
    let telling = |code: i32| match code {
        0 => 3,
        143 => 2,
        137 => 1,
        _ => 0,
    };
    let essential = task.containers.iter().filter(|container| {
        let defined = facts.defined(&container.name);
        defined.is_none_or(|defined| defined.essential)
    });
    let (code, name) = essential
        .filter_map(|container| Some((container.exit_code?, &container.name)))
        .min_by_key(|(code, _)| telling(*code))?;
    Some(clue(Place::ExitCode, Some(name), code.to_string()))
}

/// The last lines, latest first; those that name the program of the health check twice.
fn logs<'a>(task: &'a Task, facts: &'a Facts) -> impl Iterator<Item = Clue<'a>> {
    facts.lines_of(task).rev().flat_map(|line| {
        let of_health = facts
            .defined(&line.container)
            .and_then(|defined| defined.health_check.as_ref())
            .is_some_and(|check| names_program_of(line, check));
        let place = of_health.then_some(Place::HealthLog);
        let places = place.into_iter().chain([Place::Log]);
        places.map(|place| clue(place, Some(&line.container), line.text.as_str()))
    })
}

/// Whether the line names a program that the health check calls: `/bin/sh: 1: curl: not found`.
fn names_program_of(line: &LogLine, check: &HealthCheck) -> bool {
    let is_end = |c: char| c.is_whitespace() || "\"'`:;|&()".contains(c);
    programs(check).any(|program| line.text.split(is_end).any(|word| word == program))
}

/// The programs that a health check calls: the first word, and in a shell also those after `;`,
/// `&&`, `||` and `|`.
fn programs(check: &HealthCheck) -> impl Iterator<Item = &str> {
    let is_shell = check.command.first().is_some_and(|how| how == "CMD-SHELL");
    let command = check.command.get(1).map_or("", String::as_str);
    let calls = command.split(move |c: char| is_shell && ";|&()\n".contains(c));
    calls.filter_map(|call| call.split_whitespace().next())
}

/// The container whose health check failed, with the check: the one that is UNHEALTHY, or the
/// only one that has a health check.
fn ill<'a>(task: &'a Task, facts: &'a Facts) -> Option<(&'a Container, &'a HealthCheck)> {
    let with_check = |container: &'a Container| {
        let defined = facts.defined(&container.name)?;
        Some((container, defined.health_check.as_ref()?))
    };
    let checked: Vec<_> = task.containers.iter().filter_map(with_check).collect();
    let is_ill = |checked: &&(&Container, _)| checked.0.health.as_deref() == Some("UNHEALTHY");
    let only = checked.first().filter(|_| checked.len() == 1);
    checked.iter().find(is_ill).or(only).copied()
}

/// Whether a container with a health check can ever have been healthy: one that never was is
/// stopped as soon as `startPeriod` and all retries are over, give or take a few runs.
fn life<'a>(
    task: &Task,
    facts: &Facts,
    container: &'a Container,
    check: &HealthCheck,
) -> Option<Clue<'a>> {
    let lived = facts.lived(task)?.get().as_secs();
    let allowed = check.window() + 2 * u64::from(check.interval + check.timeout);
    let told = if lived <= allowed {
        "never healthy"
    } else {
        "may have been healthy"
    };
    Some(clue(Place::Life, Some(&container.name), told))
}

/// The events that name the task, then those that name none.
fn events<'a>(task: &Task, facts: &'a Facts) -> Vec<Clue<'a>> {
    let named = format!("(task {})", task.id);
    let (of_it, others): (Vec<_>, Vec<_>) = facts
        .events()
        .partition(|event| event.message.contains(&named));
    let of_none = others
        .into_iter()
        .filter(|event| !event.message.contains("(task "));
    of_it
        .into_iter()
        .chain(of_none)
        .map(|event| clue(Place::Event, None, event.message.as_str()))
        .collect()
}
