//! Where windows start: from when on what a source tells counts, in the words that every kind shares.

use jiff::Timestamp;

use crate::contract::{Period, Times};

/// From when on something counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WindowStart {
    /// The start of the run.
    Run,
    /// The look that made another check hold.
    Check(String),
    /// So long before the start of the run.
    Ago(Period),
}

impl WindowStart {
    /// Reads a start, or none where it is `own`: the word for the one that the kind itself
    /// knows.
    pub fn read(text: &str, own: &str) -> Result<Option<Self>, String> {
        if text == own {
            return Ok(None);
        }
        if text == "run-start" {
            return Ok(Some(Self::Run));
        }
        match text.strip_prefix("check:").map(str::trim) {
            Some("") => Err("`check:` needs the id of a check behind it".into()),
            Some(id) => Ok(Some(Self::Check(id.to_owned()))),
            None => text.parse().map(|ago| Some(Self::Ago(ago))).map_err(|_| {
                format!(
                    "`{text}` is no start; write `{own}`, `run-start`, `check:<id>` or a duration such as `10m`"
                )
            }),
        }
    }

    /// The moment by the run's clock.
    pub fn moment(&self, times: &Times) -> Timestamp {
        match self {
            Self::Run => times.run_started,
            Self::Check(id) => times.held_since.get(id).copied().unwrap_or(times.opened),
            Self::Ago(period) => times
                .run_started
                .checked_sub(period.get())
                .unwrap_or(Timestamp::MIN),
        }
    }

    /// The check that must have passed first.
    pub fn follows(&self) -> Option<&str> {
        match self {
            Self::Check(id) => Some(id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write_and_names_the_rest() {
        let read = |text| WindowStart::read(text, "deployment");
        assert_eq!(read("deployment"), Ok(None));
        assert_eq!(read("run-start"), Ok(Some(WindowStart::Run)));
        assert_eq!(read("check: a"), Ok(Some(WindowStart::Check("a".into()))));
        assert_eq!(
            read("10m"),
            Ok(Some(WindowStart::Ago(Period::seconds(600))))
        );
        assert!(read("check:").expect_err("no id").contains("needs the id"));
        let told = read("task-start").expect_err("no start");
        assert!(told.contains("write `deployment`, `run-start`, "), "{told}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_a_start_or_refused(text in "(check:|run-start|[0-9]{1,3}[smhd]|\\PC){0,3}") {
            match WindowStart::read(&text, "deployment") {
                Ok(start) => {
                    let follows = start.as_ref().and_then(WindowStart::follows);
                    prop_assert!(follows.is_none_or(|id| !id.is_empty() && text.ends_with(id)));
                }
                Err(told) => prop_assert!(!told.is_empty()),
            }
        }
    }
}
