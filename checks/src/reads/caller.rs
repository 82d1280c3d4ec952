//! Who asks: the identity that AWS sees, and until when its credentials are good.

use aws_credential_types::provider::ProvideCredentials;
use aws_types::request_id::RequestId;
use jiff::Timestamp;

use super::Reads;
use super::error::failed;
use super::identity::without_credentials;
use crate::contract::{Seen, Unobserved};

/// The identity that AWS sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The AWS account, twelve digits.
    pub account: String,
    /// The user's or the assumed role's ARN.
    pub arn: String,
}

const CALL: &str = "sts:GetCallerIdentity";

impl Reads {
    /// The identity that AWS sees. It needs no permission.
    ///
    /// # Errors
    /// [`Unobserved`] where there are no credentials, or AWS doesn't accept them.
    pub async fn caller(&self, region: Option<&str>) -> Result<Seen<Caller>, Unobserved> {
        let clients = self.connections.clients(region).await?;
        let sent = Box::pin(clients.sts.get_caller_identity().send()).await;
        let output = sent.map_err(|error| failed(error, CALL, &clients.region))?;
        let caller = Caller {
            account: output.account().unwrap_or_default().to_owned(),
            arn: output.arn().unwrap_or_default().to_owned(),
        };
        Ok(self.seen(CALL, &clients.region, output.request_id(), caller))
    }

    /// When the credentials that the environment gives now expire; none where they say
    /// nothing of it, as long-lived access keys do.
    ///
    /// # Errors
    /// [`Unobserved`] where there are no credentials.
    pub async fn credentials_expire(&self) -> Result<Option<Timestamp>, Unobserved> {
        let Some(provider) = self.connections.credentials().await? else {
            return Ok(None);
        };
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| without_credentials(CALL, &error))?;
        let expiry = credentials.expiry();
        Ok(expiry.and_then(|at| Timestamp::try_from(at).ok()))
    }
}

#[cfg(test)]
mod tests {
    use crate::reads::canned::Canned;

    #[tokio::test(start_paused = true)]
    async fn tells_who_asks_and_until_when() {
        let reads = Canned::of(&[(
            "GetCallerIdentity",
            200,
            r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
                <Arn>arn:aws:sts::123456789012:assumed-role/ci/deploy</Arn><UserId>AROA:deploy</UserId>
                <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"#,
        )])
        .reads();
        let caller = reads.caller(None).await.expect("an answer").value;
        assert_eq!(caller.account, "123456789012");
        assert_eq!(
            caller.arn,
            "arn:aws:sts::123456789012:assumed-role/ci/deploy"
        );
        let expire = reads.credentials_expire().await.expect("credentials");
        let expire = expire.expect("a time");
        assert_eq!(expire.to_string(), "2025-11-19T00:46:00Z");
    }
}
