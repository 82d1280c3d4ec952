//! Statements about images: what is expected, what was pushed, and what the tasks run.

use touchdown_simulator::truth::{ContainerTruth, PushedTruth, TaskTruth};

use super::{Instant, TOLERANCE};
use crate::oracle::Says;
use crate::story::{APP, Build, Fate, Naming, PROXY, Sidecars};

impl Instant<'_> {
    /// The containers to judge, each with the tag of the image that it should run.
    fn expected(&self) -> Vec<(&'static str, String)> {
        let revision = self.truth.deployments[self.judged()].revision;
        let tag = match (self.story().expects_tag, self.story().naming) {
            (true, _) => "2".to_owned(),
            (false, Naming::Version) => revision.to_string(),
            (false, Naming::Latest) => "latest".to_owned(),
        };
        let mut expected = vec![(APP, format!("{APP}:{tag}"))];
        if self.story().sidecars != Sidecars::None {
            expected.push((PROXY, format!("{PROXY}:1")));
        }
        expected
    }

    fn meant(&self, tag: &str) -> Option<&PushedTruth> {
        self.watched.meant(tag, self.truth)
    }

    pub(super) fn image_pushed(&self) -> Says {
        match self.all_pushed() {
            true => Says::HOLDS,
            false => Says::NOT_YET,
        }
    }

    fn all_pushed(&self) -> bool {
        self.expected()
            .iter()
            .all(|(_, tag)| self.meant(tag).is_some())
    }

    /// Of what the deployment pinned, as far as it has, else of what is expected.
    pub(super) fn platform_matches(&self) -> Says {
        let pins = &self.truth.deployments[self.judged()].pins;
        let expected = self.expected();
        let images = expected.iter().map(|(container, tag)| {
            let meant = self.meant(tag).map(|pushed| pushed.image.as_str());
            pins.get(*container).map(String::as_str).or(meant)
        });
        let says = images.map(|image| match image {
            None => Says::NOT_YET,
            Some(image) if self.is_foreign(image) => Says::BROKEN,
            Some(_) => Says::HOLDS,
        });
        says.min_by_key(|says| match *says {
            Says::BROKEN => 0,
            Says::NOT_YET => 1,
            _ => 2,
        })
        .unwrap_or(Says::HOLDS)
    }

    /// Whether an image is for another platform than the tasks'.
    fn is_foreign(&self, image: &str) -> bool {
        let foreign = matches!(self.story().fate, Fate::NoPlatform | Fate::ExecFormat);
        foreign && image == "app-2"
    }

    /// The application's layer against the one of the image that the deployment before pinned.
    pub(super) fn layers_changed(&self) -> Says {
        let (_, tag) = &self.expected()[0];
        let Some(expected) = self.meant(tag) else {
            return Says::NOT_YET;
        };
        let replaced = self.judged().checked_sub(1);
        let pinned = replaced.and_then(|before| self.truth.deployments[before].pins.get(APP));
        // Where nothing was replaced or pinned, it is compared with what was pushed before it.
        let before = match pinned {
            Some(pinned) => pinned.as_str(),
            None if expected.image == "app-2" => "app-1",
            None => return Says::OPEN,
        };
        // They are compared on the tasks' platform.
        if self.is_foreign(&expected.image) {
            return Says::OPEN;
        }
        match self.code(&expected.image) == self.code(before) {
            true => Says::BROKEN,
            false => Says::HOLDS,
        }
    }

    /// Which version's code an image of the application holds.
    pub(super) fn code<'a>(&self, image: &'a str) -> &'a str {
        match image {
            "app-2" if self.story().build == Build::CachedLayer => "app-1",
            image => image,
        }
    }

    /// What a container runs against what it should.
    fn matches(&self, task: &TaskTruth, (name, tag): &(&str, String)) -> Says {
        let Some(meant) = self.meant(tag) else {
            return Says::UNKNOWN;
        };
        let container = task
            .containers
            .iter()
            .find(|container| container.name == *name);
        match container {
            Some(ContainerTruth {
                image: Some(image),
                tells_digest: true,
                ..
            }) => match *image == meant.image {
                true => Says::HOLDS,
                false => Says::BROKEN,
            },
            _ => Says::UNKNOWN,
        }
    }

    pub(super) fn runs_expected(&self, task: &TaskTruth) -> Says {
        if !self.all_pushed() {
            return self.differs_or(task, Says::NOT_YET);
        }
        self.differs_or(task, Says::HOLDS)
    }

    /// The worst that is said of a task's containers, where nothing is wrong `else_says`.
    fn differs_or(&self, task: &TaskTruth, else_says: Says) -> Says {
        let expected = self.expected();
        let said: Vec<Says> = expected.iter().map(|one| self.matches(task, one)).collect();
        match () {
            () if said.contains(&Says::BROKEN) => Says::BROKEN,
            () if else_says == Says::NOT_YET => Says::NOT_YET,
            () if said.contains(&Says::UNKNOWN) => Says::UNKNOWN,
            () => else_says,
        }
    }

    pub(super) fn started_after_push(&self, task: &TaskTruth) -> Says {
        let expected = self.expected();
        let pushes = expected
            .iter()
            .filter_map(|(_, tag)| Some(self.meant(tag)?.pushed_at));
        let push = pushes.max().filter(|_| self.all_pushed());
        let said = self.story().says_when.then(|| self.story().deployed_at());
        let Some(least) = said.or(push) else {
            return Says::NOT_YET;
        };
        let too_early = task
            .started_at
            .is_none_or(|started| started < least - TOLERANCE);
        if too_early {
            return Says::BROKEN;
        }
        let created = self.truth.deployments[self.judged()].created_at;
        let is_younger = created >= least - TOLERANCE;
        match self.differs_or(task, Says::HOLDS) {
            // A time that was said says nothing of digests.
            Says::BROKEN if is_younger && said.is_some() => Says::HOLDS,
            // A late start counts by itself where the deployment too is younger.
            Says::UNKNOWN if is_younger => Says::HOLDS,
            other => other,
        }
    }
}
