//! Starter suites: they pass on the service that they were made from, and nothing that AWS
//! says can be more than text in them.

mod common;

use std::sync::Arc;

use common::{connections, incident, judge};
use touchdown::catalog::Catalog;
use touchdown::checks::contract::TargetSpec;
use touchdown::checks::reads::Reads;
use touchdown::checks::starter::{HealthPage, Starter, StarterContainer};
use touchdown::report::Verdict;
use touchdown::suite::{Sources, Suite};
use touchdown_simulator::Simulator;

async fn starter(simulator: &Simulator, place: [&str; 3]) -> String {
    let [cluster, service, region] = place.map(str::to_owned);
    let spec = TargetSpec {
        name: "service".into(),
        cluster,
        service,
        found_by: None,
        region: Some(region),
        containers: None,
        image: None,
        not_before: None,
    };
    let reads = Reads::of_round(Arc::new(connections(simulator)));
    let starter = Starter::observe(&spec, &reads).await.expect("a service");
    starter.suite()
}

async fn assert_passes(simulator: &Simulator, place: [&str; 3]) {
    let suite = starter(simulator, place).await;
    let report = judge(simulator, &suite).await;
    assert_eq!(report.verdict, Verdict::Passed, "{suite}\n{report:#?}");
    assert!(report.checks.len() >= 4, "{suite}");
}

#[tokio::test(start_paused = true)]
async fn it_passes_on_the_service_it_was_made_from() {
    let simulator = incident("healthy");
    assert_passes(&simulator, ["prod-shop", "checkout", "eu-west-1"]).await;
}

#[tokio::test(start_paused = true)]
async fn it_passes_on_another_one_too() {
    let simulator = incident("stale-tag");
    simulator.perform("fix").expect("an action of the scenario");
    simulator.advance(std::time::Duration::from_secs(900));
    assert_passes(
        &simulator,
        ["HcTapStack-*", "HcTapStack-Dashboard*", "us-east-1"],
    )
    .await;
}

#[test]
fn whatever_aws_says_is_text() {
    for text in [
        "a: b #c",
        "x\nchecks: []\u{85}\u{2028}y",
        "${SECRET}",
        "'\"\\\t",
        "true",
        "42",
        "- x",
        "{[*&!%@`",
        "\u{7f}\u{0}\u{feff}",
        "\u{ffff}\r\u{2029}",
    ] {
        let own = || text.to_owned();
        let container = StarterContainer {
            name: own(),
            image: own(),
            in_ecr: true,
            has_health_check: true,
            log_group: Some(own()),
        };
        let without_log = StarterContainer {
            log_group: None,
            ..container.clone()
        };
        let page = HealthPage {
            path: own(),
            codes: Some(own()),
            host: own(),
            public: true,
        };
        let starter = Starter {
            at: "2025-11-18T23:46:00Z".parse().expect("a time"),
            cluster: own(),
            service: own(),
            region: "us-east-1".into(),
            containers: vec![container, without_log],
            balanced: true,
            pages: vec![page],
            gap: Some(own()),
        };
        let written = starter.suite();
        let bytes = written.as_bytes();
        match Suite::parse("s.yaml", bytes, &Sources::none(), &Catalog::built_in()) {
            Ok(suite) => {
                assert_eq!(suite.targets[0].cluster, text, "{written}");
                assert_eq!(suite.targets[0].containers, Some(vec![own(), own()]));
                assert!(suite.checks.len() >= 4, "{written}");
            }
            // A name that no service can have may be refused, but never read as YAML.
            Err(mistakes) => assert!(
                mistakes.to_string().contains("glob"),
                "{mistakes}\n{written}"
            ),
        }
    }
}
