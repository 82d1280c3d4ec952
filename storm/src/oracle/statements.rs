//! Each statement, as AWS's facts decide it.

use jiff::SignedDuration;
use touchdown_simulator::truth::{
    ContainerTruth, Health, LineTruth, Phase, PushedTruth, TaskTruth, Truth,
};

use super::standing::{self, running};
use super::{Says, Watched, ends};
use crate::story::{APP, Build, Fate, Naming, PROXY, Pipeline, Sidecars, Statement, Story, line};

/// Clocks of AWS's services differ by so much.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(1);
/// How long AWS may show a service as it was before a deployment.
const LAG: SignedDuration = SignedDuration::from_secs(20);
/// A look at least so often.
const ROUND: SignedDuration = SignedDuration::from_millis(2_200);

/// What may be said at an instant.
pub(super) fn says(watched: &Watched<'_>, statement: Statement, truth: &Truth) -> Says {
    let of = Instant { watched, truth };
    // A page belongs to no deployment.
    if statement == Statement::Responds {
        return of.responds();
    }
    if of.may_be_hidden() {
        return Says::UNKNOWN;
    }
    if let Some(says) = standing::of(truth, watched.judged()) {
        return says;
    }
    match statement {
        Statement::ImagePushed => of.image_pushed(),
        Statement::PlatformMatches => of.platform_matches(),
        Statement::LayersChanged => of.layers_changed(),
        Statement::StartedAfterPush => of.every_task(|task| of.started_after_push(task)),
        Statement::DigestRunning => of.every_task(|task| of.runs_expected(task)),
        Statement::RevisionAdvanced => of.revision_advanced(),
        Statement::ImagePinned => match watched.story.naming {
            Naming::Version => Says::HOLDS,
            Naming::Latest => Says::BROKEN,
        },
        Statement::RolloutComplete => of.rollout_complete(),
        Statement::Stable => of.stable(),
        Statement::ContainersHealthy => of.containers_healthy(),
        Statement::OldTasksGone => of.old_tasks_gone(),
        Statement::TargetsHealthy => of.targets_healthy(),
        Statement::Responds => of.responds(),
        Statement::LineSeen => of.line_seen(),
        Statement::LineAbsent => of.line_absent(),
    }
}

/// The truth at an instant of a watched story.
struct Instant<'a> {
    watched: &'a Watched<'a>,
    truth: &'a Truth,
}

impl Instant<'_> {
    fn story(&self) -> &Story {
        self.watched.story
    }

    /// The suite speaks of a deployment that nobody made; so soon, AWS may just not show it yet.
    fn may_be_hidden(&self) -> bool {
        let story = self.story();
        let since = self.truth.at.duration_since(story.deployed_at());
        story.says_when && story.pipeline == Pipeline::Forgot && since < LAG
    }

    fn judged(&self) -> usize {
        self.watched.judged()
    }

    /// The judged deployment's tasks that run and are to stay.
    fn running(&self) -> impl Iterator<Item = &TaskTruth> {
        running(self.truth, self.judged())
    }

    /// It waits for tasks: in vain where their ends say so.
    fn waits(&self) -> Says {
        ends::waits(self.watched, self.truth)
    }

    /// A statement about every task: nothing holds before all wanted ones run, nor while others do.
    fn every_task(&self, said: impl Fn(&TaskTruth) -> Says) -> Says {
        let of_running: Vec<Says> = self.running().map(&said).collect();
        if of_running.contains(&Says::BROKEN) {
            return Says::BROKEN;
        }
        if of_running.contains(&Says::NOT_YET) {
            return self.waits();
        }
        if let Some(doubt) = of_running.iter().find(|says| **says != Says::HOLDS) {
            return *doubt;
        }
        if of_running.len() < self.truth.desired {
            return self.waits();
        }
        let runs = |task: &&TaskTruth| task.phase == Phase::Runs;
        let mut others = self.truth.tasks.iter().filter(runs).filter(|task| {
            task.deployment != self.judged() || !task.stays && said(task) == Says::BROKEN
        });
        match others.next() {
            Some(_) => Says::NOT_YET,
            None => Says::HOLDS,
        }
    }

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

    fn image_pushed(&self) -> Says {
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
    fn platform_matches(&self) -> Says {
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
    fn layers_changed(&self) -> Says {
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
    fn code<'a>(&self, image: &'a str) -> &'a str {
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

    fn runs_expected(&self, task: &TaskTruth) -> Says {
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

    fn started_after_push(&self, task: &TaskTruth) -> Says {
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

    fn revision_advanced(&self) -> Says {
        let judged = self.judged();
        let Some(before) = judged.checked_sub(1) else {
            return Says::OPEN;
        };
        let deployments = &self.truth.deployments;
        match deployments[judged].revision > deployments[before].revision {
            true => Says::HOLDS,
            false => Says::BROKEN,
        }
    }

    fn rollout_complete(&self) -> Says {
        let deployment = &self.truth.deployments[self.judged()];
        let running = self.running().count();
        if deployment.failed {
            return Says::BROKEN;
        }
        match deployment.complete && running == self.truth.desired {
            true => Says::HOLDS,
            false => self.waits(),
        }
    }

    /// All wanted tasks run; what stopped is forgiven once, or where it has been outlived.
    fn stable(&self) -> Says {
        let began = self.watched.first().at;
        let own: Vec<_> = ends::failed(self.truth, self.judged())
            .filter(|stop| ends::is_own(stop.cause))
            .collect();
        if own.len() >= 2 && own.iter().any(|stop| stop.at > began) {
            return Says::BROKEN;
        }
        if self.running().count() < self.truth.desired {
            return self.waits();
        }
        let ill = |container: &ContainerTruth| container.health == Health::Unhealthy;
        if self
            .running()
            .any(|task| task.containers.iter().any(|c| c.essential && ill(c)))
        {
            return Says::NOT_YET;
        }
        // The look after a stop sees it, though all run again.
        let just = |at: jiff::Timestamp| at > began && self.truth.at.duration_since(at) <= ROUND;
        if ends::failed(self.truth, self.judged()).any(|stop| just(stop.at)) {
            return Says::HOLDS | Says::NOT_YET;
        }
        match own.len() {
            0 | 1 => Says::HOLDS,
            _ => self.outlives_all(),
        }
    }

    /// Whether it is longer ago that one stopped than any of them had lived, by the stamps that ECS gives.
    fn outlives_all(&self) -> Says {
        let tasks = self
            .truth
            .tasks
            .iter()
            .filter(|task| task.deployment == self.judged());
        let ended = tasks.filter_map(|task| Some((task, task.stop.as_ref()?)));
        let own: Vec<_> = ended.filter(|(_, stop)| ends::is_own(stop.cause)).collect();
        let longest = own
            .iter()
            .filter_map(|(task, stop)| ends::lived(task, stop.at))
            .max();
        let last = own.iter().map(|(_, stop)| stop.at).max();
        let (Some(longest), Some(last)) = (longest, last) else {
            return Says::HOLDS;
        };
        let further = self.truth.at.duration_since(last) - longest;
        match () {
            () if further > 2 * ends::STAMPED => Says::HOLDS,
            () if further.is_positive() => Says::HOLDS | Says::NOT_YET,
            () => Says::NOT_YET,
        }
    }

    fn containers_healthy(&self) -> Says {
        if !self.story().health_check {
            return Says::OPEN;
        }
        self.every_task(|task| {
            let checked = task.containers.iter().filter(|c| c.essential);
            let healthy =
                |c: &ContainerTruth| matches!(c.health, Health::Healthy | Health::Unchecked);
            match checked.into_iter().all(healthy) {
                true => Says::HOLDS,
                false => Says::NOT_YET,
            }
        })
    }

    fn old_tasks_gone(&self) -> Says {
        let other =
            |task: &&TaskTruth| task.deployment != self.judged() && task.phase != Phase::Gone;
        if self.truth.tasks.iter().any(|task| other(&task)) {
            return match self.running().next() {
                Some(_) => Says::NOT_YET,
                None => self.waits() | Says::NOT_YET,
            };
        }
        match self.running().next() {
            Some(_) => Says::HOLDS,
            None => self.waits(),
        }
    }

    fn targets_healthy(&self) -> Says {
        let says = self.every_task(|task| match task.is_served {
            true => Says::HOLDS,
            false => Says::NOT_YET,
        });
        let mut tasks = self.truth.tasks.iter();
        let stays = |task: &TaskTruth| task.stays && task.deployment == self.judged();
        match says == Says::HOLDS && tasks.any(|task| task.is_served && !stays(task)) {
            true => Says::NOT_YET,
            false => says,
        }
    }

    /// Whose code answers: one of the tasks that do, drawn anew for each request. Where traffic is shared out
    /// among deployments, requests for one of which no task answers are lost.
    fn responds(&self) -> Says {
        let of = |deployment: usize| self.truth.deployments[deployment].share;
        let answering = || self.truth.tasks.iter().filter(|task| task.answers);
        let shared = answering().filter(|task| of(task.deployment) != Some(0.0));
        let answers = shared.map(|task| {
            let image = task
                .containers
                .first()
                .and_then(|container| container.image.as_deref());
            match image.is_some_and(|image| self.code(image) == "app-2") {
                true => Says::HOLDS,
                false => Says::NOT_YET,
            }
        });
        let lost = |deployment: &usize| {
            let gets = of(*deployment).is_some_and(|share| share > 0.0);
            gets && !answering().any(|task| task.deployment == *deployment)
        };
        let lost = (0..self.truth.deployments.len())
            .filter(lost)
            .map(|_| Says::NOT_YET);
        answers
            .chain(lost)
            .reduce(|one, other| one | other)
            .unwrap_or(Says::NOT_YET)
    }

    /// The lines of the judged deployment's tasks that can be read by now.
    fn lines(&self) -> impl Iterator<Item = &LineTruth> {
        let judged = |id: &str| {
            let mut tasks = self.truth.tasks.iter();
            tasks.any(|task| task.id == id && task.deployment == self.judged())
        };
        let lines = self.watched.lines.iter();
        lines.filter(move |line| line.readable_at <= self.truth.at && judged(&line.task))
    }

    fn line_seen(&self) -> Says {
        let sought = line(2);
        let seen = self
            .lines()
            .any(|one| is_judged(one) && one.text.contains(&sought));
        match (self.running().next(), seen) {
            (Some(_), true) => Says::HOLDS,
            (Some(_), false) => Says::NOT_YET,
            (None, _) => self.waits(),
        }
    }

    fn line_absent(&self) -> Says {
        let forbidden = line(1);
        if self
            .lines()
            .any(|one| is_judged(one) && one.text.contains(&forbidden))
        {
            return Says::BROKEN;
        }
        if self.running().count() < self.truth.desired {
            // No line is no failure, and no proof: where nothing ever ran, either is said.
            return Says::NOT_YET | Says::UNKNOWN;
        }
        let speaks = |task: &TaskTruth, name: &str| {
            let mut lines = self.lines();
            lines.any(|one| one.task == task.id && one.container == name)
        };
        let essential = |task: &TaskTruth| {
            let containers = task.containers.iter().filter(|c| c.essential);
            containers
                .into_iter()
                .all(|container| speaks(task, &container.name))
        };
        match self.running().all(essential) {
            true => Says::HOLDS,
            false => Says::UNKNOWN,
        }
    }
}

/// Lines of the containers that are judged: the essential ones.
fn is_judged(line: &LineTruth) -> bool {
    [APP, PROXY].contains(&line.container.as_str())
}
