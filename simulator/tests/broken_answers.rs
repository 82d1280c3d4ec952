//! Answers that arrive, and are wrong: cut, lacking, on endless pages, twice, shuffled, or of some time ago.

mod support;

use jiff::SignedDuration;
use serde_json::{Value, json};
use support::{ask, body, page, pass, refused, send, still};
use touchdown_simulator::{Fault, FaultKind, Simulator};

fn under(kind: FaultKind, call: &str) -> Simulator {
    let simulator = still("stale-tag");
    simulator.fault(Fault::new(call, kind));
    simulator
}

fn cluster(simulator: &Simulator) -> String {
    simulator.scenario().cluster().to_owned()
}

fn list_tasks(simulator: &Simulator, token: &Value) -> Value {
    let asked = match token {
        Value::Null => json!({ "cluster": cluster(simulator) }),
        token => json!({ "cluster": cluster(simulator), "nextToken": token }),
    };
    ask(simulator, "ecs:ListTasks", asked)
}

/// The pages of a listing, up to a number of them.
fn pages(simulator: &Simulator, most: usize) -> Vec<Value> {
    let mut pages: Vec<Value> = Vec::new();
    while pages.len() < most {
        let token = pages
            .last()
            .map_or(Value::Null, |page| page["nextToken"].clone());
        if !pages.is_empty() && token.is_null() {
            break;
        }
        pages.push(list_tasks(simulator, &token));
    }
    pages
}

fn described(simulator: &Simulator) -> Value {
    let service = simulator.scenario().services()[0].to_owned();
    let asked = json!({ "cluster": cluster(simulator), "services": [service] });
    ask(simulator, "ecs:DescribeServices", asked)
}

#[test]
fn a_cut_answer_says_that_it_is_whole() {
    let simulator = under(FaultKind::Malformed, "*");
    let answer = send(&simulator, "ecs:ListClusters", &json!({}));
    assert_eq!(answer.status(), 200);
    assert!(serde_json::from_slice::<Value>(answer.body()).is_err());
    let form = "Action=DescribeTargetGroups&Version=2015-12-01";
    let (status, xml) = support::send_form(&simulator, form);
    assert_eq!(status, 200);
    assert!(
        !xml.is_empty() && !xml.contains("</DescribeTargetGroupsResponse>"),
        "{xml}"
    );
}

#[test]
fn a_page_of_html_answers_with_200() {
    let simulator = under(FaultKind::Html, "*");
    let answer = send(&simulator, "ecs:ListClusters", &json!({}));
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(page(&simulator, "/").status(), 200);
}

#[test]
fn empty_pages_come_before_the_entries() {
    let simulator = under(FaultKind::EmptyPages, "ecs:*");
    let pages = pages(&simulator, 100);
    let sizes: Vec<usize> = pages
        .iter()
        .map(|page| page["taskArns"].as_array().map_or(0, Vec::len))
        .collect();
    assert_eq!(sizes[..3], [0, 0, 0]);
    assert!(sizes.len() == 4 && sizes[3] > 0, "{sizes:?}");
}

#[test]
fn an_endless_listing_has_a_new_token_each_time_or_always_the_same() {
    let tokens = |kind| -> Vec<Value> {
        let simulator = under(kind, "ecs:ListTasks");
        let pages = pages(&simulator, 20);
        assert_eq!(pages.len(), 20, "it goes on");
        pages
            .into_iter()
            .map(|page| page["nextToken"].clone())
            .collect()
    };
    let mut new = tokens(FaultKind::Endless);
    new.dedup();
    assert_eq!(new.len(), 20);
    let mut same = tokens(FaultKind::SameToken);
    same.dedup();
    assert_eq!(same.len(), 1);
}

#[test]
fn what_is_described_is_missing_or_lacks_a_field() {
    let simulator = under(FaultKind::Missing, "ecs:Describe*");
    let told = described(&simulator);
    assert_eq!(told["services"], json!([]));
    assert_eq!(told["failures"][0]["reason"], "MISSING");
    let simulator = still("stale-tag");
    let mut lacking = Fault::new("ecs:DescribeServices", FaultKind::Lacking);
    lacking.field = Some("deployments".to_owned());
    simulator.fault(lacking);
    let told = described(&simulator);
    assert!(told["services"][0]["serviceName"].is_string());
    assert!(told["services"][0].get("deployments").is_none());
}

#[test]
fn entries_come_twice_and_in_another_order() {
    let simulator = under(FaultKind::Duplicated, "*");
    let told = described(&simulator);
    assert_eq!(told["services"].as_array().map(Vec::len), Some(2));
    let deployments = told["services"][0]["deployments"].as_array();
    assert_eq!(deployments.map(|all| all.len() % 2), Some(0));
    let calm = still("healthy");
    let shuffled = still("healthy");
    shuffled.fault(Fault::new("*", FaultKind::Reordered));
    let events = |simulator: &Simulator| -> Vec<Value> {
        described(simulator)["services"][0]["events"]
            .as_array()
            .expect("events")
            .clone()
    };
    assert_eq!(
        events(&shuffled),
        events(&shuffled),
        "one order in one second"
    );
    let orders = (0..10).map(|_| {
        pass(&shuffled, 1);
        events(&shuffled)
    });
    let orders: Vec<Vec<Value>> = orders.collect();
    assert!(orders.iter().any(|order| *order != events(&calm)));
    assert!(
        orders
            .iter()
            .all(|order| order.len() == events(&calm).len())
    );
}

#[test]
fn a_stale_answer_is_of_the_world_as_it_was() {
    let simulator = still("stale-tag");
    let before = described(&simulator);
    pass(&simulator, 60);
    simulator.perform("fix").expect("the scenario has a fix");
    let fixed = described(&simulator);
    let primary = |told: &Value| told["services"][0]["deployments"][0]["id"].clone();
    assert_ne!(primary(&before), primary(&fixed));
    simulator.fault(Fault::new("ecs:*", FaultKind::Stale).lasting(SignedDuration::from_secs(40)));
    assert_eq!(primary(&described(&simulator)), primary(&before));
    assert_eq!(
        primary(&described(&simulator)),
        primary(&before),
        "however often one asks"
    );
    pass(&simulator, 19);
    assert_eq!(primary(&described(&simulator)), primary(&before));
    pass(&simulator, 1);
    assert_eq!(
        described(&simulator),
        fixed,
        "as it was 20 s ago, to the last field"
    );
    pass(&simulator, 20);
    assert_ne!(described(&simulator), fixed, "the fault is over");
}

#[test]
fn what_is_written_while_reads_are_stale_is_written_now() {
    let simulator = under(FaultKind::Stale, "*");
    pass(&simulator, 60);
    let service = simulator.scenario().services()[0].to_owned();
    let tasks = list_tasks(&simulator, &Value::Null)["taskArns"].clone();
    let update =
        json!({ "cluster": cluster(&simulator), "service": service, "forceNewDeployment": true });
    ask(&simulator, "ecs:UpdateService", update);
    pass(&simulator, 19);
    assert_eq!(list_tasks(&simulator, &Value::Null)["taskArns"], tasks);
    let deployments = |simulator: &Simulator| {
        let told = described(simulator);
        told["services"][0]["deployments"].as_array().map(Vec::len)
    };
    assert_eq!(deployments(&simulator), Some(1));
    pass(&simulator, 1);
    assert_eq!(deployments(&simulator), Some(2));
}

#[test]
fn a_signature_of_another_time_is_refused() {
    let simulator = under(FaultKind::Skewed, "*");
    let signed = |at: &str| {
        let request = http::Request::post("http://simulated/")
            .header("authorization", support::signed_for("us-east-1"))
            .header("x-amz-date", at)
            .header(
                "x-amz-target",
                "AmazonEC2ContainerServiceV20141113.ListClusters",
            )
            .body(bytes::Bytes::from_static(b"{}"))
            .expect("a request");
        simulator.answer(request)
    };
    let written = |minutes: i64| {
        let at = simulator.now() + SignedDuration::from_mins(minutes);
        at.strftime("%Y%m%dT%H%M%SZ").to_string()
    };
    assert_eq!(signed(&written(4)).status(), 200);
    assert_eq!(signed(&written(-4)).status(), 200);
    let told = body(&signed(&written(-10)));
    let message = told["message"].as_str().expect("a message");
    assert_eq!(told["__type"], "InvalidSignatureException");
    assert!(message.starts_with("Signature expired: "), "{message}");
    assert!(
        message.contains(&format!("is now earlier than {} (", written(-5))),
        "{message}"
    );
    let told = body(&signed(&written(10)));
    let message = told["message"].as_str().expect("a message");
    assert!(
        message.starts_with("Signature not yet current: "),
        "{message}"
    );
}

#[test]
fn a_fault_that_does_nothing_is_a_mistake() {
    let yaml = |fault: &str| {
        let healthy = include_str!("../incidents/healthy.yaml");
        touchdown_simulator::Scenario::parse(&format!("{healthy}\nfaults:\n  - {fault}\n"))
    };
    assert!(yaml("{ call: '*', fault: lacking, field: tasks }").is_ok());
    let error = yaml("{ call: '*', fault: lacking }").expect_err("no field");
    assert!(
        error
            .to_string()
            .contains("a fault \"lacking\" needs `field`"),
        "{error}"
    );
    let (kind, _) = refused(
        &under(FaultKind::Denied, "*"),
        "ecs:ListClusters",
        json!({}),
    );
    assert_eq!(kind, "AccessDeniedException");
}
