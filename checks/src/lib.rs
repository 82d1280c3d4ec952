//! What a touchdown check is, what it may look at, and the built-in kinds.
//!
//! [`contract`] is what a check's author implements, [`reads`] is what a check may look at
//! (the only place that talks to AWS), and one folder a service holds the kinds, a file each.

pub mod alarms;
pub mod browser;
pub mod contract;
mod diagnosis;
mod difference;
pub mod ecr;
pub mod ecs;
pub mod elb;
pub mod exec;
pub mod external;
pub mod grpc;
pub mod http;
pub mod json;
pub mod logs;
pub mod metrics;
pub mod net;
pub mod permissions;
pub mod reads;
mod shortened;
pub mod starter;
mod unreached;
pub mod websocket;
mod window_start;

use contract::Kind;

/// The built-in kinds, one line each.
pub const CATALOG: &[Kind] = &[
    Kind::of::<ecs::TasksStartedAfterPush>(),
    Kind::of::<ecs::DigestPinned>(),
    Kind::of::<ecs::DigestRunning>(),
    Kind::of::<ecs::RevisionAdvanced>(),
    Kind::of::<ecs::TasksReplaced>(),
    Kind::of::<ecs::OldTasksGone>(),
    Kind::of::<ecs::RolloutComplete>(),
    Kind::of::<ecs::ContainersHealthy>(),
    Kind::of::<ecs::Stable>(),
    Kind::of::<ecs::ImagePinned>(),
    Kind::of::<ecr::ImagePushed>(),
    Kind::of::<ecr::LayersChanged>(),
    Kind::of::<ecr::PlatformMatches>(),
    Kind::of::<elb::TargetsHealthy>(),
    Kind::of::<alarms::Quiet>(),
    Kind::of::<metrics::Below>(),
    Kind::of::<http::Responds>(),
    Kind::of::<http::EveryTaskResponds>(),
    Kind::of::<http::VersionEverywhere>(),
    Kind::of::<net::Accepts>(),
    Kind::of::<net::Refuses>(),
    Kind::of::<net::Valid>(),
    Kind::of::<net::Resolves>(),
    Kind::of::<grpc::Healthy>(),
    Kind::of::<websocket::Exchanged>(),
    Kind::of::<browser::Shows>(),
    Kind::of::<exec::Exec>(),
    Kind::of::<exec::Nagios>(),
    Kind::of::<logs::LineSeen>(),
    Kind::of::<logs::LineAbsent>(),
];
