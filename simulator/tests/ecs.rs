//! ECS: shapes, limits and errors.

mod support;

use http::Request;
use serde_json::{Value, json};
use support::{ask, pass, place, refused, send, still};

#[test]
fn a_healthy_service_looks_as_aws_shows_it() {
    let simulator = still("healthy");
    let place = place(&simulator, "checkout");
    let service = place.service(&simulator);
    assert_eq!(
        service["serviceArn"],
        "arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/checkout"
    );
    assert_eq!(
        (&service["desiredCount"], &service["runningCount"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        service["enableECSManagedTags"], false,
        "the one name that is not plain camel case"
    );
    let deployments = service["deployments"].as_array().expect("deployments");
    assert_eq!(deployments.len(), 1);
    let id = deployments[0]["id"].as_str().expect("an id");
    let number = id.strip_prefix("ecs-svc/").expect("ecs-svc/");
    assert!(number.len() == 19 && number.bytes().all(|digit| digit.is_ascii_digit()));
    assert_eq!(deployments[0]["rolloutState"], "COMPLETED");
    assert_eq!(
        deployments[0]["rolloutStateReason"],
        format!("ECS deployment {id} completed.")
    );
    assert_eq!(
        deployments[0]["createdAt"], 1_763_629_985.204,
        "epoch seconds, to the millisecond"
    );
    let events = service["events"].as_array().expect("events");
    assert_eq!(
        events[0]["message"],
        "(service checkout) has reached a steady state."
    );
    let times: Vec<f64> = events
        .iter()
        .filter_map(|event| event["createdAt"].as_f64())
        .collect();
    assert!(
        times.is_sorted_by(|newer, older| newer >= older),
        "newest first"
    );

    for task in place.wanted(&simulator) {
        assert_eq!(task["startedBy"], id);
        assert_eq!(task["group"], "service:checkout");
        assert_eq!(task["healthStatus"], "HEALTHY");
        assert!(task.get("stoppedAt").is_none() && task.get("stopCode").is_none());
        assert!(
            task.get("runtimePlatform").is_none(),
            "Fargate does not return it"
        );
        let app = &task["containers"][0];
        assert_eq!(
            app["image"],
            "210987654321.dkr.ecr.eu-west-1.amazonaws.com/checkout:2.4.0"
        );
        let address = &app["networkInterfaces"][0]["privateIpv4Address"];
        let details = task["attachments"][0]["details"]
            .as_array()
            .expect("details");
        assert!(details.contains(&json!({ "name": "privateIPv4Address", "value": address })));
    }
}

#[test]
fn a_multi_platform_image_runs_under_the_digest_of_its_index() {
    let simulator = still("healthy");
    let place = place(&simulator, "checkout");
    let input = json!({ "repositoryName": "checkout", "imageIds": [{ "imageTag": "2.4.0" }] });
    let index =
        ask(&simulator, "ecr:DescribeImages", input)["imageDetails"][0]["imageDigest"].clone();
    for task in place.wanted(&simulator) {
        assert_eq!(task["containers"][0]["imageDigest"], index);
    }
    let revision = place.service(&simulator)["currentServiceRevisions"][0]["arn"].clone();
    let described = ask(
        &simulator,
        "ecs:DescribeServiceRevisions",
        json!({ "serviceRevisionArns": [revision] }),
    );
    assert_eq!(
        described["serviceRevisions"][0]["containerImages"][0]["imageDigest"],
        index
    );
}

#[test]
fn a_task_definition_is_found_by_family_revision_and_arn() {
    let simulator = still("healthy");
    let arn = "arn:aws:ecs:eu-west-1:210987654321:task-definition/checkout:42";
    for name in ["checkout", "checkout:42", arn] {
        let described = ask(
            &simulator,
            "ecs:DescribeTaskDefinition",
            json!({ "taskDefinition": name }),
        );
        let definition = &described["taskDefinition"];
        assert_eq!(definition["taskDefinitionArn"], arn);
        let containers = definition["containerDefinitions"]
            .as_array()
            .expect("containers");
        let essential: Vec<&Value> = containers
            .iter()
            .map(|container| &container["essential"])
            .collect();
        assert_eq!(essential, [&json!(true), &json!(false)]);
        let options = &containers[0]["logConfiguration"]["options"];
        assert_eq!(options["awslogs-group"], "/ecs/prod-shop/checkout");
        assert_eq!(options["awslogs-region"], "eu-west-1");
        assert_eq!(definition["runtimePlatform"]["cpuArchitecture"], "X86_64");
    }
    let (kind, message) = refused(
        &simulator,
        "ecs:DescribeTaskDefinition",
        json!({ "taskDefinition": "checkout:7" }),
    );
    assert_eq!(
        (kind.as_str(), message.as_str()),
        ("ClientException", "Unable to describe task definition.")
    );
}

#[test]
fn the_missing_are_failures_and_a_missing_cluster_is_an_error() {
    let simulator = still("healthy");
    let input = json!({ "cluster": "prod-shop", "services": ["checkout", "basket"] });
    let described = ask(&simulator, "ecs:DescribeServices", input);
    let arn = "arn:aws:ecs:eu-west-1:210987654321:service/prod-shop/basket";
    assert_eq!(
        described["failures"],
        json!([{ "arn": arn, "reason": "MISSING" }])
    );
    let input = json!({ "cluster": "prod-shop", "tasks": ["00000000000000000000000000000000"] });
    assert_eq!(
        ask(&simulator, "ecs:DescribeTasks", input)["failures"][0]["reason"],
        "MISSING"
    );
    for call in ["ecs:ListTasks", "ecs:ListServices"] {
        let (kind, message) = refused(&simulator, call, json!({ "cluster": "test" }));
        assert_eq!(
            (kind.as_str(), message.as_str()),
            ("ClusterNotFoundException", "Cluster not found.")
        );
    }
    let input = json!({ "cluster": "prod-shop", "serviceName": "basket" });
    assert_eq!(
        refused(&simulator, "ecs:ListTasks", input).0,
        "ServiceNotFoundException"
    );
}

#[test]
fn the_limits_are_those_of_aws() {
    let simulator = still("healthy");
    let services: Vec<String> = (0..11).map(|number| format!("s{number}")).collect();
    let input = json!({ "cluster": "prod-shop", "services": services });
    assert_eq!(
        refused(&simulator, "ecs:DescribeServices", input).0,
        "InvalidParameterException"
    );
    let tasks: Vec<String> = (0..101).map(|number| format!("{number:032}")).collect();
    let input = json!({ "cluster": "prod-shop", "tasks": tasks });
    assert_eq!(
        refused(&simulator, "ecs:DescribeTasks", input).0,
        "InvalidParameterException"
    );
    let input =
        json!({ "cluster": "prod-shop", "startedBy": "ecs-svc/1", "serviceName": "checkout" });
    assert_eq!(
        refused(&simulator, "ecs:ListTasks", input).0,
        "InvalidParameterException"
    );
    let input = json!({ "cluster": "prod-shop", "maxResults": 101 });
    assert_eq!(
        refused(&simulator, "ecs:ListTasks", input).0,
        "InvalidParameterException"
    );
}

#[test]
fn tasks_are_listed_in_pages_and_by_who_started_them() {
    let simulator = still("healthy");
    let place = place(&simulator, "checkout");
    let first = ask(
        &simulator,
        "ecs:ListTasks",
        json!({ "cluster": "prod-shop", "maxResults": 1 }),
    );
    let token = first["nextToken"].clone();
    let input = json!({ "cluster": "prod-shop", "maxResults": 1, "nextToken": token });
    let second = ask(&simulator, "ecs:ListTasks", input);
    assert!(second.get("nextToken").is_none());
    assert_ne!(first["taskArns"], second["taskArns"]);
    let id = place.service(&simulator)["deployments"][0]["id"].clone();
    let by = ask(
        &simulator,
        "ecs:ListTasks",
        json!({ "cluster": "prod-shop", "startedBy": id }),
    );
    assert_eq!(by["taskArns"].as_array().map(Vec::len), Some(2));
    let pending = json!({ "cluster": "prod-shop", "desiredStatus": "PENDING" });
    assert_eq!(
        ask(&simulator, "ecs:ListTasks", pending)["taskArns"],
        json!([]),
        "PENDING never returns anything"
    );
}

#[test]
fn a_stopped_task_is_forgotten_after_an_hour() {
    let simulator = still("healthy");
    let place = place(&simulator, "checkout");
    let task = place.wanted(&simulator)[0]["taskArn"].clone();
    ask(
        &simulator,
        "ecs:StopTask",
        json!({ "cluster": "prod-shop", "task": task, "reason": "drill" }),
    );
    let describe = |seconds| {
        pass(&simulator, seconds);
        ask(
            &simulator,
            "ecs:DescribeTasks",
            json!({ "cluster": "prod-shop", "tasks": [task] }),
        )
    };
    let stopped = describe(300);
    assert_eq!(stopped["tasks"][0]["lastStatus"], "STOPPED");
    assert_eq!(stopped["tasks"][0]["stopCode"], "UserInitiated");
    assert_eq!(stopped["tasks"][0]["stoppedReason"], "drill");
    assert_eq!(stopped["tasks"][0]["containers"][0]["exitCode"], 0);
    assert_eq!(describe(3600)["failures"][0]["reason"], "MISSING");
}

#[test]
fn an_answer_carries_its_id_and_the_virtual_time() {
    let simulator = still("stale-tag");
    let response = send(&simulator, "ecs:ListClusters", &json!({}));
    assert_eq!(
        response.headers()["content-type"],
        "application/x-amz-json-1.1"
    );
    assert_eq!(response.headers()["date"], "Tue, 18 Nov 2025 23:46:00 GMT");
    assert_eq!(response.headers()["x-amzn-requestid"].len(), 36);
}

#[test]
fn who_does_not_sign_or_asks_the_unknown_is_refused() {
    let simulator = still("stale-tag");
    let unsigned = Request::post("http://simulated/")
        .header(
            "x-amz-target",
            "AmazonEC2ContainerServiceV20141113.ListClusters",
        )
        .body("{}".into())
        .expect("a request");
    let response = simulator.answer(unsigned);
    assert_eq!(response.status(), 400);
    assert_eq!(
        support::body(&response)["__type"],
        "MissingAuthenticationTokenException"
    );
    assert_eq!(
        refused(&simulator, "ecs:MakeCoffee", json!({})).0,
        "UnknownOperationException"
    );
    assert_eq!(
        refused(&simulator, "Swans_2020:ListSwans", json!({})).0,
        "UnknownOperationException"
    );
    assert_eq!(
        refused(&simulator, "ecs:DescribeTasks", json!({ "tasks": 7 })).0,
        "SerializationException"
    );
}

#[test]
fn another_region_is_empty() {
    let simulator = still("stale-tag");
    let ask_in = |region: &str, target: &str, input: &str| {
        let request = Request::post("http://simulated/")
            .header("authorization", support::signed_for(region))
            .header("x-amz-target", target)
            .body(input.to_owned().into())
            .expect("a request");
        support::body(&simulator.answer(request))
    };
    let clusters = "AmazonEC2ContainerServiceV20141113.ListClusters";
    assert_eq!(
        ask_in("us-east-1", clusters, "{}")["clusterArns"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        ask_in("eu-west-1", clusters, "{}")["clusterArns"],
        json!([])
    );
    let images = "AmazonEC2ContainerRegistry_V20150921.DescribeImages";
    let answer = ask_in("eu-west-1", images, r#"{ "repositoryName": "hc-tap/api" }"#);
    assert_eq!(answer["__type"], "RepositoryNotFoundException");
}

#[test]
fn a_registered_revision_can_be_deployed() {
    let simulator = still("healthy");
    let place = place(&simulator, "checkout");
    let image = "210987654321.dkr.ecr.eu-west-1.amazonaws.com/checkout:2.3.1";
    let input = json!({
        "family": "checkout",
        "containerDefinitions": [{ "name": "app", "image": image, "portMappings": [{ "containerPort": 8080 }] }],
    });
    let registered = ask(&simulator, "ecs:RegisterTaskDefinition", input);
    assert_eq!(registered["taskDefinition"]["revision"], 43);
    let input =
        json!({ "cluster": "prod-shop", "service": "checkout", "taskDefinition": "checkout" });
    let updated = ask(&simulator, "ecs:UpdateService", input);
    let arn = &registered["taskDefinition"]["taskDefinitionArn"];
    assert_eq!(
        updated["service"]["taskDefinition"], *arn,
        "a family means its latest revision"
    );
    pass(&simulator, 240);
    for task in place.wanted(&simulator) {
        assert_eq!(task["taskDefinitionArn"], *arn);
        assert_eq!(task["containers"][0]["image"], image);
    }
}
