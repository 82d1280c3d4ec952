//! Deployments that start their tasks beside the old ones and then move the traffic over.

use jiff::SignedDuration;
use serde::Deserialize;

use super::{Service, seconds};

/// `deploymentController.type`: who deploys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Controller {
    #[default]
    Ecs,
    CodeDeploy,
    External,
}

impl Controller {
    /// As the API writes it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ecs => "ECS",
            Self::CodeDeploy => "CODE_DEPLOY",
            Self::External => "EXTERNAL",
        }
    }
}

/// `deploymentConfiguration.strategy` of the controller `ECS`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Strategy {
    #[default]
    Rolling,
    BlueGreen,
    Linear,
    Canary,
}

impl Strategy {
    /// As the API writes it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Rolling => "ROLLING",
            Self::BlueGreen => "BLUE_GREEN",
            Self::Linear => "LINEAR",
            Self::Canary => "CANARY",
        }
    }
}

/// `lifecycleStage`. RECONCILE_SERVICE, which repairs a service that was left with two revisions, does not
/// come up here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Stage {
    PreScaleUp,
    ScaleUp,
    PostScaleUp,
    TestTrafficShift,
    PostTestTrafficShift,
    ProductionTrafficShift,
    PostProductionTrafficShift,
    BakeTime,
    CleanUp,
}

/// Each stage in its order, with its name in the API.
const STAGES: [(Stage, &str); 9] = [
    (Stage::PreScaleUp, "PRE_SCALE_UP"),
    (Stage::ScaleUp, "SCALE_UP"),
    (Stage::PostScaleUp, "POST_SCALE_UP"),
    (Stage::TestTrafficShift, "TEST_TRAFFIC_SHIFT"),
    (Stage::PostTestTrafficShift, "POST_TEST_TRAFFIC_SHIFT"),
    (Stage::ProductionTrafficShift, "PRODUCTION_TRAFFIC_SHIFT"),
    (
        Stage::PostProductionTrafficShift,
        "POST_PRODUCTION_TRAFFIC_SHIFT",
    ),
    (Stage::BakeTime, "BAKE_TIME"),
    (Stage::CleanUp, "CLEAN_UP"),
];

impl Stage {
    fn position(self) -> Option<usize> {
        STAGES.iter().position(|(stage, _)| *stage == self)
    }

    /// As the API writes it.
    pub fn text(self) -> &'static str {
        self.position().map_or("", |position| STAGES[position].1)
    }

    /// The one after it; the last has none.
    pub fn next(self) -> Option<Self> {
        STAGES.get(self.position()? + 1).map(|(stage, _)| *stage)
    }
}

/// How the traffic moves from the old tasks to the new ones.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Shifting {
    /// A deployment stays at this stage until the step `continue_deployment`: a `PAUSE` hook, CodeDeploy's
    /// wait for rerouting, or whoever drives an EXTERNAL deployment.
    pub waits_at: Option<Stage>,
    /// How long the old tasks stay after the traffic has moved; CodeDeploy's termination wait time.
    pub bake_time: SignedDuration,
    /// Of CANARY the first share of the traffic, of LINEAR each share.
    pub step_percent: f64,
    /// How long the traffic stays at each share.
    pub step_bake_time: SignedDuration,
}

impl Default for Shifting {
    fn default() -> Self {
        Self {
            waits_at: None,
            bake_time: seconds::<300>(),
            step_percent: 10.0,
            step_bake_time: seconds::<60>(),
        }
    }
}

impl Service {
    /// Whether its deployments move traffic instead of replacing tasks one by one.
    pub fn shifts(&self) -> bool {
        self.controller != Controller::Ecs || self.strategy != Strategy::Rolling
    }
}
