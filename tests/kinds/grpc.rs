//! `grpc.healthy` against the gRPC and the health service of Python's grpcio.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use crate::place::{Place, argument, assert_tells, check, hint, told, verdicts};
use crate::secure::{Authority, BOTH, both_known};
use crate::server::{Certificates, Server, closed_port};

/// Runs a suite of these checks, each told as its id and further fields.
fn run(place: &Place, checks: &[(&str, String)]) -> serde_json::Value {
    let checks: Vec<String> = checks
        .iter()
        .map(|(id, fields)| format!("- {{ id: {id}, check: grpc.healthy, {fields} }}\n"))
        .collect();
    let suite = format!(
        "version: 1\ndefaults: {{ within: 1s, every: 200ms, timeout: 10s }}\nchecks:\n{}",
        checks.concat()
    );
    place.write("touchdown.yaml", &suite);
    place.run(&["run", "--json", "r.json"]);
    place.json("r.json")
}

#[test]
fn each_status_of_a_real_server_is_told_apart() {
    let Some(server) = Server::python("serving.py", "grpc_health", &[]) else {
        return;
    };
    let address = format!("address: '127.0.0.1:{}'", server.port);
    let of = |service: &str| format!("{address}, service: {service}");
    let place = Place::new();
    let report = run(
        &place,
        &[
            ("whole", address.clone()),
            ("warming", of("shop.Warming")),
            ("cart", of("shop.Cart")),
            ("odd", of("shop.Odd")),
            ("none", of("shop.Nothing")),
            ("private", of("shop.Private")),
            (
                "known",
                format!(
                    "{}, metadata: {{ authorization: Bearer s3cr3t-t0k3n }}",
                    of("shop.Private")
                ),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "whole: passed",
            "warming: passed",
            "cart: failed",
            "odd: failed",
            "none: failed",
            "private: inconclusive",
            "known: passed",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("whole", &["says SERVING of the server, after "]);
    says(
        "cart",
        &["says NOT_SERVING of service shop.Cart, expected SERVING"],
    );
    says("odd", &["says UNKNOWN of service shop.Odd"]);
    says("none", &["answered NOT_FOUND"]);
    assert_tells(&hint(&report, "none"), &["check `service`"]);
    says("private", &["answered UNAUTHENTICATED (who asks?)"]);
    let looks = |id: &str| check(&report, id)["attempts"].as_array().map(Vec::len);
    assert_eq!(looks("private"), Some(1), "nothing to wait for");
    assert_eq!(looks("warming"), Some(3), "it serves at the third look");
    let evidence = check(&report, "cart")["evidence"][0].to_string();
    assert_tells(&evidence, &["grpc.health.v1.Health/Check", "NOT_SERVING"]);
    assert!(!place.read("r.json").contains("s3cr3t"), "it is hidden");
}

/// A server of HTTP/1.1 alone, which takes what it is sent for a bad request.
fn page() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut part = [0; 1024];
                let _ = stream.read(&mut part);
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
                while stream.read(&mut part).is_ok_and(|length| length > 0) {}
            });
        }
    });
    port
}

#[test]
fn a_server_without_health_or_without_grpc_is_waited_for() {
    let Some(server) = Server::python("serving.py", "grpc_health", &["--none"]) else {
        return;
    };
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let silent = silent.local_addr().expect("an address").port();
    let page = page();
    let authority = Authority::new();
    let secure = authority.serve(&["localhost"], 30, BOTH);
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    let address = |port: u16| format!("address: '127.0.0.1:{port}'");
    let report = run(
        &place,
        &[
            ("none", address(server.port)),
            ("refused", address(closed_port())),
            ("silent", format!("{}, timeout: 500ms", address(silent))),
            ("nameless", "address: 'no-such-host.invalid:50051'".into()),
            (
                "tls",
                format!("address: 'https://127.0.0.1:{}'", server.port),
            ),
            ("page", address(page)),
            (
                "page-tls",
                format!("address: 'https://localhost:{secure}', ca_file: ca.pem"),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "none: failed",
            "refused: failed",
            "silent: failed",
            "nameless: inconclusive",
            "tls: failed",
            "page: failed",
            "page-tls: failed",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("none", &["answered UNIMPLEMENTED"]);
    says("refused", &["does not answer: Connection refused"]);
    says("silent", &["did not answer within 500ms"]);
    says("nameless", &["the name does not resolve"]);
    says("tls", &["answers, but speaks no TLS"]);
    says("page", &["answers, but speaks no HTTP/2"]);
    says("page-tls", &["answers, but speaks no HTTP/2"]);
}

#[test]
fn tls_is_trusted_by_the_file_that_the_suite_names_or_by_the_systems_roots() {
    let certificates = Certificates::new();
    let files = ["cert.pem", "key.pem"].map(|name| certificates.path(name));
    let arguments = files.each_ref().map(|path| argument(path));
    let Some(server) = Server::python("serving.py", "grpc_health", &arguments) else {
        return;
    };
    let address = format!("address: 'https://localhost:{}'", server.port);
    let trusting = |name: &str| {
        let file = certificates.path(name);
        format!("{address}, ca_file: '{}'", file.display())
    };
    let report = run(
        &Place::new(),
        &[
            ("trusted", trusting("ca.pem")),
            ("unknown", address.clone()),
            ("missing", trusting("none.pem")),
            ("anyone", format!("{address}, insecure: true")),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "trusted: passed",
            "unknown: failed",
            "missing: inconclusive",
            "anyone: passed",
        ],
        "{report:#}"
    );
    assert_tells(
        &told(&report, "unknown"),
        &["is not to be trusted: its issuer (CN=Root) is not known"],
    );
    assert_tells(
        &told(&report, "missing"),
        &["none.pem can't be read: No such file"],
    );
}

#[test]
fn a_server_that_wants_to_know_who_asks_is_shown_a_certificate() {
    let place = Place::new();
    let arguments = both_known(&place);
    let arguments = arguments.each_ref().map(String::as_str);
    let Some(server) = Server::python("serving.py", "grpc_health", &arguments) else {
        return;
    };
    let address = format!(
        "address: 'https://localhost:{}', ca_file: ca.pem",
        server.port
    );
    let report = run(
        &place,
        &[
            (
                "known",
                format!("{address}, cert_file: own.pem, key_file: own.key"),
            ),
            ("unknown", address),
        ],
    );
    assert_eq!(
        verdicts(&report),
        ["known: passed", "unknown: failed"],
        "{report:#}"
    );
    assert_tells(
        &told(&report, "unknown"),
        &["answers, but breaks off once TLS has begun"],
    );
    assert_tells(&hint(&report, "unknown"), &["`cert_file`"]);
}

#[test]
fn mistakes_are_told_before_anything_is_asked() {
    let place = Place::with_suite(
        "version: 1
checks:
  - { check: grpc.healthy, address: shop }
  - { check: grpc.healthy, address: 'shop:50051', ca_file: ca.pem }
  - { check: grpc.healthy, address: 'shop:50051', metadata: { trace-bin: abc } }
",
    );
    let ended = place.run(&["validate"]);
    ended.expect_code(2);
    assert_tells(
        &ended.stderr,
        &[
            "`shop` is not the address of a gRPC server",
            "`ca_file` is for an `address` with TLS",
            "the metadata `trace-bin` can't be sent",
        ],
    );
}
