//! `tls.valid` against rustls.

use std::net::{Ipv4Addr, TcpListener};

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::secure::Authority;
use crate::server::closed_port;
use crate::suite::run;

#[test]
fn certificates_are_told_apart_by_what_waiting_mends() {
    let authority = Authority::new();
    let both = [&rustls::version::TLS12, &rustls::version::TLS13];
    let good = authority.serve(&["localhost", "shop.invalid"], 10, &both);
    let expired = authority.serve(&["localhost"], -2, &both);
    let old = authority.serve(&["localhost"], 10, &both[..1]);
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
        &["not to be trusted for localhost", "UnknownIssuer"],
    );
    assert_tells(&hint(&report, "unknown"), &["`ca_file`"]);
    says("wrong", &["not to be trusted for www.invalid"]);
    says("old", &["has TLS 1.2, expected 1.3 at least"]);
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
