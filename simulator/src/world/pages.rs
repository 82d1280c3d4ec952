//! What answers over HTTP: a task behind the load balancer, with what its image says.

use super::{World, task::Task};
use crate::{identity, scenario::format::Page};

/// For so long, one task answers all requests; then it is drawn anew.
const SLICE_MS: i64 = 500;

impl World {
    /// The page that a path shows now, and the id of the task that shows it. Which of several tasks
    /// answers is drawn from the time and the path, so that old and new take turns while both run.
    pub(crate) fn page(&self, path: &str) -> Result<(&Page, &str), NoPage> {
        let task = self.answering(path, &|task| self.page_of(task, path).is_some())?;
        self.page_of(task, path)
            .map(|page| (page, task.id.as_str()))
            .ok_or(NoPage::NotFound)
    }

    /// The task that answers at a path now, of the service of which one `knows` it.
    pub(super) fn answering(
        &self,
        path: &str,
        knows: &dyn Fn(&Task) -> bool,
    ) -> Result<&Task, NoPage> {
        let mut known = self.tasks.iter().filter(|task| knows(task));
        let owner = known.next().map(|task| task.service);
        let mine = |task: &&Task| {
            owner.is_none_or(|service| task.service == service) && task.answers(self.now)
        };
        let slice = (self.now.as_millisecond() / SLICE_MS).to_string();
        let chosen = owner.and_then(|service| self.draw_deployment(service, &[&slice, path]));
        let of_chosen = |task: &&Task| chosen.is_none_or(|chosen| task.deployment == chosen);
        let answering: Vec<&Task> = self.tasks.iter().filter(mine).filter(of_chosen).collect();
        if answering.is_empty() {
            return Err(NoPage::NoTarget);
        }
        let drawn = identity::number(&[&slice, path]) % answering.len() as u64;
        Ok(answering[usize::try_from(drawn).unwrap_or(0)])
    }

    /// The deployment that gets a request, drawn by its share of the traffic; none where all tasks take part.
    fn draw_deployment(&self, service: usize, parts: &[&str]) -> Option<usize> {
        let drawn = identity::between(parts, 1, 100);
        let drawn = f64::from(u32::try_from(drawn).unwrap_or(100));
        let shares = self.shares(service, self.now);
        let mut counted = 0.0;
        let reaches = |(_, share): &&(usize, f64)| {
            counted += share;
            counted >= drawn
        };
        let found = shares.iter().find(reaches).or(shares.last());
        found.map(|(number, _)| *number)
    }

    /// The page at a path of any image that the task pulled.
    pub(super) fn page_of(&self, task: &Task, path: &str) -> Option<&Page> {
        let images = task
            .pulled
            .iter()
            .filter_map(|pulled| self.document.images.get(pulled.image.as_ref()?));
        images.filter_map(|image| image.pages.get(path)).next()
    }
}

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPage {
    /// No task is behind the load balancer: it answers itself, with 503.
    NoTarget,
    /// The task that answers does not know the path.
    NotFound,
}
