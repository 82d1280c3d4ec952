//! Service revisions as AWS answers for them, by the AWS CLI's example.

use super::*;
use crate::reads::canned::Canned;

const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:service-revision/example-cluster/example-service/1485800978477494678";

const DESCRIBED: &str = r#"{"failures": [{"arn": "gone", "reason": "MISSING"}], "serviceRevisions": [{
    "serviceRevisionArn": "arn:aws:ecs:us-east-1:123456789012:service-revision/example-cluster/example-service/1485800978477494678",
    "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/webserver:5",
    "launchType": "FARGATE", "platformVersion": "1.4.0", "platformFamily": "Linux",
    "loadBalancers": [{"targetGroupArn": "tg/blue", "containerName": "web", "containerPort": 80,
        "advancedConfiguration": {"alternateTargetGroupArn": "tg/green"}}],
    "resolvedConfiguration": {"loadBalancers": [{"targetGroupArn": "tg/green", "productionListenerRule": "rule"}]},
    "containerImages": [
        {"containerName": "sidecar", "image": "public.ecr.aws/aws-observability/aws-otel-collector:v0.32.0"},
        {"containerName": "web", "image": "nginx",
         "imageDigest": "sha256:28402db69fec7c17e179ea87882667f1e054391138f77ffaf0c3eb388efc3ffb"}],
    "guardDutyEnabled": false, "createdAt": 1730376209.302}]}"#;

#[tokio::test(start_paused = true)]
async fn tells_the_digests_that_were_pinned_and_leaves_out_what_is_missing() {
    let network = Canned::of(&[("DescribeServiceRevisions", 200, DESCRIBED)]);
    let scope = Scope {
        region: None,
        cluster: "example-cluster".into(),
    };
    let arns = [ARN.to_owned(), "gone".to_owned()];
    let seen = network.reads().service_revisions(&scope, &arns).await;
    let revisions = seen.expect("an answer").value;
    assert_eq!(revisions.len(), 1);
    let revision = &revisions[0];
    let digest = revision.digest("web").expect("a digest");
    assert!(digest.starts_with("sha256:28402db69fec"), "{digest}");
    assert_eq!(revision.digest("sidecar"), None);
    assert_eq!(revision.load_balancers[0].port, 80);
    assert_eq!(revision.resolved_target_groups, ["tg/green"]);
    assert_eq!(revision.platform_version.as_deref(), Some("1.4.0"));
    assert_eq!(network.asked().len(), 1, "both travel in one call");
}

fn revision(number: &str, task_definition: &str) -> ServiceRevision {
    ServiceRevision {
        arn: format!("arn:aws:ecs:us-east-1:1:service-revision/dev/web/{number}"),
        task_definition: task_definition.into(),
        ..ServiceRevision::default()
    }
}

#[test]
fn a_deployment_has_the_revision_of_its_number_or_of_its_task_definition() {
    let of = |revisions: &[ServiceRevision]| {
        ServiceRevision::of_deployment(revisions, "ecs-svc/2", "web:5")
            .map(|found| last_segment(&found.arn).to_owned())
    };
    let numbered = [revision("1", "web:5"), revision("2", "web:5")];
    assert_eq!(of(&numbered).as_deref(), Some("2"));
    let otherwise_numbered = [revision("77", "web:4"), revision("78", "web:5")];
    assert_eq!(of(&otherwise_numbered).as_deref(), Some("78"));
    let doubtful = [revision("77", "web:5"), revision("78", "web:5")];
    assert_eq!(of(&doubtful), None);
    assert_eq!(of(&[revision("77", "web:4")]), None);
    assert_eq!(of(&[]), None);
}
