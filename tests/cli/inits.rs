//! `touchdown init`: a starter suite that has no mistakes.

use crate::aws::Aws;
use crate::place::{Ended, Place, assert_tells};
use crate::web::Server;

const SERVICE: [&str; 3] = ["prod-shop/checkout", "--region", "eu-west-1"];

fn init(place: &Place, aws: &Aws, arguments: &[&str]) -> Ended {
    let url = aws.url();
    let endpoint = ["--endpoint-url", &url];
    place.run(&[&["init"], arguments, &endpoint[..]].concat())
}

#[test]
fn the_suite_is_written_and_has_no_mistakes() {
    let aws = Aws::of("healthy");
    let place = Place::new();
    let ended = init(&place, &aws, &SERVICE);
    assert_eq!(ended.expect_code(0).stdout, "");
    assert_eq!(
        ended.stderr,
        "wrote a suite for prod-shop/checkout to touchdown.yaml\n"
    );
    place.run(&["validate"]).expect_code(0);
    let suite = place.read("touchdown.yaml");
    let parts = [
        "    cluster: prod-shop\n    service: checkout\n    region: eu-west-1\n    containers: [app]\n",
        "amazonaws.com/checkout:${IMAGE_TAG}",
        "no such line to /ecs/prod-shop/checkout",
        "/health\"\n    expect: { status: 200 }\n",
    ];
    assert_tells(&suite, &parts);
    // The image's line needs nothing but its mark taken off.
    place.write("image.yaml", &suite.replace("    # image:", "    image:"));
    place
        .run(&["validate", "image.yaml", "--var", "IMAGE_TAG=2.4.0"])
        .expect_code(0);
}

#[test]
fn a_file_is_not_written_over_unless_asked_to() {
    let aws = Aws::of("healthy");
    let place = Place::with_suite("mine");
    let refused = init(&place, &aws, &SERVICE);
    assert_tells(
        &refused.expect_code(2).stderr,
        &["touchdown.yaml is there already", "--force"],
    );
    assert_eq!(aws.simulator.requests(), []);
    assert_eq!(place.read("touchdown.yaml"), "mine");
    let shown = init(
        &place,
        &aws,
        &[&SERVICE[..], &["-o", "-", "--quiet"]].concat(),
    );
    assert_eq!(shown.expect_code(0).stderr, "");
    init(&place, &aws, &[&SERVICE[..], &["--force"]].concat()).expect_code(0);
    let dated = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(dated(&place.read("touchdown.yaml")), dated(&shown.stdout));
}

#[test]
fn what_cannot_be_looked_at_leaves_no_file() {
    let aws = Aws::of("healthy");
    let place = Place::new();
    let none = init(
        &place,
        &aws,
        &["prod-shop/chekout", "--region", "eu-west-1"],
    );
    assert_tells(
        &none.expect_code(3).stderr,
        &[
            "there is no service `chekout`",
            "These services exist: checkout.",
        ],
    );
    assert_tells(
        &init(&place, &aws, &["checkout"]).expect_code(2).stderr,
        &["CLUSTER/SERVICE"],
    );
    aws.simulator.deny("ecs:DescribeTaskDefinition");
    let denied = init(&place, &aws, &SERVICE);
    assert_tells(
        &denied.expect_code(3).stderr,
        &["was denied", "Allow the action ecs:DescribeTaskDefinition"],
    );
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn a_load_balancer_that_cannot_be_looked_at_is_left_out_and_said() {
    let aws = Aws::of("healthy");
    aws.simulator
        .deny("elasticloadbalancing:DescribeLoadBalancers");
    let place = Place::new();
    let ended = init(&place, &aws, &SERVICE);
    let told = "elasticloadbalancing:DescribeLoadBalancers";
    assert_tells(
        &ended.expect_code(0).stderr,
        &["warning: the load balancer is left out: ", told],
    );
    let suite = place.read("touchdown.yaml");
    assert_tells(
        &suite,
        &["# The load balancer could not be looked at: ", told],
    );
    place.run(&["validate"]).expect_code(0);
}

#[test]
fn what_a_task_definition_says_can_add_nothing_to_the_suite() {
    let aws = Aws::of("healthy");
    // A path in a health check that would end its text, and go on with a key of its own.
    let server = Server::changing(&aws.simulator, |body| {
        body.replace("/health", r#"/health\"\n    method: DELETE\n    body: \"x"#)
    });
    let place = Place::new();
    let url = server.url();
    let arguments = [&["init"], &SERVICE[..], &["--endpoint-url", &url]].concat();
    place.run(&arguments).expect_code(0);
    place.run(&["validate"]).expect_code(0);
    let suite = place.read("touchdown.yaml");
    assert_tells(&suite, &["DELETE"]);
    let added = |line: &str| !line.contains('#') && line.trim_start().starts_with("method:");
    assert!(!suite.lines().any(added), "{suite}");
}
