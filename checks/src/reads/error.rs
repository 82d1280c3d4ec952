//! What went wrong with an AWS call, as one clear sentence and what to do about it.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::contract::{Source, Unobserved};

/// A failed call: the sentence, and the code for callers that know more.
#[derive(Debug)]
pub(super) struct Failed {
    pub code: String,
    pub unobserved: Unobserved,
}

impl From<Failed> for Unobserved {
    fn from(failed: Failed) -> Self {
        failed.unobserved
    }
}

/// Whether AWS asks to slow down.
pub(super) fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "ThrottlingException"
            | "Throttling"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "BandwidthLimitExceeded"
            | "SlowDown"
            | "PriorRequestNotComplete"
            | "LimitExceededException"
    )
}

/// Tells of a failed call. `call` is the IAM action, `resource` what was asked about.
pub(super) fn failed<E>(error: SdkError<E, HttpResponse>, call: &str, resource: &str) -> Failed
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let request_id = error
        .raw_response()
        .and_then(|response| {
            let headers = response.headers();
            headers
                .get("x-amzn-requestid")
                .or_else(|| headers.get("x-amz-request-id"))
        })
        .map(str::to_owned);
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    let code = error.code().unwrap_or_default().to_owned();
    let subject = format!("{call} on {resource}");
    let unobserved = match &error {
        SdkError::ServiceError(_) if !code.is_empty() => refused(
            &subject,
            call,
            &code,
            error.message().unwrap_or_default(),
            status,
        ),
        SdkError::TimeoutError(_) => {
            Unobserved::for_now(format!("{subject} got no answer in time"))
                .hint("AWS or the network is slow; a later look may succeed.")
        }
        SdkError::DispatchFailure(_) => undelivered(&subject, &error),
        SdkError::ConstructionFailure(_) => {
            Unobserved::lasting(format!("{subject} could not be asked: {}", root(&error)))
        }
        _ => unreadable(&subject, status, &error),
    };
    let origin = Source {
        call: call.to_owned(),
        resource: resource.to_owned(),
        request_id,
    };
    let told = Some(code.clone()).filter(|code| !code.is_empty());
    Failed {
        code,
        unobserved: Unobserved {
            code: told,
            ..unobserved.origin(origin)
        },
    }
}

/// AWS answered with an error code.
fn refused(
    subject: &str,
    call: &str,
    code: &str,
    message: &str,
    status: Option<u16>,
) -> Unobserved {
    let told = format!("{subject} failed with {code}: {}", one_line(message));
    if is_throttling(code) {
        return Unobserved {
            throttled: true,
            ..Unobserved::for_now(format!("{subject} was throttled ({code})"))
        }
        .hint("AWS limits how often this may be asked; touchdown asks less often for a while.");
    }
    match code {
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" | "NotAuthorized" => {
            let action = denied_action(message).unwrap_or(call);
            Unobserved::lasting(format!("{subject} was denied ({code})")).hint(format!(
                "Allow the action {action} to the identity that runs touchdown. AWS says: {}",
                one_line(message)
            ))
        }
        "ExpiredTokenException" | "ExpiredToken" | "RequestExpired" | "TokenRefreshRequired" => {
            Unobserved::lasting(format!("{subject}: the AWS credentials have expired ({code})")).hint(
                "Renew them (`aws sso login`, or let the CI job assume its role again), then run again.",
            )
        }
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidSignatureException"
        | "SignatureDoesNotMatch" | "MissingAuthenticationTokenException"
        | "MissingAuthenticationToken" | "IncompleteSignature" | "AuthFailure" => {
            Unobserved::lasting(format!("{subject}: AWS does not accept the credentials ({code})"))
                .hint("Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_PROFILE.")
        }
        "RepositoryNotFoundException" => Unobserved::lasting(told)
            .hint("Check the repository, account and region that the target's `image` or the task definition names."),
        _ if status.is_some_and(|status| status >= 500) => Unobserved::for_now(told)
            .hint("This is a fault of AWS's side; a later look may succeed."),
        _ => Unobserved::lasting(told),
    }
}

/// The action in `… is not authorized to perform: ecs:DescribeTasks on resource: …`.
fn denied_action(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("to perform: ")?;
    let action = rest.split_whitespace().next()?;
    action.contains(':').then_some(action)
}

/// The request did not reach AWS, or the answer did not reach us.
fn undelivered(subject: &str, error: &(dyn Error + 'static)) -> Unobserved {
    if let Some(credentials) = find::<CredentialsError>(error) {
        return without_credentials(subject, credentials);
    }
    let root = root(error);
    Unobserved::for_now(format!("{subject} could not be delivered: {root}")).hint(
        "Check the network, the proxy variables, and the endpoint (--endpoint-url, AWS_ENDPOINT_URL) and region.",
    )
}

fn without_credentials(subject: &str, error: &CredentialsError) -> Unobserved {
    let reason = root(error);
    match error {
        // The instance metadata service is the last place that is asked.
        _ if matches!(error, CredentialsError::CredentialsNotLoaded(_)) || reason.contains("IMDS") => {
            no_credentials(subject, std::env::var("AWS_PROFILE").ok().as_deref())
        }
        CredentialsError::ProviderTimedOut(_) => Unobserved::for_now(format!(
            "{subject} was not asked: the source of the AWS credentials did not answer in time"
        )),
        _ => Unobserved::lasting(format!(
            "{subject} was not asked: the AWS credentials could not be loaded: {reason}"
        ))
        .hint("Where they come from SSO, run `aws sso login`; where they come from a profile, check AWS_PROFILE."),
    }
}

/// Nothing gives credentials. A profile that is not there looks like one that gives none.
fn no_credentials(subject: &str, profile: Option<&str>) -> Unobserved {
    match profile.filter(|profile| !profile.is_empty()) {
        Some(profile) => Unobserved::lasting(format!(
            "{subject} was not asked: the profile `{profile}` (AWS_PROFILE) gives no AWS credentials"
        ))
        .hint(format!(
            "Is there a profile `{profile}` in ~/.aws/config or ~/.aws/credentials? `aws configure list-profiles` shows those that exist."
        )),
        None => Unobserved::lasting(format!("{subject} was not asked: there are no AWS credentials")).hint(
            "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the CI job a role; `aws sts get-caller-identity` shows who you are.",
        ),
    }
}

/// Something answered, but not as AWS does.
fn unreadable(subject: &str, status: Option<u16>, error: &(dyn Error + 'static)) -> Unobserved {
    let status = status
        .map(|status| format!(" (HTTP {status})"))
        .unwrap_or_default();
    Unobserved::for_now(format!(
        "{subject} got an unreadable answer{status}: {}",
        root(error)
    ))
    .hint(
        "Is this an AWS endpoint? Check --endpoint-url, AWS_ENDPOINT_URL and the proxy variables.",
    )
}

/// Looks down the chain of sources for an error of type `T`.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The innermost error, in one line; the SDK's outer ones say only "dispatch failure".
fn root(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    one_line(&innermost.to_string())
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_names_the_action_to_allow() {
        let message = "User: arn:aws:sts::1:assumed-role/ci/x is not authorized to perform: \
            ecs:ListTasks on resource: * because no identity-based policy allows the ecs:ListTasks action";
        let told = refused(
            "ecs:ListTasks on web",
            "ecs:ListTasks",
            "AccessDeniedException",
            message,
            Some(400),
        );
        assert!(told.lasting);
        assert_eq!(
            told.headline,
            "ecs:ListTasks on web was denied (AccessDeniedException)"
        );
        assert!(
            told.hint
                .expect("a hint")
                .starts_with("Allow the action ecs:ListTasks ")
        );
    }

    #[test]
    fn throttling_and_server_faults_pass_and_the_rest_lasts() {
        let told = |code, status| refused("c on r", "c", code, "m", Some(status));
        assert!(told("ThrottlingException", 400).throttled);
        assert!(!told("ThrottlingException", 400).lasting);
        assert!(!told("ServerException", 500).lasting);
        assert!(told("ExpiredTokenException", 400).lasting);
        assert!(told("UnrecognizedClientException", 400).lasting);
        assert!(told("InvalidParameterException", 400).lasting);
    }
}
