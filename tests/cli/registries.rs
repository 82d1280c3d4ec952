//! Expected digests from registries that aren't ECR: a real one, open, behind a password, behind tokens.

use crate::aws::{Aws, HEALTHY, checkout};
use crate::place::{Ended, Place, assert_tells, hint, told};
use crate::registry_server::{Door, LOGIN, Registry};

const CHECKS: &str = "  - { id: digest, check: ecs.digest-running, within: 0s }
  - { id: started, check: ecs.tasks-started-after-push, within: 0s }";

/// The healthy service, whose tasks run the image of that digest in the registry.
fn running(registry: &Registry, digest: &str) -> Aws {
    let image = format!("image: {}/shop/web@{digest}", registry.host);
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
    assert_tells(
        &hint(&place.report(), "digest"),
        &["(registry, repository, tag)"],
    );
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
                Door::Token => "127.0.0.1 gives no token for ".to_owned(),
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
        &["HTTPS to 127.0.0.1:9 must be open"],
    );
    ended.expect_code(3);
}
