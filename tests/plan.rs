//! Plans: which outcomes a suite comes to, and what each of them needs.

use touchdown::catalog::Catalog;
use touchdown::plan::{Plan, PlannedCheck};
use touchdown::suite::{Sources, Suite};

const THREE_TARGETS: &str = "
version: 1
name: release of ${API_TOKEN}
targets:
  web: { cluster: dev, service: web }
  api: { cluster: dev, service: api }
  job: { cluster: dev, service: job }
checks:
  - { check: ecs.digest-running, id: fresh, name: runs the new image, on: [web, api] }
  - { check: http.responds, id: answers, url: 'http://x/', needs: [fresh] }
  - { check: ecs.digest-running, id: stable, needs: [fresh, answers] }
  - { check: logs.line-seen, id: logged, on: web, contains: x, since: check:fresh }
  - { check: logs.line-absent, id: gone, on: job, contains: x, needs: [stable@job, fresh@api] }
  - { check: logs.line-absent, contains: y, on: job, since: check:fresh@web }
";

fn suite(text: &str) -> Suite {
    let sources = Sources::new([], |_| Some("hunter2-hunter2".to_owned()));
    let suite = Suite::parse("x.yaml", text.as_bytes(), &sources, &Catalog::built_in());
    suite.unwrap_or_else(|errors| panic!("{errors}"))
}

fn plan(text: &str) -> Plan {
    Plan::of(&suite(text))
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.checks.iter().map(|check| check.id.as_str()).collect()
}

fn check<'p>(plan: &'p Plan, id: &str) -> &'p PlannedCheck {
    let found = plan.checks.iter().find(|check| check.id == id);
    found.unwrap_or_else(|| panic!("{id} is not one of {:?}", ids(plan)))
}

fn needs<'p>(plan: &'p Plan, id: &str) -> Vec<&'p str> {
    let needs = check(plan, id).needs.iter();
    needs.map(|&need| plan.checks[need].id.as_str()).collect()
}

#[test]
fn a_check_on_several_targets_is_several_outcomes() {
    let plan = plan(THREE_TARGETS);
    assert_eq!(
        ids(&plan),
        [
            "fresh@web",
            "fresh@api",
            "answers",
            "stable@web",
            "stable@api",
            "stable@job",
            "logged",
            "gone",
            "logs.line-absent"
        ]
    );
    let fresh = check(&plan, "fresh@api");
    assert_eq!(fresh.target.as_deref(), Some("api"));
    assert_eq!(fresh.name, "runs the new image (api)");
    assert_eq!(check(&plan, "logged").target.as_deref(), Some("web"));
    assert_eq!(check(&plan, "logged").name, "logged");
    assert_eq!(check(&plan, "answers").target, None);
    assert!(check(&plan, "gone").forbids && !check(&plan, "logged").forbids);
}

#[test]
fn a_need_means_the_same_target_or_else_all() {
    let plan = plan(THREE_TARGETS);
    assert_eq!(needs(&plan, "answers"), ["fresh@web", "fresh@api"]);
    assert_eq!(needs(&plan, "stable@api"), ["fresh@api", "answers"]);
    assert_eq!(
        needs(&plan, "stable@job"),
        ["fresh@web", "fresh@api", "answers"]
    );
    assert_eq!(needs(&plan, "logged"), ["fresh@web"]);
    assert_eq!(needs(&plan, "gone"), ["stable@job", "fresh@api"]);
}

#[test]
fn what_is_followed_is_named_as_planned() {
    let plan = plan(THREE_TARGETS);
    assert_eq!(check(&plan, "logged").follows.as_deref(), Some("fresh@web"));
    assert_eq!(
        check(&plan, "logs.line-absent").follows.as_deref(),
        Some("fresh@web")
    );
    assert_eq!(needs(&plan, "logs.line-absent"), ["fresh@web"]);
    assert_eq!(check(&plan, "gone").follows, None);
}

#[test]
fn names_hide_secrets() {
    assert_eq!(plan(THREE_TARGETS).suite_name, "release of [redacted]");
}

#[test]
fn only_keeps_what_is_asked_for_and_what_it_needs() {
    let plan = plan(THREE_TARGETS);
    let part = plan.only(&["logged"]).expect("a part");
    assert_eq!(ids(&part), ["fresh@web", "logged"]);
    assert_eq!(needs(&part, "logged"), ["fresh@web"]);
    assert_eq!(part.targets.keys().collect::<Vec<_>>(), ["web"]);

    let part = plan.only(&["gone"]).expect("a part");
    assert_eq!(
        ids(&part),
        ["fresh@web", "fresh@api", "answers", "stable@job", "gone"]
    );
    assert_eq!(needs(&part, "gone"), ["stable@job", "fresh@api"]);

    assert_eq!(
        ids(&plan.only(&["fresh"]).expect("a part")),
        ["fresh@web", "fresh@api"]
    );
    assert_eq!(
        ids(&plan.only(&["*@api", "fresh@web"]).expect("a part")).len(),
        4
    );
    assert_eq!(ids(&plan.only(&["*"]).expect("all of it")), ids(&plan));
    assert_eq!(
        plan.only::<&str>(&[]).expect("all").checks.len(),
        plan.checks.len()
    );
}

#[test]
fn a_glob_that_picks_nothing_is_an_error() {
    let plan = plan(THREE_TARGETS);
    let told = plan
        .only(&["fresh", "loged"])
        .expect_err("nothing matches")
        .to_string();
    assert!(
        told.starts_with(
            "no check matches `loged` (did you mean `logged`?); the suite has fresh@web, "
        ),
        "{told}"
    );
    let told = plan.only(&["a["]).expect_err("no glob").to_string();
    assert!(told.starts_with("`a[` is not a glob: "), "{told}");
}

#[test]
fn what_a_profile_leaves_out_is_told_as_the_profiles_lack() {
    let suite = suite(
        "
version: 1
checks: [{ id: up, check: exec, shell: 'true' }, { id: deep, check: exec, shell: 'true' }]
profiles: { smoke: [up] }
",
    );
    let smoke = Plan::of_profile(&suite, Some("smoke")).expect("a profile");
    let told = smoke.only(&["deep"]).expect_err("it is not in it");
    assert_eq!(
        told.to_string(),
        "no check matches `deep`; the profile `smoke` has up"
    );
}

#[test]
fn targets_that_no_check_looks_at_are_not_looked_for() {
    let plan = plan(
        "
version: 1
targets: { web: { cluster: dev, service: web } }
checks: [{ check: http.responds, url: 'http://x/' }]
",
    );
    assert!(plan.targets.is_empty());
}
