//! Which CI system this is.

use std::ffi::OsString;
use std::path::PathBuf;

/// A CI system that touchdown tells more than its reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum System {
    /// GitHub Actions, and what follows its conventions.
    GitHub {
        /// The file in which a step of a job leaves its part of the job's summary, where there
        /// is one.
        summary: Option<PathBuf>,
    },
    /// GitLab CI/CD.
    GitLab,
    /// Any other, or none.
    Other,
}

impl System {
    /// The system whose variables are set in an environment.
    pub fn of(environment: impl Fn(&str) -> Option<OsString>) -> Self {
        let is_true = |name| environment(name).is_some_and(|value| value == "true");
        if is_true("GITHUB_ACTIONS") {
            let summary = environment("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
            Self::GitHub {
                summary: summary.map(PathBuf::from),
            }
        } else if is_true("GITLAB_CI") {
            Self::GitLab
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> System {
        System::of(|asked| {
            let found = variables.iter().find(|(name, _)| *name == asked);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn a_system_is_known_by_its_own_variable() {
        let github = |summary: Option<&str>| System::GitHub {
            summary: summary.map(PathBuf::from),
        };
        for (variables, system) in [
            (&[][..], System::Other),
            (&[("CI", "true")], System::Other),
            (&[("GITHUB_STEP_SUMMARY", "s.md")], System::Other),
            (&[("GITHUB_ACTIONS", "false")], System::Other),
            (&[("GITHUB_ACTIONS", "true")], github(None)),
            (
                &[("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "")],
                github(None),
            ),
            (
                &[("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "s.md")],
                github(Some("s.md")),
            ),
            (&[("CI", "true"), ("GITLAB_CI", "true")], System::GitLab),
        ] {
            assert_eq!(of(variables), system, "{variables:?}");
        }
    }
}
