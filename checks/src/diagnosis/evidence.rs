//! What a diagnosis shows: the stopped tasks, their last lines, and the service's events.

use super::facts::Facts;
use super::signature::{Clue, Place};
use super::stopped;
use super::table::SERVICES;
use crate::contract::{Body, Evidence, Moment};
use crate::logs::{counted, quote};
use crate::reads::{ServiceEvent, Task};

/// Tasks, lines of each task, and events that are shown.
const TASKS: usize = 10;
const LINES: usize = 5;
const EVENTS: usize = 5;

/// All evidence of the troubles.
pub(super) fn of(facts: &Facts) -> Vec<Evidence> {
    let stopped = (!facts.stopped.value.is_empty()).then(|| table(facts));
    let unread = facts.lines.unread.iter().flat_map(|unread| {
        let finding = unread.clone().into_finding(facts.stopped.at);
        finding.evidence
    });
    stopped
        .into_iter()
        .chain(excerpt(facts))
        .chain(unread)
        .chain(timeline(facts))
        .collect()
}

fn table(facts: &Facts) -> Evidence {
    let tasks = &facts.stopped.value;
    let shown = tasks.len().min(TASKS);
    let mut title = format!(
        "{} of {}",
        counted(tasks.len(), "stopped task"),
        facts.revision
    );
    if shown < tasks.len() {
        title = format!("the last {shown} of {title}");
    }
    let columns = [
        "task",
        "ended",
        "lived",
        "stop code",
        "exit codes",
        "reason",
    ];
    let rows = tasks.iter().take(TASKS).map(|task| row(facts, task));
    facts.stopped.evidence(Body::table(title, columns, rows))
}

fn row(facts: &Facts, task: &Task) -> [String; 6] {
    let exits = task
        .containers
        .iter()
        .filter_map(|container| Some(format!("{} {}", container.name, container.exit_code?)));
    let exits: Vec<String> = exits.collect();
    let or_dash =
        |text: Option<String>| text.filter(|t| !t.is_empty()).unwrap_or_else(|| "-".into());
    [
        task.id.clone(),
        or_dash(stopped::ended(task).map(crate::ecs::moment)),
        facts
            .lived(task)
            .map_or_else(|| "never started".into(), |lived| lived.to_string()),
        or_dash(task.stop_code.clone()),
        or_dash(Some(exits.join(", "))),
        or_dash(stopped::reasons(task)),
    ]
}

/// The last lines of the tasks that were read, as they were written.
fn excerpt(facts: &Facts) -> Option<Evidence> {
    let read = facts.lines.read.as_ref()?;
    let (mut lines, mut tasks, mut omitted) = (Vec::new(), 0, 0);
    for task in &facts.stopped.value {
        let written: Vec<_> = facts.lines_of(task).collect();
        let last = &written[written.len().saturating_sub(LINES)..];
        lines.extend(last.iter().map(|line| quote(&task.id, line)));
        omitted += written.len() - last.len();
        tasks += usize::from(!last.is_empty());
    }
    let title = match tasks {
        0 => "the stopped tasks wrote no line in their last minute".to_owned(),
        _ => format!("the last lines of {}", counted(tasks, "stopped task")),
    };
    Some(read.evidence(Body::Excerpt {
        title,
        lines,
        omitted,
    }))
}

/// The events that tell of trouble, earliest first.
fn timeline(facts: &Facts) -> Option<Evidence> {
    let tells = |event: &&ServiceEvent| {
        let clue = Clue {
            place: Place::Event,
            container: None,
            text: event.message.as_str().into(),
        };
        stopped::read(&SERVICES, &[clue]).is_some()
    };
    let told = facts.events().filter(tells).take(EVENTS);
    let mut moments: Vec<Moment> = told
        .filter_map(|event| {
            Some(Moment {
                at: event.at?,
                what: event.message.clone(),
            })
        })
        .collect();
    moments.sort_by_key(|moment| moment.at);
    let title = "service events".to_owned();
    (!moments.is_empty()).then(|| facts.events.evidence(Body::Timeline { title, moments }))
}
