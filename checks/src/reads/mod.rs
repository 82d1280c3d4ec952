//! The only place that talks to AWS and to the web, and runs programs: shared, batched, budgeted, read-only.
//!
//! [`Connections`] live as long as the run; [`Reads`] live for one round, in which equal
//! questions are asked once and ids travel together. What comes back are plain types, each
//! with its source. Whatever goes wrong becomes one clear sentence.

mod answer_size;
pub mod browser;
mod budget;
mod caller;
#[cfg(test)]
mod canned;
mod cloudwatch;
mod coalesce;
mod connect;
mod connections;
mod cost;
mod credentials;
mod crowd;
mod ecr;
mod ecs;
mod elb;
mod error;
mod error_code;
mod file;
mod grpc;
mod identity;
mod journal;
mod listener;
mod logs;
mod net;
mod process;
mod profile;
mod read_only;
mod redirects;
mod registry;
mod round;
mod signer;
mod skew;
mod surroundings;
mod unreached;
mod web;
pub mod websocket;
mod wire;

pub use caller::Caller;
pub use cloudwatch::{Alarm, MetricPoint, MetricSeries, MetricWindow};
pub use connections::Connections;
pub use cost::Cost;
pub use ecr::{
    ChildManifest, ImageConfig, ImageDetail, ImageId, Instruction, Layer, Manifest, Repository,
};
pub use ecs::{
    AlarmWatch, Breaker, BreakerCount, Container, ContainerDefinition, ContainerInstance,
    Deployment, HealthCheck, LoadBalancing, LogConfiguration, PinnedImage, PortBinding,
    RevisionShare, Rollback, Scope, Service, ServiceDeployment, ServiceEvent, ServiceRevision,
    Task, TaskDefinition,
};
pub(crate) use ecs::{MISSING, same_number, short_task_id, there_are};
pub(crate) use elb::name_in;
pub use elb::{LoadBalancer, TargetGroup, TargetGroupWeight, TargetHealth, TargetHealthCheck};
pub(crate) use grpc::can_be_sent;
pub use grpc::{Health, HealthError, HealthRequest};
pub use journal::{Journal, Tally};
pub use logs::{LogEvent, LogEvents, LogQuery};
pub use net::{
    BeginTls, Certificate, ClientCertificate, DnsAnswer, DnsError, DnsRequest, Ended, Handshake,
    HandshakeRequest, Knock, KnockRequest, Mistrust, RECORD_TYPES, Record, RecordType, Resolver,
    StartTls, TcpAnswer, TcpRequest, Tls, TlsVersion, Trust, Turn,
};
pub(crate) use net::{is_dns_name, is_server_name};
pub use process::{
    CommandError, CommandRequest, Ending, Printed, Ran, Stop, end_programs, program_named,
    programs_named, run_alone, stop, stopped,
};
pub use registry::{OciRepository, Registry};
pub use round::Reads;
pub use signer::Signer;
pub use surroundings::{credentials_origin, region_origin};
pub use unreached::Unreached;
pub use web::{
    Authorization, Fetch, FetchError, HASHED, Page, PageRequest, Phases, Redirect, Redirects, Web,
};
