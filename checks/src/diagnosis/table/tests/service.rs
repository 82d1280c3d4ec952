//! What ECS and people do, texts that nobody knows, and events.

use super::*;

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
