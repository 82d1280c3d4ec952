//! When the truth of a rollout is there: found by asking the simulated AWS as anybody may.

use bytes::Bytes;
use serde_json::{Value, json};
use touchdown_simulator::Simulator;

/// What becomes true in the course of a rollout, and stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// So many tasks of the PRIMARY deployment have stopped, and AWS says why.
    Stopped(usize),
    /// The PRIMARY deployment is complete, and nothing else runs.
    Deployed,
}

/// A simulated service, asked as anybody may ask it.
pub struct Watched {
    simulator: Simulator,
    cluster: String,
    service: String,
}

impl Watched {
    /// Watches the first service of the simulator's story.
    pub fn new(simulator: Simulator) -> Self {
        let scenario = simulator.scenario();
        let (cluster, service) = (
            scenario.cluster().to_owned(),
            scenario.services()[0].to_owned(),
        );
        Self {
            simulator,
            cluster,
            service,
        }
    }

    fn ask(&self, operation: &str, input: &Value) -> Value {
        let region = self.simulator.scenario().region();
        let signed = format!("AWS4-HMAC-SHA256 Credential=x/20251118/{region}/ecs/aws4_request");
        let request = http::Request::post("http://simulated/")
            .header("authorization", signed)
            .header(
                "x-amz-target",
                format!("AmazonEC2ContainerServiceV20141113.{operation}"),
            )
            .body(Bytes::from(input.to_string()))
            .expect("a request");
        serde_json::from_slice(self.simulator.answer(request).body()).expect("JSON")
    }

    /// What ecs:DescribeServices tells of the service.
    pub fn described(&self) -> Value {
        let input = json!({ "cluster": self.cluster, "services": [self.service] });
        self.ask("DescribeServices", &input)["services"][0].take()
    }

    fn tasks(&self, status: &str) -> Vec<Value> {
        let listing = json!({ "cluster": self.cluster, "serviceName": self.service, "desiredStatus": status });
        let arns = self.ask("ListTasks", &listing)["taskArns"].take();
        if arns.as_array().is_none_or(Vec::is_empty) {
            return Vec::new();
        }
        let input = json!({ "cluster": self.cluster, "tasks": arns });
        let mut answer = self.ask("DescribeTasks", &input);
        answer["tasks"]
            .as_array_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// Whether it is so by now.
    pub fn is(&self, truth: Truth) -> bool {
        let service = self.described();
        let deployments = service["deployments"].as_array().expect("deployments");
        let primary = deployments
            .iter()
            .find(|one| one["status"] == "PRIMARY")
            .expect("a PRIMARY");
        match truth {
            Truth::Stopped(number) => {
                let stopped = self.tasks("STOPPED");
                let told = |task: &&Value| {
                    task["startedBy"] == primary["id"] && task["stoppedReason"].is_string()
                };
                stopped.iter().filter(told).count() >= number
            }
            Truth::Deployed => {
                let runs = |status| {
                    self.tasks(status)
                        .into_iter()
                        .filter(|task| task["lastStatus"] == "RUNNING")
                };
                let running: Vec<Value> = runs("RUNNING").chain(runs("STOPPED")).collect();
                primary["rolloutState"] == "COMPLETED"
                    && running
                        .iter()
                        .all(|task| task["startedBy"] == primary["id"])
            }
        }
    }
}
