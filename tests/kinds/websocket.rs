//! `websocket.exchange` against Python's websockets.

mod turns;

use std::net::{Ipv4Addr, TcpListener};

use serde_json::Value;

use crate::place::{Place, argument, assert_tells, check, ended, hint, told, verdicts};
use crate::secure::both_known;
use crate::server::{Certificates, Server, closed_port};

const ASKS: &str = "send: [{ type: generate, platforms: [linkedin, twitter, pitch_deck] }]";
const THREE: &str = "expect: [{ json: { '$.type': item }, count: 3 }, { contains: done }]";

fn server() -> Option<Server> {
    Server::python("talking.py", "websockets", &[])
}

/// A suite of these checks, each told as its id and further fields.
fn suite(checks: &[(&str, String)]) -> String {
    let checks: Vec<String> = checks
        .iter()
        .map(|(id, fields)| format!("- {{ id: {id}, check: websocket.exchange, {fields} }}\n"))
        .collect();
    format!(
        "version: 1\ndefaults: {{ within: 500ms, every: 200ms, timeout: 10s }}\nchecks:\n{}",
        checks.concat()
    )
}

fn run(place: &Place, checks: &[(&str, String)]) -> Value {
    place.write("touchdown.yaml", &suite(checks));
    place.run(&["run", "--json", "r.json"]);
    place.json("r.json")
}

/// The quoted lines of a check's messages: where from, and the text.
fn messages(report: &Value, id: &str) -> Vec<String> {
    let evidence = check(report, id)["evidence"].as_array().expect("evidence");
    let excerpts = evidence
        .iter()
        .filter_map(|one| one["body"]["excerpt"]["lines"].as_array());
    let line = |line: &Value| {
        let part = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        format!("{}: {}", part("origin"), part("text"))
    };
    excerpts.flatten().map(line).collect()
}

#[test]
fn items_are_counted_and_a_value_is_saved() {
    let Some(server) = server() else { return };
    let url = |path: &str| format!("url: 'ws://127.0.0.1:{}{path}'", server.port);
    let report = run(
        &Place::new(),
        &[
            (
                "three",
                format!("{}, {ASKS}, {THREE}, quiet: 300ms", url("/generate")),
            ),
            (
                "cached",
                format!(
                    "{}, {ASKS}, {THREE}, quiet: 300ms, timeout: 600ms",
                    url("/cached")
                ),
            ),
            ("again", format!("{}, {ASKS}, {THREE}", url("/again"))),
            (
                "saves",
                format!("{}, {ASKS}, save: {{ run: $.run_id }}", url("/generate")),
            ),
            (
                "unsaved",
                format!(
                    "{}, {ASKS}, expect: [{{ contains: done }}], save: {{ x: $.no }}, timeout: 600ms",
                    url("/generate")
                ),
            ),
        ],
    );
    let expected = [
        "three: passed",
        "cached: failed",
        "again: failed",
        "saves: passed",
        "unsaved: failed",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("three", &["3 like $.type = \"item\", 1 like `done`"]);
    says(
        "cached",
        &["sent 3 messages within 600ms: 1 like $.type = \"item\", expected 3"],
    );
    says("again", &["4 like $.type = \"item\", expected 3"]);
    says("unsaved", &["none has all the values of `save`"]);
    let said = messages(&report, "cached");
    assert_eq!(
        said,
        [
            "sent: {\"type\":\"generate\",\"platforms\":[\"linkedin\",\"twitter\",\"pitch_deck\"]}",
            "received: {\"type\": \"started\", \"run_id\": \"run-1\"}",
            "received: {\"type\": \"item\", \"platform\": \"linkedin\"}",
            "received: all done",
            "ended: the time was over",
        ]
    );
    let evidence = check(&report, "cached")["evidence"].to_string();
    assert_tells(
        &evidence,
        &["$.type of the nearest message", "\\\"started\\\""],
    );
}

#[test]
fn what_waiting_can_not_mend_is_broken_and_what_is_not_there_is_told() {
    let Some(server) = server() else { return };
    let url = |path: &str| format!("url: 'ws://127.0.0.1:{}{path}'", server.port);
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let silent = silent.local_addr().expect("an address").port();
    let none = "expect: [{ contains: never }]";
    let report = run(
        &Place::new(),
        &[
            ("opens", url("/idle")),
            (
                "fails",
                format!(
                    "{}, {none}, broken_when: {{ json: {{ '$.type': error }} }}",
                    url("/fails")
                ),
            ),
            ("closes", format!("{}, {ASKS}, {none}", url("/closes"))),
            ("floods", format!("{}, {none}", url("/floods"))),
            ("long", format!("{}, {none}", url("/long"))),
            ("page", url("/page")),
            ("private", url("/private")),
            (
                "refused",
                format!("url: 'ws://127.0.0.1:{}'", closed_port()),
            ),
            (
                "silent",
                format!("url: 'ws://127.0.0.1:{silent}', timeout: 500ms"),
            ),
            ("nameless", "url: 'wss://no-such-host.invalid/'".into()),
            (
                "chosen",
                format!(
                    "{}, subprotocols: [content.v3, content.v1], send: [hello], expect: [{{ regex: '^hel+o$' }}]",
                    url("/echo")
                ),
            ),
            (
                "unchosen",
                format!("{}, subprotocols: [content.v9]", url("/echo")),
            ),
        ],
    );
    let expected = [
        "opens: passed",
        "fails: failed",
        "closes: failed",
        "floods: inconclusive",
        "long: inconclusive",
        "page: failed",
        "private: failed",
        "refused: failed",
        "silent: failed",
        "nameless: inconclusive",
        "chosen: passed",
        "unchosen: failed",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("opens", &[" opened in "]);
    says("fails", &["which is `broken_when`"]);
    let looks = |id: &str| check(&report, id)["attempts"].as_array().map(Vec::len);
    assert_eq!(looks("fails"), Some(1), "it settles at once");
    says(
        "closes",
        &["sent 0 messages and closed the connection (1011 no database)"],
    );
    let bounds = "sent more than 1000 messages, 1000 pings or 1048576 bytes";
    says("floods", &[bounds]);
    says("page", &["answered the handshake with 200, expected 101"]);
    says("private", &["answered the handshake with 401"]);
    assert_tells(&hint(&report, "private"), &["`authorization`"]);
    says("refused", &["does not answer: Connection refused"]);
    says("silent", &["did not answer within 500ms"]);
    says("nameless", &["the name does not resolve"]);
    says("unchosen", &["subprotocol"]);
}

#[test]
fn what_came_before_the_connection_broke_counts() {
    let Some(server) = server() else { return };
    let resets = format!("url: 'ws://127.0.0.1:{}/resets'", server.port);
    let broken = "broken_when: { json: { '$.type': error } }, expect: [{ contains: never }]";
    let report = run(
        &Place::new(),
        &[
            ("none", format!("{resets}, {broken}")),
            ("one", format!("{resets}, send: [a], {broken}")),
            ("many", format!("{resets}, send: [a, b, c, d, e], {broken}")),
        ],
    );
    for id in ["none", "one", "many"] {
        assert_tells(&told(&report, id), &["failed: ", "which is `broken_when`"]);
        let looks = check(&report, id)["attempts"].as_array().map(Vec::len);
        assert_eq!(looks, Some(1), "it settles at once");
    }
}

#[test]
fn messages_of_bytes_pings_and_more_than_enough_count() {
    let Some(server) = server() else { return };
    let url = |path: &str| format!("url: 'ws://127.0.0.1:{}{path}'", server.port);
    let two = "expect: [{ json: { '$.type': item }, at_least: 2 }]";
    let four = "expect: [{ json: { '$.type': item }, at_least: 4 }], timeout: 600ms";
    let later = "expect: [{ contains: warm }], timeout: 300ms, within: 30s";
    let report = run(
        &Place::new(),
        &[
            (
                "bytes",
                format!("{}, expect: [{{ contains: ready }}]", url("/binary")),
            ),
            (
                "pinged",
                format!("{}, expect: [{{ contains: alive }}]", url("/pinged")),
            ),
            ("two", format!("{}, {ASKS}, {two}", url("/generate"))),
            ("four", format!("{}, {ASKS}, {four}", url("/generate"))),
            ("later", format!("{}, {later}", url("/later"))),
        ],
    );
    let expected = [
        "bytes: passed",
        "pinged: passed",
        "two: passed",
        "four: failed",
        "later: passed",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    assert_eq!(messages(&report, "bytes"), ["received: \u{fffd}ready\0"]);
    let four = "3 like $.type = \"item\", expected at least 4";
    assert_tells(&told(&report, "four"), &[four]);
    let looks = check(&report, "later")["attempts"].as_array();
    let states = looks.expect("looks").iter().map(|look| &look["state"]);
    assert_eq!(states.collect::<Vec<_>>(), ["not-yet", "holds"]);
}

/// A flood is over before it takes the time of the other checks, which share one thread with it.
#[test]
fn a_flood_of_pings_keeps_no_other_check_from_looking() {
    let Some(server) = server() else { return };
    let url = |path: &str| format!("url: 'ws://127.0.0.1:{}{path}'", server.port);
    let floods = ["a", "b", "c", "d"].map(|id| {
        let fields = "expect: [{ contains: never }], timeout: 30s, within: 0s";
        (id, format!("{}, {fields}", url("/pings")))
    });
    let alive = format!(
        "{}, {ASKS}, {THREE}, timeout: 10s, within: 0s",
        url("/generate")
    );
    let checks = [&floods[..], &[("alive", alive)]].concat();
    let report = run(&Place::new(), &checks);
    assert_tells(&told(&report, "alive"), &["passed: "]);
    for (id, _) in &floods {
        let bounds = "sent more than 1000 messages, 1000 pings";
        assert_tells(&told(&report, id), &["inconclusive: ", bounds]);
    }
}

#[test]
fn a_secret_header_opens_the_door_and_is_shown_nowhere() {
    let Some(server) = server() else { return };
    let place = Place::new();
    let headers = "headers: { authorization: Bearer s3cr3t-t0k3n }";
    let url = format!("url: 'ws://127.0.0.1:{}/private'", server.port);
    let report = run(
        &place,
        &[(
            "known",
            format!("{url}, {headers}, {ASKS}, {THREE}, quiet: 100ms"),
        )],
    );
    assert_eq!(verdicts(&report), ["known: passed"], "{report:#}");
    assert!(!place.read("r.json").contains("s3cr3t"));
}

#[test]
fn tls_is_trusted_by_the_systems_roots() {
    let certificates = Certificates::new();
    let files = ["cert.pem", "key.pem"].map(|name| certificates.path(name));
    let arguments = files.each_ref().map(|path| argument(path));
    let Some(server) = Server::python("talking.py", "websockets", &arguments) else {
        return;
    };
    let url = format!("url: 'wss://localhost:{}/idle'", server.port);
    let place = Place::with_suite(&suite(&[("tls", url)]));
    let judged = |roots: &str| {
        let mut touchdown = place.touchdown(&["run", "--json", "r.json"]);
        touchdown.env("SSL_CERT_FILE", certificates.path(roots));
        ended(touchdown);
        told(&place.json("r.json"), "tls")
    };
    assert_tells(&judged("ca.pem"), &["passed: ", "opened in"]);
    // A certificate that has signed nothing.
    assert_tells(&judged("cert.pem"), &["failed: ", "is not to be trusted"]);
    let ca = argument(&certificates.path("ca.pem")).to_owned();
    let url = format!(
        "url: 'wss://localhost:{}/idle', ca_file: '{ca}'",
        server.port
    );
    let anyone = format!(
        "url: 'wss://localhost:{}/idle', insecure: true",
        server.port
    );
    let report = run(&Place::new(), &[("named", url), ("anyone", anyone)]);
    for id in ["named", "anyone"] {
        assert_tells(&told(&report, id), &["passed: ", "opened in"]);
    }
}

#[test]
fn a_server_that_wants_to_know_who_asks_is_shown_a_certificate() {
    let place = Place::new();
    let arguments = both_known(&place);
    let arguments = arguments.each_ref().map(String::as_str);
    let Some(server) = Server::python("talking.py", "websockets", &arguments) else {
        return;
    };
    let url = format!(
        "url: 'wss://localhost:{}/echo', send: [hello], expect: [{{ contains: hello }}]",
        server.port
    );
    let own = "cert_file: own.pem, key_file: own.key";
    let report = run(
        &place,
        &[
            ("known", format!("{url}, ca_file: ca.pem, {own}")),
            ("anyone", format!("{url}, insecure: true, {own}")),
            ("unknown", format!("{url}, ca_file: ca.pem")),
        ],
    );
    assert_eq!(
        verdicts(&report),
        ["known: passed", "anyone: passed", "unknown: failed"],
        "{report:#}"
    );
    // Some servers tell it by an alert, and some only break off.
    assert_tells(&told(&report, "unknown"), &["localhost", "answers, but"]);
    assert_tells(&hint(&report, "unknown"), &["`cert_file`"]);
}

#[test]
fn mistakes_are_told_before_anything_is_sent() {
    let place = Place::with_suite(
        "version: 1
checks:
  - { check: websocket.exchange, url: 'https://shop.example.com' }
  - check: websocket.exchange
    url: wss://shop.example.com
    headers: { Upgrade: websocket }
    expect:
      - { count: 3 }
      - { contains: a, count: 3, at_least: 2 }
      - { contains: a, at_least: 0 }
      - { contains: '' }
    broken_when: { contains: a, count: 2 }
  - check: websocket.exchange
    url: wss://shop.example.com/#news
    subprotocols: [a b, content.v1, content.v1, '']
    expect: [{ contains: a, count: 5000 }, { contains: a, at_least: 1001 }]
",
    );
    let ended = place.run(&["validate"]);
    ended.expect_code(2);
    assert_tells(
        &ended.stderr,
        &[
            "`https://shop.example.com` is not the address of a WebSocket",
            "the header `Upgrade` can't be sent, or the handshake makes it itself",
            "nothing is said of the messages: give `contains`, `regex` or `json`",
            "`count` and `at_least` say two things of one number",
            "`at_least: 0` is always so",
            "one message is enough for `broken_when`",
            "the address of a WebSocket has no fragment",
            "`a b` is no name of a subprotocol",
            "the subprotocol `content.v1` is offered twice",
            "`` is no name of a subprotocol",
            "no more than 1000 messages are read",
        ],
    );
}
