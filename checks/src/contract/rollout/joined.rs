//! Joining what one look saw of a rollout to what is known of it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{DeploymentCourse, Rollout, Step, TaskCourse};

impl Rollout {
    /// Takes in what a later look saw. AWS forgets: a deployment when it is over, a stopped task
    /// after about an hour. What the later look doesn't tell of therefore stays as it was.
    pub fn advance(&mut self, later: Self) {
        if !later.pushes.is_empty() {
            self.pushes = later.pushes;
        }
        join(&mut self.deployments, later.deployments);
        join(&mut self.tasks, later.tasks);
        self.omitted_tasks += later.omitted_tasks;
        self.sort();
    }

    /// The same with at most so many tasks: those of the judged deployment before others, and
    /// the latest of each. What is left out is counted.
    #[must_use]
    pub fn with_at_most(mut self, most: usize) -> Self {
        let all = self.tasks.len();
        self.tasks
            .sort_by_key(|task| Reverse((task.judged, task.created_at(), task.id.clone())));
        self.tasks.truncate(most);
        self.omitted_tasks += all - self.tasks.len();
        self.sort();
        self
    }

    /// Earliest first; of the same time, by id, so that equal rollouts are written alike.
    fn sort(&mut self) {
        self.pushes
            .sort_by_key(|push| (push.at, push.image.clone()));
        self.deployments
            .sort_by_key(|deployment| (deployment.created_at, deployment.id.clone()));
        self.tasks
            .sort_by_key(|task| (task.created_at(), task.id.clone()));
    }
}

/// What has an id, and more to tell of itself at a later look.
trait Course {
    fn id(&self) -> &str;

    /// Itself, with what was known before and isn't told any more.
    fn after(self, before: Self) -> Self;
}

impl Course for DeploymentCourse {
    fn id(&self) -> &str {
        &self.id
    }

    fn after(self, before: Self) -> Self {
        Self {
            created_at: self.created_at.or(before.created_at),
            ..self
        }
    }
}

impl Course for TaskCourse {
    fn id(&self) -> &str {
        &self.id
    }

    fn after(mut self, mut before: Self) -> Self {
        // A look dates this step by itself, so that the first one to see it is right.
        if let Some(healthy) = before.steps.remove(&Step::Healthy) {
            self.steps.insert(Step::Healthy, healthy);
        }
        before.steps.append(&mut self.steps);
        Self {
            steps: before.steps,
            stopped_reason: self.stopped_reason.or(before.stopped_reason),
            ..self
        }
    }
}

fn join<C: Course>(known: &mut Vec<C>, later: Vec<C>) {
    let before = known
        .drain(..)
        .map(|course| (course.id().to_owned(), course));
    let mut before: BTreeMap<String, C> = before.collect();
    for course in later {
        let joined = match before.remove(course.id()) {
            Some(before) => course.after(before),
            None => course,
        };
        known.push(joined);
    }
    known.extend(before.into_values());
}

impl TaskCourse {
    fn created_at(&self) -> Option<Timestamp> {
        self.steps.get(&Step::Created).copied()
    }
}

#[cfg(test)]
mod tests;
