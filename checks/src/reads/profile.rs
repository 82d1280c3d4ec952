//! The profile that the environment names. The SDK passes over one that isn't there, and goes
//! on to the next source of credentials: the run would be somebody else.

use std::borrow::Cow;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use crate::contract::Unobserved;

/// A profile, and the variable that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Profile {
    pub name: String,
    pub variable: &'static str,
}

/// The SDK itself knows only the first of these; every other AWS tool knows both.
pub(super) const VARIABLE: &str = "AWS_PROFILE";
const OLD_VARIABLE: &str = "AWS_DEFAULT_PROFILE";

impl Profile {
    /// The profile that this process's environment names.
    pub fn of_environment() -> Option<Self> {
        Self::named(|variable| std::env::var(variable).ok())
    }

    fn named(environment: impl Fn(&str) -> Option<String>) -> Option<Self> {
        [VARIABLE, OLD_VARIABLE].into_iter().find_map(|variable| {
            let name = environment(variable).filter(|name| !name.is_empty())?;
            Some(Self { name, variable })
        })
    }

    /// Refuses a profile that no file has, unless the environment has an access key: that
    /// goes first, as everywhere.
    pub async fn must_exist(&self) -> Result<(), Unobserved> {
        if std::env::var_os("AWS_ACCESS_KEY_ID").is_some_and(|key| !key.is_empty()) {
            return Ok(());
        }
        let name = Cow::Owned(self.name.clone());
        let files = EnvConfigFiles::default();
        let read = aws_config::profile::load(&Fs::real(), &Env::real(), &files, Some(name)).await;
        match read {
            Ok(profiles) => self.must_be_of(&profiles),
            // What is wrong with a file is told by the SDK, when it loads credentials.
            Err(_) => Ok(()),
        }
    }

    fn must_be_of(&self, profiles: &ProfileSet) -> Result<(), Unobserved> {
        // Nobody needs to write the default profile down.
        if self.name == "default" || profiles.get_profile(&self.name).is_some() {
            return Ok(());
        }
        let Self { name, variable } = self;
        let existing = profiles.profiles().collect();
        Err(
            Unobserved::lasting(format!("there is no AWS profile `{name}` ({variable})"))
                .hint(way_out(variable, existing)),
        )
    }
}

/// What to do, with the profiles that exist; at most ten.
fn way_out(variable: &str, mut existing: Vec<&str>) -> String {
    const MOST: usize = 10;
    const FILES: &str = "~/.aws/config and ~/.aws/credentials";
    if existing.is_empty() {
        return format!(
            "Unset {variable}, or add the profile: {FILES} (or AWS_CONFIG_FILE and \
             AWS_SHARED_CREDENTIALS_FILE) have none."
        );
    }
    existing.sort_unstable();
    let further = match existing.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    existing.truncate(MOST);
    format!(
        "Correct or unset {variable}. These profiles exist in {FILES}: {}{further}.",
        existing.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(set: &[(&str, &str)]) -> Option<Profile> {
        Profile::named(|asked| {
            let found = set.iter().find(|(name, _)| *name == asked);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    async fn existing(config: &str, credentials: &str) -> ProfileSet {
        let files = [
            ("HOME", "/home/someone"),
            ("AWS_CONFIG_FILE", "config"),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        ];
        let env = Env::from_slice(&files);
        let fs = Fs::from_slice(&[("config", config), ("credentials", credentials)]);
        aws_config::profile::load(&fs, &env, &EnvConfigFiles::default(), None)
            .await
            .expect("profiles")
    }

    #[test]
    fn the_first_variable_that_is_not_empty_names_it() {
        let profile = named(&[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "old")]).expect("one");
        assert_eq!(
            (&*profile.name, profile.variable),
            ("old", "AWS_DEFAULT_PROFILE")
        );
        let both = named(&[("AWS_DEFAULT_PROFILE", "old"), ("AWS_PROFILE", "new")]);
        assert_eq!(both.expect("one").name, "new");
        assert_eq!(named(&[]), None);
    }

    #[tokio::test]
    async fn a_profile_that_is_not_there_is_named_with_those_that_are() {
        let config = "[default]\nregion = x\n[profile staging]\nregion = y\n[nope]\nregion = z\n";
        let profiles = existing(config, "[keys]\naws_access_key_id = a\n").await;
        for name in ["default", "staging", "keys"] {
            let profile = named(&[("AWS_PROFILE", name)]).expect("one");
            assert_eq!(profile.must_be_of(&profiles), Ok(()), "{name}");
        }
        for name in ["nope", "stagin"] {
            let profile = named(&[("AWS_PROFILE", name)]).expect("one");
            let told = profile.must_be_of(&profiles).expect_err("no such profile");
            assert!(told.lasting);
            assert_eq!(
                told.headline,
                format!("there is no AWS profile `{name}` (AWS_PROFILE)")
            );
            let hint = told.hint.expect("a hint");
            assert!(hint.ends_with(": default, keys, staging."), "{hint}");
        }
    }

    #[tokio::test]
    async fn without_any_profile_the_files_are_named() {
        let profiles = existing("", "").await;
        let profile = named(&[("AWS_PROFILE", "staging")]).expect("one");
        let told = profile.must_be_of(&profiles).expect_err("no profile");
        assert!(told.hint.expect("a hint").contains("~/.aws/config"));
        let default = named(&[("AWS_PROFILE", "default")]).expect("one");
        assert_eq!(default.must_be_of(&profiles), Ok(()));
    }
}
