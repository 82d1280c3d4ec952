//! `tcp.accepts` against listeners that greet, answer, or keep silent.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::thread;

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::secure::Authority;
use crate::server::{Swallowing, closed_port};
use crate::suite::run;

/// A server that ends the first two connections without a word, and greets after that.
fn late_greeter() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten().skip(2) {
            let _ = stream.write_all(b"220 ready\r\n");
        }
    });
    port
}

/// A server that answers what it is asked by breaking the connection off: it never reads it.
fn breaker() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // What is unread when a socket is closed makes it a reset.
            let _ = stream.peek(&mut [0; 1]);
        }
    });
    port
}

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
            (
                "insecure",
                format!("{}, tls: true, insecure: true", at(secure)),
            ),
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
            "insecure: passed",
            "plain: failed",
            "refused: failed",
            "nameless: inconclusive",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("open", &["accepts, after "]);
    says("greets", &["and answers /^220 /"]);
    says(
        "other",
        &["accepts, and answers `250 hello QUIT`, expected /^221/"],
    );
    says("silent", &["says nothing within 500ms"]);
    says(
        "unknown",
        &["is not to be trusted: its issuer (CN=Root) is not known"],
    );
    assert_tells(&hint(&report, "unknown"), &["`ca_file`"]);
    says("plain", &["answers, but speaks no TLS"]);
    says("refused", &["does not answer: Connection refused"]);
    says("nameless", &["the name does not resolve"]);
    assert_tells(&hint(&report, "other"), &["both sides"]);
    let received = check(&report, "other")["evidence"][0].to_string();
    assert_tells(&received, &["220 mail.example.com ready", "250 hello QUIT"]);
}

#[test]
fn a_server_that_starts_late_passes_once_it_greets() {
    let place = Place::with_suite(&format!(
        "version: 1\nchecks:\n- {{ id: late, check: tcp.accepts, address: '127.0.0.1:{}', expect: '^220', \
         within: 1m, every: 100ms }}\n",
        late_greeter()
    ));
    place.run(&["run", "--json", "r.json"]).expect_code(0);
    let report = place.json("r.json");
    let looks = &check(&report, "late")["attempts"];
    assert_eq!(looks.as_array().map(Vec::len), Some(3), "{looks:#}");
}

#[test]
fn a_reset_is_told_apart_from_silence() {
    let fields = format!(
        "address: '127.0.0.1:{}', send: QUIT, expect: BYE",
        breaker()
    );
    let report = run(&Place::new(), "tcp.accepts", &[("reset", fields)]);
    assert_eq!(verdicts(&report), ["reset: failed"]);
    assert_tells(
        &told(&report, "reset"),
        &["breaks the connection off (Connection reset by peer"],
    );
}

/// A server of mail that greets, and answers each command that it hears, line by line.
fn mail() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let _ = stream.write_all(b"220-mail.example.com\r\n220 ready\r\n");
                let commands = BufReader::new(stream.try_clone().expect("a stream"));
                for command in commands.lines().map_while(Result::ok) {
                    let answer: &[u8] = match command.as_str() {
                        "EHLO touchdown" => b"250-SIZE\r\n250-AUTH PLAIN\r\n250 DSN\r\n",
                        "QUIT" => b"221 bye\r\n",
                        _ => b"502 what?\r\n",
                    };
                    let _ = stream.write_all(answer);
                }
            });
        }
    });
    port
}

#[test]
fn a_conversation_goes_on_turn_by_turn_until_one_is_not_answered() {
    let at = format!("address: '127.0.0.1:{}'", mail());
    let turns = |turns: &str| format!("{at}, turns: [{turns}]");
    let ehlo = "{ expect: '^220 ' }, { send: \"EHLO touchdown\\r\\n\", expect: '^250-AUTH' }";
    let report = run(
        &Place::new(),
        "tcp.accepts",
        &[
            (
                "whole",
                turns(&format!(
                    "{ehlo}, {{ send: \"QUIT\\r\\n\", expect: '^221 bye$' }}"
                )),
            ),
            (
                "stale",
                format!(
                    "{}, timeout: 500ms",
                    turns("{ expect: '^220-' }, { expect: mail.example.com }")
                ),
            ),
            (
                "unknown",
                format!(
                    "{}, timeout: 500ms",
                    turns(&format!(
                        "{ehlo}, {{ send: \"STARTTLS\\r\\n\", expect: '^220 ' }}, {{ send: QUIT }}"
                    ))
                ),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        ["whole: passed", "stale: failed", "unknown: failed"],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("whole", &["and answers as expected in 3 turns"]);
    says("stale", &["in turn 2 of 2 answers `220 ready`"]);
    says(
        "unknown",
        &["in turn 3 of 4 answers `502 what?`, expected /^220 /"],
    );
    let both = check(&report, "unknown")["evidence"][0].to_string();
    assert_tells(
        &both,
        &["EHLO touchdown", "250-AUTH", "STARTTLS", "502 what?"],
    );
}

#[test]
fn a_port_that_must_be_closed_is_told_from_one_that_nobody_sees() {
    let open = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let open = open.local_addr().expect("an address").port();
    let silent = Swallowing::at((Ipv4Addr::LOCALHOST, 0).into()).expect("a port");
    let silent = format!("address: '{}', timeout: 500ms", silent.address);
    let at = |port: u16| format!("address: '127.0.0.1:{port}'");
    let report = run(
        &Place::new(),
        "tcp.refuses",
        &[
            ("closed", at(closed_port())),
            ("open", at(open)),
            ("silent", silent.clone()),
            ("dropped", format!("{silent}, silence: closed")),
            ("nameless", "address: 'no-such-host.invalid:25'".into()),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "closed: passed",
            "open: failed",
            "silent: inconclusive",
            "dropped: passed",
            "nameless: inconclusive",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("closed", &["refuses connections"]);
    says(
        "open",
        &["accepts connections at 127.0.0.1, expected refused"],
    );
    says("silent", &["nothing came back from 127.0.0.1 within 500ms"]);
    assert_tells(&hint(&report, "silent"), &["`silence: closed`"]);
    says("nameless", &["the name does not resolve"]);
}

#[test]
fn a_port_that_is_closed_while_it_is_looked_at_passes() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        // The third look finds nobody: the listener ends with its second connection.
        let _ = [listener.accept(), listener.accept()];
    });
    let place = Place::with_suite(&format!(
        "version: 1\nchecks:\n- {{ id: old, check: tcp.refuses, address: '127.0.0.1:{port}', \
         within: 1m, every: 100ms }}\n"
    ));
    place.run(&["run", "--json", "r.json"]).expect_code(0);
    let report = place.json("r.json");
    let looks = &check(&report, "old")["attempts"];
    assert!(looks.as_array().map(Vec::len) > Some(1), "{looks:#}");
}

/// Where this machine has IPv6, which containers often lack.
#[test]
fn an_address_of_ipv6_is_asked_alike() {
    let Ok(listener) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        return;
    };
    let port = listener.local_addr().expect("an address").port();
    let fields = format!("address: '[::1]:{port}'");
    let report = run(&Place::new(), "tcp.accepts", &[("v6", fields)]);
    assert_eq!(verdicts(&report), ["v6: passed"]);
    let accepted = check(&report, "v6")["evidence"][0].to_string();
    assert_tells(&accepted, &[&format!("by [::1]:{port}")]);
}

#[test]
fn mistakes_are_told_before_anything_is_sent() {
    let place = Place::with_suite(
        "version: 1
checks:
  - { check: tcp.accepts, address: 'cache:80', expect: '.*' }
  - { check: tcp.accepts, address: 'cache:80', cert_file: own.pem, key_file: own.key }
",
    );
    let ended = place.run(&["validate"]);
    ended.expect_code(2);
    assert_tells(
        &ended.stderr,
        &[
            "/.*/ would match silence, too",
            "`cert_file` is for a server with TLS",
            "`key_file` is for a server with TLS",
        ],
    );
}
