//! A client small enough to trust: it puts JSON in and takes JSON out.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use touchdown_simulator::{Clock, Scenario, Simulator};

/// A simulator whose clock moves only by `advance`.
pub fn still(incident: &str) -> Simulator {
    let scenario = Scenario::named(incident).expect("the incident is there");
    Simulator::new(scenario, Clock::standing_still()).expect("its history can happen")
}

/// A simulator of a scenario of one's own.
pub fn still_from(yaml: &str) -> Simulator {
    let scenario = Scenario::parse(yaml).expect("the scenario is sound");
    Simulator::new(scenario, Clock::standing_still()).expect("its history can happen")
}

/// Sends an operation, `ecs:DescribeTasks`, and gives the whole answer.
pub fn send(simulator: &Simulator, call: &str, input: &Value) -> Response<Bytes> {
    send_to(simulator, simulator.scenario().region(), call, input)
}

/// The same in a region of one's own choice.
pub fn send_to(simulator: &Simulator, region: &str, call: &str, input: &Value) -> Response<Bytes> {
    let (service, operation) = call.split_once(':').expect("service:operation");
    let prefix = match service {
        "ecs" => "AmazonEC2ContainerServiceV20141113",
        "ecr" => "AmazonEC2ContainerRegistry_V20150921",
        "logs" => "Logs_20140328",
        "cloudwatch" => "GraniteServiceVersion20100801",
        other => other,
    };
    let request = Request::post("http://simulated/")
        .header("host", "simulated")
        .header("authorization", signed_for(region))
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("{prefix}.{operation}"))
        .body(Bytes::from(input.to_string()))
        .expect("a request");
    simulator.answer(request)
}

/// Sends a form, as clients of awsQuery do; gives the status and the XML.
pub fn send_form(simulator: &Simulator, form: &str) -> (u16, String) {
    let request = Request::post("http://simulated/")
        .header("authorization", signed_for(simulator.scenario().region()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form.to_owned()))
        .expect("a request");
    let response = simulator.answer(request);
    let xml = String::from_utf8(response.body().to_vec()).expect("XML is text");
    (response.status().as_u16(), xml)
}

/// The texts of every element with a name, in order.
pub fn texts(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&open).skip(1);
    parts
        .filter_map(|part| Some(part.split_once(&close)?.0.to_owned()))
        .collect()
}

/// What the simulator looks at of a signature.
pub fn signed_for(region: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=simulated/20251118/{region}/ecs/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// Sends an operation that must succeed.
pub fn ask(simulator: &Simulator, call: &str, input: Value) -> Value {
    let response = send(simulator, call, &input);
    let body = body(&response);
    assert_eq!(response.status(), 200, "{call}: {body}");
    body
}

/// Sends an operation that must fail, and gives the error's type and message.
pub fn refused(simulator: &Simulator, call: &str, input: Value) -> (String, String) {
    let response = send(simulator, call, &input);
    let body = body(&response);
    assert_eq!(response.status(), 400, "{call}: {body}");
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (text("__type"), text("message"))
}

/// An answer's JSON.
pub fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).expect("JSON")
}

/// Gets a page of what is deployed.
pub fn page(simulator: &Simulator, path: &str) -> Response<Bytes> {
    let request = Request::get(format!("http://simulated{path}"))
        .body(Bytes::new())
        .expect("a request");
    simulator.answer(request)
}

/// Lets virtual seconds pass.
pub fn pass(simulator: &Simulator, seconds: u64) {
    simulator.advance(Duration::from_secs(seconds));
}

/// The cluster and a service of an incident, by the beginning of its short name.
pub struct Place {
    pub cluster: String,
    pub service: String,
}

/// Where the first service whose name contains `part` is.
pub fn place(simulator: &Simulator, part: &str) -> Place {
    let scenario = simulator.scenario();
    let service = scenario
        .services()
        .into_iter()
        .find(|name| name.contains(part))
        .expect("a service")
        .to_owned();
    Place {
        cluster: scenario.cluster().to_owned(),
        service,
    }
}

impl Place {
    /// The service as DescribeServices shows it.
    pub fn service(&self, simulator: &Simulator) -> Value {
        let input = serde_json::json!({ "cluster": self.cluster, "services": [self.service] });
        ask(simulator, "ecs:DescribeServices", input)["services"][0].clone()
    }

    /// Its tasks, those that should run and those that should not.
    pub fn tasks(&self, simulator: &Simulator) -> Vec<Value> {
        let mut arns = Vec::new();
        for desired in ["RUNNING", "STOPPED"] {
            let input = serde_json::json!({
                "cluster": self.cluster, "serviceName": self.service, "desiredStatus": desired
            });
            let listed = ask(simulator, "ecs:ListTasks", input);
            arns.extend(listed["taskArns"].as_array().cloned().unwrap_or_default());
        }
        let input = serde_json::json!({ "cluster": self.cluster, "tasks": arns });
        let described = ask(simulator, "ecs:DescribeTasks", input);
        assert_eq!(described["failures"], serde_json::json!([]));
        described["tasks"].as_array().cloned().unwrap_or_default()
    }

    /// Its tasks that should run.
    pub fn wanted(&self, simulator: &Simulator) -> Vec<Value> {
        self.tasks(simulator)
            .into_iter()
            .filter(|task| task["desiredStatus"] == "RUNNING")
            .collect()
    }

    /// The service's tasks that `deployment` started.
    pub fn tasks_of(&self, simulator: &Simulator, deployment: &Value) -> Vec<Value> {
        let tasks = self.tasks(simulator).into_iter();
        tasks
            .filter(|task| task["startedBy"] == deployment["id"])
            .collect()
    }
}

/// The PRIMARY deployment of a service.
pub fn primary(simulator: &Simulator, place: &Place) -> Value {
    place.service(simulator)["deployments"][0].clone()
}

/// Whether a deployment is COMPLETED, and runs as many tasks as it should, and not none.
pub fn is_done(deployment: &Value) -> bool {
    deployment["rolloutState"] == "COMPLETED"
        && deployment["runningCount"] == deployment["desiredCount"]
        && deployment["runningCount"] != 0
}

/// Whether its newest deployment is done, or its only task set is steady and serves production.
pub fn is_settled(service: &Value) -> bool {
    match service["taskSets"].as_array() {
        None => is_done(&service["deployments"][0]),
        Some(sets) => {
            let [set] = sets.as_slice() else {
                return false;
            };
            set["status"] == "PRIMARY" && set["stabilityStatus"] == "STEADY_STATE"
        }
    }
}

pub fn revision(deployment: &Value) -> String {
    let arn = deployment["taskDefinition"].as_str().unwrap_or_default();
    arn.rsplit('/').next().unwrap_or_default().to_owned()
}
