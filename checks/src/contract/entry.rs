//! What stands below a suite's `targets`, as it is written: one service, or a fleet of them.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{ImageReference, TargetSpec};

/// A target as the suite describes it: one ECS service, or with `services` a fleet, each service
/// of which is a target.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "Target",
    extend("oneOf" = [{ "required": ["service"] }, { "required": ["services"] }])
)]
pub struct TargetEntry {
    /// The cluster: a name, an ARN, or a glob that must match exactly one.
    pub cluster: String,
    /// The service: a name, an ARN, or a glob that must match exactly one.
    #[serde(default)]
    pub service: Option<String>,
    /// A fleet instead of one service: globs that match any number of the cluster's services, and
    /// names. Each service found is a target, named `ENTRY/SERVICE`.
    #[serde(default, deserialize_with = "one_or_several")]
    #[schemars(with = "Option<Services>")]
    pub services: Option<Vec<String>>,
    /// The AWS region. Default: the environment's.
    #[serde(default)]
    pub region: Option<String>,
    /// The containers to judge. Default: every essential container.
    #[serde(default)]
    pub containers: Option<Vec<String>>,
    /// The image that should run. Default: what the task definition names.
    #[serde(default)]
    pub image: Option<ImageReference>,
    /// No task may have started before this time. Default: when the expected image was
    /// pushed.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub not_before: Option<Timestamp>,
}

/// What an entry describes.
#[derive(Clone, Debug, PartialEq)]
pub enum Described {
    /// One service.
    Service(TargetSpec),
    /// Any number of them.
    Fleet(FleetSpec),
}

/// Services of one cluster that are judged alike. Which they are, only AWS knows.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetSpec {
    /// Names, ARNs and globs of services, in the order written; at least one.
    pub services: Vec<String>,
    /// The target that each service is, but for its own names: here it is called as the fleet,
    /// and its service is how the fleet is written.
    pub each: TargetSpec,
}

impl FleetSpec {
    /// The name that checks refer to.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.each.name
    }

    /// The target of one of its services, or of a glob that stands for services not found:
    /// `ENTRY/SERVICE`. No name that a suite gives has a `/` in it.
    #[must_use]
    pub fn target(&self, cluster: &str, service: &str) -> TargetSpec {
        TargetSpec {
            name: format!("{}/{service}", self.name()),
            cluster: cluster.to_owned(),
            service: service.to_owned(),
            ..self.each.clone()
        }
    }
}

impl TargetEntry {
    /// What it describes, under that name; none where it names neither `service` nor `services`,
    /// or both.
    #[must_use]
    pub fn named(self, name: &str) -> Option<Described> {
        let spec = |service: String| TargetSpec {
            name: name.to_owned(),
            cluster: self.cluster,
            service,
            found_by: None,
            region: self.region,
            containers: self.containers,
            image: self.image,
            not_before: self.not_before,
        };
        match (self.service, self.services) {
            (Some(service), None) => Some(Described::Service(spec(service))),
            (None, Some(services)) => Some(Described::Fleet(FleetSpec {
                each: spec(services.join(", ")),
                services,
            })),
            _ => None,
        }
    }
}

/// One name or glob of services, or a list of them.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "only its schema is used")]
enum Services {
    One(String),
    Several(Vec<String>),
}

/// Through `Option`, so that what is written with nothing behind it is told as empty.
fn one_or_several<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Vec<String>>, D::Error> {
    let texts = Option::<Texts>::deserialize(reader)?;
    Ok(texts.map(|Texts(texts)| texts))
}

/// One text, or a list of them.
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(ReadTexts).map(Self)
    }
}

struct ReadTexts;

impl<'de> Visitor<'de> for ReadTexts {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = items.next_element()? {
            texts.push(text);
        }
        Ok(texts)
    }
}
