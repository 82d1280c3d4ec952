//! Tasks that ran and ended: memory, exits, health checks.

use super::*;

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
            "container app exited with 0: its process came to an end, though a service's must go on; it wrote `KeyError: 'DATABASE_URL'`",
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
            "container app exited with 139: it crashed (SIGSEGV); it wrote `KeyError: 'DATABASE_URL'`",
        ),
        (
            143,
            "container app exited with 143: it was told to stop (SIGTERM); it wrote `KeyError: 'DATABASE_URL'`",
        ),
    ] {
        let facts = facts(vec![exited("0123456789", code)]);
        let facts = facts.wrote(&["Traceback", "KeyError: 'DATABASE_URL'", "", "Python 3.13"]);
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
