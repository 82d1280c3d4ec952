//! Expected digests from registries that aren't ECR: a real one, open, behind a password, behind tokens.

use crate::aws::{Aws, HEALTHY, checkout};
use crate::place::{Ended, Place, assert_tells, check, hint, told, verdicts};
use crate::registry_server::{Door, LOGIN, Registry};

const CHECKS: &str = "  - { id: digest, check: ecs.digest-running, within: 0s }
  - { id: started, check: ecs.tasks-started-after-push, within: 0s }
  - { id: pushed, check: ecr.image-pushed, within: 0s, required: false }";

/// The healthy service, whose tasks run the image of that digest in the registry.
fn running(registry: &Registry, digest: &str) -> Aws {
    of_image(&format!("{}/shop/web@{digest}", registry.host))
}

/// The healthy service, whose task definition names that image.
pub fn of_image(image: &str) -> Aws {
    let image = format!("image: {image}");
    let scenario = HEALTHY.replace("image: checkout:2.4.0\n", &format!("{image}\n"));
    assert_ne!(scenario, HEALTHY);
    Aws::told(&scenario)
}

/// What is said where `tag` is expected, by somebody who has logged in with `login`.
fn judged(registry: &Registry, aws: &Aws, tag: &str, login: Option<&str>) -> (Place, Ended) {
    let more = format!("image: {}/shop/web:{tag}", registry.host);
    let place = Place::with_suite(&checkout(&more, CHECKS));
    if let Some(login) = login {
        std::fs::create_dir(place.home().join(".docker")).expect("a new folder");
        let file = place.home().join(".docker/config.json");
        let auths = format!(
            r#"{{"auths": {{"{}": {{"auth": "{login}"}}}}}}"#,
            registry.host
        );
        std::fs::write(file, auths).expect("a file");
    }
    let ended = place.judge(&aws.url());
    (place, ended)
}

fn digest_and_start(place: &Place) -> (String, String) {
    let report = place.report();
    (told(&report, "digest"), told(&report, "started"))
}

#[test]
fn what_a_tag_names_there_is_what_must_run() {
    let Some(registry) = Registry::start(Door::Open) else {
        return;
    };
    let (_, old) = registry.push("1.0");
    let (index, new) = registry.push("1.1");
    for running_digest in [&index, &new] {
        let (place, ended) = judged(&registry, &running(&registry, running_digest), "1.1", None);
        let (digest, started) = digest_and_start(&place);
        assert_tells(
            &digest,
            &["passed: 2 of 2 tasks run the expected digest", &index[..19]],
        );
        assert_tells(
            &started,
            &[
                "passed: 2 of 2 tasks started after the deployment was created (2025-11-20 09:1",
                &format!(
                    "and run the expected digest ({} tells no time of a push)",
                    registry.host
                ),
            ],
        );
        let pushed = told(&place.report(), "pushed");
        assert_tells(&pushed, &["inconclusive: ", "only ECR tells push times"]);
        assert_tells(&hint(&place.report(), "pushed"), &["Leave this check out"]);
        ended.expect_code(0);
    }
    let (place, ended) = judged(&registry, &running(&registry, &old), "1.1", None);
    let (digest, started) = digest_and_start(&place);
    assert_tells(
        &digest,
        &["failed: 2 of 2 tasks: task ", &old[..19], &index[..19]],
    );
    assert_tells(&started, &["failed: ", "but runs another digest"]);
    ended.expect_code(1);
}

#[test]
fn a_tag_that_is_not_there_may_still_be_pushed() {
    let Some(registry) = Registry::start(Door::Open) else {
        return;
    };
    let (_, new) = registry.push("1.1");
    let (place, ended) = judged(&registry, &running(&registry, &new), "1.2", None);
    let (digest, _) = digest_and_start(&place);
    let absent = format!(
        "the expected image {0}/shop/web:1.2 is not in {0}",
        registry.host
    );
    assert_tells(&digest, &["failed: ", &absent]);
    assert_tells(&told(&place.report(), "pushed"), &["failed: ", &absent]);
    for id in ["digest", "pushed"] {
        let hint = hint(&place.report(), id);
        assert_tells(&hint, &["(registry, repository, tag)"]);
    }
    ended.expect_code(1);
}

#[test]
fn whoever_has_logged_in_may_ask_and_nobody_else() {
    for door in [Door::Password, Door::Token] {
        let Some(registry) = Registry::start(door) else {
            return;
        };
        let (_, new) = registry.push("1.1");
        let aws = running(&registry, &new);
        let (place, ended) = judged(&registry, &aws, "1.1", Some(LOGIN));
        assert_tells(&digest_and_start(&place).0, &["passed: 2 of 2 tasks run"]);
        ended.expect_code(0);
        assert!(!place.read("report.json").contains("s3cret"));
        // ci:wrong
        for login in [None, Some("Y2k6d3Jvbmc=")] {
            let (place, ended) = judged(&registry, &aws, "1.1", login);
            let (digest, _) = digest_and_start(&place);
            let refused = match door {
                Door::Token => " gives no token for 127.0.0.1:".to_owned(),
                _ => format!("{} doesn't let ", registry.host),
            };
            assert_tells(
                &digest,
                &["inconclusive: ", "is unknown: ", &refused, "(HTTP 401)"],
            );
            ended.expect_code(3);
        }
    }
}

#[test]
fn a_registry_that_is_not_there_leaves_the_digest_open() {
    let elsewhere = HEALTHY.replace(
        "image: log-shipper:1.9",
        "image: 127.0.0.1:9/fluent/fluent-bit:3.1",
    );
    let digest = "  - { id: digest, check: ecs.digest-running, within: 0s }";
    let place = Place::with_suite(&checkout("containers: [log-shipper]", digest));
    let ended = place.judge(&Aws::told(&elsewhere).url());
    let report = place.report();
    assert_tells(
        &told(&report, "digest"),
        &[
            "inconclusive",
            "127.0.0.1:9 could not be asked about 127.0.0.1:9/fluent/fluent-bit: ",
        ],
    );
    assert_tells(
        &hint(&report, "digest"),
        &["Is a registry running there? One on this machine is asked by http://127.0.0.1:9."],
    );
    ended.expect_code(3);
}

/// Nobody tells when it was pushed; but the digest that runs is the one that was written down.
#[test]
fn an_image_that_is_pinned_by_digest_goes_by_the_deployments_time_too() {
    let Some(registry) = Registry::start(Door::Open) else {
        return;
    };
    let (index, _) = registry.push("1.1");
    let aws = running(&registry, &index);
    let place = Place::with_suite(&checkout("", CHECKS));
    place.judge(&aws.url()).expect_code(0);
    let started = [
        "passed: 2 of 2 tasks started after the deployment was created (2025-11-20 09:1",
        "tells no time of a push)",
    ];
    assert_tells(&digest_and_start(&place).1, &started);
    for (time, verdict) in [("09:00", "passed"), ("09:20", "failed")] {
        let more = format!("not_before: 2025-11-20T{time}:00Z");
        let place = Place::with_suite(&checkout(&more, CHECKS));
        place.judge(&aws.url());
        let (digest, started) = digest_and_start(&place);
        assert_tells(&digest, &["passed: "]);
        assert_tells(&started, &[verdict, "`not_before`"]);
    }
}

#[test]
fn a_service_whose_images_are_in_no_ecr_is_confirmed_without_a_push_time() {
    let Some(registry) = Registry::start(Door::Open) else {
        return;
    };
    let (index, _) = registry.push("1.1");
    let place = Place::new();
    let aws = running(&registry, &index);
    let url = aws.url();
    let service = ["prod-shop/checkout", "--region", "eu-west-1"];
    let rest = ["--json", "report.json", "--endpoint-url", &url];
    let ended = place.run(&[&["confirm"], &service[..], &rest].concat());
    ended.expect_code(0);
    let report = place.report();
    let why = format!(
        "skipped: not looked at: only ECR tells when an image was pushed, and app runs {}/shop/web@",
        registry.host
    );
    assert_tells(&told(&report, "pushed"), &[&why]);
    assert_tells(
        &told(&report, "started"),
        &["passed: 2 of 2 tasks started after the deployment"],
    );
    assert_eq!(check(&report, "pushed")["required"], false);
    let skipped = verdicts(&report);
    let skipped = skipped.iter().filter(|told| told.ends_with("skipped"));
    assert_eq!(skipped.count(), 1, "{report:#}");
}
