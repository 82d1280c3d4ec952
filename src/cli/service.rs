//! The service that a command without a suite looks at, as the command line names it.

use std::str::FromStr;

use clap::Args;
use globset::Glob;
use touchdown_checks::contract::TargetSpec;

use super::error::CliError;
use crate::confirm::TARGET;
use crate::suite::{contradictions, is_region, service_arn};

/// Which service, and where.
#[derive(Debug, Args)]
pub(super) struct ServiceArguments {
    /// The service: names, ARNs, or globs that match exactly one; a service's ARN alone
    /// will do
    #[arg(value_name = "CLUSTER/SERVICE")]
    pub service: ServiceName,

    /// The AWS region; default: the one of the ARN, then the environment's
    #[arg(long, value_name = "REGION", value_parser = region)]
    pub region: Option<String>,

    /// Ask this address instead of AWS
    #[arg(long, value_name = "URL", value_parser = super::arguments::endpoint)]
    pub endpoint_url: Option<String>,
}

impl ServiceArguments {
    /// The service as a target.
    ///
    /// # Errors
    /// Where an ARN says otherwise than the rest.
    pub fn spec(&self) -> Result<TargetSpec, CliError> {
        let spec = TargetSpec {
            name: TARGET.to_owned(),
            cluster: self.service.cluster.clone(),
            service: self.service.service.clone(),
            found_by: None,
            region: self.region.clone(),
            containers: None,
            image: None,
            not_before: None,
        };
        match contradictions(&spec).into_iter().next() {
            Some(told) => Err(CliError::Contradiction(told)),
            None => Ok(spec),
        }
    }
}

/// `CLUSTER/SERVICE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServiceName {
    cluster: String,
    service: String,
}

impl FromStr for ServiceName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (cluster, service) = match service_arn(text) {
            Some((_, Some(cluster))) => (cluster, text),
            Some((_, None)) => {
                return Err(
                    "this ARN, of the older form, doesn't name its cluster; write it like CLUSTER/ARN"
                        .into(),
                );
            }
            None => {
                parts(text).ok_or("write it like CLUSTER/SERVICE, or give the service's ARN")?
            }
        };
        for part in [cluster, service] {
            Glob::new(part).map_err(|error| format!("`{part}` is not a glob: {}", error.kind()))?;
        }
        Ok(Self {
            cluster: cluster.to_owned(),
            service: service.to_owned(),
        })
    }
}

/// A cluster, by name or ARN, and the service behind it, by name or ARN.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (cluster, service) = match text.find("/arn:") {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => text.rsplit_once('/')?,
    };
    let by_name = !cluster.contains('/') || cluster.starts_with("arn:");
    let given = |part: &str| !part.trim().is_empty();
    (given(cluster) && given(service) && by_name).then_some((cluster, service))
}

fn region(text: &str) -> Result<String, String> {
    if is_region(text) {
        Ok(text.to_owned())
    } else {
        Err("write it like us-east-1".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, String), String> {
        let name: ServiceName = text.parse()?;
        Ok((name.cluster, name.service))
    }

    #[test]
    fn names_globs_and_arns_will_do() {
        let (cluster, service) = (
            "arn:aws:ecs:us-east-1:1:cluster/dev",
            "arn:aws:ecs:us-east-1:1:service/dev/web",
        );
        for (text, expected) in [
            ("dev/web".to_owned(), ("dev", "web")),
            ("d*/we?".to_owned(), ("d*", "we?")),
            (service.to_owned(), ("dev", service)),
            (format!("{cluster}/web"), (cluster, "web")),
            (format!("dev/{service}"), ("dev", service)),
            (format!("{cluster}/{service}"), (cluster, service)),
        ] {
            let (cluster, service) = read(&text).expect("a service");
            assert_eq!((&*cluster, &*service), expected, "{text}");
        }
    }

    #[test]
    fn what_names_no_service_is_refused() {
        for text in [
            "",
            "web",
            "dev/",
            "/web",
            "a/b/c",
            "d[ev/web",
            "arn:aws:ecs",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let old = read("arn:aws:ecs:us-east-1:1:service/web").expect_err("no cluster");
        assert!(old.contains("doesn't name its cluster"), "{old}");
    }
}
