//! Endpoints that fail for a while or for good: throttled, broken, refused, HTML, silence.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;
use touchdown_simulator::{Fault, FaultKind};

use crate::aws::{Aws, checkout};
use crate::place::{Place, assert_tells, check, ended, hint, told};
use crate::web::{Server, answer, write};

fn fresh(more: &str) -> String {
    checkout(
        "",
        &format!("  - {{ id: fresh, check: ecs.tasks-started-after-push, {more} }}"),
    )
}

/// A call's numbers in a report: sent, throttled, failed.
fn numbers(report: &Value, call: &str) -> [u64; 3] {
    let calls = report["calls"].as_array().expect("calls");
    let found = calls
        .iter()
        .find(|known| known["call"] == call)
        .expect("that call");
    ["count", "throttled", "failed"].map(|field| found[field].as_u64().expect("a number"))
}

#[test]
fn throttling_for_a_while_is_waited_out_and_counted() {
    let aws = Aws::of("healthy");
    aws.simulator
        .throttle("ecs:DescribeServices", Duration::from_secs(2));
    let place = Place::with_suite(&fresh("within: 30s"));
    let ended = place.judge(&aws.url());
    ended.expect_code(0);
    let report = place.report();
    let [count, throttled, failed] = numbers(&report, "ecs:DescribeServices");
    assert!(
        throttled > 0 && failed == 0 && count > throttled,
        "{report:#}"
    );
    let first = &check(&report, "fresh")["attempts"][0];
    assert_eq!(first["state"], "unobserved");
    assert_tells(
        &first["headline"].to_string(),
        &["ecs:DescribeServices on prod-shop/checkout was throttled"],
    );
    // Each look sends at most two requests, and the pause between looks grows.
    assert!(throttled <= 10, "{throttled} throttled");
}

#[test]
fn throttling_to_the_end_is_inconclusive() {
    let aws = Aws::of("healthy");
    aws.simulator
        .fault(Fault::new("ecs:ListTasks", FaultKind::Throttled));
    let place = Place::with_suite(&fresh("within: 2s"));
    place.judge(&aws.url()).expect_code(3);
    let report = place.report();
    assert_tells(
        &told(&report, "fresh"),
        &[
            "inconclusive: after 2s still: ecs:ListTasks on",
            "throttled (ThrottlingException)",
        ],
    );
    assert_tells(&hint(&report, "fresh"), &["asks less often"]);
}

#[test]
fn server_errors_for_a_while_are_waited_out() {
    for kind in [
        FaultKind::Broken,
        FaultKind::Unavailable,
        FaultKind::BadGateway,
    ] {
        let aws = Aws::of("healthy");
        aws.simulator
            .fault(Fault::new("ecs:*", kind).lasting(SignedDuration::from_secs(1)));
        let place = Place::with_suite(&fresh("within: 30s"));
        place.judge(&aws.url()).expect_code(0);
        let report = place.report();
        let [_, throttled, failed] = numbers(&report, "ecs:DescribeServices");
        assert!(throttled == 0 && failed > 0, "{kind:?}: {report:#}");
    }
}

#[test]
fn server_errors_to_the_end_name_the_code() {
    let aws = Aws::of("healthy");
    aws.simulator
        .fault(Fault::new("ecs:DescribeTasks", FaultKind::Broken));
    let place = Place::with_suite(&fresh("within: 1s"));
    place.judge(&aws.url()).expect_code(3);
    let report = place.report();
    assert_tells(
        &told(&report, "fresh"),
        &[
            "inconclusive: after 1s still: ecs:DescribeTasks on ",
            "ServerException",
        ],
    );
    assert_tells(&hint(&report, "fresh"), &["AWS's side"]);
}

/// Whatever follows, it is read no further, in each of the protocols.
#[test]
fn an_answer_without_end_is_inconclusive_and_names_the_bound() {
    for call in [
        "ecs:DescribeTasks",
        "elasticloadbalancing:DescribeTargetHealth",
    ] {
        let aws = Aws::of("healthy");
        aws.simulator.fault(Fault::new(call, FaultKind::Gigantic));
        let place = Place::with_suite(&checkout(
            "",
            "  - { id: served, check: elb.targets-healthy, within: 0s }",
        ));
        place.judge(&aws.url()).expect_code(3);
        let told = told(&place.report(), "served");
        let bound = "got an unreadable answer (HTTP 200): it is larger than 16 MiB";
        assert_tells(&told, &["inconclusive: ", call, bound]);
    }
}

#[test]
fn a_page_of_html_is_no_answer_of_aws() {
    let server = Server::start(|_, stream| {
        let page = "<html><h1>502 Bad Gateway</h1></html>";
        write(
            stream,
            &answer("502 Bad Gateway", "content-type: text/html\r\n", page),
        );
    });
    let place = Place::with_suite(&fresh("within: 1s"));
    place.judge(&server.url()).expect_code(3);
    let report = place.report();
    assert_tells(
        &told(&report, "fresh"),
        &[
            "inconclusive",
            "ecs:DescribeServices on prod-shop/checkout",
            "(HTTP 502)",
        ],
    );
    assert_tells(
        &hint(&report, "fresh"),
        &["Is this an AWS endpoint?", "--endpoint-url"],
    );
}

#[test]
fn a_page_of_html_that_claims_success_is_none_either() {
    let server = Server::start(|_, stream| {
        write(
            stream,
            &answer(
                "200 OK",
                "content-type: text/html\r\n",
                "<p>Please log in</p>",
            ),
        );
    });
    let place = Place::with_suite(&fresh("within: 1s"));
    place.judge(&server.url()).expect_code(3);
    let report = place.report();
    assert_tells(
        &told(&report, "fresh"),
        &[
            "inconclusive",
            "ecs:DescribeServices",
            "unreadable answer (HTTP 200)",
        ],
    );
}

#[test]
fn an_endpoint_that_refuses_is_named_at_the_deadline() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let nobody = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let place = Place::with_suite(&fresh("within: 1s"));
    place.judge(&nobody).expect_code(3);
    let report = place.report();
    assert_tells(
        &told(&report, "fresh"),
        &[
            "inconclusive: after 1s still: ecs:DescribeServices on",
            "Connection refused",
        ],
    );
    assert_tells(&hint(&report, "fresh"), &["AWS_ENDPOINT_URL"]);
}

#[test]
fn an_endpoint_that_hangs_is_given_up_after_the_time_out() {
    let server = Server::start(|_, _| std::thread::sleep(Duration::from_secs(600)));
    let place = Place::with_suite(&fresh("within: 1s, timeout: 1s"));
    place.judge(&server.url()).expect_code(3);
    let report = place.report();
    assert_tells(
        &told(&report, "fresh"),
        &["inconclusive: after 1s still", "no answer within 1s"],
    );

    // With time enough, the SDK's own time-out names the call.
    let place = Place::with_suite(&fresh("within: 0s"));
    let mut command = place.touchdown(&[
        "run",
        "--json",
        "report.json",
        "--endpoint-url",
        &server.url(),
    ]);
    command.env("AWS_MAX_ATTEMPTS", "1");
    ended(command).expect_code(3);
    let report = place.report();
    assert_tells(
        &told(&report, "fresh"),
        &["ecs:DescribeServices on prod-shop/checkout got no answer in time"],
    );
}

#[test]
fn a_slow_answer_is_waited_for() {
    let aws = Aws::of("healthy");
    let mut slow = Fault::new("ecs:DescribeTasks", FaultKind::Slow);
    slow.delay = Some(SignedDuration::from_secs(2));
    aws.simulator.fault(slow);
    let place = Place::with_suite(&fresh("within: 10s"));
    place.judge(&aws.url()).expect_code(0);
    assert_eq!(numbers(&place.report(), "ecs:DescribeTasks"), [1, 0, 0]);
}

#[test]
fn a_proxy_is_used_where_the_environment_names_one() {
    let aws = Aws::of("healthy");
    let proxy = Server::before(&aws.simulator, |_, _| None);
    let page = "  - { id: page, check: http.responds, url: 'http://shop.invalid/health' }";
    let place = Place::with_suite(&checkout(
        "",
        &format!("  - {{ id: fresh, check: ecs.tasks-started-after-push }}\n{page}"),
    ));
    let endpoint = "http://aws.invalid";
    let mut command =
        place.touchdown(&["run", "--json", "report.json", "--endpoint-url", endpoint]);
    command
        .env_remove("NO_PROXY")
        .env("HTTP_PROXY", proxy.url());
    ended(command).expect_code(0);
    let report = place.report();
    assert_tells(
        &told(&report, "page"),
        &["http://shop.invalid/health answered 200"],
    );
    assert_tells(&told(&report, "fresh"), &["passed"]);
}
