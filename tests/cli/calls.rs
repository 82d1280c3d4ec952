//! What a run asks of AWS: how often, and nothing but reads.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::aws::{Aws, checkout};
use crate::place::{Place, verdicts};

/// Five checks of one service that go on looking for a few seconds.
const FIVE: &str = "  - { id: fresh, check: ecs.tasks-started-after-push, hold: 3500ms, every: 1s }
  - { id: digest, check: ecs.digest-running, hold: 3500ms, every: 1s }
  - { id: started, check: logs.line-seen, contains: starting, in: each-task, hold: 3500ms, every: 1s }
  - { id: beats, check: logs.line-seen, contains: heartbeat, hold: 3500ms, every: 1s }
  - { id: quiet, check: logs.line-absent, contains: ERROR, within: 3500ms, ingestion: 0s, every: 1s }";

const SERVICE: &str = "ecs:DescribeServices";

/// How often each call was made.
fn tally(calls: impl IntoIterator<Item = String>) -> BTreeMap<String, u64> {
    let mut tally = BTreeMap::new();
    for call in calls {
        *tally.entry(call).or_default() += 1;
    }
    tally
}

/// The calls that settle what is judged, once in a run.
const OPENING: [(&str, u64); 3] = [
    (SERVICE, 1),
    ("ecs:DescribeTaskDefinition", 1),
    ("ecr:DescribeImages", 1),
];

/// The calls of the opening, and those of each round after it. A round begins with a look at
/// the service; the first one shares that of the opening.
fn rounds(aws: &Aws) -> Vec<BTreeMap<String, u64>> {
    let mut rounds: Vec<Vec<String>> = vec![Vec::new()];
    for request in aws.simulator.requests() {
        let first = rounds.len() == 1;
        let round = rounds.last_mut().expect("a round");
        let finds = first && round.iter().all(|call| call == SERVICE);
        if request.call == SERVICE && !finds {
            rounds.push(vec![request.call]);
        } else {
            round.push(request.call);
        }
    }
    rounds.into_iter().map(tally).collect()
}

fn expected(calls: &[(&str, u64)]) -> BTreeMap<String, u64> {
    let mut sum = BTreeMap::new();
    for (call, count) in calls {
        *sum.entry((*call).to_owned()).or_default() += count;
    }
    sum
}

fn reported(report: &Value) -> BTreeMap<String, u64> {
    let calls = report["calls"].as_array().expect("calls").iter();
    calls
        .map(|call| {
            (
                call["call"].as_str().expect("a name").to_owned(),
                call["count"].as_u64().expect("a number"),
            )
        })
        .collect()
}

#[test]
fn five_checks_of_one_service_cost_at_most_six_calls_a_round() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite(&checkout("", FIVE));
    place.judge(&aws.url()).expect_code(0);
    let rounds = rounds(&aws);
    let looks = [
        ("ecs:ListTasks", 2),
        ("ecs:DescribeTasks", 1),
        ("logs:FilterLogEvents", 1),
    ];
    assert_eq!(
        rounds[0],
        expected(&[&OPENING[..], &looks[..]].concat()),
        "the opening, and the first round on its picture of the service"
    );
    let each = [&[(SERVICE, 1)], &looks[..]].concat();
    for round in &rounds[1..3] {
        assert_eq!(round, &expected(&each), "a further round");
        assert!(round.values().sum::<u64>() <= 6);
    }
    // The looks at the deadlines may fall apart into two rounds, but cost no more.
    let further = rounds.len() as u64 - 1;
    let all: u64 = rounds.iter().flat_map(BTreeMap::values).sum();
    let opening: u64 = OPENING.iter().map(|(_, count)| count).sum();
    assert!(all <= opening + 4 + 5 * further, "{rounds:#?}");
    assert!(further <= 7, "{rounds:#?}");
}

#[test]
fn the_report_counts_what_the_simulator_saw_and_all_of_it_reads() {
    let aws = Aws::of("healthy");
    let place =
        Place::with_suite(&checkout("", FIVE).replace("service: checkout", "service: check*"));
    place.judge(&aws.url()).expect_code(0);
    let requests = aws.simulator.requests();
    let seen = tally(requests.iter().map(|request| request.call.clone()));
    assert_eq!(reported(&place.report()), seen);
    assert_eq!(seen["ecs:ListServices"], 1, "a name is looked up once");
    for request in requests {
        let operation = request.call.split(':').nth(1).expect("service:operation");
        let reads = ["Describe", "List", "Get", "BatchGet", "Filter"];
        assert!(
            reads.iter().any(|verb| operation.starts_with(verb)),
            "{operation} does not read"
        );
    }
}

#[test]
fn what_failed_and_what_was_throttled_is_counted_as_the_simulator_saw_it() {
    let aws = Aws::of("healthy");
    aws.simulator
        .throttle("logs:FilterLogEvents", std::time::Duration::from_secs(1));
    let place = Place::with_suite(&checkout("", FIVE));
    place.judge(&aws.url());
    let requests = aws.simulator.requests();
    let throttled = requests
        .iter()
        .filter(|request| request.error.as_deref() == Some("ThrottlingException"));
    let throttled = throttled.count() as u64;
    let report = place.report();
    let calls = report["calls"].as_array().expect("calls");
    let logs = calls
        .iter()
        .find(|call| call["call"] == "logs:FilterLogEvents")
        .expect("that call");
    assert_eq!(logs["throttled"].as_u64(), Some(throttled));
    assert!(throttled > 0 && logs["failed"] == 0, "{logs}");
    assert_eq!(
        reported(&report),
        tally(requests.into_iter().map(|request| request.call))
    );
    assert_eq!(verdicts(&report)[..2], ["fresh: passed", "digest: passed"]);
}

#[test]
fn two_services_of_one_cluster_travel_together() {
    let aws = Aws::of("stale-tag");
    let suite = "version: 1
targets:
  dashboard: { cluster: HcTapStack-HcTapCluster7E2888D7-mDjWx5ME4lxG, service: HcTapStack-DashboardService4A4198DA-BbF2TLrVEnLf, region: us-east-1 }
  api: { cluster: HcTapStack-HcTapCluster7E2888D7-mDjWx5ME4lxG, service: HcTapStack-ApiService199661B5-urAVIcCzyEsP, region: us-east-1 }
checks:
  - { id: fresh, check: ecs.tasks-started-after-push }
";
    let place = Place::with_suite(suite);
    place.judge(&aws.url()).expect_code(1);
    assert_eq!(
        verdicts(&place.report()),
        ["fresh@dashboard: failed", "fresh@api: failed"]
    );
    assert_eq!(
        aws.simulator.count("ecs:DescribeServices"),
        1,
        "both in one call"
    );
    let lists = aws.simulator.count("ecs:ListTasks");
    assert_eq!(lists, 2, "the cluster's, of what runs and of what stopped");
    assert_eq!(
        aws.simulator.count("ecs:DescribeTasks"),
        1,
        "all in one call"
    );
}
