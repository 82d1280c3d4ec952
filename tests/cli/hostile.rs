//! Bytes of the worst kind over the wire: bodies and log lines that are no UTF-8, that are five
//! megabytes in one line, or that would like to be more than text. No panic, the right verdict, and
//! reports of a bounded size.

use std::io::Write;
use std::net::TcpStream;

use crate::aws::{Aws, checkout};
use crate::place::{EVERY_FILE, Ended, Place, assert_tells, check, told};
use crate::web::{Server, answer, write};

/// Every report of a run of the examples below stays under this many bytes.
const BOUNDED: usize = 200_000;

/// Runs the place's suite in every format, and asserts that whatever is written is small, and tells
/// a CI system or a terminal nothing.
#[track_caller]
fn judged(place: &Place, more: &[&str], code: i32) {
    let shown = [
        "human", "nagios", "tap", "jsonl", "json", "html", "markdown", "junit",
    ];
    for format in shown {
        let files: &[&str] = if format == "human" { &EVERY_FILE } else { &[] };
        let arguments = [&["run", "--format", format][..], files, more].concat();
        let ended = place.run(&arguments);
        // A monitoring system has codes of its own.
        ended.expect_code(if format == "nagios" && code == 1 {
            2
        } else {
            code
        });
        assert_harmless(&ended);
    }
    for file in place
        .files()
        .into_iter()
        .filter(|file| file.starts_with("r."))
    {
        let bytes = place.read(&file).len();
        assert!(bytes < BOUNDED, "{file} has {bytes} bytes");
    }
}

#[track_caller]
fn assert_harmless(ended: &Ended) {
    for stream in [&ended.stdout, &ended.stderr] {
        assert!(stream.len() < BOUNDED, "{} bytes", stream.len());
        let acts = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!stream.contains(acts), "{stream:?}");
        for line in stream.split('\n') {
            assert!(!line.trim_start().starts_with("::"), "{line}");
            assert!(!line.contains("##[") && !line.contains("##vso["), "{line}");
        }
    }
}

fn page(body: impl Fn(&mut TcpStream) + Send + Sync + 'static, expect: &str) -> (Server, Place) {
    let server = Server::start(move |_, stream| body(stream));
    let url = server.url();
    let suite = format!(
        "version: 1
defaults: {{ within: 0s }}
checks:
  - {{ id: page, check: http.responds, url: '{url}/', expect: {{ body: {{ {expect} }} }} }}
"
    );
    (server, Place::with_suite(&suite))
}

/// The corpus in one text.
fn corpus() -> String {
    let file = include_str!("../corpus/texts.json");
    let texts: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(file).expect("texts");
    let texts: Vec<&str> = texts.values().filter_map(|text| text.as_str()).collect();
    texts.join("\n")
}

#[test]
fn a_body_that_is_no_utf8_is_judged_by_what_it_holds() {
    let send = |stream: &mut TcpStream| {
        let body =
            b"Gr\xfc\xdfe \x80 \xc0\xaf \xed\xa0\x80 \xff\xfe\x00 cloud-latest \x9b31m\x1b]0;t\x07";
        let head = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(&[head.as_bytes(), body].concat());
    };
    let (_server, place) = page(send, "contains: cloud-latest");
    judged(&place, &[], 0);
    let evidence = check(&place.json("r.json"), "page")["evidence"].to_string();
    assert_tells(
        &evidence,
        &["Gr\u{fffd}\u{fffd}e \u{fffd} ", " cloud-latest "],
    );
}

#[test]
fn a_body_of_five_megabytes_in_one_line_is_quoted_in_part() {
    let line = "x<>&|`".repeat((5 << 20) / 6);
    let whole = format!("begins {line} cloud-latest");
    let body = whole.clone();
    let send = move |stream: &mut TcpStream| write(stream, &answer("200 OK", "", &body));
    let (_server, place) = page(send, "contains: begins");
    judged(&place, &[], 0);
    // What is sought stands beyond what is read, so that nobody can tell.
    let body = whole.clone();
    let send = move |stream: &mut TcpStream| write(stream, &answer("200 OK", "", &body));
    let (_server, place) = page(send, "contains: cloud-latest");
    judged(&place, &[], 3);
    assert_tells(&told(&place.json("r.json"), "page"), &["longer than 1 MiB"]);
    // It is the expectation that is long, and not met.
    let send = move |stream: &mut TcpStream| write(stream, &answer("200 OK", "", "short"));
    let long = format!("contains: '{}'", "y".repeat(500_000));
    let (_server, place) = page(send, &long);
    judged(&place, &[], 1);
}

#[test]
fn a_body_of_hostile_texts_stays_text() {
    let body = corpus();
    let send = move |stream: &mut TcpStream| {
        let name = "x-odd: ::error::x ##[error]y\r\n";
        write(stream, &answer("200 OK", name, &body));
    };
    let (_server, place) = page(send, "contains: 'not there'");
    judged(&place, &[], 1);
    let lines: Vec<String> = corpus().lines().take(8).map(str::to_owned).collect();
    let report = place.json("r.json");
    let evidence = &check(&report, "page")["evidence"][1]["body"]["excerpt"]["lines"];
    assert_eq!(
        evidence[0]["text"],
        lines[0].as_str(),
        "JSON keeps what was said"
    );
}

#[test]
fn log_lines_of_every_kind_are_judged_and_quoted_in_part() {
    let aws = Aws::of("healthy");
    let long = "x<>&|`##[e]".repeat((5 << 20) / 11);
    let message = serde_json::Value::from(format!("listening {}\n{long} the end", corpus()));
    let message = message.to_string();
    let server = Server::changing(&aws.simulator, move |body| {
        body.replace("\"INFO listening on 0.0.0.0:8080\"", &message)
    });
    let checks = "  - { id: absent, check: logs.line-absent, contains: listening }
  - { id: seen, check: logs.line-seen, contains: the end, within: 1s, ingestion: 0s }
  - { id: never, check: logs.line-seen, contains: not there, within: 1s, ingestion: 0s }";
    let place = Place::with_suite(&checkout("", checks));
    judged(&place, &["--endpoint-url", &server.url()], 1);
    let report = place.json("r.json");
    assert_tells(&told(&report, "absent"), &["failed: "]);
    assert_tells(&told(&report, "seen"), &["passed: "]);
    assert_tells(&told(&report, "never"), &["failed: "]);
}

#[test]
fn a_stop_reason_that_never_ends_is_told_in_part() {
    let aws = Aws::of("restart-loop");
    let hostile = corpus() + &"##vso[task.complete]".repeat(10_000);
    let hostile = serde_json::Value::from(hostile).to_string();
    let hostile = format!("\"stoppedReason\":\"{} ", &hostile[1..hostile.len() - 1]);
    let server = Server::changing(&aws.simulator, move |body| {
        body.replace("\"stoppedReason\":\"", &hostile)
    });
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/restart-loop/touchdown.yaml"
    );
    let suite = std::fs::read_to_string(example).expect("an example");
    let place = Place::with_suite(&suite);
    let url = server.url();
    let arguments = [&["run"], &EVERY_FILE[..], &["--endpoint-url", &url]].concat();
    let ended = place.run(&arguments);
    ended.expect_code(1);
    assert_harmless(&ended);
    for file in place
        .files()
        .into_iter()
        .filter(|file| file.starts_with("r."))
    {
        let bytes = place.read(&file).len();
        assert!(bytes < 3 * BOUNDED, "{file} has {bytes} bytes");
    }
}

#[test]
fn a_baseline_of_hostile_texts_stays_text() {
    let aws = Aws::of("healthy");
    let checks = "  - { id: replaced, check: ecs.tasks-replaced }
  - { id: advanced, check: ecs.revision-advanced }";
    let place = Place::with_suite(&checkout("", checks).replace("within: 5m", "within: 0s"));
    let url = aws.url();
    let service = ["snapshot", "prod-shop/checkout", "--region", "eu-west-1"];
    let endpoint = ["--endpoint-url", url.as_str()];
    let taken = place.run(&[&service[..], &endpoint, &["-o", "before.json"]].concat());
    taken.expect_code(0);
    let hostile = corpus();
    let mut baseline = place.json("before.json");
    for field in ["deployment", "task_definition"] {
        let known = baseline[field].as_str().expect("a text").to_owned();
        baseline[field] = format!("{hostile}\n{known}").into();
    }
    baseline["images"]["app"]["image"] = hostile.as_str().into();
    baseline["tasks"] = vec![hostile.as_str()].into();
    place.write("before.json", &baseline.to_string());
    let arguments = [
        &["run", "--baseline", "before.json"],
        &EVERY_FILE[..],
        &endpoint,
    ]
    .concat();
    let ended = place.run(&arguments);
    ended.expect_code(3);
    assert_harmless(&ended);
    assert_tells(&ended.stdout, &["none of a␀b"]);
}
