//! What one run can be found by in whatever it touches: `${run.id}`.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};

/// 32 lower-case hexadecimal digits, others for each run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunId(String);

impl RunId {
    /// A fresh one. The standard library seeds its hash maps from the system's randomness, so that
    /// what such a hasher makes of nothing is random, too.
    #[must_use]
    pub fn fresh() -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self(format!("{:016x}{:016x}", random(), random()))
    }

    /// One that was chosen.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }
}

impl Default for RunId {
    fn default() -> Self {
        Self::fresh()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_runs_have_the_same() {
        let ids: HashSet<String> = (0..1000).map(|_| RunId::fresh().to_string()).collect();
        assert_eq!(ids.len(), 1000);
        for id in ids {
            let digits = id
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            assert!(id.len() == 32 && digits, "{id}");
        }
    }
}
