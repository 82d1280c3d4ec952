//! Every kind of fault, the words with which a check that it leaves open names it, and what is judged under
//! it.

use jiff::SignedDuration;
use touchdown_simulator::{Fault, FaultKind, Simulator};

/// An incident, and a line that the judged tasks write where they are the right ones.
pub struct Deployment {
    pub incident: &'static str,
    pub line: &'static str,
    /// The exit code of a run in calm weather.
    pub code: i32,
}

pub const HEALTHY: Deployment = Deployment {
    incident: "healthy",
    line: "checkout starting version=2.4.0",
    code: 0,
};

pub const BROKEN: Deployment = Deployment {
    incident: "stale-tag",
    line: "loaded run=cloud-latest",
    code: 1,
};

/// What can be asked of any service behind a load balancer.
const SUITE: &str = "
version: 1
name: under faults
defaults: { DEFAULTS }
targets:
  service: { cluster: \"CLUSTER\", service: \"SERVICE\", region: \"REGION\" }
checks:
  - { id: pushed, check: ecr.image-pushed }
  - { id: platform, check: ecr.platform-matches }
  - { id: fresh, check: ecs.tasks-started-after-push }
  - { id: digest, check: ecs.digest-running }
  - { id: complete, check: ecs.rollout-complete }
  - { id: gone, check: ecs.old-tasks-gone }
  - { id: stable, check: ecs.stable, STABLE }
  - { id: targets, check: elb.targets-healthy }
  - { id: seen, check: logs.line-seen, contains: LINE, INGESTION }
  - { id: absent, check: logs.line-absent, contains: Traceback, INGESTION }
";

impl Deployment {
    /// The suite that judges it. `defaults` go before all checks, `stable` is what is said of its stability.
    pub fn suite(
        &self,
        simulator: &Simulator,
        defaults: &str,
        stable: &str,
        ingestion: &str,
    ) -> String {
        let scenario = simulator.scenario();
        SUITE
            .replace("DEFAULTS", defaults)
            .replace("CLUSTER", scenario.cluster())
            .replace("SERVICE", scenario.services()[0])
            .replace("REGION", scenario.region())
            .replace("LINE", self.line)
            .replace("STABLE", stable)
            .replace("INGESTION", &format!("ingestion: {ingestion}"))
    }
}

/// A fault on some calls.
pub struct Row {
    pub kind: FaultKind,
    pub call: &'static str,
    /// The field that the answer lacks.
    pub field: Option<&'static str>,
    /// What an inconclusive check says of it, one of these; where there is none, every verdict must be the
    /// right one.
    pub causes: &'static [&'static str],
}

impl Row {
    pub fn name(&self) -> String {
        let field = self.field.unwrap_or_default();
        format!("{:?} on {} {field}", self.kind, self.call)
    }

    pub fn fault(&self) -> Fault {
        let mut fault = Fault::new(self.call, self.kind);
        fault.field = self.field.map(str::to_owned);
        if self.kind == FaultKind::Slow {
            fault.delay = Some(SignedDuration::from_secs(20));
        }
        fault
    }
}

const fn row(kind: FaultKind, call: &'static str, causes: &'static [&'static str]) -> Row {
    Row {
        kind,
        call,
        field: None,
        causes,
    }
}

const fn lacking(call: &'static str, field: &'static str, causes: &'static [&'static str]) -> Row {
    Row {
        field: Some(field),
        ..row(FaultKind::Lacking, call, causes)
    }
}

const LATE: &[&str] = &["in time", "no answer within"];

const GIGANTIC: &[&str] = &["unreadable answer (HTTP 200): it is larger than 16 MiB"];

/// AWS's calls, without the pages of what is deployed.
const ECS: &str = "ecs:*";

#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row(FaultKind::Denied, ECS, &["was denied (AccessDeniedException)"]),
    row(FaultKind::Denied, "ecr:*", &["was denied (AccessDeniedException)"]),
    row(FaultKind::Denied, "logs:*", &["was denied (AccessDeniedException)"]),
    row(FaultKind::Throttled, ECS, &["was throttled (ThrottlingException)"]),
    row(FaultKind::Throttled, "elasticloadbalancing:*", &["was throttled (Throttling)"]),
    row(FaultKind::Expired, "*", &["credentials have expired"]),
    row(FaultKind::Unrecognized, "*", &["does not accept the credentials"]),
    row(FaultKind::Skewed, "*", &[]),
    row(FaultKind::Broken, ECS, &["failed with ServerException"]),
    row(FaultKind::Broken, "elasticloadbalancing:*", &["failed with InternalFailure"]),
    row(FaultKind::Unavailable, ECS, &["failed with ServiceUnavailableException"]),
    row(FaultKind::BadGateway, ECS, &["unreadable answer (HTTP 502)"]),
    row(FaultKind::BadGateway, "logs:*", &["unreadable answer (HTTP 502)"]),
    row(FaultKind::Html, ECS, &["unreadable answer (HTTP 200)"]),
    row(FaultKind::Html, "elasticloadbalancing:*", &["unreadable answer (HTTP 200)"]),
    row(FaultKind::Slow, ECS, LATE),
    row(FaultKind::Refused, "*", &["could not be delivered", "refused"]),
    row(FaultKind::Reset, ECS, &["could not be delivered"]),
    row(FaultKind::Hung, ECS, LATE),
    row(FaultKind::Hung, "ecr:*", LATE),
    row(FaultKind::Drip, ECS, LATE),
    row(FaultKind::Drip, "logs:*", LATE),
    row(FaultKind::Truncated, ECS, &["could not be delivered", "unreadable answer"]),
    row(FaultKind::Malformed, ECS, &["unreadable answer (HTTP 200)"]),
    row(FaultKind::Malformed, "ecr:*", &["unreadable answer (HTTP 200)"]),
    row(FaultKind::Malformed, "elasticloadbalancing:*", &["unreadable answer (HTTP 200)"]),
    row(FaultKind::Malformed, "logs:*", &["unreadable answer (HTTP 200)"]),
    row(FaultKind::Gigantic, ECS, GIGANTIC),
    row(FaultKind::Gigantic, "elasticloadbalancing:*", GIGANTIC),
    row(FaultKind::Missing, "ecs:DescribeTasks", &["MISSING"]),
    row(FaultKind::Missing, "ecs:DescribeServices", &["MISSING"]),
    row(FaultKind::EmptyPages, "*", &[]),
    row(FaultKind::Endless, "*", &["did not come to an end", "more lines than one look can read", "no answer within"]),
    row(FaultKind::SameToken, "*", &["the same token twice"]),
    row(FaultKind::Duplicated, "*", &[]),
    row(FaultKind::Reordered, "*", &[]),
    row(FaultKind::Stale, "*", &[]),
    lacking("ecs:DescribeServices", "services", &["without `services`"]),
    lacking("ecs:DescribeServices", "deployments", &["no PRIMARY deployment"]),
    lacking("ecs:DescribeServices", "events", &[]),
    lacking("ecs:ListTasks", "taskArns", &["without `taskArns`"]),
    lacking("ecs:DescribeTasks", "tasks", &["without `tasks`"]),
    lacking("ecs:DescribeTasks", "startedBy", &["without `startedBy`"]),
    lacking("ecs:DescribeTasks", "startedAt", &["no start time"]),
    lacking("ecs:DescribeTasks", "lastStatus", &["without `lastStatus`"]),
    lacking("ecs:DescribeTasks", "imageDigest", &["digest"]),
    lacking("ecs:DescribeTaskDefinition", "taskDefinition", &["brought no task definition"]),
    lacking("ecr:DescribeImages", "imagePushedAt", &["unknown"]),
    lacking("ecr:DescribeImages", "imageDetails", &["without `imageDetails`"]),
    lacking("elasticloadbalancing:*", "TargetHealthDescriptions", &["without `TargetHealthDescriptions`"]),
];
