//! `tls.valid` against rustls.

use std::net::{Ipv4Addr, TcpListener};

use rustls::SupportedProtocolVersion;

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::secure::{Authority, BOTH, Own, serve_by_name, serve_in_turn};
use crate::server::closed_port;
use crate::suite::run;

#[test]
fn certificates_are_told_apart_by_what_waiting_mends() {
    let authority = Authority::new();
    let good = authority.serve(&["localhost", "shop.invalid"], 10, BOTH);
    let expired = authority.serve(&["localhost"], -2, BOTH);
    let old = authority.serve(&["localhost"], 10, &BOTH[..1]);
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let silent = silent.local_addr().expect("an address").port();
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    let at = |port: u16| format!("address: 'localhost:{port}', ca_file: ca.pem");
    let report = run(
        &place,
        "tls.valid",
        &[
            (
                "good",
                format!(
                    "{}, valid_for: 8d, names: [shop.invalid], version: '1.3'",
                    at(good)
                ),
            ),
            ("short", format!("{}, valid_for: 14d", at(good))),
            ("expired", at(expired)),
            ("unknown", format!("address: 'localhost:{good}'")),
            (
                "named",
                format!("address: '127.0.0.1:{good}', server_name: shop.invalid, ca_file: ca.pem"),
            ),
            (
                "wrong",
                format!("address: '127.0.0.1:{good}', server_name: www.invalid, ca_file: ca.pem"),
            ),
            ("old", format!("{}, version: '1.3'", at(old))),
            ("refused", at(closed_port())),
            ("silent", format!("{}, timeout: 500ms", at(silent))),
            ("nameless", "address: no-such-host.invalid".into()),
            (
                "nofile",
                format!("address: 'localhost:{good}', ca_file: none.pem"),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "good: passed",
            "short: failed",
            "expired: failed",
            "unknown: failed",
            "named: passed",
            "wrong: failed",
            "old: failed",
            "refused: failed",
            "silent: failed",
            "nameless: inconclusive",
            "nofile: inconclusive",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says(
        "good",
        &[
            "the certificate of localhost:",
            "is valid for 9d",
            "over TLS 1.3",
        ],
    );
    says(
        "short",
        &[
            "certificate valid for 9d",
            "expected valid for at least 14d",
        ],
    );
    says("expired", &["expired 2d"]);
    says(
        "unknown",
        &["is not to be trusted: its issuer (CN=Root) is not known"],
    );
    assert_tells(&hint(&report, "unknown"), &["`ca_file`"]);
    says(
        "wrong",
        &["it is for localhost, shop.invalid, not for www.invalid"],
    );
    says("old", &["speaks TLS 1.2, expected 1.3 at least"]);
    says("refused", &["does not answer: Connection refused"]);
    says("silent", &["did not answer within 500ms"]);
    says("nameless", &["the name does not resolve"]);
    says("nofile", &["none.pem can't be read"]);
    let looks = |id: &str| check(&report, id)["attempts"].as_array().map(Vec::len);
    assert_eq!(
        (looks("short"), looks("expired")),
        (Some(1), Some(1)),
        "waiting renews none"
    );
    assert!(looks("unknown") > Some(1), "another server may answer");
    let chain = check(&report, "unknown")["evidence"].to_string();
    assert_tells(
        &chain,
        &[
            "localhost, shop.invalid",
            "not after",
            "TLS 1.3 with 127.0.0.1:",
        ],
    );
}

#[test]
fn the_whole_chain_is_judged_and_each_fault_told_in_words() {
    let root = Authority::new();
    let near = root.below("Near", -30..1).sign(&["localhost"], -1..60);
    let over = root.below("Over", -30..-2).sign(&["localhost"], -1..60);
    let early = root.sign(&["localhost"], 2..60);
    let own = Own::signed_by_itself(&["localhost"], -1..60);
    let past = Own::signed_by_itself(&["localhost"], -30..-2);
    let place = Place::new();
    place.write("ca.pem", &root.pem());
    place.write("own.pem", &own.pem());
    place.write("past.pem", &past.pem());
    place.write("none.pem", "no certificate");
    let (near, own) = (near.serve(), own.serve());
    let at = |port: u16, file: &str| format!("address: 'localhost:{port}', ca_file: {file}");
    let report = run(
        &place,
        "tls.valid",
        &[
            ("near", format!("{}, valid_for: 14d", at(near, "ca.pem"))),
            ("nearing", at(near, "ca.pem")),
            ("over", at(over.serve(), "ca.pem")),
            ("early", at(early.serve(), "ca.pem")),
            ("self", format!("address: 'localhost:{own}'")),
            ("listed", at(own, "own.pem")),
            (
                "misnamed",
                format!("{}, server_name: shop.invalid", at(own, "own.pem")),
            ),
            ("past", at(past.serve(), "past.pem")),
            ("empty", at(own, "none.pem")),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "near: failed",
            "nearing: passed",
            "over: failed",
            "early: failed",
            "self: failed",
            "listed: passed",
            "misnamed: failed",
            "past: failed",
            "empty: inconclusive",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says(
        "near",
        &[
            "but CN=Near, which vouches for it, is valid for ",
            "at least 14d",
        ],
    );
    says(
        "nearing",
        &["but CN=Near, which vouches for it, is valid for "],
    );
    says(
        "over",
        &["vouches for that of localhost:", "expired 2d", ": CN=Over"],
    );
    says("early", &["it is not valid before ", ", in 1d"]);
    says("self", &["is not to be trusted: it signed itself"]);
    assert_tells(&hint(&report, "self"), &["`ca_file`"]);
    says("misnamed", &["it is for localhost, not for shop.invalid"]);
    says("past", &["expired 2d"]);
    says(
        "empty",
        &["none.pem can't be used: it holds no certificate (PEM)"],
    );
    let looks = |id: &str| check(&report, id)["attempts"].as_array().map(Vec::len);
    assert_eq!(["near", "over", "past"].map(looks), [Some(1); 3]);
}

#[test]
fn the_name_that_is_asked_for_chooses_the_certificate() {
    let authority = Authority::new();
    let shop = authority.sign(&["shop.invalid"], -1..60);
    let dash = authority.sign(&["dash.invalid"], -1..30);
    let port = serve_by_name(&[("shop.invalid", &shop), ("dash.invalid", &dash)]);
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    let of = |name: &str| {
        format!("address: '127.0.0.1:{port}', server_name: {name}, ca_file: ca.pem, valid_for: 40d")
    };
    let report = run(
        &place,
        "tls.valid",
        &[
            ("shop", of("shop.invalid")),
            ("dash", of("dash.invalid")),
            ("other", of("other.invalid")),
        ],
    );
    assert_eq!(
        verdicts(&report),
        ["shop: passed", "dash: failed", "other: failed"],
        "{report:#}"
    );
    assert_tells(&told(&report, "other"), &["answers, but ends TLS"]);
}

#[test]
fn a_certificate_is_told_from_every_other_one() {
    let authority = Authority::new();
    let (old, new) = (
        authority.sign(&["localhost"], -1..60),
        authority.sign(&["localhost"], -1..60),
    );
    let port = new.serve();
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    let at = format!("address: 'localhost:{port}', ca_file: ca.pem");
    let report = run(
        &place,
        "tls.valid",
        &[
            (
                "this",
                format!(
                    "{at}, issuer: ^CN=Root$, serial: 'serial=03A1B2C3', sha256: '{}'",
                    new.fingerprint()
                ),
            ),
            ("other", format!("{at}, sha256: '{}'", old.fingerprint())),
            ("number", format!("{at}, serial: '03:a1:b2:c4'")),
            ("issuer", format!("{at}, issuer: O=Amazon")),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "this: passed",
            "other: failed",
            "number: failed",
            "issuer: failed"
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("other", &["has the certificate of SHA-256 ", ", expected "]);
    says(
        "number",
        &["has the certificate of serial number 03a1b2c3, expected 03a1b2c4"],
    );
    says(
        "issuer",
        &["has a certificate signed by CN=Root, expected by /O=Amazon/"],
    );
    let chain = check(&report, "this")["evidence"].to_string();
    assert_tells(&chain, &["serial number", "03a1b2c3", "SHA-256"]);
    let page = format!("url: 'https://localhost:{port}/', ca_file: ca.pem");
    let expecting = |own: &str| format!("{page}, expect: {{ tls: {{ sha256: '{own}' }} }}");
    let report = run(
        &place,
        "http.responds",
        &[
            ("this", expecting(&new.fingerprint())),
            ("other", expecting(&old.fingerprint())),
        ],
    );
    assert_eq!(verdicts(&report), ["this: passed", "other: failed"]);
    assert_tells(&told(&report, "other"), &["certificate SHA-256 "]);
}

#[test]
fn no_version_above_the_highest_is_offered() {
    let authority = Authority::new();
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    let at = |versions: &[&'static SupportedProtocolVersion]| {
        let port = authority.serve(&["localhost"], 10, versions);
        format!("address: 'localhost:{port}', ca_file: ca.pem, max_version: '1.2'")
    };
    let rows = [("both", at(BOTH)), ("newer", at(&BOTH[1..]))];
    let report = run(&place, "tls.valid", &rows);
    assert_eq!(verdicts(&report), ["both: passed", "newer: failed"]);
    assert_tells(&told(&report, "both"), &["over TLS 1.2"]);
    assert_tells(
        &told(&report, "newer"),
        &["answers, but does not speak TLS 1.2, the highest version that was offered"],
    );
}

#[test]
fn a_client_certificate_opens_what_wants_one() {
    let authority = Authority::new();
    let clients = Authority::named("Clients");
    let server = authority.sign(&["localhost"], -1..60);
    let client = clients.sign(&["touchdown"], -1..60);
    let stranger = authority.sign(&["stranger"], -1..60);
    let ports = [&BOTH[..1], &BOTH[1..]].map(|versions| server.serve_those_of(&clients, versions));
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    for (name, own) in [("own", &client), ("other", &stranger)] {
        place.write(&format!("{name}.pem"), &own.pem());
        place.write(&format!("{name}.key"), &own.key_pem());
    }
    let at = |port: u16| format!("address: 'localhost:{port}', ca_file: ca.pem");
    let shown = |name: &str, key: &str| format!("cert_file: {name}.pem, key_file: {key}.key");
    let own = shown("own", "own");
    let talks = "tls: true, send: PING, expect: PONG";
    let rows = [
        ("none12", "tls.valid", at(ports[0]), "failed"),
        (
            "own12",
            "tls.valid",
            format!("{}, {own}", at(ports[0])),
            "passed",
        ),
        (
            "own13",
            "tls.valid",
            format!("{}, {own}", at(ports[1])),
            "passed",
        ),
        (
            "none",
            "tcp.accepts",
            format!("{}, {talks}", at(ports[1])),
            "failed",
        ),
        (
            "own",
            "tcp.accepts",
            format!("{}, {talks}, {own}", at(ports[1])),
            "passed",
        ),
        (
            "stranger",
            "tcp.accepts",
            format!("{}, {talks}, {}", at(ports[1]), shown("other", "other")),
            "failed",
        ),
        (
            "mixed",
            "tcp.accepts",
            format!("{}, {talks}, {}", at(ports[1]), shown("own", "other")),
            "inconclusive",
        ),
        (
            "page",
            "http.responds",
            format!(
                "url: 'https://localhost:{}/', ca_file: ca.pem, {own}",
                ports[1]
            ),
            "passed",
        ),
        (
            "nobody",
            "http.responds",
            format!("url: 'https://localhost:{}/', ca_file: ca.pem", ports[1]),
            "failed",
        ),
    ];
    let checks: Vec<String> = rows
        .iter()
        .map(|(id, kind, fields, _)| format!("- {{ id: {id}, check: {kind}, {fields} }}\n"))
        .collect();
    place.write(
        "touchdown.yaml",
        &format!(
            "version: 1\ndefaults: {{ within: 1s, every: 200ms, timeout: 10s }}\nchecks:\n{}",
            checks.concat()
        ),
    );
    place.run(&["run", "--json", "r.json"]).expect_code(1);
    let report = place.json("r.json");
    let expected = rows
        .each_ref()
        .map(|(id, _, _, verdict)| format!("{id}: {verdict}"));
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    for id in ["none12", "none", "nobody"] {
        says(id, &["answers, but wants a client certificate"]);
        assert_tells(&hint(&report, id), &["`cert_file`", "`key_file`"]);
    }
    says("stranger", &["does not take the client certificate"]);
    says(
        "mixed",
        &["other.key can't be used: it is not the key of ", "own.pem"],
    );
}

#[test]
fn a_certificate_that_is_replaced_while_it_is_looked_at_passes() {
    let authority = Authority::new();
    let old = Authority::new().sign(&["localhost"], -1..60);
    let new = authority.sign(&["localhost"], -1..60);
    let port = serve_in_turn(&old, &new);
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    place.write(
        "touchdown.yaml",
        &format!(
            "version: 1\nchecks:\n- {{ check: tls.valid, id: new, address: 'localhost:{port}', \
             ca_file: ca.pem, within: 1m, every: 100ms }}\n"
        ),
    );
    place.run(&["run", "--json", "r.json"]).expect_code(0);
    let report = place.json("r.json");
    let looks = &check(&report, "new")["attempts"];
    assert_eq!(looks.as_array().map(Vec::len), Some(3), "{looks:#}");
}

#[test]
fn mistakes_are_told_before_anybody_is_asked() {
    let place = Place::with_suite(
        "version: 1
checks:
  - { check: tls.valid, address: shop, server_name: '*.shop' }
  - { check: tls.valid, address: shop, names: 'https://shop/' }
  - { check: tls.valid, address: shop, cert_file: own.pem }
  - { check: http.responds, url: 'https://shop/', key_file: own.key }
",
    );
    let ended = place.run(&["validate"]);
    ended.expect_code(2);
    assert_tells(
        &ended.stderr,
        &[
            "`*.shop` is no name of a server",
            "`https://shop/` is no name of a certificate",
            "`cert_file` goes together with `key_file`",
            "`key_file` goes together with `cert_file`",
        ],
    );
}
