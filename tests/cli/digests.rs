//! `ecs.digest-running`: the four ways to write an image, and what can't be compared.

use crate::aws::{Aws, HEALTHY, REPOSITORY, checkout};
use crate::place::{Place, assert_tells, hint, told};

const DIGEST: &str = "  - { id: digest, check: ecs.digest-running, within: 0s }";

/// Judges the healthy service with this in its target; gives exit code, verdict and hint.
fn judged(aws: &Aws, more: &str) -> (i32, String, String) {
    let place = Place::with_suite(&checkout(more, DIGEST));
    let ended = place.judge(&aws.url());
    let report = place.report();
    let code = ended.code.expect("an exit code");
    assert_eq!(report["exit_code"], code, "{ended:?}");
    (code, told(&report, "digest"), hint(&report, "digest"))
}

#[track_caller]
fn assert_passes(aws: &Aws, more: &str, parts: &[&str]) {
    let (code, told, _) = judged(aws, more);
    assert_tells(
        &told,
        &[&["passed: 2 of 2 tasks run the expected digest"], parts].concat(),
    );
    assert_eq!(code, 0);
}

#[test]
fn the_index_is_expected_as_tag_as_digest_or_as_both() {
    let aws = Aws::of("healthy");
    let index = aws.digest("checkout", "2.4.0");
    let short = &index[..19];
    assert_passes(&aws, "", &[short]);
    assert_passes(&aws, &format!("image: {REPOSITORY}:2.4.0"), &[short]);
    assert_passes(&aws, &format!("image: {REPOSITORY}@{index}"), &[short]);
    assert_passes(
        &aws,
        &format!("image: {REPOSITORY}:2.4.0@{index}"),
        &[short],
    );
    assert_passes(&aws, &format!("image: {index}"), &[short]);
}

#[test]
fn a_digest_decides_whatever_tag_stands_beside_it() {
    let aws = Aws::of("healthy");
    let index = aws.digest("checkout", "2.4.0");
    assert_passes(
        &aws,
        &format!("image: {REPOSITORY}:no-such-tag@{index}"),
        &[],
    );
    let old = aws.digest("checkout", "2.3.1");
    let (code, told, _) = judged(&aws, &format!("image: {REPOSITORY}:2.4.0@{old}"));
    assert_tells(
        &told,
        &["failed: 2 of 2 tasks: task ", &old[..19], &index[..19]],
    );
    assert_eq!(code, 1);
}

#[test]
fn the_platform_image_of_the_running_index_is_the_same_image() {
    let aws = Aws::of("healthy");
    let child = aws.platform_digest("checkout", "2.4.0", "amd64");
    let same = ["the index that holds it for linux/amd64", &child[..19]];
    assert_passes(&aws, &format!("image: {REPOSITORY}@{child}"), &same);
    assert_passes(&aws, &format!("image: {child}"), &same);
}

#[test]
fn the_platform_image_of_another_index_is_not() {
    let aws = Aws::of("healthy");
    let child = aws.platform_digest("checkout", "2.3.1", "amd64");
    let (code, told, hint) = judged(&aws, &format!("image: {REPOSITORY}@{child}"));
    assert_tells(&told, &["failed: 2 of 2 tasks: task ", &child[..19]]);
    assert_tells(&hint, &["checkout:42 names", "register a revision"]);
    assert_eq!(code, 1);
}

#[test]
fn another_tag_fails_with_both_push_times() {
    let aws = Aws::of("healthy");
    let (code, told, _) = judged(&aws, &format!("image: {REPOSITORY}:2.3.1"));
    let pushed = "(`2.3.1`, pushed 2025-11-11 14:04:31 UTC)";
    assert_tells(
        &told,
        &["(pushed 2025-11-20 09:12:07 UTC) in `app`", pushed],
    );
    assert_eq!(code, 1);
}

#[test]
fn a_tag_that_is_not_there_may_still_come() {
    let aws = Aws::of("healthy");
    let (code, told, hint) = judged(&aws, &format!("image: {REPOSITORY}:2.5.0"));
    assert_tells(
        &told,
        &[
            "failed: ",
            "the expected image",
            "checkout:2.5.0 is not in ECR",
        ],
    );
    assert_tells(&hint, &["Push it, or correct"]);
    assert_eq!(code, 1);
}

#[test]
fn an_image_of_another_repository_is_meant_for_the_only_container_or_for_none() {
    let aws = Aws::of("healthy");
    let shipper = REPOSITORY.replace("/checkout", "/log-shipper");
    let (code, told, hint) = judged(&aws, &format!("image: {shipper}:1.9"));
    assert_tells(&told, &["failed: 2 of 2 tasks: task ", "in `app`", "`1.9`"]);
    assert_tells(&hint, &["checkout:42 names", "checkout:2.4.0"]);
    assert_eq!(code, 1);

    let both = "containers: [app, log-shipper]\n    image";
    let other = REPOSITORY.replace("/checkout", "/chekout");
    let (code, told, hint) = judged(&aws, &format!("{both}: {other}:2.4.0"));
    let none = "is meant for none of its containers";
    assert_tells(&told, &["inconclusive: the target's image", none]);
    assert_tells(&hint, &["app runs", "checkout:2.4.0"]);
    assert_eq!(code, 3);
    // Beside a sidecar, it goes for the container of its repository.
    let (code, told, _) = judged(&aws, &format!("{both}: {REPOSITORY}:2.4.0"));
    assert_tells(&told, &["passed", "the expected digests of 2 containers"]);
    assert_eq!(code, 0);
}

#[test]
fn a_repository_that_does_not_exist_is_named() {
    let aws = Aws::of("healthy");
    let other = REPOSITORY.replace("/checkout", "/chekout");
    let (code, told, hint) = judged(&aws, &format!("image: {other}:2.4.0"));
    assert_tells(
        &told,
        &["inconclusive", "chekout", "RepositoryNotFoundException"],
    );
    assert!(!hint.is_empty(), "{told}");
    assert_eq!(code, 3);
}

#[test]
fn the_containers_to_judge_can_be_named() {
    let aws = Aws::of("healthy");
    let shipper = aws.digest("log-shipper", "1.9");
    assert_passes(&aws, "containers: [log-shipper]", &[&shipper[..19]]);
    let (code, told, _) = judged(&aws, "containers: [app, log-shipper]");
    assert_tells(
        &told,
        &["passed: 2 of 2 tasks run the expected digests of 2 containers"],
    );
    assert_eq!(code, 0);
    let (code, told, hint) = judged(&aws, "containers: [ap]");
    assert_tells(&told, &["inconclusive: checkout:42 has no container `ap`"]);
    assert_tells(&hint, &["app, log-shipper"]);
    assert_eq!(code, 3);
}

#[test]
fn a_container_that_reports_no_digest_is_unknown() {
    let silent = HEALTHY.replace(
        "image: checkout:2.4.0\n",
        "image: checkout:2.4.0\n        reports_digest: none\n",
    );
    let (code, told, hint) = judged(&Aws::told(&silent), "");
    assert_tells(
        &told,
        &["inconclusive", "reports no digest for container `app`"],
    );
    assert_tells(&hint, &["A missing fact is no proof"]);
    assert_eq!(code, 3);
}

#[test]
fn old_tasks_beside_new_ones_settle_nothing() {
    let aws = Aws::of("healthy");
    aws.simulator.perform("deploy-again").expect("an action");
    let (code, told, _) = judged(&aws, "");
    assert_tells(
        &told,
        &["failed: ", "0 of 2 tasks of the deployment run so far"],
    );
    assert_eq!(code, 1);
    aws.simulator.advance(std::time::Duration::from_secs(55));
    let (_, told, _) = judged(&aws, "");
    assert_tells(&told, &["old task", "beside 2 new"]);
}

#[test]
fn the_image_of_a_platform_that_does_not_run_is_not_running() {
    let aws = Aws::of("healthy");
    let child = aws.platform_digest("checkout", "2.4.0", "arm64");
    // The tasks run on X86_64, so of the running index they run another image.
    let (code, told, _) = judged(&aws, &format!("image: {REPOSITORY}@{child}"));
    assert_tells(
        &told,
        &[
            "failed: 2 of 2 tasks: task ",
            " on amd64 in `app`",
            "image for linux/arm64",
        ],
    );
    assert_eq!(code, 1);
}
