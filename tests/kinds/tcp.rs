//! `tcp.accepts` against listeners that greet, answer, or keep silent.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::secure::Authority;
use crate::server::closed_port;
use crate::suite::run;

/// A server that greets, answers one line, and says goodbye.
fn greeter() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let _ = stream.write_all(b"220 mail.example.com ready\r\n");
                let mut line = String::new();
                let read = BufReader::new(&stream).read_line(&mut line);
                if read.is_ok() {
                    let _ = write!(stream, "250 hello {line}");
                }
            });
        }
    });
    port
}

#[test]
fn a_port_is_told_by_what_it_says() {
    let greeter = greeter();
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let silent = silent.local_addr().expect("an address").port();
    let authority = Authority::new();
    let secure = authority.serve(&["localhost"], 10, &[&rustls::version::TLS13]);
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    let at = |port: u16| format!("address: 'localhost:{port}'");
    let report = run(
        &place,
        "tcp.accepts",
        &[
            ("open", at(silent)),
            ("greets", format!("{}, expect: '^220 '", at(greeter))),
            (
                "answers",
                format!(
                    "{}, send: \"EHLO x\\r\\n\", expect: 250 hello EHLO x",
                    at(greeter)
                ),
            ),
            (
                "other",
                format!("{}, send: \"QUIT\\r\\n\", expect: '^221'", at(greeter)),
            ),
            (
                "silent",
                format!("{}, expect: '^220', timeout: 500ms", at(silent)),
            ),
            (
                "secure",
                format!(
                    "{}, tls: true, ca_file: ca.pem, send: PING, expect: PONG",
                    at(secure)
                ),
            ),
            ("unknown", format!("{}, tls: true", at(secure))),
            ("plain", format!("{}, tls: true, timeout: 1s", at(greeter))),
            ("refused", at(closed_port())),
            ("nameless", "address: 'no-such-host.invalid:25'".into()),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "open: passed",
            "greets: passed",
            "answers: passed",
            "other: failed",
            "silent: failed",
            "secure: passed",
            "unknown: failed",
            "plain: failed",
            "refused: failed",
            "nameless: inconclusive",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("open", &["accepts, after "]);
    says("greets", &["and answers /^220 /"]);
    says("other", &["accepts, and answers ", "expected /^221/"]);
    says("silent", &["says nothing within 500ms"]);
    says("unknown", &["UnknownIssuer"]);
    says("refused", &["does not answer: Connection refused"]);
    says("nameless", &["the name does not resolve"]);
    assert_tells(&hint(&report, "other"), &["first bytes"]);
    let received = check(&report, "other")["evidence"][0].to_string();
    assert_tells(&received, &["220 mail.example.com ready", "250 hello QUIT"]);
}
