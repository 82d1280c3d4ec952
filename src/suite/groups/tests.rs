//! Groups, `for_each` and profiles, as the suite's reader takes them apart.

use crate::catalog::Catalog;
use crate::plan::Plan;
use crate::suite::{Sources, Suite, SuiteErrors};

fn read(checks: &str) -> Result<Suite, SuiteErrors> {
    let text = format!(
        "version: 1\ntargets:\n  web: {{ cluster: dev, service: web }}\n  api: {{ cluster: dev, service: api }}\n{checks}"
    );
    let variables = [("HOST".to_owned(), "shop.example.org".to_owned())];
    let sources = Sources::new(variables, |name| {
        (name == "API_TOKEN").then(|| "hunter2-hunter2".to_owned())
    });
    Suite::parse("x.yaml", text.as_bytes(), &sources, &Catalog::built_in())
}

fn loaded(checks: &str) -> Suite {
    read(checks).unwrap_or_else(|errors| panic!("{errors}"))
}

fn refused(checks: &str) -> String {
    read(checks).expect_err("mistakes").to_string()
}

fn ids(suite: &Suite) -> Vec<&str> {
    suite.checks.iter().map(|check| &*check.id).collect()
}

/// The ids of what a check needs.
fn needs<'s>(suite: &'s Suite, id: &str) -> Vec<&'s str> {
    let mut checks = suite.checks.iter();
    let check = checks.find(|check| check.id == id).expect("a check");
    let needs = check.needs.iter();
    needs.map(|need| &*suite.checks[need.check].id).collect()
}

#[test]
fn what_a_check_sets_itself_goes_before_its_groups_and_needs_add_up() {
    let suite = loaded(
        "checks:
  - { id: first, check: ecs.stable, on: api }
  - group: pages
    on: web
    within: 1m
    needs: first
    required: false
    checks:
      - { id: digest, check: ecs.digest-running, within: 2m }
      - within: 3m
        needs: [digest]
        check: http.responds
        url: https://${HOST}/
        checks:
          - { id: a }
          - { id: b, url: https://other.example.org/, required: true }
",
    );
    assert_eq!(ids(&suite), ["first", "digest", "a", "b"]);
    let times = suite.checks.iter().map(|check| check.within.as_secs());
    assert_eq!(times.collect::<Vec<_>>(), [300, 120, 180, 180]);
    assert_eq!(needs(&suite, "b"), ["first", "digest"]);
    let required: Vec<bool> = suite.checks.iter().map(|check| check.required).collect();
    assert_eq!(required, [true, false, false, true]);
    assert_eq!(suite.checks[1].targets, ["web"]);
    assert!(suite.checks[2].targets.is_empty(), "a page has no target");
}

#[test]
fn a_check_is_made_for_each_value_and_refers_to_those_of_the_same() {
    let suite = loaded(
        "checks:
  - for_each: { platform: [linkedin, 'pitch deck'] }
    checks:
      - { id: answers, check: http.responds, url: 'https://${HOST}/${each.platform}' }
      - { check: logs.line-seen, on: web, contains: '${each.platform}', since: 'check:answers' }
  - { id: all, check: ecs.stable, on: web, needs: answers }
  - { id: one, check: ecs.stable, on: web, needs: answers-linkedin }
  - for_each: { stage: [blue, 2], region: [eu] }
    id: ${each.stage}-page
    name: the ${each.stage} page of ${each.region}
    check: http.responds
    url: https://${each.region}.example.org/
",
    );
    assert_eq!(
        ids(&suite),
        [
            "answers-linkedin",
            "logs.line-seen-linkedin",
            "answers-pitch-deck",
            "logs.line-seen-pitch-deck",
            "all",
            "one",
            "blue-page",
            "2-page",
        ]
    );
    assert_eq!(
        needs(&suite, "logs.line-seen-pitch-deck"),
        ["answers-pitch-deck"]
    );
    assert_eq!(
        needs(&suite, "all"),
        ["answers-linkedin", "answers-pitch-deck"]
    );
    assert_eq!(needs(&suite, "one"), ["answers-linkedin"]);
    assert_eq!(suite.checks[6].name.as_deref(), Some("the blue page of eu"));
}

#[test]
fn a_groups_name_stands_for_its_checks() {
    let suite = loaded(
        "checks:
  - group: early
    checks:
      - { id: a, check: ecs.stable }
      - group: inner
        checks: [{ id: b, check: ecs.digest-running }]
  - { id: late, check: ecs.stable, needs: early }
  - { id: later, check: ecs.stable, needs: [inner, late] }
",
    );
    assert_eq!(needs(&suite, "late"), ["a", "b"]);
    assert_eq!(needs(&suite, "later"), ["b", "late"]);
}

#[test]
fn a_profile_is_checks_groups_and_globs_with_what_they_need() {
    let suite = loaded(
        "profiles:
  smoke: [quick, late]
  pages: page-*
checks:
  - group: quick
    checks: [{ id: a, check: ecs.stable, on: web }]
  - { id: b, check: ecs.stable }
  - { id: late, check: ecs.stable, on: api, needs: b@api }
  - { id: page, for_each: { path: [x, y] }, check: http.responds, url: 'https://${HOST}/${each.path}' }
",
    );
    let planned = |profile: &str| {
        let plan = Plan::of_profile(&suite, Some(profile)).expect("a profile");
        let ids = plan.checks.into_iter().map(|check| check.id);
        ids.collect::<Vec<_>>()
    };
    assert_eq!(planned("smoke"), ["a", "b@api", "late"]);
    assert_eq!(planned("pages"), ["page-x", "page-y"]);
    let told = suite
        .profile("smok")
        .expect_err("no such profile")
        .to_string();
    assert_eq!(
        told,
        "the suite has no profile `smok` (did you mean `smoke`?); it has pages, smoke"
    );
    let told = suite
        .profile("full")
        .expect_err("no such profile")
        .to_string();
    assert_eq!(told, "the suite has no profile `full`; it has pages, smoke");
    let bare = loaded("checks: [{ check: ecs.stable }]");
    let told = bare
        .profile("full")
        .expect_err("no such profile")
        .to_string();
    assert_eq!(
        told,
        "the suite has no profile `full`; it has none, which `profiles:` would name"
    );
}

#[test]
fn a_value_of_for_each_that_is_secret_gets_into_no_id() {
    let told = refused(
        "checks:\n  - { for_each: { x: ['${API_TOKEN}', b] }, check: http.responds, url: 'https://a/${each.x}' }\n",
    );
    assert!(told.contains("an id can't hold a secret"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn what_groups_come_to_is_bounded() {
    let values: Vec<String> = (0..900).map(|value| value.to_string()).collect();
    let values = values.join(", ");
    let each = |name: &str| format!("for_each: {{ {name}: [{values}] }}");
    let nested = format!(
        "checks:\n  - {}\n    checks:\n      - {}\n        checks:\n          - {}\n            checks: [{{ check: http.responds, url: http://a/ }}]\n",
        each("a"),
        each("b"),
        each("c"),
    );
    let told = refused(&nested);
    assert!(told.contains("the suite grows too large here"), "{told}");
    let told = refused(&format!(
        "checks:\n  - for_each: {{ a: [{values}], b: [{values}] }}\n    check: ecs.stable\n"
    ));
    assert!(
        told.contains("`for_each` comes to more than 10000 combinations"),
        "{told}"
    );
    let long = format!(
        "checks:\n  - for_each: {{ a: [{values}] }}\n    check: http.responds\n    url: http://a/\n    body: {}\n",
        "x".repeat(100_000)
    );
    let told = refused(&long);
    assert!(told.contains("the suite grows too large here"), "{told}");
}
