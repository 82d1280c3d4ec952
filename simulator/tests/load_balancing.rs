//! Elastic Load Balancing: target groups, and the health of their targets from registration to draining.

mod support;

use serde_json::json;
use support::{ask, page, pass, place, send_form, still, still_from, texts};
use touchdown_simulator::{Clock, Scenario, Simulator};

const GROUP: &str =
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/73e2d6bc24d8a067";

/// A service of one task behind a load balancer that asks for `/health`, created at the start.
fn service(pages: &str) -> String {
    format!(
        r#"
about: a target
starts_at: 2025-01-01T12:00:00Z
account: "123456789012"
region: us-east-1
cluster: small
repositories: {{ web: {{ created_at: 2025-01-01T00:00:00Z }} }}
images:
  one: {{ repository: web, built_at: 2025-01-01T10:00:00Z, layers: [{{ made_by: "COPY . .", content: one }}], pages: {pages} }}
task_definitions:
  web:1: {{ registered_at: 2025-01-01T10:00:00Z, containers: [{{ name: web, image: web:v1, port: 80 }}] }}
services:
  web:
    name: web
    load_balancer:
      {{ name: front, target_group: web/73e2d6bc24d8a067, container: web, port: 80, health_path: /health, health_interval: 10s, deregistration_delay: 30s }}
history:
  - {{ at: 2025-01-01T10:05:00Z, push: {{ image: one, tags: [v1] }} }}
  - {{ at: 2025-01-01T12:00:00Z, create_service: {{ service: web, task_definition: "web:1" }} }}
"#
    )
}

/// `state reason description` of each target.
fn health(simulator: &Simulator, targets: &str) -> Vec<String> {
    let form =
        format!("Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn={GROUP}{targets}");
    let (status, xml) = send_form(simulator, &form);
    assert_eq!(status, 200, "{xml}");
    texts(&xml, "TargetHealth")
        .iter()
        .map(|health| {
            let fields = ["State", "Reason", "Description"].map(|name| texts(health, name));
            fields.concat().join(" ")
        })
        .collect()
}

/// Every state that the targets go through within some minutes.
fn course(simulator: &Simulator, minutes: u64) -> Vec<String> {
    let mut course = Vec::new();
    for _ in 0..minutes * 60 {
        let now = health(simulator, "").join(", ");
        if course.last() != Some(&now) {
            course.push(now);
        }
        pass(simulator, 1);
    }
    course
}

#[test]
fn a_target_is_registered_checked_and_healthy_and_drains_when_its_task_leaves() {
    let simulator = still_from(&service("{ /health: {} }"));
    assert_eq!(
        course(&simulator, 3),
        [
            "",
            "initial Elb.RegistrationInProgress Target registration is in progress",
            "initial Elb.InitialHealthChecking Initial health checks in progress",
            "healthy",
        ]
    );
    simulator
        .perform_yaml("steps: [{ update_service: { service: web, desired: 0 } }]")
        .expect("it can be done");
    assert_eq!(
        course(&simulator, 3),
        [
            "healthy",
            "draining Target.DeregistrationInProgress Target deregistration is in progress",
            "",
        ]
    );
}

#[test]
fn a_check_fails_in_three_ways() {
    let last = |pages: &str| {
        let simulator = still_from(&service(pages));
        pass(&simulator, 90);
        health(&simulator, "").join(", ")
    };
    assert_eq!(
        last("{ /health: { status: 503 } }"),
        "unhealthy Target.ResponseCodeMismatch Health checks failed with these codes: [503]"
    );
    assert_eq!(
        last("{ /: {} }"),
        "unhealthy Target.ResponseCodeMismatch Health checks failed with these codes: [404]"
    );
    assert_eq!(
        last("{ /health: { takes: 6s } }"),
        "unhealthy Target.Timeout Request timed out"
    );
    assert_eq!(
        last("{}"),
        "unhealthy Target.FailedHealthChecks Health checks failed"
    );
}

#[test]
fn targets_join_with_tasks_by_the_address_of_their_interface() {
    let simulator = still("healthy");
    let place = place(&simulator, "checkout");
    let described = place.service(&simulator);
    let group = described["loadBalancers"][0]["targetGroupArn"]
        .as_str()
        .expect("a target group");
    let (_, xml) = send_form(
        &simulator,
        &format!("Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn={group}"),
    );
    let mut of_targets = texts(&xml, "Id");
    let mut of_tasks: Vec<String> = place
        .wanted(&simulator)
        .iter()
        .map(|task| {
            let details = task["attachments"][0]["details"]
                .as_array()
                .expect("details");
            let address = details
                .iter()
                .find(|detail| detail["name"] == "privateIPv4Address")
                .and_then(|detail| detail["value"].as_str())
                .expect("an address");
            let interface = &task["containers"][0]["networkInterfaces"][0];
            assert_eq!(task["attachments"][0]["type"], "ElasticNetworkInterface");
            assert_eq!(interface["privateIpv4Address"], address);
            address.to_owned()
        })
        .collect();
    of_targets.sort();
    of_tasks.sort();
    assert_eq!(of_targets, of_tasks);
    assert_eq!(texts(&xml, "HealthCheckPort"), ["8080", "8080"]);
}

#[test]
fn a_target_that_is_asked_for_by_id_may_not_be_registered() {
    let simulator = still_from(&service("{ /health: {} }"));
    pass(&simulator, 120);
    let place = place(&simulator, "web");
    let interface = &place.tasks(&simulator)[0]["containers"][0]["networkInterfaces"][0];
    let address = interface["privateIpv4Address"]
        .as_str()
        .expect("an address");
    let targets = format!(
        "&Targets.member.1.Id=10.9.9.9&Targets.member.2.Id={address}&Targets.member.2.Port=80\
         &Targets.member.3.Id={address}&Targets.member.3.Port=81"
    );
    let unused =
        "unused Target.NotRegistered Target is not registered to the target group".to_owned();
    assert_eq!(
        health(&simulator, &targets),
        [unused.clone(), "healthy".to_owned(), unused]
    );
}

#[test]
fn a_target_group_tells_how_it_checks() {
    let simulator = still_from(&service("{ /health: {} }"));
    for by in [
        format!("&TargetGroupArns.member.1={GROUP}"),
        "&Names.member.1=web".to_owned(),
        String::new(),
    ] {
        let form = format!("Action=DescribeTargetGroups&Version=2015-12-01{by}");
        let (status, xml) = send_form(&simulator, &form);
        assert_eq!(status, 200, "{xml}");
        let told = [
            ("TargetGroupArn", GROUP),
            ("TargetGroupName", "web"),
            ("Protocol", "HTTP"),
            ("Port", "80"),
            ("HealthCheckPort", "traffic-port"),
            ("HealthCheckPath", "/health"),
            ("HealthCheckIntervalSeconds", "10"),
            ("HealthCheckTimeoutSeconds", "5"),
            ("HealthyThresholdCount", "2"),
            ("UnhealthyThresholdCount", "2"),
            ("Matcher", "<HttpCode>200</HttpCode>"),
            ("TargetType", "ip"),
        ];
        for (name, text) in told {
            assert_eq!(texts(&xml, name), [text], "{name} in {xml}");
        }
    }
}

#[test]
fn a_target_group_tells_its_deregistration_delay() {
    let simulator = still_from(&service("{ /health: {} }"));
    let ask = |arn: &str| {
        let form = "Action=DescribeTargetGroupAttributes&Version=2015-12-01";
        send_form(&simulator, &format!("{form}&TargetGroupArn={arn}"))
    };
    let (status, xml) = ask(GROUP);
    assert_eq!(status, 200, "{xml}");
    assert!(
        texts(&xml, "member").iter().any(|attribute| {
            texts(attribute, "Key") == ["deregistration_delay.timeout_seconds"]
                && texts(attribute, "Value") == ["30"]
        }),
        "{xml}"
    );
    let (status, xml) = ask("arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/no/1");
    assert!(
        status == 400 && xml.contains("TargetGroupNotFound"),
        "{xml}"
    );
}

#[test]
fn a_load_balancer_is_found_from_its_target_group() {
    let simulator = still_from(&service("{ /health: {} }"));
    let (_, groups) = send_form(&simulator, "Action=DescribeTargetGroups&Version=2015-12-01");
    let member = texts(&groups, "LoadBalancerArns").concat();
    let arn = texts(&member, "member").concat();
    let form =
        format!("Action=DescribeLoadBalancers&Version=2015-12-01&LoadBalancerArns.member.1={arn}");
    let (status, xml) = send_form(&simulator, &form);
    assert_eq!(status, 200, "{xml}");
    let name = texts(&xml, "DNSName").concat();
    assert!(
        name.starts_with("front-") && name.ends_with(".us-east-1.elb.amazonaws.com"),
        "{name}"
    );
    let of_it = format!("Action=DescribeTargetGroups&Version=2015-12-01&LoadBalancerArn={arn}");
    assert_eq!(
        texts(&send_form(&simulator, &of_it).1, "TargetGroupName"),
        ["web"]
    );
}

#[test]
fn listings_come_in_pages() {
    let simulator = still("stale-tag");
    let list = |marker: &str| {
        let form = format!("Action=DescribeTargetGroups&Version=2015-12-01&PageSize=1{marker}");
        send_form(&simulator, &form).1
    };
    let first = list("");
    let marker = texts(&first, "NextMarker").concat();
    let second = list(&format!("&Marker={marker}"));
    assert_ne!(
        texts(&first, "TargetGroupArn"),
        texts(&second, "TargetGroupArn")
    );
    assert_eq!(texts(&second, "NextMarker"), [""; 0]);
}

#[test]
fn errors_come_in_the_form_of_the_protocol() {
    let simulator = still("healthy");
    let form = "Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn=arn%3Anone";
    let refused = || {
        let (status, xml) = send_form(&simulator, form);
        let told = ["Type", "Code", "Message"].map(|name| texts(&xml, name).concat());
        assert_eq!(texts(&xml, "RequestId").len(), 1);
        (status, told.join(" "))
    };
    assert_eq!(
        refused(),
        (
            400,
            "Sender TargetGroupNotFound One or more target groups not found".to_owned()
        )
    );
    simulator.throttle(
        "elasticloadbalancing:DescribeTargetHealth",
        std::time::Duration::from_secs(5),
    );
    assert_eq!(
        refused(),
        (400, "Sender Throttling Rate exceeded".to_owned())
    );
    simulator.end_faults();
    simulator.deny("elasticloadbalancing:DescribeTargetHealth");
    let (status, told) = refused();
    assert_eq!(status, 403);
    assert!(
        told.starts_with(
            "Sender AccessDenied User: arn:aws:sts::210987654321:assumed-role/deploy/ci is not authorized to \
             perform: elasticloadbalancing:DescribeTargetHealth on resource: *"
        ),
        "{told}"
    );
    let last = simulator.requests().pop().expect("a request");
    assert_eq!(last.call, "elasticloadbalancing:DescribeTargetHealth");
    assert_eq!(last.error.as_deref(), Some("AccessDenied"));
}

#[test]
fn sts_says_who_asks() {
    let simulator = still("healthy");
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let (status, xml) = send_form(&simulator, form);
    assert_eq!(status, 200);
    assert_eq!(texts(&xml, "Account"), ["210987654321"]);
    assert_eq!(
        texts(&xml, "Arn"),
        ["arn:aws:sts::210987654321:assumed-role/deploy/ci"]
    );
    simulator.deny("sts:GetCallerIdentity");
    assert_eq!(send_form(&simulator, form).0, 403);
}

#[test]
fn the_wrong_region_has_no_target_groups() {
    let simulator = still_from(&service("{ /health: {} }"));
    let request = http::Request::post("http://simulated/")
        .header("authorization", support::signed_for("eu-west-3"))
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .body("Action=DescribeTargetGroups&Version=2015-12-01".into())
        .expect("a request");
    let answer = simulator.answer(request);
    assert!(!String::from_utf8_lossy(answer.body()).contains("TargetGroupName"));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_takes_long_comes_late() {
    let scenario = Scenario::parse(&service("{ /health: {}, /slow: { takes: 3s } }"));
    let scenario = scenario.expect("it is sound");
    let simulator = Simulator::new(scenario, Clock::standing_still()).expect("it can happen");
    pass(&simulator, 120);
    assert_eq!(page(&simulator, "/slow").status(), 200);
    let request = http::Request::get("http://simulated/slow")
        .body(bytes::Bytes::new())
        .expect("a request");
    let asked = tokio::time::Instant::now();
    assert_eq!(simulator.respond(request).await.status(), 200);
    assert_eq!(asked.elapsed(), std::time::Duration::from_secs(3));
    ask(&simulator, "ecs:ListClusters", json!({}));
}

#[test]
fn a_matcher_that_matches_nothing_is_a_mistake() {
    let yaml = service("{}").replace("health_interval", "health_matcher: ok, health_interval");
    let told = Scenario::parse(&yaml).expect_err("it is not sound");
    assert!(told.to_string().contains("health_matcher"), "{told}");
}
