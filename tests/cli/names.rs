//! Names that mean nothing or too much: clusters, services, globs, a service that was deleted.

use crate::aws::{Aws, checkout};
use crate::place::{Place, assert_tells, hint, told};
use crate::web::{Server, answer};

const CHECKS: &str = "  - { id: fresh, check: ecs.tasks-started-after-push }";

/// Inconclusive at once; gives the verdict and the hint.
fn judged(url: &str, suite: &str) -> (String, String) {
    let place = Place::with_suite(suite);
    place.judge(url).expect_code(3);
    let report = place.report();
    (told(&report, "fresh"), hint(&report, "fresh"))
}

/// The suite of the scenario `stale-tag`, which has two services.
fn stale_tag(cluster: &str, service: &str) -> String {
    let suite = checkout("", CHECKS).replace("eu-west-1", "us-east-1");
    suite
        .replace("cluster: prod-shop", &format!("cluster: '{cluster}'"))
        .replace("service: checkout", &format!("service: '{service}'"))
}

#[test]
fn an_unknown_cluster_is_told_with_those_that_exist() {
    let suite = checkout("", CHECKS).replace("prod-shop", "prod-store");
    let (told, hint) = judged(&Aws::of("healthy").url(), &suite);
    assert_tells(&told, &["inconclusive: there is no cluster `prod-store`"]);
    assert_tells(&hint, &["These clusters exist: prod-shop."]);
}

#[test]
fn an_unknown_cluster_is_told_though_the_list_is_denied() {
    let aws = Aws::of("healthy");
    aws.simulator.deny("ecs:ListClusters");
    let suite = checkout("", CHECKS).replace("prod-shop", "prod-store");
    let (told, hint) = judged(&aws.url(), &suite);
    assert_tells(&told, &["inconclusive: there is no cluster `prod-store`"]);
    assert_tells(&hint, &["that this identity may list"]);
}

#[test]
fn an_unknown_service_is_told_with_those_that_exist() {
    let suite = checkout("", CHECKS).replace("service: checkout", "service: chekout");
    let (told, hint) = judged(&Aws::of("healthy").url(), &suite);
    assert_tells(
        &told,
        &["inconclusive: there is no service `chekout` in cluster `prod-shop`"],
    );
    assert_tells(&hint, &["These services exist: checkout."]);
}

#[test]
fn an_arn_that_is_not_there_is_told_as_well() {
    let arn = "arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/chekout";
    let suite = checkout("", CHECKS).replace("service: checkout", &format!("service: {arn}"));
    let (told, hint) = judged(&Aws::of("healthy").url(), &suite);
    assert_tells(
        &told,
        &["inconclusive: there is no service `chekout` in cluster `prod-shop`"],
    );
    assert_tells(&hint, &["These services exist: checkout."]);
}

#[test]
fn arns_will_do() {
    let place = Place::with_suite(
        &checkout("", CHECKS)
            .replace(
                "cluster: prod-shop",
                "cluster: arn:aws:ecs:eu-west-1:210987654321:cluster/prod-shop",
            )
            .replace(
                "service: checkout",
                "service: arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/checkout",
            )
            .replace("    region: eu-west-1\n", ""),
    );
    place.judge(&Aws::of("healthy").url()).expect_code(0);
}

#[test]
fn a_glob_matches_exactly_one_cluster() {
    let aws = Aws::of("stale-tag");
    let (told, hint) = judged(&aws.url(), &stale_tag("web-*", "HcTapStack-Api*"));
    assert_tells(
        &told,
        &["inconclusive: `web-*` matches none of the 1 clusters"],
    );
    assert_tells(
        &hint,
        &["These clusters exist: HcTapStack-HcTapCluster7E2888D7-mDjWx5ME4lxG."],
    );
}

#[test]
fn a_glob_matches_exactly_one_service() {
    let aws = Aws::of("stale-tag");
    let (told, hint) = judged(&aws.url(), &stale_tag("HcTapStack-*", "web-*"));
    assert_tells(
        &told,
        &["inconclusive: `web-*` matches none of the 2 services"],
    );
    assert_tells(&hint, &["HcTapStack-DashboardService4A4198DA-BbF2TLrVEnLf"]);
    let (told, hint) = judged(
        &aws.url(),
        &stale_tag("HcTapStack-*", "HcTapStack-*Service*"),
    );
    assert_tells(
        &told,
        &[
            "matches 2 services: HcTapStack-",
            "ApiService",
            "DashboardService",
        ],
    );
    assert_tells(&hint, &["write more of the name"]);
}

#[test]
fn two_clusters_are_one_too_many() {
    let aws = Aws::of("healthy");
    let server = Server::before(&aws.simulator, |operation, _| {
        let arn = |name: &str| format!("arn:aws:ecs:eu-west-1:210987654321:cluster/{name}");
        let both = serde_json::json!({ "clusterArns": [arn("prod-shop"), arn("prod-web")] });
        (operation == "ListClusters").then(|| json(&both))
    });
    let suite = checkout("", CHECKS).replace("cluster: prod-shop", "cluster: prod-*");
    let (told, _) = judged(&server.url(), &suite);
    assert_tells(
        &told,
        &["inconclusive: `prod-*` matches 2 clusters: prod-shop, prod-web"],
    );
}

#[test]
fn a_deleted_service_is_told() {
    let aws = Aws::of("healthy");
    let server = Server::before(&aws.simulator, |operation, _| {
        let arn = "arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/checkout";
        let service = serde_json::json!({
            "serviceArn": arn, "serviceName": "checkout", "status": "INACTIVE", "desiredCount": 0,
            "clusterArn": "arn:aws:ecs:eu-west-1:210987654321:cluster/prod-shop",
            "runningCount": 0, "deployments": [], "events": [],
        });
        (operation == "DescribeServices")
            .then(|| json(&serde_json::json!({ "services": [service] })))
    });
    let (told, hint) = judged(&server.url(), &checkout("", CHECKS));
    assert_tells(
        &told,
        &["inconclusive: service `checkout` was deleted (INACTIVE)"],
    );
    assert_tells(&hint, &["Create it again"]);
}

fn json(body: &serde_json::Value) -> String {
    answer(
        "200 OK",
        "content-type: application/x-amz-json-1.1\r\n",
        &body.to_string(),
    )
}
