//! The credentials that AWS is asked with: whoever hands them out, they are remembered, so that the
//! runner can keep them out of every output.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

/// The secret parts of every credential handed out so far.
#[derive(Clone, Default)]
pub(super) struct HandedOut(Arc<Mutex<BTreeSet<String>>>);

impl HandedOut {
    /// The same configuration, whose credentials are remembered here.
    pub fn remember(&self, config: SdkConfig) -> SdkConfig {
        let Some(source) = config.credentials_provider() else {
            return config;
        };
        let remembering = Remembering {
            source,
            handed_out: self.clone(),
        };
        let provider = SharedCredentialsProvider::new(remembering);
        config.into_builder().credentials_provider(provider).build()
    }

    /// Secret keys and session tokens.
    pub fn secrets(&self) -> Vec<String> {
        self.all().iter().cloned().collect()
    }

    fn add(&self, credentials: &Credentials) {
        let token = credentials.session_token();
        let secrets = [Some(credentials.secret_access_key()), token];
        let secrets = secrets.into_iter().flatten().map(str::to_owned);
        self.all().extend(secrets);
    }

    fn all(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A source of credentials that remembers what it handed out.
struct Remembering {
    source: SharedCredentialsProvider,
    handed_out: HandedOut,
}

/// Never shows what it remembers.
impl fmt::Debug for Remembering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembering").finish_non_exhaustive()
    }
}

impl ProvideCredentials for Remembering {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = self.source.provide_credentials().await?;
            self.handed_out.add(&credentials);
            Ok(credentials)
        })
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.source.fallback_on_interrupt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whatever_is_handed_out_is_remembered() {
        let given = Credentials::new("AKID", "a secret key", Some("a token".into()), None, "test");
        let config = SdkConfig::builder()
            .credentials_provider(SharedCredentialsProvider::new(given))
            .build();
        let handed_out = HandedOut::default();
        let config = handed_out.remember(config);
        let provider = config.credentials_provider().expect("a provider");
        assert_eq!(handed_out.secrets(), Vec::<String>::new());
        let credentials = provider.provide_credentials().await.expect("credentials");
        assert_eq!(credentials.access_key_id(), "AKID");
        assert_eq!(handed_out.secrets(), ["a secret key", "a token"]);
        assert!(!format!("{provider:?}").contains("secret key"));
    }
}
