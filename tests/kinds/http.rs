//! `http.responds`: what is sent, and what comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::suite::run;
use crate::web::{Asked, Server, answer, write};

/// What was asked, as JSON; of `/sometimes` and `/version`, every fourth answer is of another kind.
pub fn site() -> Server {
    let count = Arc::new(AtomicUsize::new(0));
    Server::start(move |asked, stream| {
        let is_fourth = || count.fetch_add(1, Ordering::SeqCst) % 4 == 3;
        let said = match asked.uri().path() {
            "/sometimes" if is_fourth() => answer("503 Service Unavailable", "", "warming up"),
            "/version" if is_fourth() => version("0ldc0de"),
            "/version" | "/new" => version("41ab9fe0c3d2b1a09f8e7d6c5b4a39281706f5e4"),
            "/gone" => answer("410 Gone", "", "gone"),
            "/to" => {
                let to = asked.uri().query().unwrap_or_default();
                answer("302 Found", &format!("location: {to}\r\n"), "")
            }
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

pub fn says(report: &Value, id: &str, parts: &[&str]) {
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
            (
                "nofile",
                format!("url: {url}, method: PUT, body_file: none.txt"),
            ),
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
