//! Connecting: the SDK's configuration from the environment, and our own time-outs and retries.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

use super::profile::{self, Profile};
use super::wire;
use crate::contract::Unobserved;

/// The SDK sets no operation time-out of its own. These stay below the default time-out of
/// one attempt (15 s), so that the SDK's more telling error comes first.
pub(super) const CONNECT: Duration = Duration::from_secs(3);
const ONE_TRY: Duration = Duration::from_secs(6);
const WHOLE_CALL: Duration = Duration::from_secs(13);

/// A failed request is repeated once at once; after that the runner's next look is the
/// better retry, since it shows and is spaced by the suite.
const TRIES: u32 = 2;

/// Reads the AWS environment as every AWS tool does: variables, profiles, web identity,
/// SSO, container and instance roles.
pub(super) async fn load(endpoint_url: Option<&str>) -> Result<SdkConfig, Unobserved> {
    refuse_what_the_sdk_cannot_take()?;
    let mut loader =
        aws_config::defaults(BehaviorVersion::latest()).http_client(wire::http_client());
    if let Some(profile) = Profile::of_environment() {
        profile.must_exist().await?;
        if profile.variable != profile::VARIABLE {
            loader = loader.profile_name(profile.name);
        }
    }
    if let Some(url) = endpoint_url {
        loader = loader.endpoint_url(url);
    }
    Ok(loader.load().await)
}

pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ONE_TRY)
        .operation_timeout(WHOLE_CALL)
        .build()
}

pub(super) fn retries() -> RetryConfig {
    let asked = std::env::var("AWS_MAX_ATTEMPTS")
        .ok()
        .and_then(|text| text.parse().ok());
    RetryConfig::standard()
        .with_max_attempts(asked.unwrap_or(TRIES))
        .with_initial_backoff(Duration::from_millis(100))
}

/// Some values make the SDK panic or fail without naming them.
fn refuse_what_the_sdk_cannot_take() -> Result<(), Unobserved> {
    if let Ok(text) = std::env::var("AWS_MAX_ATTEMPTS")
        && !text.parse::<u32>().is_ok_and(|tries| tries > 0)
    {
        return Err(Unobserved::lasting(format!(
            "AWS_MAX_ATTEMPTS is `{text}`, which is no number of tries"
        ))
        .hint("Set AWS_MAX_ATTEMPTS to 1 or more, or unset it."));
    }
    if let Ok(text) = std::env::var("AWS_RETRY_MODE")
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "standard" | "adaptive" | "legacy"
        )
    {
        return Err(Unobserved::lasting(format!(
            "AWS_RETRY_MODE is `{text}`, which is no retry mode"
        ))
        .hint("Set AWS_RETRY_MODE to `standard`, or unset it."));
    }
    Ok(())
}
