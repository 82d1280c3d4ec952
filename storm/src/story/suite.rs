//! A story's suite: every statement that can be made of it.

use std::fmt::Write as _;

use super::scenario::{APP, CLUSTER, REGION, SERVICE, line, tagged};
use super::{Naming, Pipeline, Story};

/// How long lines may take to arrive, in seconds: what the kinds of `logs` add to `within`.
pub const INGESTION: u64 = 20;

/// One check of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statement {
    /// `ecr.image-pushed`.
    ImagePushed,
    /// `ecr.platform-matches`.
    PlatformMatches,
    /// `ecr.layers-changed`, of the layer with the application.
    LayersChanged,
    /// `ecs.tasks-started-after-push`.
    StartedAfterPush,
    /// `ecs.digest-running`.
    DigestRunning,
    /// `ecs.revision-advanced`.
    RevisionAdvanced,
    /// `ecs.image-pinned`.
    ImagePinned,
    /// `ecs.rollout-complete`.
    RolloutComplete,
    /// `ecs.stable`.
    Stable,
    /// `ecs.containers-healthy`.
    ContainersHealthy,
    /// `ecs.old-tasks-gone`.
    OldTasksGone,
    /// `elb.targets-healthy`.
    TargetsHealthy,
    /// `http.responds`.
    Responds,
    /// `logs.line-seen`: the new version's line.
    LineSeen,
    /// `logs.line-absent`: the old version's line.
    LineAbsent,
}

impl Statement {
    /// All there are.
    pub const ALL: [Self; 15] = [
        Self::ImagePushed,
        Self::PlatformMatches,
        Self::LayersChanged,
        Self::StartedAfterPush,
        Self::DigestRunning,
        Self::RevisionAdvanced,
        Self::ImagePinned,
        Self::RolloutComplete,
        Self::Stable,
        Self::ContainersHealthy,
        Self::OldTasksGone,
        Self::TargetsHealthy,
        Self::Responds,
        Self::LineSeen,
        Self::LineAbsent,
    ];

    /// The kind of the check, which is its id too.
    pub fn kind(self) -> &'static str {
        match self {
            Self::ImagePushed => "ecr.image-pushed",
            Self::PlatformMatches => "ecr.platform-matches",
            Self::LayersChanged => "ecr.layers-changed",
            Self::StartedAfterPush => "ecs.tasks-started-after-push",
            Self::DigestRunning => "ecs.digest-running",
            Self::RevisionAdvanced => "ecs.revision-advanced",
            Self::ImagePinned => "ecs.image-pinned",
            Self::RolloutComplete => "ecs.rollout-complete",
            Self::Stable => "ecs.stable",
            Self::ContainersHealthy => "ecs.containers-healthy",
            Self::OldTasksGone => "ecs.old-tasks-gone",
            Self::TargetsHealthy => "elb.targets-healthy",
            Self::Responds => "http.responds",
            Self::LineSeen => "logs.line-seen",
            Self::LineAbsent => "logs.line-absent",
        }
    }

    /// The id that the suite gives its check.
    pub fn id(self) -> String {
        self.kind().replace('.', "-")
    }
}

impl Story {
    /// The statements that the suite makes.
    pub fn statements(&self) -> Vec<Statement> {
        let applies = |statement: &Statement| match statement {
            Statement::TargetsHealthy => self.balancer.is_some(),
            Statement::ContainersHealthy => self.health_check,
            Statement::RevisionAdvanced => self.pipeline == Pipeline::NewRevision,
            Statement::ImagePinned => self.naming == Naming::Version,
            _ => true,
        };
        // One in four of those stories says what it must be told: that nothing advanced, that a tag moves.
        let all = Statement::ALL.into_iter();
        all.filter(|statement| {
            applies(statement)
                || self.seed.is_multiple_of(4) && *statement != Statement::TargetsHealthy
        })
        .filter(|statement| !self.without.contains(statement))
        .collect()
    }

    /// The suite that judges it.
    pub fn suite(&self) -> String {
        let mut expected = String::new();
        if self.expects_tag {
            let _ = write!(expected, "\n    image: {}", tagged(2));
        }
        if self.says_when {
            let _ = write!(expected, "\n    not_before: {}", self.deployed_at());
        }
        let mut text = format!(
            "version: 1\nname: seed {}\ndefaults: {{ within: {}s, every: 2s }}\ntargets:\n  web:\n    cluster: {CLUSTER}\n    service: {SERVICE}\n    region: {REGION}{expected}\nchecks:\n",
            self.seed, self.within
        );
        for statement in self.statements() {
            let _ = writeln!(
                text,
                "  - id: {}\n    check: {}",
                statement.id(),
                statement.kind()
            );
            for field in self.fields(statement) {
                let _ = writeln!(text, "    {field}");
            }
        }
        text
    }

    fn fields(&self, statement: Statement) -> Vec<String> {
        match statement {
            Statement::LayersChanged => {
                vec![
                    "instruction: COPY app/".to_owned(),
                    format!("container: {APP}"),
                ]
            }
            Statement::Stable if self.hold > 0 => vec![format!("hold: {}s", self.hold)],
            Statement::Responds => vec![
                "url: http://web.storm.example/version".to_owned(),
                "expect: { status: 200, json: { \"$.version\": \"2\" } }".to_owned(),
            ],
            Statement::LineSeen => vec![format!("contains: \"{}\"", line(2))],
            Statement::LineAbsent => vec![format!("contains: \"{}\"", line(1))],
            _ => Vec::new(),
        }
    }
}
