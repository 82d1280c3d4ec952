//! Where a production listener rule sends requests, as AWS answers for it.

use crate::reads::canned::Canned;

const SHIFTED: &str = r#"<DescribeRulesResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <DescribeRulesResult><Rules><member><IsDefault>false</IsDefault><Priority>10</Priority>
    <RuleArn>arn:aws:elasticloadbalancing:us-west-2:1:listener-rule/app/web/1/2/3</RuleArn>
    <Actions><member><Type>forward</Type><ForwardConfig><TargetGroups>
      <member><TargetGroupArn>tg/blue</TargetGroupArn><Weight>0</Weight></member>
      <member><TargetGroupArn>tg/green</TargetGroupArn><Weight>100</Weight></member>
    </TargetGroups></ForwardConfig></member></Actions></member></Rules></DescribeRulesResult>
</DescribeRulesResponse>"#;

const PLAIN: &str = r#"<DescribeListenersResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <DescribeListenersResult><Listeners><member>
    <DefaultActions><member><Type>forward</Type><TargetGroupArn>tg/only</TargetGroupArn></member></DefaultActions>
  </member></Listeners></DescribeListenersResult></DescribeListenersResponse>"#;

async fn routing(arn: &str) -> Vec<(String, u32)> {
    let network = Canned::of(&[
        ("DescribeRules", 200, SHIFTED),
        ("DescribeListeners", 200, PLAIN),
    ]);
    let seen = network.reads().routing("us-west-2", arn).await;
    let weights = seen.expect("an answer").value.into_iter();
    weights
        .map(|weight| (weight.target_group, weight.weight))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_rule_tells_its_weights_and_a_listener_its_default() {
    let rule = "arn:aws:elasticloadbalancing:us-west-2:1:listener-rule/app/web/1/2/3";
    assert_eq!(
        routing(rule).await,
        [("tg/blue".to_owned(), 0), ("tg/green".to_owned(), 100)]
    );
    let listener = "arn:aws:elasticloadbalancing:us-west-2:1:listener/net/web/1/2";
    assert_eq!(routing(listener).await, [("tg/only".to_owned(), 1)]);
}
