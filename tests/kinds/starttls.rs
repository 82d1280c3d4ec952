//! `tls.valid` and `tcp.accepts` where TLS begins on a connection that is open already.

use crate::place::{Place, assert_tells, hint, told, verdicts};
use crate::secure::Hears::{Bytes, Line, Nothing};
use crate::secure::{Authority, Said};
use crate::suite::run;

/// What servers say before TLS, each in the words of its protocol.
const DIALOGUES: [(&str, &[Said]); 6] = [
    (
        "smtp",
        &[
            (Nothing, b"220-mail\r\n220 ready\r\n"),
            (Line, b"250-STARTTLS\r\n250 DSN\r\n"),
            (Line, b"220 go\r\n"),
        ],
    ),
    (
        "imap",
        &[
            (Nothing, b"* OK ready\r\n"),
            (Line, b"* OK note\r\na OK go\r\n"),
        ],
    ),
    (
        "pop3",
        &[(Nothing, b"+OK ready\r\n"), (Line, b"+OK go\r\n")],
    ),
    (
        "ftp",
        &[
            (Nothing, b"220-Hello\r\n there\r\n220 ready\r\n"),
            (Line, b"234 go\r\n"),
        ],
    ),
    ("postgres", &[(Bytes(8), b"S")]),
    // Version 10 of the protocol, of the server 8, then what it can do: everything.
    (
        "mysql",
        &[
            (
                Nothing,
                b"\x1a\0\0\0\x0a8.0.40\0\x07\0\0\0scramble\0\xff\xff\x21\x02\0",
            ),
            (Bytes(36), b""),
        ],
    ),
];

#[test]
fn certificates_are_judged_behind_the_words_of_each_protocol() {
    let authority = Authority::new();
    let own = authority.sign(&["localhost"], -1..30);
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    let checks: Vec<(&str, String)> = DIALOGUES
        .iter()
        .map(|(protocol, says)| {
            let port = own.serve_behind(says);
            let fields = format!(
                "address: 'localhost:{port}', starttls: {protocol}, ca_file: ca.pem, valid_for: 14d"
            );
            (*protocol, fields)
        })
        .collect();
    let report = run(&place, "tls.valid", &checks);
    let passed = DIALOGUES.map(|(protocol, _)| format!("{protocol}: passed"));
    assert_eq!(verdicts(&report), passed, "{report:#}");
}

#[test]
fn a_server_without_tls_and_one_that_says_too_much_are_told() {
    let authority = Authority::new();
    let own = authority.sign(&["localhost"], -1..30);
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    let at = |says: &'static [Said]| {
        let port = own.serve_behind(says);
        format!("address: 'localhost:{port}', ca_file: ca.pem")
    };
    let none = at(&[
        (Nothing, b"220 ready\r\n"),
        (Line, b"250 DSN\r\n"),
        (Line, b"502 5.5.1 what?\r\n"),
    ]);
    let slipped = at(&[
        (Nothing, b"220 ready\r\n"),
        (Line, b"250 STARTTLS\r\n"),
        (Line, b"220 go\r\n250 AUTH PLAIN\r\n"),
    ]);
    let report = run(
        &place,
        "tls.valid",
        &[
            ("none", format!("{none}, starttls: smtp")),
            (
                "off",
                format!("{}, starttls: postgres", at(&[(Bytes(8), b"N")])),
            ),
            ("slipped", format!("{slipped}, starttls: smtp")),
            (
                "other",
                format!("{}, starttls: imap", at(&[(Nothing, b"SSH-2.0-x\r\n")])),
            ),
        ],
    );
    let failed = ["none", "off", "slipped", "other"].map(|id| format!("{id}: failed"));
    assert_eq!(verdicts(&report), failed, "{report:#}");
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says(
        "none",
        &["answers, but offers no TLS in SMTP: `502 5.5.1 what?`"],
    );
    assert_tells(&hint(&report, "none"), &["certificate"]);
    says("off", &["answers, but offers no TLS: its `ssl` is off"]);
    says("slipped", &["answers, but speaks no TLS"]);
    says(
        "other",
        &["does not greet as a server of IMAP", "`SSH-2.0-x`"],
    );
}

#[test]
fn a_conversation_goes_on_over_tls_and_uses_nothing_from_before() {
    const SAYS: &[Said] = &[(Nothing, b"OK ready\r\n"), (Line, b"OK begin\r\n")];
    const SLIPPED: &[Said] = &[(Nothing, b"OK ready\r\n"), (Line, b"OK begin\r\n+PONG\r\n")];
    let authority = Authority::new();
    let own = authority.sign(&["mail.invalid"], -1..30);
    let place = Place::new();
    place.write("ca.pem", &authority.pem());
    let turns = |says: &'static [Said], expect: &str| {
        format!(
            "address: '127.0.0.1:{}', server_name: mail.invalid, ca_file: ca.pem, turns: [\
             {{ expect: ^OK }}, {{ send: \"STARTTLS\\r\\n\", expect: ^OK, starttls: true }}, \
             {{ send: PING, expect: {expect} }}]",
            own.serve_behind(says)
        )
    };
    let (_, smtp) = DIALOGUES[0];
    let report = run(
        &place,
        "tcp.accepts",
        &[
            ("turns", turns(SAYS, "PONG")),
            ("stale", turns(SAYS, "begin")),
            ("slipped", turns(SLIPPED, "PONG")),
            (
                "preset",
                format!(
                    "address: '127.0.0.1:{}', server_name: mail.invalid, ca_file: ca.pem, \
                     starttls: smtp, send: PING, expect: PONG",
                    own.serve_behind(smtp)
                ),
            ),
            (
                "untrusted",
                format!(
                    "address: '127.0.0.1:{}', starttls: smtp, server_name: mail.invalid",
                    own.serve_behind(smtp)
                ),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "turns: passed",
            "stale: failed",
            "slipped: failed",
            "preset: passed",
            "untrusted: failed",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says(
        "stale",
        &["in turn 3 of 3 answers `+PONG`, expected /begin/"],
    );
    says(
        "slipped",
        &["sent 7 bytes more before TLS began, which are not to be trusted"],
    );
    says("untrusted", &["its issuer (CN=Root) is not known"]);
}
