//! The table against the texts that AWS really tells.

use std::collections::BTreeSet;

use super::*;
use crate::contract::Finding;
use crate::diagnosis::known::{ALWAYS, OF_A_LIFE};
use crate::diagnosis::literal::{exited, facts, never_ran, ran, stopped};
use crate::diagnosis::signature::{Place, Waiting};
use crate::diagnosis::template;
use crate::diagnosis::troubles::Facts;
use crate::reads::Task;
use Waiting::{MayHelp, Useless, UselessWhenRepeated};

#[test]
fn every_expression_is_one() {
    let rows: usize = OF_TASKS
        .iter()
        .chain(&OF_SERVICES)
        .map(|rows| rows.len())
        .sum();
    assert_eq!(TASKS.len() + SERVICES.len(), rows);
}

/// A gap for which nothing may be known stands in brackets, so that no sentence has a hole.
#[test]
fn no_sentence_can_have_a_hole() {
    for row in TASKS.iter().chain(SERVICES.iter()) {
        let mut known: BTreeSet<&str> = ALWAYS.iter().copied().collect();
        for (place, expression) in &row.signs {
            known.extend(expression.capture_names().flatten());
            if *place == Place::Life {
                known.extend(OF_A_LIFE);
            }
        }
        for template in [row.signature.cause, row.signature.remedy] {
            for (names, optional) in template::names(template) {
                let last = names.split('|').next_back().unwrap_or_default();
                assert!(
                    optional || known.contains(last) || last.starts_with('\''),
                    "`{{{names}}}` in `{template}` may be unknown"
                );
            }
        }
    }
}

fn told(facts: Facts) -> (String, Waiting) {
    let waiting = facts.weightiest().expect("a row");
    let finding = facts.troubles().tell(Finding::not_yet("waits"));
    let told = finding.headline.strip_prefix("waits; ").map(str::to_owned);
    (told.expect("a cause"), waiting)
}

fn start_failed(reason: &str) -> Task {
    stopped(never_ran("0123456789"), "TaskFailedToStart", reason)
}

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

#[test]
fn memory_names_container_and_limit() {
    let mut task = exited("0123456789", 137);
    task.containers[0].reason =
        Some("OutOfMemoryError: Container killed due to memory usage".into());
    assert_eq!(
        told(facts(vec![task])),
        (
            "1 stopped: container app used more memory than it may (512 MiB)".into(),
            UselessWhenRepeated
        )
    );
}

#[test]
fn a_wrong_architecture_shows_in_the_log_where_the_pull_succeeds() {
    for line in [
        "exec /app/server: exec format error",
        "standard_init_linux.go:228: exec user process caused: exec format error",
        "standard_init_linux.go:211: exec user process caused \"exec format error\"",
    ] {
        let (cause, waiting) = told(facts(vec![exited("0123456789", 255)]).wrote(&[line]));
        let start = "1 stopped: image web:1 is built for another platform than linux/amd64";
        assert!(cause.starts_with(start), "{cause}");
        assert_eq!(waiting, Useless);
    }
    // A line that only quotes the words is none of the kernel's.
    let quoting = ["the docs say: exec format error means a wrong platform"];
    let other = told(facts(vec![exited("0123456789", 1)]).wrote(&quoting));
    assert_eq!(other.1, UselessWhenRepeated);
}

#[test]
fn exit_codes_are_explained_and_the_last_line_quoted() {
    for (code, cause) in [
        (
            0,
            "container app exited with 0: its process came to an end, though a service's must go on; last line: `KeyError: 'DATABASE_URL'`",
        ),
        (1, "container app exited with 1: `KeyError: 'DATABASE_URL'`"),
        (
            126,
            "container app exited with 126: its command may not be executed: `KeyError: 'DATABASE_URL'`",
        ),
        (
            127,
            "container app exited with 127: its command is not in image web:1: `KeyError: 'DATABASE_URL'`",
        ),
        (
            139,
            "container app exited with 139: it crashed (SIGSEGV); last line: `KeyError: 'DATABASE_URL'`",
        ),
        (
            143,
            "container app exited with 143: it was told to stop (SIGTERM); last line: `KeyError: 'DATABASE_URL'`",
        ),
    ] {
        let facts = facts(vec![exited("0123456789", code)]);
        let facts = facts.wrote(&["Traceback", "KeyError: 'DATABASE_URL'", ""]);
        assert_eq!(
            told(facts),
            (format!("1 stopped: {cause}"), UselessWhenRepeated)
        );
    }
    let killed = told(facts(vec![exited("0123456789", 137)])).0;
    assert_eq!(
        killed,
        "1 stopped, likely: container app exited with 137: killed (SIGKILL), out of memory (512 MiB) or not stopped in time"
    );
}

#[test]
fn of_several_containers_the_one_that_failed_first_is_told() {
    let mut task = exited("0123456789", 143);
    let mut migrate = task.containers[0].clone();
    migrate.name = "migrate".into();
    migrate.exit_code = Some(2);
    task.containers.push(migrate);
    assert_eq!(
        told(facts(vec![task])).0,
        "1 stopped: container migrate exited with 2"
    );
}

#[test]
fn health_checks_of_containers() {
    let unhealthy = || {
        let mut task = stopped(
            ran("0123456789"),
            "ServiceSchedulerInitiated",
            "Task failed container health checks",
        );
        task.containers[0].health = Some("UNHEALTHY".into());
        task
    };
    for line in [
        "/bin/sh: 1: curl: not found",
        "/bin/sh: curl: command not found",
        "OCI runtime exec failed: exec failed: unable to start container process: exec: \"curl\": executable file not found in $PATH: unknown",
    ] {
        let missing = facts(vec![unhealthy()]).wrote(&[line]);
        let cause = "1 stopped: the health check of container app calls `curl`, which is not in image web:1";
        assert_eq!(told(missing), (cause.into(), Useless), "{line}");
    }
    let other = facts(vec![unhealthy()]).wrote(&["/bin/sh: 1: ffmpeg: not found"]);
    let boots = "1 stopped, likely: container app was never healthy: stopped 1m after its start, when startPeriod 30s + 3 retries × interval 10s = 60s were over";
    assert_eq!(told(other), (boots.into(), UselessWhenRepeated));
    let mut later = unhealthy();
    later.stopping_at = Some(crate::ecs::literal::at("23:59:00"));
    later.execution_stopped_at = None;
    later.stopped_at = None;
    assert_eq!(
        told(facts(vec![later])).0,
        "1 stopped: the health check of container app fails (stopped 14m after its start)"
    );
}

#[test]
fn health_checks_of_load_balancers_name_group_and_codes() {
    const GROUP: &str =
        "(target-group arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/0a1b)";
    let task = || {
        stopped(
            ran("0123456789"),
            "ServiceSchedulerInitiated",
            &format!("Task failed ELB health checks in {GROUP}"),
        )
    };
    let event = |why: &str| {
        format!(
            "(service web) (task 0123456789) (port 8080) is unhealthy in {GROUP} due to (reason {why})."
        )
    };
    for why in [
        "Health checks failed with these codes: [503]",
        "Request timed out",
    ] {
        let other = event(why)
            .replace("0123456789", "9876543210")
            .replace(why, "another");
        let facts = facts(vec![task()]).told(&[&other, &event(why)]);
        let cause =
            format!("1 stopped: the load balancer's health checks of target group web fail: {why}");
        assert_eq!(told(facts), (cause, UselessWhenRepeated));
    }
    let cause = "1 stopped: the load balancer's health checks of target group web fail";
    assert_eq!(told(facts(vec![task()])).0, cause);
    let finding = facts(vec![task()])
        .troubles()
        .tell(Finding::not_yet("waits"));
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.contains("aws elbv2 describe-target-health --target-group-arn arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/0a1b"),
        "{hint}"
    );
}

#[test]
fn what_ecs_and_people_do() {
    for (code, reason, cause) in [
        (
            "SpotInterruption",
            "Your Spot Task was interrupted.",
            "AWS took the Spot capacity back",
        ),
        (
            "UserInitiated",
            "Task stopped by user",
            "someone called StopTask (`Task stopped by user`)",
        ),
        (
            "InfrastructureHealth",
            "Bad host",
            "AWS found the host unhealthy (`Bad host`)",
        ),
        (
            "TaskFailedToStart",
            "Capacity is unavailable at this time. Please try again later or in a different availability zone",
            "there was no place to run it (Capacity is unavailable at this time)",
        ),
    ] {
        let task = stopped(ran("0123456789"), code, reason);
        assert_eq!(
            told(facts(vec![task])),
            (format!("1 stopped: {cause}"), MayHelp)
        );
    }
}

#[test]
fn an_unknown_text_is_quoted_whole() {
    let mut task = start_failed("Task failed to start");
    task.containers[0].reason = Some("NovelError: the moon\nis full".into());
    assert_eq!(
        told(facts(vec![task])),
        (
            "1 stopped: `Task failed to start`, container app: `NovelError: the moon is full`"
                .into(),
            UselessWhenRepeated
        )
    );
    let ambiguous = stopped(
        ran("0123456789"),
        "ServiceSchedulerInitiated",
        "For a new reason",
    );
    assert_eq!(
        told(facts(vec![ambiguous])),
        ("1 stopped: `For a new reason`".into(), MayHelp)
    );
    assert_eq!(
        told(facts(vec![ran("0123456789")])),
        ("1 stopped: AWS tells no reason".into(), MayHelp)
    );
}

#[test]
fn events_tell_why_no_task_is_started() {
    for (event, cause) in [
        (
            "(service web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 1) has insufficient memory available. For more information, see the Troubleshooting section.",
            "ECS can't place a task: no container instance met all of its requirements",
        ),
        (
            "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
            "ECS can't place a task: Capacity is unavailable at this time. Please try again later or in a different availability zone",
        ),
        (
            "(service web) operations are being throttled on elb. Will try again later.",
            "ECS is throttled on elb and will try again",
        ),
        (
            "(service web) operations are being throttled. Will try again later.",
            "ECS is throttled and will try again",
        ),
        (
            "(service web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.",
            "ECS says that it is unable to consistently start tasks, and waits longer before each try",
        ),
        (
            "(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.",
            "the deployment circuit breaker gave it up: tasks failed to start",
        ),
    ] {
        let tell = |events: &[&str]| {
            let troubles = facts(Vec::new()).told(events).troubles();
            troubles.explain(Finding::not_yet("waits"))
        };
        assert_eq!(
            tell(&["(service web) has started 1 tasks: (task 0a).", event]).headline,
            format!("waits; {cause}")
        );
        assert_eq!(
            tell(&["(service web) has reached a steady state.", event]).headline,
            "waits"
        );
    }
}
