//! Target groups and their targets as AWS answers for them, by the AWS CLI's examples.

use crate::reads::canned::{Answer, Canned};

const GROUPS: Answer = (
    "DescribeTargetGroups",
    200,
    r#"<DescribeTargetGroupsResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <DescribeTargetGroupsResult><TargetGroups><member>
    <TargetGroupArn>arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067</TargetGroupArn>
    <TargetGroupName>my-targets</TargetGroupName>
    <Protocol>HTTP</Protocol><Port>80</Port><VpcId>vpc-3ac0fb5f</VpcId>
    <HealthCheckProtocol>HTTP</HealthCheckProtocol><HealthCheckPort>traffic-port</HealthCheckPort>
    <HealthCheckEnabled>true</HealthCheckEnabled><HealthCheckIntervalSeconds>30</HealthCheckIntervalSeconds>
    <HealthCheckTimeoutSeconds>5</HealthCheckTimeoutSeconds><HealthyThresholdCount>5</HealthyThresholdCount>
    <UnhealthyThresholdCount>2</UnhealthyThresholdCount><HealthCheckPath>/</HealthCheckPath>
    <Matcher><HttpCode>200</HttpCode></Matcher>
    <LoadBalancerArns><member>arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/my-load-balancer/50dc6c495c0c9188</member></LoadBalancerArns>
    <TargetType>ip</TargetType></member></TargetGroups></DescribeTargetGroupsResult>
</DescribeTargetGroupsResponse>"#,
);

const HEALTH: Answer = (
    "DescribeTargetHealth",
    200,
    r#"<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <DescribeTargetHealthResult><TargetHealthDescriptions>
    <member><HealthCheckPort>80</HealthCheckPort><TargetHealth><State>healthy</State></TargetHealth>
      <Target><Port>80</Port><Id>10.0.0.10</Id><AvailabilityZone>us-west-2a</AvailabilityZone></Target></member>
    <member><HealthCheckPort>80</HealthCheckPort>
      <TargetHealth><State>unhealthy</State><Reason>Target.ResponseCodeMismatch</Reason>
        <Description>Health checks failed with these codes: [503]</Description></TargetHealth>
      <Target><Port>80</Port><Id>10.0.0.11</Id></Target></member>
  </TargetHealthDescriptions></DescribeTargetHealthResult>
</DescribeTargetHealthResponse>"#,
);

const DENIED: Answer = (
    "DescribeTargetHealth",
    403,
    r#"<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>Sender</Type>
  <Code>AccessDenied</Code><Message>User: arn:aws:sts::123456789012:assumed-role/ci/x is not authorized to perform: elasticloadbalancing:DescribeTargetHealth because no identity-based policy allows the elasticloadbalancing:DescribeTargetHealth action</Message>
  </Error><RequestId>6e1ec1b6-0000-0000-0000-000000000000</RequestId></ErrorResponse>"#,
);

const ABSENT: Answer = (
    "DescribeTargetGroups",
    400,
    r#"<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><Error><Type>Sender</Type>
  <Code>TargetGroupNotFound</Code><Message>One or more target groups not found</Message></Error></ErrorResponse>"#,
);

const ARN: &str =
    "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067";

#[tokio::test(start_paused = true)]
async fn tells_how_a_load_balancer_knows_a_healthy_target() {
    let reads = Canned::of(&[GROUPS]).reads();
    let groups = reads.target_groups("us-west-2", &[ARN.to_owned()]).await;
    let group = groups.expect("an answer").value.remove(0);
    assert_eq!((&*group.name, &*group.target_type), ("my-targets", "ip"));
    let check = &group.check;
    assert_eq!(
        (check.path.as_deref(), check.codes.as_deref()),
        (Some("/"), Some("200"))
    );
    assert_eq!((check.interval, check.timeout), (30, 5));
    assert_eq!((check.healthy_after, check.unhealthy_after), (5, 2));
    assert!(group.load_balancers[0].contains("my-load-balancer"));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_gone_does_not_hide_the_others() {
    let network = Canned::of(&[ABSENT]);
    let arns = [ARN.to_owned(), "other/gone/1".to_owned()];
    let groups = network.reads().target_groups("us-west-2", &arns).await;
    assert_eq!(groups.expect("an answer").value, []);
    assert_eq!(network.asked().len(), 3, "together, then each alone");
}

#[tokio::test(start_paused = true)]
async fn tells_each_target_and_why_it_is_unhealthy() {
    let reads = Canned::of(&[HEALTH]).reads();
    let targets = reads.target_health("us-west-2", ARN).await;
    let targets = targets.expect("an answer");
    assert_eq!(targets.source.resource, "my-targets");
    let [well, ill] = &targets.value[..] else {
        panic!("{targets:?}")
    };
    assert!(well.healthy() && well.reason.is_none());
    assert_eq!((&*well.id, well.port), ("10.0.0.10", 80));
    assert_eq!(ill.reason.as_deref(), Some("Target.ResponseCodeMismatch"));
    assert_eq!(
        ill.description.as_deref(),
        Some("Health checks failed with these codes: [503]")
    );
}

#[tokio::test(start_paused = true)]
async fn a_denial_names_the_action_and_is_told_by_code() {
    let reads = Canned::of(&[DENIED]).reads();
    let denied = reads.target_health("us-west-2", ARN).await;
    let denied = denied.expect_err("a denial");
    assert_eq!(
        denied.headline,
        "elasticloadbalancing:DescribeTargetHealth on my-targets was denied (AccessDenied)"
    );
    let hint = denied.hint.expect("a hint");
    assert!(
        hint.starts_with("Allow the action elasticloadbalancing:DescribeTargetHealth "),
        "{hint}"
    );
    let calls = reads.journal().calls();
    let tally = &calls["elasticloadbalancing:DescribeTargetHealth"];
    assert_eq!((tally.count, tally.failed), (1, 1));
    assert_eq!(tally.codes.get("AccessDenied"), Some(&1));
}
