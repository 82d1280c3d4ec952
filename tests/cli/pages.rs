//! `http.responds` against a web server that misbehaves in every way there is, without AWS.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::web::{Asked, Server, answer, write};

/// Runs checks of pages in which `HERE` stands for the server, each looking once unless it
/// says otherwise.
pub fn judged(server: &Server, checks: &[&str]) -> (i32, Value) {
    let checks: Vec<String> = checks
        .iter()
        .map(|check| format!("  - {{ check: http.responds, {check} }}"))
        .collect();
    let checks = checks.join("\n").replace("HERE", &server.url());
    let suite =
        format!("version: 1\ndefaults: {{ within: 0s, every: 200ms }}\nchecks:\n{checks}\n");
    let place = Place::with_suite(&suite);
    let mut command = place.touchdown(&["run", "--json", "report.json"]);
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        command.env_remove(name);
    }
    let ended = crate::place::ended(command);
    assert!(matches!(ended.code, Some(0 | 1 | 3)), "{ended:#?}");
    let report = place.report();
    assert_eq!(report["calls"], serde_json::json!([]), "AWS is not asked");
    (ended.code.expect("an exit code"), report)
}

fn site() -> Server {
    Server::start(|asked, stream| match asked.uri().path() {
        "/health" => write(stream, &health(asked)),
        "/old" => write(stream, &answer("302 Found", "location: /health\r\n", "")),
        "/loop" => write(stream, &answer("302 Found", "location: /loop\r\n", "")),
        "/slow" => {
            std::thread::sleep(Duration::from_secs(5));
            write(stream, &answer("200 OK", "", "late"));
        }
        "/drip" => drip(stream),
        "/large" => write(stream, &answer("200 OK", "", &large())),
        "/reset" => reset(stream),
        "/cut" => write(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nonly this",
        ),
        "/gone" => write(stream, &answer("410 Gone", "", "gone for good")),
        "/bom" => write(
            stream,
            &answer("200 OK", "", "\u{feff}{\"entities\": 5421}"),
        ),
        "/gzip" => write(
            stream,
            &answer("200 OK", "content-encoding: gzip\r\n", "\u{1f}\u{8b}\u{8}"),
        ),
        "/smtp" => write(stream, "220 mail.example.com ESMTP\r\n"),
        "/headers" => {
            let headers: String = (0..200)
                .map(|number| format!("x-{number}: 1\r\n"))
                .collect();
            write(stream, &answer("200 OK", &headers, ""));
        }
        "/html" => write(
            stream,
            &answer("200 OK", "content-type: text/html\r\n", "<p>hello</p>"),
        ),
        _ => write(stream, &answer("404 Not Found", "", "")),
    })
}

fn health(asked: &Asked) -> String {
    let agent = asked
        .headers()
        .get("user-agent")
        .map(|agent| agent.to_str().expect("text"));
    let body = serde_json::json!({
        "entities": 5421, "run": "cloud-latest", "method": asked.method().as_str(), "agent": agent,
        "sent": String::from_utf8_lossy(asked.body()),
        "test": asked.headers().get("x-test").map(|value| value.to_str().expect("text")),
    });
    answer(
        "200 OK",
        "content-type: application/json\r\nx-version: 2.4.0\r\n",
        &body.to_string(),
    )
}

/// A byte now and then, without an end.
fn drip(stream: &mut TcpStream) {
    write(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
    while stream.write_all(b".").is_ok() {
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// More than 1 MiB, with a word at its end.
fn large() -> String {
    format!("{}{}the end", "the start", "x".repeat(3 << 20))
}

/// Closing a socket with unread input resets the connection.
fn reset(stream: &mut TcpStream) {
    let _ = stream.set_nodelay(true);
    write(stream, "HT");
}

#[test]
fn what_is_as_expected_passes() {
    let (code, report) = judged(
        &site(),
        &[
            "id: all, url: HERE/health, expect: { status: 200, headers: { content-type: json, x-version: '2.4' }, body: { contains: cloud-latest, regex: 'entities\":\\d+' }, json: { '$.entities': 5421 }, under: 2s }",
            "id: any, url: HERE/health",
            "id: post, url: HERE/health, method: POST, body: hello, headers: { x-test: yes please }, expect: { json: { '$.method': POST, '$.sent': hello, '$.test': yes please } }",
            "id: agent, url: HERE/health, expect: { body: { regex: 'agent\":\"touchdown/' } }",
            "id: follow, url: HERE/old, expect: { status: 200 }",
            "id: keep, url: HERE/old, redirects: keep, expect: { status: 3xx, headers: { location: /health } }",
            "id: large, url: HERE/large, expect: { body: { contains: the start } }",
            "id: bom, url: HERE/bom, expect: { json: { '$.entities': 5421 } }",
        ],
    );
    assert_eq!(report["counts"]["passed"], 8, "{report:#}");
    assert_tells(
        &told(&report, "all"),
        &["answered 200 in", "`cloud-latest`", "$.entities = 5421"],
    );
    assert_tells(&told(&report, "follow"), &["/health answered 200"]);
    assert_eq!(code, 0);
}

#[test]
fn what_differs_is_told_with_what_was_seen() {
    let (code, report) = judged(
        &site(),
        &[
            "id: status, url: HERE/gone",
            "id: header, url: HERE/health, expect: { headers: { x-version: 2.5.0, x-none: x } }",
            "id: json, url: HERE/health, expect: { json: { '$.entities': 0 } }",
            "id: none, url: HERE/html, expect: { json: { '$.entities': 0 } }",
            "id: body, url: HERE/large, expect: { body: { contains: the end } }",
            "id: longest, url: HERE/large, expect: { json: { '$.a': 1 } }",
            "id: kept, url: HERE/old, redirects: keep",
            "id: gzip, url: HERE/gzip, expect: { json: { '$.entities': 0 } }",
            "id: slow, url: HERE/slow, expect: { under: 1s }, timeout: 8s",
        ],
    );
    assert_eq!(report["counts"]["failed"], 7, "{report:#}");
    // What was not read of a body that is too long can't be judged.
    assert_eq!(report["counts"]["inconclusive"], 2, "{report:#}");
    assert_tells(
        &told(&report, "status"),
        &["/gone answered with status 410, expected 2xx"],
    );
    assert_tells(
        &told(&report, "header"),
        &["header x-none no such header, expected x, and 1 more"],
    );
    assert_tells(&told(&report, "json"), &["$.entities 5421, expected 0"]);
    assert_tells(&told(&report, "none"), &["body no JSON"]);
    let unread = "the body is longer than 1 MiB, and";
    assert_tells(
        &told(&report, "body"),
        &["inconclusive: ", unread, "`the end`"],
    );
    assert_tells(&told(&report, "longest"), &["inconclusive: ", unread]);
    assert_tells(&told(&report, "kept"), &["status 302, expected 2xx"]);
    assert_tells(&hint(&report, "kept"), &["`redirects: keep`"]);
    assert_tells(&told(&report, "gzip"), &["body compressed (gzip)"]);
    assert_tells(&hint(&report, "gzip"), &["`accept-encoding`"]);
    assert_tells(&told(&report, "slow"), &["time ", "expected under 1s"]);
    assert_eq!(code, 1);
}

#[test]
fn no_answer_fails_at_the_deadline_and_names_the_reason() {
    let refused = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let nobody = refused.local_addr().expect("an address");
    drop(refused);
    let (code, report) = judged(
        &site(),
        &[
            "id: slow, url: HERE/slow, timeout: 1s",
            "id: drip, url: HERE/drip, timeout: 1s",
            "id: loop, url: HERE/loop",
            "id: reset, url: HERE/reset",
            "id: cut, url: HERE/cut, timeout: 3s",
            "id: smtp, url: HERE/smtp",
            "id: headers, url: HERE/headers",
            &format!("id: refused, url: 'http://{nobody}/'"),
        ],
    );
    assert_eq!(report["counts"]["failed"], 8, "{report:#}");
    assert_tells(&told(&report, "slow"), &["/slow did not answer within 1s"]);
    assert_tells(&told(&report, "drip"), &["/drip did not answer within 1s"]);
    assert_tells(&told(&report, "loop"), &["redirects more than ten times"]);
    assert_tells(&hint(&report, "loop"), &["redirects: keep"]);
    assert_tells(&told(&report, "reset"), &["/reset does not answer: "]);
    assert_tells(&told(&report, "cut"), &["/cut does not answer: "]);
    for (id, hinted) in [
        ("reset", "broke off"),
        ("cut", "broke off"),
        ("smtp", "speaks no HTTP"),
        ("headers", "more than 100 headers"),
        ("refused", "target group's port"),
    ] {
        assert_tells(&hint(&report, id), &[hinted]);
    }
    assert_tells(
        &told(&report, "refused"),
        &["does not answer: Connection refused"],
    );
    assert_eq!(code, 1);
}

#[test]
fn a_name_that_does_not_resolve_could_not_be_looked_at() {
    let (code, report) = judged(&site(), &["id: name, url: 'http://nothing.invalid/'"]);
    assert_tells(
        &told(&report, "name"),
        &[
            "inconclusive",
            "http://nothing.invalid/",
            "the name does not resolve",
        ],
    );
    assert_tells(&hint(&report, "name"), &["DNS"]);
    assert_eq!(code, 3);
}

#[test]
fn tls_to_a_port_that_speaks_none_is_no_answer() {
    let server = site();
    let url = server.url().replace("http:", "https:");
    let (code, report) = judged(&server, &[&format!("id: tls, url: {url}/health")]);
    assert_tells(&told(&report, "tls"), &["failed", "speaks no TLS"]);
    assert_eq!(code, 1);
}

#[test]
fn an_answer_that_waiting_cannot_mend_settles_it() {
    let (code, report) = judged(
        &site(),
        &["id: gone, url: HERE/gone, within: 5m, broken_when: { status: 410 }"],
    );
    assert_tells(
        &told(&report, "gone"),
        &["failed", "answered 410, which is `broken_when`"],
    );
    assert_eq!(
        check(&report, "gone")["attempts"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(code, 1);
}

#[test]
fn a_page_that_becomes_right_passes_and_one_that_must_stay_is_watched() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_, stream| {
        let status = match asked.fetch_add(1, Ordering::Relaxed) {
            0..4 => "503 Service Unavailable",
            _ => "200 OK",
        };
        write(stream, &answer(status, "", "x"));
    });
    let (code, report) = judged(
        &server,
        &[
            "id: up, url: HERE/, within: 10s",
            "id: stays, url: HERE/, within: 10s, hold: 1s",
        ],
    );
    assert_eq!(verdicts(&report), ["up: passed", "stays: passed"]);
    assert_tells(&told(&report, "stays"), &["held for 1s in"]);
    let first = &check(&report, "up")["attempts"][0];
    assert_eq!(first["state"], "not-yet");
    assert_eq!(code, 0);
}
