//! What a trouble does to a finding.

use proptest::prelude::*;

use super::Troubles;
use super::facts::Facts;
use super::literal::{exited, facts, never_ran, ran, stopped};
use crate::contract::{Body, Finding, State, Unobserved};
use crate::ecs::literal::at;
use crate::reads::{ServiceEvent, Task};

const PLATFORM: &str = "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'";

fn of_platform(id: &str) -> Task {
    stopped(never_ran(id), "TaskFailedToStart", PLATFORM)
}

fn timed_out(id: &str) -> Task {
    let reason = "CannotPullContainerError: ref pull has been retried 1 time(s): i/o timeout";
    stopped(never_ran(id), "TaskFailedToStart", reason)
}

fn explained(facts: Facts) -> Finding {
    let missing = Finding::not_yet("1 of 2 tasks run so far").hint("wait");
    facts.troubles().explain(missing)
}

#[test]
fn without_troubles_nothing_changes() {
    let finding = Finding::not_yet("1 of 2 tasks run so far").hint("wait");
    assert_eq!(Troubles::default().explain(finding.clone()), finding);
}

#[test]
fn the_cause_the_remedy_and_the_evidence_are_told() {
    let finding = explained(facts(vec![
        of_platform("c"),
        of_platform("b"),
        of_platform("a"),
    ]));
    assert_eq!(finding.state, State::Broken);
    assert_eq!(
        finding.headline,
        "1 of 2 tasks run so far; 3 stopped: image web:1 has no linux/amd64"
    );
    let hint = finding.hint.expect("a hint");
    assert!(
        hint.contains("docker buildx build --platform linux/amd64 --tag 099200121087.dkr.ecr.us-east-1.amazonaws.com/hc-tap/web:1 --push ."),
        "{hint}"
    );
    let Body::Table { title, rows, .. } = &finding.evidence[0].body else {
        panic!("a table")
    };
    assert_eq!(title, "3 stopped tasks of web:5");
    assert_eq!(
        rows[0],
        [
            "c",
            "2025-11-18 23:44:40 UTC",
            "never started",
            "TaskFailedToStart",
            "-",
            PLATFORM
        ]
    );
}

#[test]
fn what_is_in_the_image_settles_it_after_one_stop() {
    assert_eq!(
        explained(facts(vec![of_platform("a")])).state,
        State::Broken
    );
    let format = facts(vec![exited("a", 255)]).wrote(&["exec /app: exec format error"]);
    assert_eq!(explained(format).state, State::Broken);
    let mut unpinned = facts(vec![of_platform("a")]);
    let definition = std::sync::Arc::make_mut(unpinned.definition.as_mut().expect("one"));
    definition.containers[0].version_consistency = Some("disabled".into());
    assert_eq!(
        explained(unpinned).state,
        State::NotYet,
        "a push can mend it"
    );
}

#[test]
fn another_lasting_cause_settles_it_when_it_is_repeated() {
    assert_eq!(explained(facts(vec![exited("a", 1)])).state, State::NotYet);
    let twice = explained(facts(vec![exited("b", 1), exited("a", 1)]));
    assert_eq!(
        (twice.state, twice.headline.as_str()),
        (
            State::Broken,
            "1 of 2 tasks run so far; 2 stopped: container app exited with 1"
        )
    );
}

#[test]
fn stops_that_a_later_task_has_outlived_are_over() {
    let later = |started: &str| Task {
        created_at: Some(at("23:44:30")),
        started_at: Some(at(started)),
        last_status: "RUNNING".into(),
        desired_status: "RUNNING".into(),
        ..never_ran("later")
    };
    let with = |started| Facts {
        surviving: vec![later(started)],
        now: at("23:47:00"),
        ..facts(vec![exited("b", 1), exited("a", 1)])
    };
    // Each of them had run for a minute.
    assert_eq!(explained(with("23:46:30")).state, State::Broken);
    let over = explained(with("23:45:30"));
    assert_eq!(over.state, State::NotYet, "{}", over.headline);
}

#[test]
fn a_stop_is_not_over_while_its_task_still_drains() {
    let unhealthy = |id: &str, started: &str| {
        Task {
        started_at: Some(at(started)),
        last_status: "DEACTIVATING".into(),
        desired_status: "STOPPED".into(),
        stopping_at: None,
        execution_stopped_at: None,
        stopped_at: None,
        stop_code: Some("ServiceSchedulerInitiated".into()),
        stopped_reason: Some("Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:099200121087:targetgroup/web/6d0ecf831eec9f09)".into()),
        ..ran(id)
    }
    };
    let later = Task {
        created_at: Some(at("23:45:30")),
        started_at: Some(at("23:46:00")),
        last_status: "RUNNING".into(),
        desired_status: "RUNNING".into(),
        ..never_ran("later")
    };
    let draining = Facts {
        surviving: vec![later],
        now: at("23:46:30"),
        ..facts(vec![unhealthy("b", "23:44:40"), unhealthy("a", "23:44:30")])
    };
    // Half a minute of the later task says nothing against the two minutes of each of them.
    let finding = explained(draining.clone());
    assert_eq!(finding.state, State::Broken, "{}", finding.headline);
    // It is over once the later one has run for longer than they had when they were given up.
    let given_up = |id: &str| ServiceEvent {
        at: Some(at("23:45:00")),
        message: format!(
            "(service web) (task {id}) (port 8080) is unhealthy in (target-group arn:aws:elasticloadbalancing:us-east-1:099200121087:targetgroup/web/6d0ecf831eec9f09) due to (reason Health checks failed with these codes: [500])."
        ),
    };
    let events = [given_up("a"), given_up("b")];
    let outlived = Facts {
        events: draining.events.with(events.to_vec()),
        now: at("23:46:45"),
        ..draining
    };
    let finding = explained(outlived);
    assert_eq!(finding.state, State::NotYet, "{}", finding.headline);
}

#[test]
fn an_unknown_text_settles_it_in_a_loop_that_is_the_tasks_own() {
    let unknown = |code: &str| {
        let of = |id| stopped(ran(id), code, "a text that nobody knows");
        explained(facts(vec![of("b"), of("a")]))
    };
    let own = unknown("TaskFailedToStart");
    assert_eq!(own.state, State::Broken);
    assert!(
        own.headline
            .ends_with("2 stopped: `a text that nobody knows`"),
        "{own:?}"
    );
    assert_eq!(unknown("ServiceSchedulerInitiated").state, State::NotYet);
}

#[test]
fn what_may_pass_only_waits() {
    let many = ["e", "d", "c", "b", "a"].map(timed_out).to_vec();
    let finding = explained(facts(many));
    assert_eq!(finding.state, State::NotYet);
    let taken = |id| {
        stopped(
            ran(id),
            "SpotInterruption",
            "Your Spot Task was interrupted.",
        )
    };
    assert_eq!(
        explained(facts(vec![taken("b"), taken("a")])).state,
        State::NotYet
    );
}

#[test]
fn of_several_causes_the_one_that_lasts_is_told() {
    let finding = explained(facts(vec![timed_out("c"), timed_out("b"), exited("a", 1)]));
    assert_eq!(
        (finding.state, finding.headline.as_str()),
        (
            State::NotYet,
            "1 of 2 tasks run so far; 3 stopped, 1 of them: container app exited with 1"
        )
    );
}

#[test]
fn what_failed_earlier_is_told_but_settles_nothing_once_all_run() {
    let mut facts = facts(vec![exited("b", 1), exited("a", 1)]);
    facts.running = 2;
    let finding = explained(facts);
    assert_eq!(finding.state, State::NotYet);
    assert!(
        finding
            .headline
            .contains("2 stopped: container app exited with 1")
    );
}

#[test]
fn tasks_that_had_come_up_are_no_restart_loop() {
    let after_an_hour = |id| {
        let mut task = exited(id, 1);
        task.started_at = Some(at("22:40:00"));
        task
    };
    let finding = explained(facts(vec![after_an_hour("b"), after_an_hour("a")]));
    assert_eq!(finding.state, State::NotYet);
}

#[test]
fn only_what_waits_is_explained() {
    let troubles = || facts(vec![of_platform("a")]).troubles();
    for finding in [
        Finding::holds("2 of 2 tasks"),
        Finding::broken("wrong digest"),
    ] {
        assert_eq!(troubles().explain(finding.clone()), finding);
    }
    let told = troubles().explain(Finding::unobserved("1 of 2 tasks"));
    assert_eq!(told.state, State::Unobserved);
    assert!(
        told.headline.contains("has no linux/amd64"),
        "{}",
        told.headline
    );
    let told = troubles().tell(Finding::not_yet("1 of 2 tasks"));
    assert_eq!(told.state, State::NotYet);
}

#[test]
fn a_failed_deployment_is_told_with_the_cause_of_its_tasks() {
    let failed = Finding::broken("rolled back from web:5 to web:4: the breaker.").hint("mend it");
    let told = facts(vec![exited("a", 1)])
        .troubles()
        .name_cause(failed.clone());
    assert_eq!(
        told.headline,
        "rolled back from web:5 to web:4: the breaker; web:5's tasks: container app exited with 1"
    );
    assert_ne!(told.hint, failed.hint);
    let killed = facts(vec![exited("a", 137)])
        .troubles()
        .name_cause(failed.clone());
    assert!(
        killed.headline.contains("; web:5's tasks, likely: "),
        "{}",
        killed.headline
    );
    let nothing_visible = facts(Vec::new()).troubles().name_cause(failed.clone());
    assert_eq!(nothing_visible, failed);
}

#[test]
fn last_lines_are_quoted_and_what_can_not_be_read_is_said() {
    let mut facts = facts(vec![exited("0123456789", 1)]).wrote(&["Traceback", "KeyError: 'X'"]);
    facts.lines.unread.push(
        Unobserved::for_now("logs:FilterLogEvents was denied").origin(crate::contract::Source {
            call: "logs:FilterLogEvents".into(),
            resource: "/ecs/side".into(),
            request_id: None,
        }),
    );
    let finding = explained(facts);
    let excerpt = finding
        .evidence
        .iter()
        .find_map(|evidence| match &evidence.body {
            Body::Excerpt { title, lines, .. } => Some((title.clone(), lines.clone())),
            _ => None,
        });
    let (title, lines) = excerpt.expect("an excerpt");
    assert_eq!(title, "the last lines of 1 stopped task");
    assert_eq!(lines[1].text, "KeyError: 'X'");
    assert_eq!(lines[1].origin.as_deref(), Some("task 01234567, app"));
    assert!(
        finding
            .evidence
            .iter()
            .any(|evidence| evidence.source.resource == "/ecs/side")
    );
    assert!(
        finding
            .hint
            .expect("a hint")
            .contains("logs:FilterLogEvents was denied")
    );
}

#[test]
fn a_task_fails_where_it_ends_and_somebody_says_why() {
    let told = |code: Option<&str>, reason: Option<&str>, last: &str, desired: &str| {
        super::has_failed(&Task {
            stop_code: code.map(str::to_owned),
            stopped_reason: reason.map(str::to_owned),
            last_status: last.into(),
            desired_status: desired.into(),
            ..ran("a")
        })
    };
    let (code, reason) = (
        Some("EssentialContainerExited"),
        Some("Essential container in task exited"),
    );
    assert!(
        told(code, None, "DEPROVISIONING", "STOPPED"),
        "the code says so"
    );
    assert!(
        told(None, reason, "DEPROVISIONING", "STOPPED"),
        "so does the reason"
    );
    assert!(
        !told(None, None, "DEPROVISIONING", "STOPPED"),
        "nobody says so"
    );
    assert!(!told(code, reason, "RUNNING", "RUNNING"), "it runs");
}

#[test]
fn a_task_lived_until_an_event_of_its_own_gave_it_up() {
    let task = ran("a");
    let unhealthy = "(service web) (port 8080) is unhealthy in (target-group arn) due to (reason)";
    let lived = |event: &str| {
        let mut facts = facts(vec![task.clone()]).told(&[event]);
        facts.events.value[0].at = Some(at("23:45:20"));
        facts.lived(&task).map(|lived| lived.to_string())
    };
    assert_eq!(
        lived(&format!("(task a) {unhealthy}")).as_deref(),
        Some("20s")
    );
    assert_eq!(
        lived(&format!("(task b) {unhealthy}")).as_deref(),
        Some("1m")
    );
    assert_eq!(
        lived("(service web) has started 1 tasks: (task a).").as_deref(),
        Some("1m")
    );
}

/// Words of every row of the table, and anything else, in any order and on several lines.
fn any_reason() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "CannotPullContainerError: ",
        "ResourceInitializationError: ",
        "unable to pull secrets or registry auth: ",
        "failed to resolve ref \"",
        "does not contain descriptor matching platform 'linux/",
        "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:",
        "OutOfMemoryError: Container killed due to memory usage",
        "Essential container in task exited",
        "Scaling activity initiated by (deployment ",
        "exec format error",
        "is unhealthy in (target-group ",
        "{the_image}[ {told}]",
        "service web was unable to place a task because ",
        "\n",
        "\": not found",
        "'",
        ")",
    ]);
    let part =
        prop_oneof![4 => words.prop_map(str::to_owned), 1 => "\\PC{0,8}", 1 => any::<String>()];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever AWS tells, the finding stays open or is broken, and its headline is one line.
    #[test]
    fn any_words_of_aws_explain_and_never_make_green(
        reason in any_reason(),
        of_container in any_reason(),
        code in "TaskFailedToStart|EssentialContainerExited|ServiceSchedulerInitiated|\\PC{0,9}",
        exit in prop::option::of(any::<i32>()),
        event in any_reason(),
        line in any_reason(),
    ) {
        let mut task = stopped(ran("a"), &code, &reason);
        task.containers[0].reason = Some(of_container);
        task.containers[0].exit_code = exit;
        let stop = facts(vec![task]).told(&[&event]).wrote(&[&line]);
        let service = facts(Vec::new()).told(&[&event]);
        for finding in [explained(stop), explained(service)] {
            prop_assert!(matches!(finding.state, State::NotYet | State::Broken));
            prop_assert!(finding.headline.starts_with("1 of 2 tasks run so far"));
            prop_assert!(!finding.headline.contains(['\n', '\r']), "{:?}", finding.headline);
        }
    }
}
