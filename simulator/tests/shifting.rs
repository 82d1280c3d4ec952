//! Deployments that move traffic: ECS's blue/green, canary and linear ones, CodeDeploy and external controllers.

mod support;

use serde_json::{Value, json};
use support::{ask, body, page, pass, place, refused, still, still_from, texts};
use touchdown_simulator::{Scenario, Simulator};

/// The version that production answers with.
fn version(simulator: &Simulator) -> String {
    let answer = body(&page(simulator, "/version"));
    answer["version"].as_str().expect("a version").to_owned()
}

/// The newest service deployment.
fn deployment(simulator: &Simulator) -> Value {
    let place = place(simulator, "ledger");
    let input = json!({ "cluster": place.cluster, "service": place.service });
    let listed = ask(simulator, "ecs:ListServiceDeployments", input);
    let arn = &listed["serviceDeployments"][0]["serviceDeploymentArn"];
    let input = json!({ "serviceDeploymentArns": [arn] });
    ask(simulator, "ecs:DescribeServiceDeployments", input)["serviceDeployments"][0].clone()
}

/// The states of the targets of a group.
fn targets(simulator: &Simulator, group: &str) -> Vec<String> {
    let form = format!("Action=DescribeTargetGroups&Version=2015-12-01&Names.member.1={group}");
    let arn = texts(&support::send_form(simulator, &form).1, "TargetGroupArn").concat();
    let form = format!("Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn={arn}");
    texts(&support::send_form(simulator, &form).1, "State")
}

/// The weights of the two target groups in the service's production listener rule.
fn rule_weights(simulator: &Simulator) -> Vec<String> {
    let place = place(simulator, "ledger");
    let input = json!({ "cluster": place.cluster, "services": [place.service] });
    let described = ask(simulator, "ecs:DescribeServices", input);
    let balancer = &described["services"][0]["loadBalancers"][0];
    let rule = &balancer["advancedConfiguration"]["productionListenerRule"];
    let rule = rule.as_str().expect("a rule");
    let form = format!("Action=DescribeRules&Version=2015-12-01&RuleArns.member.1={rule}");
    texts(&support::send_form(simulator, &form).1, "Weight")
}

/// Each value that `look` gives within some minutes, once for as long as it stays.
fn course(simulator: &Simulator, minutes: u64, look: impl Fn(&Simulator) -> String) -> Vec<String> {
    let mut course: Vec<String> = Vec::new();
    for _ in 0..minutes * 60 {
        let now = look(simulator);
        if course.last() != Some(&now) {
            course.push(now);
        }
        pass(simulator, 1);
    }
    course
}

#[test]
fn a_paused_blue_green_deployment_leaves_production_where_it_was() {
    let simulator = still("blue-green-paused");
    for _ in 0..3 {
        assert_eq!(rule_weights(&simulator), ["100", "0"]);
        let deployment = deployment(&simulator);
        assert_eq!(deployment["status"], "IN_PROGRESS");
        assert_eq!(deployment["lifecycleStage"], "POST_TEST_TRAFFIC_SHIFT");
        assert_eq!(
            deployment["lifecycleHookDetails"][0]["status"],
            "AWAITING_ACTION"
        );
        let weight = |revision: &Value| revision["requestedProductionTrafficWeight"].as_f64();
        assert_eq!(weight(&deployment["targetServiceRevision"]), Some(0.0));
        assert_eq!(
            weight(&deployment["sourceServiceRevisions"][0]),
            Some(100.0)
        );
        assert_eq!(version(&simulator), "2.9.4");
        pass(&simulator, 3_600);
    }
    let service = place(&simulator, "ledger").service(&simulator);
    assert_eq!(service["deployments"][0]["status"], "PRIMARY");
    assert_eq!(service["deployments"][0]["rolloutState"], "IN_PROGRESS");
    assert_eq!(service["deployments"][0]["runningCount"], 2);
    assert_eq!(service["deployments"][1]["runningCount"], 2);
    assert_eq!(service["deploymentConfiguration"]["strategy"], "BLUE_GREEN");
    assert_eq!(targets(&simulator, "ledger-blue"), ["healthy", "healthy"]);
    assert_eq!(targets(&simulator, "ledger-green"), ["healthy", "healthy"]);
}

#[test]
fn it_goes_on_through_every_stage_when_it_is_continued() {
    let simulator = still("blue-green-paused");
    let deployment_now = deployment(&simulator);
    let input = json!({
        "serviceDeploymentArn": deployment_now["serviceDeploymentArn"],
        "hookId": deployment_now["lifecycleHookDetails"][0]["hookId"],
    });
    ask(&simulator, "ecs:ContinueServiceDeployment", input.clone());
    let look = |simulator: &Simulator| {
        let deployment = deployment(simulator);
        let text = |name: &str| deployment[name].as_str().unwrap_or_default().to_owned();
        format!(
            "{} {} {}",
            text("status"),
            text("lifecycleStage"),
            version(simulator)
        )
    };
    assert_eq!(
        course(&simulator, 8, look),
        [
            "IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT 2.9.4",
            "IN_PROGRESS POST_PRODUCTION_TRAFFIC_SHIFT 3.0.0",
            "IN_PROGRESS BAKE_TIME 3.0.0",
            "IN_PROGRESS CLEAN_UP 3.0.0",
            "SUCCESSFUL CLEAN_UP 3.0.0",
        ]
    );
    assert_eq!(targets(&simulator, "ledger-blue"), [""; 0]);
    let service = place(&simulator, "ledger").service(&simulator);
    assert_eq!(service["deployments"].as_array().map(Vec::len), Some(1));
    assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED");
    let (kind, _) = refused(&simulator, "ecs:ContinueServiceDeployment", input);
    assert_eq!(kind, "InvalidParameterException");
}

#[test]
fn the_command_of_the_fix_names_what_waits() {
    let simulator = still("blue-green-paused");
    let deployment = deployment(&simulator);
    let command = simulator.scenario().actions()[0].2.join(" ");
    for named in [
        &deployment["serviceDeploymentArn"],
        &deployment["lifecycleHookDetails"][0]["hookId"],
    ] {
        let named = named.as_str().expect("text");
        assert!(command.contains(named), "{named} in {command}");
    }
}

/// Status, counts and stability of each task set.
fn task_sets(simulator: &Simulator) -> Vec<String> {
    let service = place(simulator, "basket").service(simulator);
    assert_eq!(service["deployments"], json!([]));
    let sets = service["taskSets"].as_array().expect("task sets").iter();
    sets.map(|set| {
        let family = set["taskDefinition"]
            .as_str()
            .and_then(|arn| arn.rsplit('/').next());
        format!(
            "{} {} {}/{} {}",
            family.unwrap_or_default(),
            set["status"].as_str().unwrap_or_default(),
            set["runningCount"],
            set["computedDesiredCount"],
            set["stabilityStatus"].as_str().unwrap_or_default(),
        )
    })
    .collect()
}

#[test]
fn with_codedeploy_the_new_task_set_is_steady_and_not_primary_until_it_is_rerouted() {
    let simulator = still("code-deploy");
    let before = [
        "basket:42 ACTIVE 2/2 STEADY_STATE",
        "basket:41 PRIMARY 2/2 STEADY_STATE",
    ];
    assert_eq!(task_sets(&simulator), before);
    pass(&simulator, 3_600);
    assert_eq!(task_sets(&simulator), before);
    assert_eq!(version(&simulator), "2.3.1");
    let group = |simulator: &Simulator| {
        let service = place(simulator, "basket").service(simulator);
        service["loadBalancers"][0]["targetGroupArn"]
            .as_str()
            .is_some_and(|arn| arn.contains("basket-green"))
    };
    assert!(!group(&simulator));
    simulator.perform("fix").expect("it can be done");
    pass(&simulator, 60);
    assert_eq!(
        task_sets(&simulator),
        [
            "basket:42 PRIMARY 2/2 STEADY_STATE",
            "basket:41 ACTIVE 2/2 STEADY_STATE",
        ]
    );
    assert_eq!(version(&simulator), "2.4.0");
    assert!(group(&simulator));
    pass(&simulator, 290);
    assert_eq!(
        task_sets(&simulator),
        [
            "basket:42 PRIMARY 2/2 STEADY_STATE",
            "basket:41 DRAINING 2/0 STABILIZING",
        ]
    );
    pass(&simulator, 120);
    assert_eq!(
        task_sets(&simulator),
        ["basket:42 PRIMARY 2/2 STEADY_STATE"]
    );
}

#[test]
fn task_sets_join_with_their_tasks_and_name_their_deployment() {
    let simulator = still("code-deploy");
    let place = place(&simulator, "basket");
    let service = place.service(&simulator);
    assert_eq!(service["deploymentController"]["type"], "CODE_DEPLOY");
    assert!(service.get("currentServiceDeployment").is_none());
    let green = &service["taskSets"][0];
    assert_eq!(place.tasks_of(&simulator, green).len(), 2, "by startedBy");
    assert_eq!(green["startedBy"], "CODE_DEPLOY");
    assert_eq!(green["scale"], json!({ "value": 100.0, "unit": "PERCENT" }));
    let id = green["externalId"].as_str().expect("an id");
    assert!(id.starts_with("d-"), "{id}");
    let input = json!({ "cluster": place.cluster, "service": place.service });
    let listed = ask(&simulator, "ecs:ListServiceDeployments", input);
    assert_eq!(listed["serviceDeployments"], json!([]));
    for (field, value, told) in [
        (
            "taskDefinition",
            json!("basket:41"),
            "Unable to update task definition",
        ),
        (
            "forceNewDeployment",
            json!(true),
            "Unable to force a new deployment",
        ),
    ] {
        let input = json!({ "cluster": place.cluster, "service": place.service, field: value });
        let (kind, message) = refused(&simulator, "ecs:UpdateService", input);
        assert_eq!(kind, "InvalidParameterException");
        assert!(
            message.starts_with(told)
                && message.ends_with("Use AWS CodeDeploy to trigger a new deployment."),
            "{message}"
        );
    }
}

#[test]
fn an_external_deployment_has_task_sets_without_a_tag() {
    let yaml = include_str!("../incidents/code-deploy.yaml")
        .replace("controller: CODE_DEPLOY", "controller: EXTERNAL");
    let simulator = still_from(&yaml);
    let service = place(&simulator, "basket").service(&simulator);
    assert_eq!(service["deploymentController"]["type"], "EXTERNAL");
    assert!(service.get("taskDefinition").is_none());
    assert_eq!(service["loadBalancers"], json!([]));
    let green = &service["taskSets"][0];
    assert!(green.get("startedBy").is_none() && green.get("externalId").is_none());
    let group = green["loadBalancers"][0]["targetGroupArn"].as_str();
    assert!(group.is_some_and(|arn| arn.contains("basket-green")));
}

/// The incident `blue-green-paused` with another strategy, and nothing to wait for.
fn shifting_by(strategy: &str) -> Simulator {
    let yaml = include_str!("../incidents/blue-green-paused.yaml")
        .replace("strategy: BLUE_GREEN", &format!("strategy: {strategy}"))
        .replace(
            "waits_at: POST_TEST_TRAFFIC_SHIFT, bake_time: 5m",
            "bake_time: 2m, step_percent: 25, step_bake_time: 1m",
        )
        .replace(
            "starts_at: 2025-11-20T09:30:00Z",
            "starts_at: 2025-11-20T09:13:06Z",
        );
    still_from(&yaml)
}

fn weights(simulator: &Simulator) -> String {
    let deployment = deployment(simulator);
    deployment["targetServiceRevision"]["requestedProductionTrafficWeight"].to_string()
}

#[test]
fn a_canary_takes_a_share_first_and_a_linear_deployment_takes_one_after_the_other() {
    let canary = shifting_by("CANARY");
    assert_eq!(course(&canary, 6, weights), ["0.0", "25.0", "100.0"]);
    let linear = shifting_by("LINEAR");
    assert_eq!(
        course(&linear, 8, weights),
        ["0.0", "25.0", "50.0", "75.0", "100.0"]
    );
    let configuration = &deployment(&linear)["deploymentConfiguration"];
    assert_eq!(
        configuration["linearConfiguration"],
        json!({ "stepPercent": 25.0, "stepBakeTimeInMinutes": 1 })
    );
}

#[test]
fn while_a_canary_runs_production_answers_with_both_versions() {
    let simulator = shifting_by("CANARY");
    while weights(&simulator) != "25.0" {
        pass(&simulator, 1);
    }
    assert_eq!(rule_weights(&simulator), ["75", "25"]);
    let mut new = 0;
    for _ in 0..40 {
        new += usize::from(version(&simulator) == "3.0.0");
        pass(&simulator, 1);
    }
    assert!((4..=20).contains(&new), "{new} of 40");
}

#[test]
fn nothing_goes_on_that_does_not_wait() {
    let simulator = still("healthy");
    let error = simulator
        .perform_yaml("steps: [{ continue_deployment: { service: checkout } }]")
        .expect_err("nothing waits");
    assert!(
        error
            .to_string()
            .contains("no deployment of checkout waits"),
        "{error}"
    );
    let yaml = include_str!("../incidents/blue-green-paused.yaml").replace(
        "strategy: BLUE_GREEN",
        "strategy: BLUE_GREEN\n    circuit_breaker: { rollback: true }",
    );
    let told = Scenario::parse(&yaml)
        .expect_err("it is not sound")
        .to_string();
    assert!(told.contains("rolling deployments only"), "{told}");
}
