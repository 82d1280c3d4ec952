//! `--profile`: a part of the suite, by its name.

use crate::aws::{Aws, checkout};
use crate::place::{Place, assert_tells, verdicts};

const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: digest, check: ecs.digest-running, needs: [fresh] }
  - { id: page, check: http.responds, url: 'http://127.0.0.1:9/', within: 0s }
profiles:
  smoke: [digest]
  full: '*'";

#[test]
fn a_profile_runs_what_it_names_and_what_that_needs() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", CHECKS));
    let run = |arguments: &[&str]| {
        let url = aws.url();
        let all = ["run", "--quiet", "--endpoint-url", &url, "--json", "r.json"];
        place.run(&[&all, arguments].concat())
    };
    run(&["--profile", "smoke"]).expect_code(0);
    let report = place.json("r.json");
    assert_eq!(verdicts(&report), ["fresh: passed", "digest: passed"]);
    assert_eq!(
        report["selection"],
        serde_json::json!({ "profile": "smoke" })
    );
    run(&["--profile", "full"]).expect_code(1);
    assert_eq!(
        place.json("r.json")["checks"].as_array().map(Vec::len),
        Some(3)
    );
    let fresh = run(&["--profile", "full", "--only", "fresh"]);
    let title = "PASSED  checkout (profile full, only fresh): 1 passed";
    assert_tells(&fresh.expect_code(0).stdout, &[title]);
    assert_eq!(verdicts(&place.json("r.json")), ["fresh: passed"]);
    let none = run(&["--profile", "smoke", "--only", "page"]);
    assert_tells(&none.expect_code(2).stderr, &["no check matches `page`"]);
}

#[test]
fn a_profile_that_is_not_there_is_told_and_nothing_runs() {
    let place = Place::with_suite(&checkout("", CHECKS));
    for command in ["run", "validate"] {
        let told = place.run(&[command, "--profile", "smoek"]);
        let parts =
            ["the suite has no profile `smoek` (did you mean `smoke`?); it has full, smoke"];
        assert_tells(&told.expect_code(2).stderr, &parts);
    }
    let smoke = place.run(&["validate", "--profile", "smoke"]);
    let said = "touchdown.yaml: 2 checks on 1 target: no mistakes\n";
    assert_eq!(smoke.expect_code(0).stdout, said);
}
