//! Tasks that could not start: secrets, registry auth, log groups, commands.

use crate::diagnosis::signature::Certainty::{Certain, Likely};
use crate::diagnosis::signature::Place::Reason;
use crate::diagnosis::signature::Waiting::{MayHelp, UselessWhenRepeated};
use crate::diagnosis::signature::{Sign, Signature};

pub(super) static ROWS: &[Signature] = &[
    Signature {
        signs: &[Sign(
            Reason,
            r"(?s)unable to pull secrets or registry auth:(?:.*?unable to retrieve (?P<of>secrets? from \w+|ecr registry auth))?.*(?:i/o timeout|deadline exceeded|send request failed|RequestCanceled|connection (?:issue|timeout)|no such host|exceeded maximum number of attempts)",
        )],
        cause: "the task had no network path to its {of|'secrets or registry auth'} at its start",
        remedy: "If it stays so: a task in a private subnet needs a NAT gateway, or the VPC endpoints secretsmanager, ssm, ecr.api, ecr.dkr, logs and s3; one in a public subnet needs assignPublicIp ENABLED. Its security group must allow 443 outward.",
        certainty: Likely,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r"(?s)unable to pull secrets or registry auth:(?:.*?failed to fetch secret (?P<secret>\S+))?.*(?:not authorized to perform: (?P<action>[\w:-]+)|AccessDenied)",
        )],
        cause: "the execution role may not {action|'read what the task needs at its start'}[ on {secret}]",
        remedy: "Give the execution role of {revision} that permission (secretsmanager:GetSecretValue, ssm:GetParameters, kms:Decrypt for a key of your own, ecr:GetAuthorizationToken). ECS's next task then starts by itself; look again once it runs.",
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r"(?s)unable to pull secrets or registry auth:(?:.*?failed to fetch secret (?P<secret>\S+))?.*(?:ResourceNotFoundException|can't find the specified secret|ParameterNotFound|[Ii]nvalid(?: ssm)? parameters?)",
        )],
        cause: "a secret that {revision} names does not exist[: {secret}]",
        remedy: "Create it, or correct `secrets[].valueFrom` in the task definition and deploy anew.",
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[Sign(Reason, r"did not contain json key (?P<key>\S+)")],
        cause: "a secret that {revision} names has no key `{key}`",
        remedy: "Add the key to the secret, or correct `secrets[].valueFrom` in the task definition and deploy anew.",
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[Sign(Reason, r"unable to pull secrets or registry auth")],
        cause: "the task could not get its secrets or registry auth at its start",
        remedy: "Check the execution role's permissions, the names in `secrets[].valueFrom`, and the way to the VPC endpoints or the NAT gateway. The whole text:\n  {describe}",
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r"(?s)(?:failed to validate logger args|logging driver).*log ?group does not exist",
        )],
        cause: "the log group {log_group|'of the task definition'} does not exist",
        remedy: "Create it; ECS's next task then starts by itself; look again once it runs.[\n  aws logs create-log-group --log-group-name {log_group} --region {log_region}]",
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r#"CannotStartContainerError(?s).*exec: \\?"(?P<program>[^"\\]+)\\?": (?:executable file not found|stat .*no such file|permission denied)"#,
        )],
        cause: "{the_container} can't run its command `{program}`: it is not in {the_image}, or not executable",
        remedy: "Correct `command` and `entryPoint` in the task definition, or put it into the image, and deploy anew.",
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
];
