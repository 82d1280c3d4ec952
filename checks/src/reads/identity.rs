//! What is wrong with who we are: credentials that are missing, that AWS doesn't accept, or
//! that may not do what they are used for.

use aws_credential_types::provider::error::CredentialsError;

use super::error::{one_line, root};
use super::profile::Profile;
use crate::contract::Unobserved;

/// What a refusal says of the identity, where it is about that.
pub(super) fn refused(subject: &str, call: &str, code: &str, message: &str) -> Option<Unobserved> {
    let unobserved = match code {
        "InvalidSignatureException" | "SignatureDoesNotMatch" if is_of_another_time(message) => {
            Unobserved::for_now(format!(
                "{subject} was refused, since the clock here is more than 5 minutes off AWS's ({code})"
            ))
            .hint(format!("Set the clock right. AWS says: {}", one_line(message)))
        }
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
        _ => return None,
    };
    Some(unobserved)
}

/// Whether a signature is refused for its time, which the SDK sets right as soon as it may try again.
fn is_of_another_time(message: &str) -> bool {
    ["Signature expired", "Signature not yet current"]
        .iter()
        .any(|words| message.contains(words))
}

/// The action in `… is not authorized to perform: ecs:DescribeTasks on resource: …`.
fn denied_action(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("to perform: ")?;
    let action = rest.split_whitespace().next()?;
    action.contains(':').then_some(action)
}

/// The call was never made: nothing gave credentials.
pub(super) fn without_credentials(subject: &str, error: &CredentialsError) -> Unobserved {
    let reason = root(error);
    match error {
        // The instance metadata service is the last place that is asked.
        _ if matches!(error, CredentialsError::CredentialsNotLoaded(_)) || reason.contains("IMDS") => {
            no_credentials(subject, Profile::of_environment().as_ref())
        }
        CredentialsError::ProviderTimedOut(_) => Unobserved::for_now(format!(
            "{subject} was not asked: the source of the AWS credentials did not answer in time"
        ))
        .hint("Is it reachable from here: the metadata service of the instance or container, SSO, or the `credential_process`? A later look may succeed."),
        _ => Unobserved::lasting(format!(
            "{subject} was not asked: the AWS credentials could not be loaded: {reason}"
        ))
        .hint("Where they come from SSO, run `aws sso login`; where they come from a profile, check AWS_PROFILE."),
    }
}

/// Nothing gives credentials.
pub(super) fn no_credentials(subject: &str, profile: Option<&Profile>) -> Unobserved {
    match profile {
        Some(Profile { name, variable }) => Unobserved::lasting(format!(
            "{subject} was not asked: the profile `{name}` ({variable}) gives no AWS credentials"
        ))
        .hint(format!(
            "Add a role, SSO or keys to the profile `{name}` in ~/.aws/config or ~/.aws/credentials; `aws configure list --profile {name}` shows what it has."
        )),
        None => Unobserved::lasting(format!("{subject} was not asked: there are no AWS credentials")).hint(
            "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the CI job a role; `aws sts get-caller-identity` shows who you are.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_of_another_time_is_no_wrong_key() {
        let told = |message| {
            let code = "InvalidSignatureException";
            refused("c on r", "c", code, message).expect("it is about the identity")
        };
        let expired = told(
            "Signature expired: 20251120T115000Z is now earlier than 20251120T120000Z (20251120T120500Z - 5 min.)",
        );
        assert!(!expired.lasting && expired.headline.contains("the clock here"));
        let early = told(
            "Signature not yet current: 20251120T121000Z is still later than 20251120T120500Z (20251120T120000Z + 5 min.)",
        );
        assert!(!early.lasting, "{early:?}");
        let wrong =
            told("The request signature we calculated does not match the signature you provided.");
        assert!(wrong.lasting && wrong.headline.contains("does not accept"));
    }

    #[test]
    fn whatever_fails_says_what_to_do() {
        for error in [
            CredentialsError::not_loaded("none"),
            CredentialsError::provider_timed_out(std::time::Duration::from_secs(5)),
            CredentialsError::provider_error("an odd answer"),
            CredentialsError::invalid_configuration("an odd file"),
        ] {
            let told = without_credentials("c on r", &error);
            assert!(
                told.headline.starts_with("c on r was not asked: "),
                "{told:?}"
            );
            assert!(told.hint.is_some(), "{told:?}");
        }
    }
}
