//! The scenario file: an account, and the history that brought it to where the story starts.

mod ecs;
mod history;
mod image;
mod load_balancer;
mod metrics;
mod shifting;
mod socket;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_saphyr::Spanned;

pub(crate) use ecs::{
    Container, HealthCheck, LaunchType, LogConfiguration, LogDriver, ReportedDigest, Secret,
    Service, TaskDefinition, VersionConsistency,
};
pub use history::Step;
pub(crate) use history::{Action, CreateService, Event, TaskFacts, Window};
pub(crate) use image::{Image, Layer, LogLine, Page};
pub(crate) use load_balancer::LoadBalancer;
pub(crate) use metrics::{Alarm, Comparison, Metric, MissingData, Series, Watched};
pub(crate) use shifting::{Controller, Stage, Strategy};
pub(crate) use socket::{Answer, Socket};

use crate::faults::FaultWindow;

/// A name that must be declared elsewhere in the file; it remembers its place, for the error message.
pub(crate) type Reference = Spanned<String>;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// One line for the list of scenarios.
    pub about: String,
    /// What happened, for the reader.
    #[serde(default)]
    pub story: String,
    /// The virtual time at which the simulator starts; history before it has happened.
    pub starts_at: Timestamp,
    pub account: String,
    pub region: String,
    pub cluster: String,
    #[serde(default)]
    pub repositories: BTreeMap<String, Repository>,
    #[serde(default)]
    pub images: BTreeMap<String, Image>,
    /// By `family:revision`.
    #[serde(default)]
    pub task_definitions: BTreeMap<String, TaskDefinition>,
    #[serde(default)]
    pub services: BTreeMap<String, Service>,
    /// Metrics whose values are told.
    #[serde(default)]
    pub metrics: Vec<Series>,
    #[serde(default)]
    pub alarms: BTreeMap<String, Alarm>,
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    #[serde(default)]
    pub logs: Logs,
    pub history: Vec<Event>,
    #[serde(default)]
    pub actions: BTreeMap<String, Action>,
    #[serde(default)]
    pub faults: Vec<FaultWindow>,
    /// The share of AWS's quotas that requests are held to: 1 is all that AWS grants. Not said: none is
    /// ever refused.
    #[serde(default)]
    pub quotas: Option<f64>,
}

impl Document {
    /// An account and a region with nothing in it, not even a cluster.
    pub fn empty(account: &str, region: &str, starts_at: Timestamp) -> Self {
        Self {
            about: String::new(),
            story: String::new(),
            starts_at,
            account: account.to_owned(),
            region: region.to_owned(),
            cluster: String::new(),
            repositories: BTreeMap::new(),
            images: BTreeMap::new(),
            task_definitions: BTreeMap::new(),
            services: BTreeMap::new(),
            secrets: BTreeMap::new(),
            metrics: Vec::new(),
            alarms: BTreeMap::new(),
            logs: Logs::default(),
            history: Vec::new(),
            actions: BTreeMap::new(),
            faults: Vec::new(),
            quotas: None,
        }
    }
}

/// An ECR repository.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repository {
    pub created_at: Timestamp,
    /// An immutable tag can be pushed only once.
    #[serde(default)]
    pub immutable: bool,
}

/// How CloudWatch Logs answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Logs {
    /// Between the time of an event and the time it can be read.
    pub least_lag: SignedDuration,
    pub most_lag: SignedDuration,
    /// How many pages of a listing come empty, with a token, before the first event.
    pub empty_pages: u32,
    /// At most so many events a page, though more were asked for.
    pub events_per_page: usize,
}

impl Default for Logs {
    fn default() -> Self {
        Self {
            least_lag: seconds::<3>(),
            most_lag: seconds::<9>(),
            empty_pages: 0,
            events_per_page: 10_000,
        }
    }
}

fn seconds<const N: i64>() -> SignedDuration {
    SignedDuration::from_secs(N)
}
