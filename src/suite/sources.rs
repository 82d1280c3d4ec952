//! Where a suite's variables come from.

use std::collections::BTreeMap;
use std::fmt;

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where variables are looked up: what the command line gives, then the environment.
pub struct Sources {
    /// The values of `--var NAME=VALUE`.
    pub vars: BTreeMap<String, String>,
    env: Box<Lookup>,
}

impl Sources {
    /// The command line's values, and an environment of one's own.
    pub fn new(
        vars: impl IntoIterator<Item = (String, String)>,
        env: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            vars: vars.into_iter().collect(),
            env: Box::new(env),
        }
    }

    /// The command line's values, and this process's environment.
    pub fn environment(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self::new(vars, |name| std::env::var(name).ok())
    }

    /// No variables at all.
    #[must_use]
    pub fn none() -> Self {
        Self::new([], |_| None)
    }

    /// The environment's value of a variable.
    pub(super) fn in_environment(&self, name: &str) -> Option<String> {
        (self.env)(name)
    }
}

/// Values may be secret, so that only the names are shown.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("vars", &self.vars.keys())
            .finish_non_exhaustive()
    }
}
