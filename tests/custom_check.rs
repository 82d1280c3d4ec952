//! A stranger's check: registered without touching the workspace's crates, and judged like
//! the built-in ones.

mod common;
#[expect(dead_code, reason = "an example's `main` is not called here")]
#[path = "../examples/custom_check.rs"]
mod example;

use common::{incident, judge_plan, plan_of};
use example::CapacityReserved;
use touchdown::catalog::Catalog;
use touchdown::checks::contract::Kind;
use touchdown::report::Report;

fn catalog() -> Catalog {
    Catalog::built_in().with(Kind::of::<CapacityReserved>())
}

async fn judged(at_least: i32) -> Report {
    let suite = format!(
        "version: 1\n\
         targets: {{ checkout: {{ cluster: prod-shop, service: checkout, region: eu-west-1 }} }}\n\
         checks: [{{ check: acme.capacity-reserved, at_least: {at_least} }}]\n"
    );
    judge_plan(&incident("healthy"), &plan_of(&suite, &catalog())).await
}

#[tokio::test(start_paused = true)]
async fn it_passes_and_fails_like_the_others() {
    let enough = judged(2).await;
    assert_eq!(enough.exit_code, 0);
    assert_eq!(
        enough.checks[0].headline,
        "2 tasks are wanted, at least 2 should be"
    );
    let too_few = judged(3).await;
    assert_eq!(too_few.exit_code, 1);
    assert_eq!(
        too_few.checks[0].headline,
        "after 5m still: 2 tasks are wanted, at least 3 should be"
    );
    assert_eq!(
        too_few.checks[0].evidence[0].source.call,
        "ecs:DescribeServices"
    );
}

#[test]
fn the_schema_and_the_mistakes_know_it() {
    let schema = touchdown::schema::of_suites(&catalog());
    assert!(schema.contains("The least number of tasks."), "{schema}");
    let suite = "version: 1\nchecks: [{ check: acme.capacity-reserved, at_lest: 2 }]\n";
    let sources = touchdown::suite::Sources::none();
    let read = touchdown::suite::Suite::parse("x.yaml", suite.as_bytes(), &sources, &catalog());
    let told = read.expect_err("a mistake").to_string();
    assert!(told.contains("did you mean `at_least`?"), "{told}");
}

#[test]
fn it_is_short() {
    let lines = include_str!("../examples/custom_check.rs").lines().count();
    assert!(lines < 50, "a check of one's own takes {lines} lines");
}
