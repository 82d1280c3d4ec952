//! The promise that touchdown only reads, kept by every command and every kind: AWS is asked for
//! nothing else, and pages are fetched with `GET`.

use std::fmt::Write as _;

use touchdown::catalog::Catalog;
use touchdown::checks::contract::Kind;
use touchdown::cli::commands;
use touchdown::documentation;

use crate::aws::{Aws, checkout};
use crate::place::Place;

/// How the operations of AWS begin that read.
const READING: [&str; 5] = ["Describe", "List", "Get", "BatchGet", "Filter"];

const SERVICE: [&str; 3] = ["prod-shop/checkout", "--region", "eu-west-1"];

/// A command that AWS is there for, or one that has no use for it.
#[derive(Clone, Copy, PartialEq)]
enum Looks {
    AtAws,
    AtNothing,
}

/// How a command is tried, in a place with a suite and a saved report.
fn tried(command: &str) -> (Looks, Vec<&'static str>) {
    let of_service = |more: &[&'static str]| (Looks::AtAws, [&SERVICE[..], more].concat());
    match command {
        "run" => (Looks::AtAws, vec!["--timeout", "3s", "--json", "run.json"]),
        "confirm" => of_service(&[]),
        "snapshot" => of_service(&[]),
        "init" => of_service(&["--output", "-"]),
        "doctor" => (Looks::AtAws, vec![]),
        "validate" | "checks" | "schema" | "man" => (Looks::AtNothing, vec![]),
        "render" | "merge" => (Looks::AtNothing, vec!["report.json"]),
        "completions" => (Looks::AtNothing, vec!["bash"]),
        new => panic!("say here how `touchdown {new}` is tried"),
    }
}

/// Every kind that asks AWS, but for the one that asks tasks at their addresses too; and the one of pages.
fn kinds() -> Vec<Kind> {
    let is_tried = |kind: &&Kind| {
        let asks_aws = !kind.actions.is_empty() && kind.name != "http.every-task-responds";
        asks_aws || kind.name == "http.responds"
    };
    let catalog = Catalog::built_in();
    catalog.kinds().filter(is_tried).cloned().collect()
}

/// A suite with the example of each of them. Pages are the simulator's, which is all there is.
fn suite_of_every_kind(aws: &Aws) -> String {
    let mut checks = String::new();
    for kind in &kinds() {
        let example = documentation::example(kind).expect("an example");
        for line in example.lines() {
            writeln!(checks, "  {line}").expect("a text");
        }
    }
    let suite = checkout("", &checks).replace("https://shop.example.com", &aws.url());
    assert_eq!(
        suite.matches("://").count(),
        suite.matches(&aws.url()).count(),
        "nothing beyond this machine is asked: {suite}"
    );
    suite
}

#[test]
fn no_command_and_no_kind_asks_aws_to_change_anything() {
    let saved = {
        let aws = Aws::of("healthy");
        let checks = "  - { check: ecs.tasks-started-after-push }";
        let place = Place::with_suite(&checkout("", checks));
        place.judge(&aws.url()).expect_code(0);
        place.read("report.json")
    };
    for command in commands() {
        let aws = Aws::of("healthy");
        let place = Place::with_suite(&suite_of_every_kind(&aws));
        place.write("report.json", &saved);
        let (looks, more) = tried(&command);
        let url = aws.url();
        let mut arguments = vec![command.as_str()];
        arguments.extend(more);
        let mut process = place.touchdown(&arguments);
        process.env("AWS_ENDPOINT_URL", &url);
        let ended = crate::place::ended(process);
        assert_ne!(ended.code, Some(2), "{command}: {ended:#?}");
        let requests = aws.simulator.requests();
        assert_eq!(
            requests.is_empty(),
            looks == Looks::AtNothing,
            "{command}: {requests:#?}"
        );
        for request in requests {
            let (service, operation) = request.call.split_once(':').expect("service:operation");
            // What an address that ECR gave leads to is fetched as pages are.
            if service == "http" || request.call == "ecr:Blob" {
                assert_eq!(request.method, "GET", "{command}: {request:?}");
                continue;
            }
            let reads = READING.iter().any(|verb| operation.starts_with(verb));
            assert!(reads, "{command} asked for {request:?}");
        }
        if command == "run" {
            let report = place.json("run.json");
            let judged = report["checks"].as_array().expect("checks").len();
            assert_eq!(judged, kinds().len());
        }
    }
}
