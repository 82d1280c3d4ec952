//! Stories: what a pipeline did, what it had built, how ECS deploys it, and what comes in between; drawn from
//! a seed, and rendered to a scenario of the simulator and a suite of touchdown.

mod drawing;
mod scenario;
mod suite;

pub use scenario::SERVICE;
pub(crate) use scenario::{APP, PROXY, line};
pub use suite::{INGESTION, Statement};

/// A rollout, as plain choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// What it was drawn from; it also draws the spans of the simulated world.
    pub seed: u64,
    /// What the pipeline did beside building and pushing.
    pub pipeline: Pipeline,
    /// How the task definition names the image.
    pub naming: Naming,
    /// When the new image was pushed.
    pub push: Push,
    /// The suite names the image that should run; else it is what the task definition names.
    pub expects_tag: bool,
    /// The suite says when was deployed, as `not_before`.
    pub says_when: bool,
    /// What the build reused.
    pub build: Build,
    /// What the image is built for.
    pub platforms: Platforms,
    /// Which digest tasks report.
    pub reported: Reported,
    /// What becomes of the new image's containers.
    pub fate: Fate,
    /// Each task of a deployment resolves the tag anew.
    pub unpinned: bool,
    /// Containers beside the application's.
    pub sidecars: Sidecars,
    /// How many tasks are wanted.
    pub desired: u64,
    /// How ECS replaces tasks.
    pub strategy: Strategy,
    /// A load balancer is in front.
    pub balancer: Option<Balancer>,
    /// The application's container has a health check.
    pub health_check: bool,
    /// From the start of a container until it answers, in milliseconds.
    pub boots_in_ms: u64,
    /// What comes in between, after the run has begun.
    pub incident: Option<Incident>,
    /// How lines come to CloudWatch Logs.
    pub logs: Logs,
    /// How long before the run the deployment began, in milliseconds.
    pub lead_ms: u64,
    /// `within` of all checks, in seconds.
    pub within: u64,
    /// `hold` of `ecs.stable`, in seconds; 0 is none.
    pub hold: u64,
    /// Statements that the suite leaves out: of shrinking.
    pub without: Vec<Statement>,
}

/// What the pipeline did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipeline {
    /// It registered a revision and updated the service to it.
    NewRevision,
    /// It forced a new deployment of the revision that ran.
    Forced,
    /// It forgot to deploy.
    Forgot,
    /// It made the service: nothing ran before.
    First,
}

/// How a task definition names its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// By a tag for each version, in a repository whose tags don't move.
    Version,
    /// `latest`.
    Latest,
}

/// When the new image was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Push {
    /// So many seconds before the deployment.
    Before(u64),
    /// So many seconds after the deployment began.
    After(u64),
    /// It was forgotten, or failed.
    Never,
}

/// What the build reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// Nothing of the application.
    Fresh,
    /// The layer with the application: a new digest with old code.
    CachedLayer,
}

/// What an image is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platforms {
    /// One manifest, for linux/amd64.
    Plain,
    /// An index with several platforms.
    Index,
    /// An index with attestations, as `docker buildx` makes it.
    Attested,
}

/// Which digest of a multi-platform image a task reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// The index's.
    Index,
    /// The one of the task's platform.
    Platform,
    /// None.
    Nothing,
}

/// What becomes of the new image's containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They run.
    Lives,
    /// The index has no manifest for the platform.
    NoPlatform,
    /// The manifest is for another platform.
    ExecFormat,
    /// The execution role may not read a secret; after so many seconds it may, where it is not 0.
    Secrets(u64),
    /// The process ends so many milliseconds after its start.
    Exits(u64, i32),
    /// It takes too much memory, so many milliseconds after its start.
    OutOfMemory(u64),
    /// The health check calls a program that is not there.
    HealthProgram,
    /// The health check's page answers 500.
    HealthStatus,
    /// The page that the load balancer asks for answers 500.
    TargetStatus,
    /// There is no room for tasks; after so many seconds there is, where it is not 0.
    NoCapacity(u64),
}

/// Containers beside the application's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sidecars {
    /// None.
    None,
    /// An essential one, whose image doesn't change.
    Proxy,
    /// An essential one, and one that the task can do without.
    ProxyAndAgent,
}

/// How ECS replaces tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// One after the other, within these percents.
    Rolling(Breaker, (u64, u64)),
    /// All at once after they are there, with so many seconds of bake time.
    BlueGreen(u64),
    /// A share first.
    Canary(u64),
    /// Share after share.
    Linear(u64),
    /// Like blue/green, but it waits for a person before the traffic shifts, and nobody comes.
    Paused,
}

/// `deploymentCircuitBreaker`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaker {
    /// Off.
    Off,
    /// It fails the deployment.
    Fails,
    /// It fails the deployment and rolls back.
    RollsBack,
}

/// A load balancer's times, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balancer {
    /// How long an old target keeps its connections.
    pub deregistration_delay: u64,
    /// How long until a new target is found healthy.
    pub healthy_after: u64,
    /// How long a new task is not stopped for what the load balancer says.
    pub grace: u64,
}

/// What comes in between, so many milliseconds after the run has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incident {
    /// A person stops tasks, so many at most.
    Stopped(u64, u64),
    /// Spot capacity is taken back, of so many tasks at most.
    Spot(u64, u64),
    /// The service is to have another number of tasks.
    Scaled(u64, u64),
    /// Another deployment begins.
    Overtaken(u64),
    /// The moving tag goes to a third image.
    PushedAgain(u64),
}

/// How lines come to CloudWatch Logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logs {
    /// The least that a line takes to arrive, in milliseconds.
    pub least_lag: u64,
    /// The most.
    pub most_lag: u64,
    /// How many pages come empty before the first event.
    pub empty_pages: u64,
    /// When the application writes its line, from its start, in milliseconds; none where it never does.
    pub line_after: Option<u64>,
    /// It writes nothing at all.
    pub silent: bool,
}

impl Story {
    /// What kind of story it is, for the table: by the first thing in it that is not as it should be.
    pub fn kind(&self) -> &'static str {
        match (self.pipeline, self.push, self.fate) {
            (Pipeline::Forgot, ..) => "forgot to deploy",
            (Pipeline::First, Push::Before(_), Fate::Lives) => "first deployment",
            (_, Push::Never, _) => "forgot to push",
            (_, Push::After(_), _) => "pushed after the deployment",
            (_, _, Fate::NoPlatform) => "no manifest for the platform",
            (_, _, Fate::ExecFormat) => "exec format error",
            (_, _, Fate::Secrets(_)) => "secret not readable",
            (_, _, Fate::Exits(..)) => "process exits",
            (_, _, Fate::OutOfMemory(_)) => "out of memory",
            (_, _, Fate::HealthProgram | Fate::HealthStatus) => "container health check fails",
            (_, _, Fate::TargetStatus) => "target health check fails",
            (_, _, Fate::NoCapacity(_)) => "no capacity",
            (_, _, Fate::Lives) => self.kind_of_living(),
        }
    }

    fn kind_of_living(&self) -> &'static str {
        match (self.build, self.incident, self.strategy) {
            (Build::CachedLayer, ..) => "cached layer",
            (_, Some(Incident::Overtaken(_)), _) => "overtaken",
            (_, Some(Incident::Stopped(..) | Incident::Spot(..)), _) => "tasks replaced",
            (_, Some(Incident::Scaled(..)), _) => "scaled",
            (_, Some(Incident::PushedAgain(_)), _) => "pushed again meanwhile",
            (_, None, Strategy::BlueGreen(_)) => "blue/green",
            (_, None, Strategy::Paused) => "blue/green, paused",
            (_, None, Strategy::Canary(_)) => "canary",
            (_, None, Strategy::Linear(_)) => "linear",
            (_, None, Strategy::Rolling(..)) if self.pipeline == Pipeline::Forced => {
                "forced new deployment"
            }
            (_, None, Strategy::Rolling(..)) => "new revision",
        }
    }

    /// Whether the new image's tasks run what the tag `2` stands for.
    pub fn shifts(&self) -> bool {
        !matches!(self.strategy, Strategy::Rolling(..))
    }
}
