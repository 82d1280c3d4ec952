//! Which service is meant, with literal facts.

use super::*;

fn arns() -> Vec<String> {
    ["HcTapStack-ApiService1-a", "HcTapStack-DashboardService4-b"]
        .map(|name| format!("arn:aws:ecs:us-east-1:099200121087:service/HcTap/{name}"))
        .to_vec()
}

#[test]
fn a_glob_must_match_exactly_one() {
    let one = the_one("services", "HcTapStack-DashboardService*", arns()).expect("one");
    assert!(one.ends_with("DashboardService4-b"));
    let two = the_one("services", "HcTapStack-*", arns()).expect_err("two");
    assert!(two.lasting);
    assert_eq!(
        two.headline,
        "`HcTapStack-*` matches 2 services: HcTapStack-ApiService1-a, HcTapStack-DashboardService4-b"
    );
    let none = the_one("services", "web-*", arns()).expect_err("none");
    assert_eq!(none.headline, "`web-*` matches none of the 2 services");
    assert!(
        none.hint
            .expect("a hint")
            .contains("HcTapStack-ApiService1-a")
    );
}

#[test]
fn a_glob_does_not_see_the_clusters_name() {
    let existing = ["web", "dashboard-api"]
        .map(|name| format!("arn:aws:ecs:us-east-1:1:service/dashboard-dev/{name}"));
    let one = |glob| the_one("services", glob, existing.to_vec());
    assert_eq!(one("*dashboard*").as_ref(), Ok(&existing[1]));
    assert!(one("*dev*").is_err());
    assert_eq!(one("arn:*/web").as_ref(), Ok(&existing[0]));
    assert!(one("arn:*dashboard*").is_err(), "the whole holds it twice");
}

#[test]
fn an_arn_tells_its_region() {
    assert_eq!(region_in(&arns()[0]).as_deref(), Some("us-east-1"));
    assert_eq!(region_in("web"), None);
}
