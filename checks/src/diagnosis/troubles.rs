//! The troubles of a deployment: what is known of its tasks that failed, and what that means
//! for a statement that waits for them.

use std::sync::Arc;

use super::evidence;
use super::facts::Facts;
use super::known::Known;
use super::signature::{Certainty, Clue, Place, Signature, Waiting};
use super::stopped::read;
use super::table::{SERVICES, TASKS};
use super::{clues, template};
use crate::contract::{Finding, State};
use crate::logs::LogLine;
use crate::reads::{ContainerDefinition, ServiceEvent, Task};

/// What went wrong with the tasks of a deployment so far; often nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Troubles(pub(super) Option<Arc<Facts>>);

/// Why tasks of a deployment fail.
struct Cause {
    words: String,
    remedy: String,
    /// What stands before it: `3 stopped, likely: `.
    lead: String,
    is_likely: bool,
}

/// One stopped task and what its end means.
#[derive(Clone)]
struct Stop<'a> {
    task: &'a Task,
    signature: &'static Signature,
    cause: String,
    remedy: String,
}

impl Troubles {
    /// Adds the cause to a finding that waits for tasks, and settles it where waiting can't
    /// mend the cause.
    ///
    /// A finding in another state than `not-yet` stays as it is. It is settled only while
    /// tasks are missing: what failed once and now runs has mended itself.
    pub fn explain(&self, finding: Finding) -> Finding {
        let useless = self.0.as_ref().is_some_and(|facts| facts.is_useless());
        let waits = finding.state == State::NotYet;
        let told = self.tell(finding);
        if waits && useless {
            return Finding {
                state: State::Broken,
                ..told
            };
        }
        told
    }

    /// Adds the cause to a finding that isn't settled, and leaves its state.
    pub fn tell(&self, finding: Finding) -> Finding {
        let open = matches!(finding.state, State::NotYet | State::Unobserved);
        let Some((facts, cause)) = self.0.as_ref().and_then(|f| Some((f, f.cause()?))) else {
            return finding;
        };
        if !open {
            return finding;
        }
        let headline = format!("{}; {}{}", finding.headline, cause.lead, cause.words);
        facts.append(finding, headline, &cause)
    }

    /// Adds to a finding about a deployment that failed why its tasks did.
    pub fn name_cause(&self, finding: Finding) -> Finding {
        let Some((facts, cause)) = self.0.as_ref().and_then(|f| Some((f, f.cause()?))) else {
            return finding;
        };
        if facts.stopped.value.is_empty() {
            return finding;
        }
        let headline = format!(
            "{}; {}'s tasks{}: {}",
            finding.headline.trim_end_matches('.'),
            facts.revision,
            if cause.is_likely { ", likely" } else { "" },
            cause.words
        );
        facts.append(finding, headline, &cause)
    }
}

impl Facts {
    /// The container of that name in the task definition.
    pub fn defined(&self, name: &str) -> Option<&ContainerDefinition> {
        self.definition.as_ref()?.container(name)
    }

    /// The last lines of a task, in the order of time.
    pub fn lines_of<'a>(&'a self, task: &'a Task) -> impl DoubleEndedIterator<Item = &'a LogLine> {
        let of_task = self.lines.lines.iter().filter(|(of, _)| *of == task.id);
        of_task.map(|(_, line)| line)
    }

    /// The events since the deployment began, newest first.
    pub fn events(&self) -> impl Iterator<Item = &ServiceEvent> {
        self.events.value.iter()
    }

    /// What each stopped task's end means. Lines are read of a few tasks only, so what they tell
    /// goes for all tasks that ended alike.
    fn stops(&self) -> Vec<Stop<'_>> {
        let mut stops: Vec<(Vec<Clue<'_>>, Stop<'_>)> = Vec::new();
        for task in &self.stopped.value {
            let end = clues::of_end(task, self);
            let alike = stops.iter().find(|(other, _)| *other == end);
            let stop = match alike {
                Some((_, known)) => Some(Stop {
                    task,
                    ..known.clone()
                }),
                None => self.stop(task, [&end[..], &clues::around(task, self)].concat()),
            };
            stops.extend(stop.map(|stop| (end, stop)));
        }
        stops.into_iter().map(|(_, stop)| stop).collect()
    }

    fn stop<'a>(&'a self, task: &'a Task, clues: Vec<Clue<'_>>) -> Option<Stop<'a>> {
        let (signature, found) = read(&TASKS, &clues)?;
        let known = Known {
            facts: self,
            task: Some(task),
            found: &found,
        };
        Some(Stop {
            task,
            signature,
            cause: template::fill(signature.cause, |name| known.part(name)),
            remedy: template::fill(signature.remedy, |name| known.part(name)),
        })
    }

    /// The cause that tells most of the deployment: of the stopped tasks, or where none stopped
    /// of the service.
    fn cause(&self) -> Option<Cause> {
        let stops = self.stops();
        let alike = |stop: &Stop<'_>| {
            let same = |other: &&Stop<'_>| std::ptr::eq(other.signature, stop.signature);
            stops.iter().filter(same).count()
        };
        // Of equals the last one would win, and the first one ended last.
        let most = stops
            .iter()
            .rev()
            .max_by_key(|stop| (stop.signature.waiting, alike(stop)));
        let Some(stop) = most else {
            return self.of_service();
        };
        let number = alike(stop);
        let of = match stops.len() {
            all if all == number => String::new(),
            _ => format!(", {number} of them"),
        };
        let likely = match (stop.signature.certainty, of.is_empty()) {
            (Certainty::Likely, true) => ", likely",
            (Certainty::Likely, false) => " likely",
            _ => "",
        };
        Some(Cause {
            words: stop.cause.clone(),
            remedy: stop.remedy.clone(),
            lead: format!("{} stopped{of}{likely}: ", stops.len()),
            is_likely: !likely.is_empty(),
        })
    }

    /// The newest event that tells why the service starts no task. What came before the service
    /// was last content is over.
    fn of_service(&self) -> Option<Cause> {
        const CONTENT: [&str; 2] = ["has reached a steady state", "deployment completed"];
        let is_over =
            |event: &&ServiceEvent| !CONTENT.iter().any(|words| event.message.contains(words));
        let event = |event: &ServiceEvent| {
            let clue = Clue {
                place: Place::Event,
                container: None,
                text: event.message.as_str().into(),
            };
            let (signature, found) = read(&SERVICES, &[clue])?;
            let known = Known {
                facts: self,
                task: None,
                found: &found,
            };
            Some(Cause {
                words: template::fill(signature.cause, |name| known.part(name)),
                remedy: template::fill(signature.remedy, |name| known.part(name)),
                lead: String::new(),
                is_likely: false,
            })
        };
        if self.running >= self.desired {
            return None;
        }
        self.events().take_while(is_over).find_map(event)
    }

    /// Whether waiting can't bring the missing tasks.
    fn is_useless(&self) -> bool {
        let stops = self.stops();
        let counts = |stop: &&Stop<'_>| self.died_young(stop.task) && !self.is_over(stop.task);
        let young = || stops.iter().filter(counts);
        let once = young().any(|stop| stop.signature.waiting == Waiting::Useless);
        let again = young().filter(|stop| stop.signature.waiting >= Waiting::UselessWhenRepeated);
        self.running < self.desired && ((once && self.pins_digests()) || again.count() >= 2)
    }

    /// Whether the next task gets the same image whatever is pushed meanwhile.
    fn pins_digests(&self) -> bool {
        let containers = self
            .definition
            .iter()
            .flat_map(|definition| &definition.containers);
        !containers
            .filter_map(|container| container.version_consistency.as_deref())
            .any(|consistency| consistency == "disabled")
    }

    /// How much waiting helps against the weightiest cause of a stop.
    #[cfg(test)]
    pub fn weightiest(&self) -> Option<Waiting> {
        let stops = self.stops();
        stops.iter().map(|stop| stop.signature.waiting).max()
    }

    fn append(&self, finding: Finding, headline: String, cause: &Cause) -> Finding {
        let remedy = Some(&cause.remedy).filter(|remedy| !remedy.is_empty());
        let unread = self.lines.unread.iter().map(|unread| &unread.headline);
        let unread: Vec<String> = unread.map(|why| format!("Not read: {why}")).collect();
        let own = finding.hint.filter(|_| remedy.is_none());
        let parts = remedy.cloned().or(own).into_iter().chain(unread);
        let hint = Some(parts.collect::<Vec<_>>().join("\n")).filter(|hint| !hint.is_empty());
        Finding {
            headline,
            hint,
            ..finding
        }
        .all_evidence(evidence::of(self))
    }
}
