//! What is recorded of literal pictures.

use super::super::picture::literal::{at, picture, target, task};
use super::*;

const ONE: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

fn container(name: &str, essential: bool) -> ContainerDefinition {
    ContainerDefinition {
        name: name.into(),
        image: format!("repo/{name}:latest-dev"),
        essential,
        ..ContainerDefinition::default()
    }
}

fn of(tasks: Vec<Task>) -> Snapshot {
    let definition = TaskDefinition {
        containers: vec![container("app", true), container("sidecar", false)],
        ..TaskDefinition::default()
    };
    let picture = picture(2, tasks);
    taken(&target("ecs-svc/1"), &picture, &definition, at("23:46:00"))
}

fn digest_of(snapshot: &Snapshot) -> Option<&str> {
    snapshot.baseline.images["app"].digest.as_deref()
}

#[test]
fn what_runs_is_recorded_by_essential_container() {
    let both = [("a", "23:25:08"), ("b", "23:25:09")];
    let tasks = both.map(|(id, started)| task(id, "ecs-svc/1", started, Some(ONE)));
    let told = of(tasks.to_vec());
    assert_eq!(told.gaps, [""; 0]);
    assert_eq!(digest_of(&told), Some(ONE));
    let baseline = &told.baseline;
    assert_eq!(baseline.tasks, ["a", "b"]);
    assert_eq!(baseline.images.len(), 1, "the sidecar is not essential");
    assert_eq!(baseline.images["app"].image, "repo/app:latest-dev");
    assert_eq!(baseline.deployment, "ecs-svc/1");
    assert!(baseline.service.ends_with("service/dev/web"));
    assert!(baseline.task_definition.ends_with("/web:5"));
    assert_eq!(baseline.taken_at, at("23:46:00"));
}

#[test]
fn a_task_that_has_ended_is_not_what_runs() {
    let mut ended = task("a", "ecs-svc/1", "23:25:08", Some(TWO));
    ended.last_status = "STOPPED".into();
    let told = of(vec![ended, task("b", "ecs-svc/1", "23:26:00", Some(ONE))]);
    assert_eq!(told.baseline.tasks, ["b"]);
    assert_eq!(digest_of(&told), Some(ONE));
}

#[test]
fn a_digest_that_no_task_reports_is_told_as_missing() {
    let told = of(vec![task("a", "ecs-svc/1", "23:25:08", None)]);
    assert_eq!(digest_of(&told), None);
    assert_eq!(
        told.gaps,
        ["the digest of `app` is not recorded: no running task reports one"]
    );
    let told = of(Vec::new());
    assert_eq!(
        told.gaps,
        ["the digest of `app` is not recorded: no task runs"]
    );
}

#[test]
fn two_digests_are_not_one() {
    let tasks = [("a", ONE), ("b", TWO)];
    let tasks = tasks.map(|(id, digest)| task(id, "ecs-svc/1", "23:25:08", Some(digest)));
    let told = of(tasks.to_vec());
    assert_eq!(digest_of(&told), None);
    assert_eq!(
        told.gaps,
        [
            "the digest of `app` is not recorded: its tasks run 2 of them, such as sha256:111111111111 and sha256:222222222222"
        ]
    );
}

#[test]
fn a_deployment_under_way_is_told_and_the_new_one_counts() {
    let old = task("a", "ecs-svc/0", "22:00:00", Some(ONE));
    let under_way =
        "a deployment is under way: 1 of the running tasks are not of ecs-svc/1 (web:5)";
    let told = of(vec![
        old.clone(),
        task("b", "ecs-svc/1", "23:25:08", Some(TWO)),
    ]);
    assert_eq!(
        (digest_of(&told), &told.gaps[..]),
        (Some(TWO), &[under_way.to_owned()][..])
    );
    assert_eq!(told.baseline.tasks, ["a", "b"]);
    let told = of(vec![old]);
    assert_eq!(digest_of(&told), Some(ONE), "nothing else runs yet");
    assert_eq!(told.gaps, [under_way]);
}
