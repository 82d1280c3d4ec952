//! Who signs requests that AWS lets through by IAM: for which service, in which region, with whose credentials.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use jiff::Timestamp;
use tokio::sync::Mutex;

use super::Reads;
use super::identity::{no_credentials, without_credentials};
use crate::contract::Unobserved;

/// Who signs, and when. The credentials show nothing of themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The service by its name in signatures: `execute-api`, `lambda`.
    pub service: String,
    /// The region.
    pub region: String,
    /// When it is signed, by the run's clock.
    pub at: Timestamp,
    pub(super) credentials: Credentials,
}

/// How long before their end credentials are asked for anew: a signature is good for five minutes.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// The credentials that requests are signed with, kept until shortly before they expire: whoever hands them out
/// need not be asked for every look.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Option<Credentials>>);

fn is_good(credentials: &Credentials, now: Timestamp) -> bool {
    let until = SystemTime::from(now) + MARGIN;
    credentials.expiry().is_none_or(|expiry| expiry > until)
}

impl Reads {
    /// Who signs requests to a service in `region`, or in the environment's.
    ///
    /// # Errors
    /// [`Unobserved`] where there is no region, or nothing gives credentials; `subject` is what was to be asked.
    pub async fn signer(
        &self,
        subject: &str,
        service: &str,
        region: Option<&str>,
    ) -> Result<Signer, Unobserved> {
        let region = match region {
            Some(region) => region.to_owned(),
            None => self.region(None).await?,
        };
        let at = self.aws_time(self.clock().now());
        let mut kept = self.connections.signing.0.lock().await;
        let credentials = match kept.take().filter(|one| is_good(one, at)) {
            Some(good) => good,
            None => {
                let provider = self.connections.credentials().await?;
                let provider = provider.ok_or_else(|| no_credentials(subject, None))?;
                let given = provider.provide_credentials().await;
                given.map_err(|error| without_credentials(subject, &error))?
            }
        };
        *kept = Some(credentials.clone());
        Ok(Signer {
            service: service.to_owned(),
            region,
            at,
            credentials,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_kept_until_shortly_before_they_expire() {
        let now: Timestamp = "2025-11-18T23:50:00Z".parse().expect("a time");
        let given = |expiry: Option<&str>| {
            let expiry = expiry.map(|at| at.parse::<Timestamp>().expect("a time").into());
            Credentials::new("AKID", "a secret key", None, expiry, "test")
        };
        assert!(
            is_good(&given(None), now),
            "access keys of a user have no end"
        );
        assert!(is_good(&given(Some("2025-11-18T23:55:01Z")), now));
        assert!(!is_good(&given(Some("2025-11-18T23:54:59Z")), now));
    }
}
