//! What went wrong with an AWS call, as one clear sentence and what to do about it.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::identity;
use super::listener::Undelivered;
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
    let response = error.raw_response();
    let origin = Source {
        call: call.to_owned(),
        resource: resource.to_owned(),
        request_id: response.and_then(request_id),
    };
    let code = error.code().unwrap_or_default().to_owned();
    let unobserved = told(&error, call, &format!("{call} on {resource}"));
    Failed {
        unobserved: Unobserved {
            code: Some(code.clone()).filter(|code| !code.is_empty()),
            ..unobserved.origin(origin)
        },
        code,
    }
}

fn request_id(response: &HttpResponse) -> Option<String> {
    let headers = response.headers();
    let names = ["x-amzn-requestid", "x-amz-request-id"];
    let id = names.into_iter().find_map(|name| headers.get(name));
    id.map(str::to_owned)
}

fn told<E>(error: &SdkError<E, HttpResponse>, call: &str, subject: &str) -> Unobserved
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let code = error.code().unwrap_or_default();
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    match error {
        SdkError::ServiceError(_) if !code.is_empty() => {
            let message = error.message().unwrap_or_default();
            refused(subject, call, code, message, status)
        }
        SdkError::TimeoutError(_) => late(subject),
        _ if is_stalled(error) => late(subject),
        SdkError::DispatchFailure(_) => undelivered(subject, error),
        SdkError::ConstructionFailure(_) => unaskable(subject, error),
        _ => unreadable(subject, status, error),
    }
}

fn late(subject: &str) -> Unobserved {
    Unobserved::for_now(format!("{subject} got no answer in time"))
        .hint("AWS or the network is slow; a later look may succeed.")
}

/// Whether the SDK gave up because no byte came or went for seconds. It has no public type for
/// that, only this text at the end of its chain.
fn is_stalled(error: &(dyn Error + 'static)) -> bool {
    root(error).starts_with("minimum throughput was specified")
}

/// An answer that lacks what AWS always tells: nothing can be made of it, least of all that
/// there is nothing.
pub(super) fn lacking(call: &str, resource: &str, field: &str) -> Unobserved {
    Unobserved::for_now(format!(
        "{call} on {resource} was answered without `{field}`"
    ))
    .hint(IS_IT_AWS)
}

/// The request could not even be made.
fn unaskable(subject: &str, error: &(dyn Error + 'static)) -> Unobserved {
    Unobserved::lasting(format!("{subject} could not be asked: {}", root(error))).hint(
        "Check the names that the suite gives, the region, and the endpoint (--endpoint-url, AWS_ENDPOINT_URL).",
    )
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
    if let Some(of_identity) = identity::refused(subject, call, code, message) {
        return of_identity;
    }
    match code {
        "TargetGroupNotFound" => Unobserved::lasting(told)
            .hint("The target group that the service names is gone; create it again, or update the service's load balancers."),
        "RepositoryNotFoundException" => Unobserved::lasting(told)
            .hint("Check the repository, account and region that the target's `image` or the task definition names."),
        _ if status.is_some_and(|status| status >= 500) => Unobserved::for_now(told)
            .hint("This is a fault of AWS's side; a later look may succeed."),
        _ => Unobserved::lasting(told).hint(
            "AWS refuses this request as it stands: check the names, the region and the account that the suite and the AWS environment give.",
        ),
    }
}

/// The request did not reach AWS, or the answer did not reach us.
fn undelivered(subject: &str, error: &(dyn Error + 'static)) -> Unobserved {
    if let Some(credentials) = find::<CredentialsError>(error) {
        return identity::without_credentials(subject, credentials);
    }
    let endpoint = find::<Undelivered>(error).map(|undelivered| format!(" to {}", undelivered.to));
    Unobserved::for_now(format!(
        "{subject} could not be delivered{}: {}",
        endpoint.unwrap_or_default(),
        root(error)
    ))
    .hint(
        "Check the network, the proxy variables, and the endpoint (--endpoint-url, AWS_ENDPOINT_URL) and region.",
    )
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
    .hint(IS_IT_AWS)
}

const IS_IT_AWS: &str =
    "Is this an AWS endpoint? Check --endpoint-url, AWS_ENDPOINT_URL and the proxy variables.";

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
pub(super) fn root(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let told = one_line(&innermost.to_string());
    // rustls points to its manual, which helps who writes programs.
    match told.split_once(": https://docs.rs/") {
        Some((told, _)) => told.to_owned(),
        None => told,
    }
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
        for code in [
            "ThrottlingException",
            "ServerException",
            "ExpiredTokenException",
            "UnrecognizedClientException",
            "InvalidParameterException",
            "RepositoryNotFoundException",
            "TargetGroupNotFound",
        ] {
            assert!(told(code, 500).hint.is_some(), "{code}");
        }
    }

    #[test]
    fn what_was_not_delivered_names_the_endpoint() {
        use aws_smithy_runtime_api::client::result::ConnectorError;

        let undelivered = |source: ConnectorError| {
            let error: SdkError<aws_sdk_ecs::error::BuildError, HttpResponse> =
                SdkError::dispatch_failure(source);
            undelivered("c on r", &error)
        };
        let refused = Undelivered::new("127.0.0.1:1", "Connection refused (os error 111)");
        assert_eq!(
            undelivered(ConnectorError::io(Box::new(refused))).headline,
            "c on r could not be delivered to 127.0.0.1:1: Connection refused (os error 111)"
        );
        let unknown = undelivered(ConnectorError::io("broken pipe".into()));
        assert_eq!(
            unknown.headline,
            "c on r could not be delivered: broken pipe"
        );
        assert!(unknown.hint.is_some() && !unknown.lasting);
    }

    #[test]
    fn what_could_not_be_asked_says_what_to_do() {
        let error: SdkError<aws_sdk_ecs::error::BuildError, HttpResponse> =
            SdkError::construction_failure("`cluster` was missing");
        let told = unaskable("c on r", &error);
        assert_eq!(
            told.headline,
            "c on r could not be asked: `cluster` was missing"
        );
        assert!(told.lasting && told.hint.is_some());
    }
}
