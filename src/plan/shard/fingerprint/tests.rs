//! Two plans have one fingerprint where they judge the same, and nobody learns a secret from it.

use std::collections::BTreeMap;

use super::*;
use crate::catalog::Catalog;
use crate::suite::{Sources, Suite};

const SUITE: &str = "version: 1
name: shop
secrets: { session: '${COOKIE}' }
defaults: { within: 2m, every: 5s, timeout: 20s }
targets:
  web: { cluster: c, service: web, containers: [app] }
checks:
  - { id: fresh, check: ecs.digest-running }
  - { id: calm, check: ecs.stable, hold: 1m, needs: [fresh] }
  - id: answers
    check: http.responds
    url: https://shop.example/health
    headers: { x-session: '${session}', x-build: '${VERSION}' }
";

fn given(suite: &str, version: &str, cookie: &str) -> Plan {
    let given = [("VERSION", version), ("COOKIE", cookie)];
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let sources = Sources::new(given, |_| None);
    let suite = Suite::parse("x.yaml", suite.as_bytes(), &sources, &Catalog::built_in());
    Plan::of(&suite.unwrap_or_else(|errors| panic!("{errors}")))
}

fn print(suite: &str) -> String {
    given(suite, "2.4.0", "correct-horse").fingerprint(&[])
}

#[test]
fn whatever_is_judged_otherwise_makes_another_plan() {
    for (written, other) in [
        ("within: 2m", "within: 3m"),
        ("every: 5s", "every: 6s"),
        ("timeout: 20s", "timeout: 21s"),
        ("hold: 1m", "hold: 2m"),
        ("needs: [fresh]", "needs: []"),
        ("hold: 1m", "hold: 1m, required: false"),
        ("/health", "/ready"),
        ("x-build", "x-version"),
        ("[app]", "[app, proxy]"),
        (", containers: [app]", ""),
        (", containers: [app]", ", containers: [app], image: 'web:1'"),
    ] {
        let changed = SUITE.replacen(written, other, 1);
        assert_ne!(changed, SUITE, "{written}");
        assert_ne!(print(&changed), print(SUITE), "{other}");
    }
    let another = given(SUITE, "2.5.0", "correct-horse").fingerprint(&[]);
    assert_ne!(another, print(SUITE), "another value of a variable");
}

#[test]
fn what_changes_no_judgement_makes_no_other_plan() {
    for (written, other) in [
        ("id: answers", "id: answers\n    name: it answers"),
        (
            "x-session: '${session}', x-build: '${VERSION}'",
            "x-build: '${VERSION}', x-session: '${session}'",
        ),
    ] {
        let changed = SUITE.replacen(written, other, 1);
        assert_ne!(changed, SUITE, "{written}");
        assert_eq!(print(&changed), print(SUITE), "{other}");
    }
}

#[test]
fn a_secret_can_not_be_guessed_by_it() {
    let other = given(SUITE, "2.4.0", "battery-staple").fingerprint(&[]);
    assert_eq!(other, print(SUITE));
    for check in given(SUITE, "2.4.0", "correct-horse").checks {
        assert!(!check.fields.contains("correct-horse"), "{}", check.fields);
    }
}

#[test]
fn baselines_are_of_the_plan_in_any_order() {
    let baseline = |service: &str| Baseline {
        version: 1,
        taken_at: "2025-11-18T23:46:00Z".parse().expect("a time"),
        cluster: "c".to_owned(),
        service: service.to_owned(),
        deployment: "ecs-svc/1".to_owned(),
        task_definition: "web:1".to_owned(),
        tasks: Vec::new(),
        images: BTreeMap::new(),
    };
    let [web, api] = ["web", "api"].map(baseline);
    let plan = given(SUITE, "2.4.0", "correct-horse");
    let with = |baselines: &[Baseline]| plan.fingerprint(baselines);
    assert_ne!(with(&[]), with(std::slice::from_ref(&web)));
    assert_ne!(
        with(std::slice::from_ref(&api)),
        with(std::slice::from_ref(&web))
    );
    assert_eq!(with(&[web.clone(), api.clone()]), with(&[api, web]));
}
