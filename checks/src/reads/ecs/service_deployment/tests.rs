//! Service deployments as AWS answers for them, by the AWS CLI's examples.

use super::*;
use crate::reads::canned::Canned;

const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:service-deployment/example-cluster/example-service/ejGvqq2ilnbKT9qj0vLJe";

const LISTED: &str = r#"{"serviceDeployments": [
    {"serviceDeploymentArn": "older", "createdAt": 1730376000.0, "status": "ROLLBACK_SUCCESSFUL"},
    {"serviceDeploymentArn": "arn:aws:ecs:us-east-1:123456789012:service-deployment/example-cluster/example-service/ejGvqq2ilnbKT9qj0vLJe",
     "createdAt": 1730376210.917, "startedAt": 1730376212.51, "status": "IN_PROGRESS"}]}"#;

const DESCRIBED: &str = r#"{"failures": [], "serviceDeployments": [{
    "serviceDeploymentArn": "arn:aws:ecs:us-east-1:123456789012:service-deployment/example-cluster/example-service/ejGvqq2ilnbKT9qj0vLJe",
    "createdAt": 1730376210.917, "startedAt": 1730376212.51,
    "sourceServiceRevisions": [{"arn": "r/1", "requestedTaskCount": 1, "runningTaskCount": 1, "pendingTaskCount": 0}],
    "targetServiceRevision": {
        "arn": "arn:aws:ecs:us-east-1:123456789012:service-revision/example-cluster/example-service/1485800978477494678",
        "requestedTaskCount": 2, "runningTaskCount": 0, "pendingTaskCount": 1,
        "requestedProductionTrafficWeight": 100.0},
    "status": "ROLLBACK_IN_PROGRESS", "statusReason": "Circuit breaker triggered.",
    "lifecycleStage": "SCALE_UP",
    "deploymentConfiguration": {"strategy": "BLUE_GREEN"},
    "rollback": {"reason": "Service deployment rolled back because the circuit breaker threshold was exceeded.",
        "startedAt": 1730376300.0, "serviceRevisionArn": "r/1"},
    "deploymentCircuitBreaker": {"status": "TRIGGERED", "failureCount": 3, "threshold": 3},
    "alarms": {"status": "DISABLED"}}]}"#;

fn service() -> Service {
    Service {
        arn: "arn:aws:ecs:us-east-1:123456789012:service/example-cluster/example-service".into(),
        controller: "ECS".into(),
        ..Service::default()
    }
}

fn scope() -> Scope {
    Scope {
        region: None,
        cluster: "example-cluster".into(),
    }
}

#[tokio::test(start_paused = true)]
async fn the_latest_of_those_listed_is_described() {
    let network = Canned::of(&[
        ("ListServiceDeployments", 200, LISTED),
        ("DescribeServiceDeployments", 200, DESCRIBED),
    ]);
    let reads = network.reads();
    let seen = reads.service_deployment(&scope(), &service()).await;
    let seen = seen.expect("an answer");
    let deployment = seen.value.expect("a deployment");
    assert_eq!((&*deployment.arn, &*seen.source.resource), (ARN, ARN));
    assert_eq!(deployment.status, "ROLLBACK_IN_PROGRESS");
    assert_eq!(deployment.lifecycle_stage.as_deref(), Some("SCALE_UP"));
    assert_eq!(deployment.strategy.as_deref(), Some("BLUE_GREEN"));
    assert_eq!(deployment.sources[0].running, 1);
    let breaker = deployment.breaker.as_ref().expect("a breaker");
    assert_eq!((breaker.failures, breaker.threshold), (3, 3));
    let rollback = deployment.rollback.as_ref().expect("a rollback");
    assert_eq!(rollback.revision.as_deref(), Some("r/1"));
    assert!(deployment.brings("ecs-svc/1485800978477494678"));
    assert!(!deployment.brings("ecs-svc/1"));
    let target = deployment.target.expect("a target");
    assert_eq!(target.production_weight, Some(100.0));
    let asked = network.asked();
    assert!(asked[1].contains(ARN), "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn the_one_under_way_is_described_without_a_list() {
    let network = Canned::of(&[("DescribeServiceDeployments", 200, DESCRIBED)]);
    let under_way = Service {
        current_deployment: Some(ARN.into()),
        ..service()
    };
    let reads = network.reads();
    for _ in 0..2 {
        let seen = reads.service_deployment(&scope(), &under_way).await;
        assert!(seen.expect("an answer").value.is_some());
    }
    assert_eq!(network.asked().len(), 1, "asked once in a round");
}

#[tokio::test(start_paused = true)]
async fn none_is_an_answer() {
    let none = Canned::of(&[(
        "ListServiceDeployments",
        200,
        r#"{"serviceDeployments": []}"#,
    )]);
    let seen = none.reads().service_deployment(&scope(), &service()).await;
    assert_eq!(seen.expect("an answer").value, None);
    let refused = r#"{"__type": "UnsupportedFeatureException", "message": "no"}"#;
    let unsupported = refused_with(refused).await.expect("an answer");
    assert_eq!(unsupported, None);
    let by_code_deploy = Service {
        controller: "CODE_DEPLOY".into(),
        ..service()
    };
    let silent = Canned::of(&[]);
    let seen = silent
        .reads()
        .service_deployment(&scope(), &by_code_deploy)
        .await;
    assert_eq!(seen.expect("an answer").value, None);
    assert!(silent.asked().is_empty());
}

async fn refused_with(body: &'static str) -> Result<Option<ServiceDeployment>, Unobserved> {
    let answers = Box::leak(Box::new([("ListServiceDeployments", 400, body)]));
    let reads = Canned::of(answers).reads();
    let seen = reads.service_deployment(&scope(), &service()).await?;
    Ok(seen.value)
}

#[tokio::test(start_paused = true)]
async fn a_denial_names_the_action() {
    let denied = r#"{"__type": "AccessDeniedException", "message": "User: x is not authorized to perform: ecs:ListServiceDeployments on resource: y"}"#;
    let told = refused_with(denied).await.expect_err("a denial");
    assert!(told.lasting);
    let hint = told.hint.expect("a hint");
    assert!(
        hint.contains("Allow the action ecs:ListServiceDeployments "),
        "{hint}"
    );
}
