//! The simulated AWS on loopback, and what the tests need to know of it.

use bytes::Bytes;
use serde_json::{Value, json};
use touchdown_simulator::{Clock, Scenario, Served, Simulator};

/// The scenario in which all is well.
pub const HEALTHY: &str = include_str!("../../simulator/incidents/healthy.yaml");

/// A simulator that is being served.
pub struct Aws {
    pub simulator: Simulator,
    served: Served,
}

impl Aws {
    /// An incident, on a clock as fast as time itself.
    pub fn of(incident: &str) -> Self {
        Self::at_speed(incident, 1.0)
    }

    pub fn at_speed(incident: &str, speed: f64) -> Self {
        Self::serve(Scenario::named(incident).expect("an incident"), speed)
    }

    /// A scenario of one's own.
    pub fn told(yaml: &str) -> Self {
        Self::serve(Scenario::parse(yaml).expect("a sound scenario"), 1.0)
    }

    /// So many services, `prod-0000` and on, in the cluster `prod`.
    pub fn fleet(services: usize, speed: f64) -> Self {
        Self::serve(Scenario::fleet(services).expect("a sound fleet"), speed)
    }

    fn serve(scenario: Scenario, speed: f64) -> Self {
        let simulator = Simulator::new(scenario, Clock::at_speed(speed)).expect("a sound history");
        let served = simulator.start_on(0).expect("a free port");
        Self { simulator, served }
    }

    /// What to give as `--endpoint-url`.
    pub fn url(&self) -> String {
        self.served.url()
    }

    /// What an operation answers; the question is recorded like any other.
    pub fn ask(&self, call: &str, input: &Value) -> Value {
        let answer = self.simulator.answer(self.signed(call, input));
        serde_json::from_slice(answer.body()).expect("JSON")
    }

    /// A request as an SDK would send it, as far as the simulator looks.
    fn signed(&self, call: &str, input: &Value) -> http::Request<Bytes> {
        let (service, operation) = call.split_once(':').expect("service:operation");
        let prefix = match service {
            "ecs" => "AmazonEC2ContainerServiceV20141113",
            "ecr" => "AmazonEC2ContainerRegistry_V20150921",
            other => panic!("{other} is not asked here"),
        };
        let region = self.simulator.scenario().region();
        let signature =
            format!("AWS4-HMAC-SHA256 Credential=x/20251118/{region}/{service}/aws4_request");
        http::Request::post("http://simulated/")
            .header("authorization", signature)
            .header("x-amz-target", format!("{prefix}.{operation}"))
            .body(Bytes::from(input.to_string()))
            .expect("a request")
    }

    /// The digest that a tag means: of an index, for a multi-platform image.
    pub fn digest(&self, repository: &str, tag: &str) -> String {
        let asked = json!({ "repositoryName": repository, "imageIds": [{ "imageTag": tag }] });
        let answer = self.ask("ecr:DescribeImages", &asked);
        let digest = &answer["imageDetails"][0]["imageDigest"];
        digest.as_str().expect("a digest").to_owned()
    }

    /// The digest of a tag's image for one platform, such as `amd64`.
    pub fn platform_digest(&self, repository: &str, tag: &str, architecture: &str) -> String {
        let asked = json!({ "repositoryName": repository, "imageIds": [{ "imageTag": tag }] });
        let answer = self.ask("ecr:BatchGetImage", &asked);
        let manifest = answer["images"][0]["imageManifest"]
            .as_str()
            .expect("a manifest");
        let index: Value = serde_json::from_str(manifest).expect("JSON");
        let mut children = index["manifests"].as_array().expect("an index").iter();
        let child = children.find(|child| child["platform"]["architecture"] == architecture);
        child.expect("that platform")["digest"]
            .as_str()
            .expect("a digest")
            .to_owned()
    }
}

/// A suite on the service of the scenario `healthy`. `more` is added to its target, `checks`
/// are the checks.
pub fn checkout(more: &str, checks: &str) -> String {
    format!(
        "version: 1\nname: checkout\ndefaults: {{ within: 5m, every: 250ms }}\ntargets:\n  checkout:\n    \
         cluster: prod-shop\n    service: checkout\n    region: eu-west-1\n    {more}\nchecks:\n{checks}\n"
    )
}

/// The repository of the scenario `healthy`, as task definitions write it.
pub const REPOSITORY: &str = "210987654321.dkr.ecr.eu-west-1.amazonaws.com/checkout";
