//! `http.responds` over connections as they are made on purpose: to whom, and with what certificate.

use std::net::{Ipv4Addr, TcpListener};

use serde_json::Value;

use crate::http::{says, site};
use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::secure::{Authority, BOTH};
use crate::suite::run;

#[test]
fn a_check_chooses_whom_to_ask_of_those_behind_a_name() {
    let site = site();
    let port = site.url().rsplit(':').next().expect("a port").to_owned();
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let silent = silent.local_addr().expect("an address").port();
    let host = |host: &str| format!("expect: {{ json: {{ $.host: '{host}' }} }}");
    let report = run(
        &Place::new(),
        "http.responds",
        &[
            (
                "name",
                format!(
                    "url: 'http://shop.invalid/', connect_to: '127.0.0.1:{port}', {}",
                    host("shop.invalid")
                ),
            ),
            (
                "port",
                format!(
                    "url: 'http://shop.invalid:8443/', connect_to: '127.0.0.1:{port}', {}",
                    host("shop.invalid:8443")
                ),
            ),
            (
                "same",
                format!(
                    "url: 'http://shop.invalid:{port}/', connect_to: 127.0.0.1, {}",
                    host(&format!("shop.invalid:{port}"))
                ),
            ),
            (
                "each",
                format!("url: 'http://localhost:{port}/', each: address, times: 2"),
            ),
            (
                "literal",
                format!("url: 'http://127.0.0.1:{port}/', each: address"),
            ),
            (
                "nameless",
                "url: 'http://no-such-host.invalid/', each: address".into(),
            ),
            (
                "silent",
                format!(
                    "url: 'http://shop.invalid/', connect_to: '127.0.0.1:{silent}', timeout: 500ms"
                ),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "name: passed",
            "port: passed",
            "same: passed",
            "each: passed",
            "literal: passed",
            "nameless: inconclusive",
            "silent: failed"
        ],
        "{report:#}"
    );
    says(&report, "port", &["http://shop.invalid:8443/ answered 200"]);
    says(&report, "each", &["of 127.0.0.1, in "]);
    says(&report, "silent", &["did not answer within 500ms"]);
}

#[test]
fn the_tls_of_the_connection_that_answered_is_judged() {
    let authority = Authority::new();
    let both = [&rustls::version::TLS12, &rustls::version::TLS13];
    let port = authority.serve(&["localhost", "shop.invalid"], 10, &both);
    let old = authority.serve(&["localhost"], 10, &both[..1]);
    let second = authority.serve_http2();
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    place.write("other.pem", &Authority::new().pem());
    let url = format!("url: 'https://localhost:{port}/', ca_file: ca.pem");
    let report = run(
        &place,
        "http.responds",
        &[
            (
                "valid",
                format!(
                    "{url}, expect: {{ body: {{ contains: secure }}, http: '1.1', tls: {{ valid_for: 8d, names: shop.invalid, version: '1.3' }} }}"
                ),
            ),
            (
                "short",
                format!("{url}, expect: {{ tls: {{ valid_for: 14d }} }}"),
            ),
            (
                "names",
                format!("{url}, expect: {{ tls: {{ names: [www.shop.invalid] }} }}"),
            ),
            (
                "old",
                format!(
                    "url: 'https://localhost:{old}/', ca_file: ca.pem, expect: {{ tls: {{ version: '1.3' }} }}"
                ),
            ),
            (
                "other",
                format!("url: 'https://localhost:{port}/', ca_file: other.pem"),
            ),
            ("unknown", format!("url: 'https://localhost:{port}/'")),
            (
                "insecure",
                format!("url: 'https://localhost:{port}/', insecure: true"),
            ),
            (
                "sni",
                format!(
                    "url: 'https://shop.invalid/', connect_to: '127.0.0.1:{port}', ca_file: ca.pem"
                ),
            ),
            (
                "wrong",
                format!(
                    "url: 'https://www.invalid/', connect_to: '127.0.0.1:{port}', ca_file: ca.pem"
                ),
            ),
            (
                "nofile",
                format!("url: 'https://localhost:{port}/', ca_file: none.pem"),
            ),
            (
                "second",
                format!(
                    "url: 'https://localhost:{second}/', ca_file: ca.pem, expect: {{ http: '2' }}"
                ),
            ),
            ("first", format!("{url}, expect: {{ http: '2' }}")),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "valid: passed",
            "short: failed",
            "names: failed",
            "old: failed",
            "other: failed",
            "unknown: failed",
            "insecure: passed",
            "sni: passed",
            "wrong: failed",
            "nofile: inconclusive",
            "second: passed",
            "first: failed",
        ],
        "{report:#}"
    );
    says(
        &report,
        "short",
        &[
            "certificate valid for 9d",
            "expected valid for at least 14d",
        ],
    );
    says(
        &report,
        "names",
        &["certificate for localhost, shop.invalid, expected for www.shop.invalid"],
    );
    says(&report, "first", &["HTTP 1.1, expected 2"]);
    says(&report, "old", &["TLS 1.2, expected 1.3 at least"]);
    says(
        &report,
        "unknown",
        &["is not to be trusted: its issuer (CN=Root) is not known"],
    );
    assert_tells(&hint(&report, "unknown"), &["`ca_file`"]);
    says(
        &report,
        "wrong",
        &["it is for localhost, shop.invalid, not for www.invalid"],
    );
    let evidence = check(&report, "valid")["evidence"]
        .as_array()
        .expect("evidence");
    let row = &evidence.last().expect("a table")["body"]["table"]["rows"][0];
    let row: Vec<&str> = row
        .as_array()
        .expect("a row")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        row[3..].iter().all(|took| took.contains("ms")),
        "DNS, TCP and TLS are told: {row:?}"
    );
}

/// The server is at the address of IPv4 alone, which a client that may choose finds.
#[test]
fn a_name_is_asked_at_its_addresses_of_one_version_of_ip() {
    let port = Authority::new().serve(&["localhost"], 30, BOTH);
    let url = format!("url: 'https://localhost:{port}/', insecure: true");
    let report = run(
        &Place::new(),
        "http.responds",
        &[
            ("any", url.clone()),
            ("four", format!("{url}, ip: 4")),
            ("each", format!("{url}, ip: 4, each: address")),
            ("six", format!("{url}, ip: 6")),
            ("each-six", format!("{url}, ip: 6, each: address")),
        ],
    );
    for id in ["any", "four", "each"] {
        assert_tells(&told(&report, id), &["passed: "]);
    }
    // `::1` refuses, or the name has no such address.
    for id in ["six", "each-six"] {
        assert!(!told(&report, id).starts_with("passed: "), "{report:#}");
    }
}
