//! Tasks that never started: pulls, secrets, commands.

use super::*;

#[test]
fn images_that_can_not_be_pulled() {
    let image = "099200121087.dkr.ecr.us-east-1.amazonaws.com/hc-tap/web:1";
    for (reason, cause, waiting) in [
        (
            "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'".to_owned(),
            "image web:1 has no linux/amd64".to_owned(),
            Useless,
        ),
        (
            "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/am".into(),
            "image web:1 has no linux/amd64".into(),
            Useless,
        ),
        (
            "CannotPullContainerError: no matching manifest for linux/arm64/v8 in the manifest list entries".into(),
            "image web:1 has no linux/arm64/v8".into(),
            Useless,
        ),
        (
            format!("CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {image}: {image}: not found"),
            format!("image {image} is not in the registry"),
            UselessWhenRepeated,
        ),
        (
            format!("CannotPullContainerError: inspect image has been retried 1 time(s): failed to resolve ref \"{image}\": unexpected status code [manifests 1]: 403 Forbidden"),
            "ECS may not pull image web:1".into(),
            UselessWhenRepeated,
        ),
        (
            "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/web/manifests/sha256:2d96: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.".into(),
            "the registry limits how often image web:1 may be pulled (toomanyrequests)".into(),
            MayHelp,
        ),
        (
            "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:0a: write /var/lib/x: no space left on device".into(),
            "no space was left on the disk for image web:1".into(),
            UselessWhenRepeated,
        ),
        (
            format!("CannotPullContainerError: inspect image has been retried 5 time(s): failed to resolve ref \"{image}\": failed to do request: Head https://099200121087.dkr.ecr.us-east-1.amazonaws.com/v2/: dial tcp 10.0.1.1:443: i/o timeout"),
            "the registry of image web:1 could not be reached".into(),
            MayHelp,
        ),
        (
            "CannotPullContainerError: API error (500): Get https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)".into(),
            "the registry of image web:1 could not be reached".into(),
            MayHelp,
        ),
    ] {
        let (cause, expected) = (format!("1 stopped: {cause}"), waiting);
        assert_eq!(told(facts(vec![start_failed(&reason)])), (cause, expected), "{reason}");
    }
}

#[test]
fn the_cause_may_be_told_by_the_container_alone() {
    let mut task = start_failed("Task failed to start");
    task.containers[0].reason =
        Some("CannotPullImageManifestError: manifest unknown: Requested image not found".into());
    assert_eq!(
        told(facts(vec![task])).0,
        "1 stopped: image web:1 is not in the registry"
    );
    let mut task = start_failed("Task failed to start");
    task.containers[0].reason = Some(
        "CannotPullContainerError: Error response from daemon: pull access denied for hc/web, repository does not exist or may require 'docker login': denied".into(),
    );
    assert_eq!(
        told(facts(vec![task])).0,
        "1 stopped, likely: image web:1 is not in the registry, or the execution role may not pull it"
    );
}

#[test]
fn tasks_that_lack_something_at_their_start() {
    const UNABLE: &str = "ResourceInitializationError: unable to pull secrets or registry auth: ";
    const SECRET: &str = "arn:aws:secretsmanager:us-east-1:1:secret:web/db-0a1b2c";
    for (reason, cause, waiting) in [
        (
            format!("{UNABLE}execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: AccessDeniedException: User: arn:aws:sts::1:assumed-role/ecsTaskExecutionRole/26 is not authorized to perform: secretsmanager:GetSecretValue on resource: {SECRET}"),
            format!("the execution role may not secretsmanager:GetSecretValue on {SECRET}"),
            UselessWhenRepeated,
        ),
        (
            format!("{UNABLE}execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): operation error SSM: GetParameters, https response error StatusCode: 400, api error AccessDeniedException: User: ar"),
            "the execution role may not read what the task needs at its start".into(),
            UselessWhenRepeated,
        ),
        (
            format!("{UNABLE}execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret."),
            format!("a secret that web:5 names does not exist: {SECRET}"),
            UselessWhenRepeated,
        ),
        (
            format!("{UNABLE}execution resource retrieval failed: unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key password"),
            "a secret that web:5 names has no key `password`".into(),
            UselessWhenRepeated,
        ),
        (
            format!("{UNABLE}something that is new"),
            "the task could not get its secrets or registry auth at its start".into(),
            UselessWhenRepeated,
        ),
        (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1".into(),
            "the log group /ecs/web does not exist".into(),
            UselessWhenRepeated,
        ),
        (
            "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"serve\": executable file not found in $PATH: unknown".into(),
            "container app can't run its command `serve`: it is not in image web:1, or not executable".into(),
            UselessWhenRepeated,
        ),
    ] {
        let cause = format!("1 stopped: {cause}");
        assert_eq!(told(facts(vec![start_failed(&reason)])), (cause, waiting), "{reason}");
    }
    for (network, of) in [
        (
            "execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadli...",
            "secrets from ssm",
        ),
        (
            "execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post",
            "ecr registry auth",
        ),
        (
            "unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret arn:aws:secretsmanager:us-east-1:1:secret:a from secrets manager: canceled, context deadline exceeded",
            "secret from asm",
        ),
        (
            "The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3",
            "secrets or registry auth",
        ),
    ] {
        let cause =
            format!("1 stopped, likely: the task had no network path to its {of} at its start");
        let task = start_failed(&format!("{UNABLE}{network}"));
        assert_eq!(told(facts(vec![task])), (cause, MayHelp), "{network}");
    }
}
