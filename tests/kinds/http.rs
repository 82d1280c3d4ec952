//! `http.responds` and `http.version-everywhere`, over connections as they are made on purpose.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::secure::Authority;
use crate::server::closed_port;
use crate::suite::run;
use crate::web::{Asked, Server, answer, write};

/// What was asked, as JSON; of `/sometimes` and `/version`, every fourth answer is of another kind.
fn site() -> Server {
    let count = Arc::new(AtomicUsize::new(0));
    Server::start(move |asked, stream| {
        let is_fourth = || count.fetch_add(1, Ordering::SeqCst) % 4 == 3;
        let said = match asked.uri().path() {
            "/sometimes" if is_fourth() => answer("503 Service Unavailable", "", "warming up"),
            "/version" if is_fourth() => version("0ldc0de"),
            "/version" | "/new" => version("41ab9fe0c3d2b1a09f8e7d6c5b4a39281706f5e4"),
            "/gone" => answer("410 Gone", "", "gone"),
            _ => echo(asked),
        };
        write(stream, &said);
    })
}

fn version(commit: &str) -> String {
    answer(
        "200 OK",
        &format!("x-version: {commit}\r\n"),
        &format!("{{\"commit\": \"{commit}\"}}"),
    )
}

fn echo(asked: &Asked) -> String {
    let header = |name: &str| {
        asked
            .headers()
            .get(name)
            .map(|value| value.to_str().expect("text").to_owned())
    };
    let body = serde_json::json!({
        "run_id": "r-5421", "workers": 3, "tags": ["a", "b"], "host": header("host"), "type": header("content-type"),
        "authorization": header("authorization"), "sent": String::from_utf8_lossy(asked.body()),
    });
    answer(
        "200 OK",
        "set-cookie: session=s3cr3t; Secure; HttpOnly; SameSite=Lax\r\nx-version: 2.4.0\r\n",
        &body.to_string(),
    )
}

fn says(report: &Value, id: &str, parts: &[&str]) {
    assert_tells(&told(report, id), parts);
}

#[test]
fn what_is_sent_arrives_and_what_comes_is_judged() {
    let site = site();
    let url = site.url();
    let place = Place::new();
    place.write("body.txt", "from a file");
    let report = run(
        &place,
        "http.responds",
        &[
            (
                "json",
                format!(
                    "url: {url}, method: POST, json: {{ a: [1, yes] }}, expect: {{ json: {{ $.sent: '{{\"a\":[1,\"yes\"]}}', $.type: application/json }} }}"
                ),
            ),
            (
                "file",
                format!(
                    "url: {url}, method: PUT, body_file: body.txt, expect: {{ json: {{ $.sent: from a file }} }}"
                ),
            ),
            ("nofile", format!("url: {url}, body_file: none.txt")),
            (
                "basic",
                format!(
                    "url: {url}, auth: {{ basic: {{ user: ci, password: s3cr3t-pass }} }}, expect: {{ json: {{ $.authorization: {{ matches: '^Basic ' }} }} }}"
                ),
            ),
            (
                "bearer",
                format!(
                    "url: {url}, auth: {{ bearer: s3cr3t-t0k3n }}, expect: {{ json: {{ $.authorization: Bearer s3cr3t-t0k3n }} }}"
                ),
            ),
            (
                "operators",
                format!(
                    "url: {url}, expect: {{ json: {{ $.workers: {{ '>=': 2, '<': 9 }}, $.tags: {{ length: 2 }}, $.gone: {{ exists: false }} }} }}"
                ),
            ),
            (
                "few",
                format!("url: {url}, expect: {{ json: {{ $.workers: {{ '>': 3 }} }} }}"),
            ),
            (
                "cookie",
                format!(
                    "url: {url}, expect: {{ cookies: {{ session: {{ secure: true, http_only: true, same_site: lax }} }} }}"
                ),
            ),
            (
                "strict",
                format!(
                    "url: {url}, expect: {{ cookies: {{ session: {{ same_site: strict }} }} }}"
                ),
            ),
            (
                "header",
                format!(
                    "url: {url}, expect: {{ headers: {{ x-version: {{ regex: '^2[.]' }}, x-debug: {{ absent: true }} }}, body: {{ not_contains: error }} }}"
                ),
            ),
            (
                "debug",
                format!("url: {url}, expect: {{ headers: {{ x-version: {{ absent: true }} }} }}"),
            ),
            (
                "gone",
                format!("url: {url}/gone, broken_when: {{ body: {{ contains: gone }} }}"),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "json: passed",
            "file: passed",
            "nofile: inconclusive",
            "basic: passed",
            "bearer: passed",
            "operators: passed",
            "few: failed",
            "cookie: passed",
            "strict: failed",
            "header: passed",
            "debug: failed",
            "gone: failed",
        ],
        "{report:#}"
    );
    says(
        &report,
        "operators",
        &["$.workers = 3 (>= 2 and < 9)", "$.tags = length 2"],
    );
    says(&report, "few", &["$.workers 3, expected > 3"]);
    says(
        &report,
        "strict",
        &["SameSite=Lax, expected SameSite=strict"],
    );
    says(&report, "nofile", &["none.txt can't be read"]);
    assert_tells(&hint(&report, "nofile"), &["`body_file`"]);
    assert!(!place.read("r.json").contains("s3cr3t"), "it is hidden");
    let rows = &check(&report, "json")["evidence"]
        .as_array()
        .expect("evidence");
    let table = rows.last().expect("a table").to_string();
    assert_tells(
        &table,
        &[
            "how long the answer took",
            "127.0.0.1:",
            "first byte",
            "\"1.1\"",
            "ms",
        ],
    );
}

#[test]
fn every_one_of_many_answers_counts() {
    let site = site();
    let url = site.url();
    let report = run(
        &Place::new(),
        "http.responds",
        &[
            ("often", format!("url: {url}/sometimes, times: 20")),
            (
                "always",
                format!("url: {url}/, times: 20, expect: {{ json: {{ $.workers: 3 }} }}"),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        ["often: failed", "always: passed"],
        "{report:#}"
    );
    says(
        &report,
        "often",
        &[
            "5 of 20 answers are not as expected: ",
            "status 503, expected 2xx",
        ],
    );
    says(
        &report,
        "always",
        &["answered as expected 20 of 20 times, in "],
    );
}

#[test]
fn an_old_target_behind_the_same_name_is_counted() {
    let site = site();
    let url = site.url();
    let expect = "expect: 41ab9fe";
    let report = run(
        &Place::new(),
        "http.version-everywhere",
        &[
            (
                "mixed",
                format!("url: {url}/version, json: $.commit, {expect}"),
            ),
            (
                "new",
                format!("url: {url}/new, header: x-version, {expect}, times: 8"),
            ),
            (
                "none",
                format!("url: {url}/new, header: x-nothing, {expect}, times: 3"),
            ),
            (
                "gone",
                format!("url: {url}/gone, json: $.commit, {expect}, times: 3"),
            ),
            (
                "refused",
                format!(
                    "url: 'http://127.0.0.1:{}/', json: $.commit, {expect}, times: 3",
                    closed_port()
                ),
            ),
            (
                "nameless",
                format!("url: 'http://no-such-host.invalid/', json: $.commit, {expect}, times: 2"),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "mixed: failed",
            "new: passed",
            "none: inconclusive",
            "gone: failed",
            "refused: failed",
            "nameless: inconclusive"
        ],
        "{report:#}"
    );
    says(
        &report,
        "mixed",
        &[
            "5 of 20 answers of ",
            "another version than 41ab9fe: 5 from 0ldc0de",
        ],
    );
    says(&report, "new", &["8 of 8 answers of "]);
    says(&report, "none", &["3 of 3 answers", "no header x-nothing"]);
    says(&report, "gone", &["3 of 3 requests", "status 410"]);
    says(&report, "refused", &["Connection refused"]);
    says(&report, "nameless", &["the name does not resolve"]);
    let table = check(&report, "mixed")["evidence"][0].to_string();
    assert_tells(
        &table,
        &[
            "versions of 20 answers",
            "[\"0ldc0de\",\"5\",\"127.0.0.1\"]",
        ],
    );
}

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
    says(&report, "old", &["TLS 1.2, expected 1.3 at least"]);
    says(
        &report,
        "unknown",
        &["invalid peer certificate: UnknownIssuer"],
    );
    assert_tells(&hint(&report, "unknown"), &["`ca_file`"]);
    says(
        &report,
        "wrong",
        &["invalid peer certificate", "www.invalid"],
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
