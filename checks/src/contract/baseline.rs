//! A baseline: what a service ran before a deploy, to compare with what it runs after it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::rfc3339;

/// What a service ran when `touchdown snapshot` looked at it; the content of a baseline file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The version of this format.
    pub version: u32,
    /// When it was taken, by the run's clock.
    #[serde(with = "rfc3339")]
    pub taken_at: Timestamp,
    /// The cluster's ARN.
    pub cluster: String,
    /// The service's ARN, by which a baseline is matched with a target.
    pub service: String,
    /// The deployment that was PRIMARY.
    pub deployment: String,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// The ids of the tasks that ran, of whatever deployment.
    pub tasks: Vec<String>,
    /// What ran in each essential container, by its name.
    pub images: BTreeMap<String, BaselineImage>,
}

/// The image of one container, as it ran when the baseline was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineImage {
    /// The image as the task definition named it.
    pub image: String,
    /// The digest that ran; missing where no task reported one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Why a baseline file can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// It is no baseline, or one that was cut short.
    #[error("it is no baseline: {0}")]
    Malformed(String),
    /// A later touchdown wrote it.
    #[error("it is of version {0}, and this touchdown reads version {known}", known = Baseline::VERSION)]
    Newer(u64),
}

/// As much as tells whether the rest can be read.
#[derive(Deserialize)]
struct Head {
    version: Option<Value>,
}

impl Baseline {
    /// The version of the format that is written.
    pub const VERSION: u32 = 1;

    /// Reads the content of a baseline file.
    ///
    /// # Errors
    /// [`BaselineError`] where it is no baseline, or one of a version that isn't known.
    pub fn read(text: &[u8]) -> Result<Self, BaselineError> {
        let malformed = |error: serde_json::Error| BaselineError::Malformed(error.to_string());
        let Head { version } = serde_json::from_slice(text).map_err(malformed)?;
        match version.as_ref().and_then(Value::as_u64) {
            Some(version) if version > u64::from(Self::VERSION) => {
                Err(BaselineError::Newer(version))
            }
            Some(0) => Err(BaselineError::Malformed(
                "its `version` is 0, which no touchdown ever wrote".into(),
            )),
            _ => serde_json::from_slice(text).map_err(malformed),
        }
    }

    /// The content of a baseline file.
    #[must_use]
    pub fn write(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        // Every key is text, so that nothing of it can fail to become JSON.
        text.map(|text| text + "\n").unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taken() -> Baseline {
        let image = BaselineImage {
            image: "web:latest".into(),
            digest: None,
        };
        Baseline {
            version: Baseline::VERSION,
            taken_at: "2025-11-18T23:40:00Z".parse().expect("a time"),
            cluster: "arn:aws:ecs:us-east-1:1:cluster/dev".into(),
            service: "arn:aws:ecs:us-east-1:1:service/dev/web".into(),
            deployment: "ecs-svc/1".into(),
            task_definition: "arn:aws:ecs:us-east-1:1:task-definition/web:4".into(),
            tasks: vec!["0a1b".into()],
            images: BTreeMap::from([("app".into(), image)]),
        }
    }

    #[test]
    fn what_was_written_can_be_read() {
        assert_eq!(Baseline::read(taken().write().as_bytes()), Ok(taken()));
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        let newer = taken().write().replace("\"version\": 1", "\"version\": 2");
        assert_eq!(
            Baseline::read(newer.as_bytes()),
            Err(BaselineError::Newer(2))
        );
        let cut = &taken().write()[..40];
        let never = taken().write().replace("\"version\": 1", "\"version\": 0");
        for text in ["", "{}", "[]", cut, &never] {
            let refused = Baseline::read(text.as_bytes());
            assert!(
                matches!(refused, Err(BaselineError::Malformed(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn a_mistake_is_told_at_its_place_and_nothing_counts_twice() {
        let written = taken().write();
        let mistyped = written.replace("\"0a1b\"", "7");
        let twice = written.replacen("\"service\"", "\"service\": \"other\", \"service\"", 1);
        for (text, told, line) in [(mistyped, "invalid type", 9), (twice, "duplicate field", 5)] {
            let refused = Baseline::read(text.as_bytes()).expect_err("a mistake");
            let refused = refused.to_string();
            assert!(refused.contains(told), "{refused}");
            assert!(
                refused.contains(&format!(" at line {line} column ")),
                "{refused}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_written_can_be_read(text in "\\PC*", digest in prop::option::of("\\PC*"), second in -62_135_596_800_i64..253_402_000_000) {
            let image = BaselineImage { image: text.clone(), digest };
            let written = Baseline {
                taken_at: Timestamp::from_second(second).expect("a time"),
                deployment: text.clone(),
                tasks: vec![text.clone()],
                images: BTreeMap::from([(text, image)]),
                ..taken()
            };
            prop_assert_eq!(Baseline::read(written.write().as_bytes()), Ok(written));
        }

        /// Nobody compares with half of what ran before.
        #[test]
        fn no_part_of_a_baseline_is_one(share in 0.0..1.0_f64, byte in any::<u8>()) {
            let mut text = taken().write().trim_end().as_bytes().to_vec();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within")]
            let at = (text.len() as f64 * share) as usize;
            prop_assert!(Baseline::read(&text[..at]).is_err());
            text[at] = byte;
            let _ = Baseline::read(&text).map_err(|told| assert!(!told.to_string().contains('\n')));
        }
    }
}
