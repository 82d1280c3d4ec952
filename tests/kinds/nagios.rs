//! `nagios` with the plug-ins of Debian's monitoring-plugins-basic, against real servers on loopback.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use serde_json::Value;

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::secure::Authority;
use crate::server::{closed_port, skipped};

const PLUGINS: &str = "/usr/lib/nagios/plugins";

/// Whether the plug-ins are installed; `.ci/run` does that, and fails where it reads of something skipped.
fn installed() -> bool {
    let there = Path::new(PLUGINS).join("check_http").exists();
    if !there {
        skipped("nagios", "monitoring-plugins-basic is not there");
    }
    there
}

/// A web server that answers everything alike, until the tests end.
fn serve() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // What is asked is of no matter, but must be read before it is answered.
            let _ = stream.read(&mut [0; 4096]);
            let answer =
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 13\r\n\r\n5421 entities";
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

fn run(checks: &[(&str, String)]) -> Value {
    let checks: Vec<String> = checks
        .iter()
        .map(|(id, fields)| format!("- {{ id: {id}, check: nagios, {fields} }}\n"))
        .collect();
    let suite = format!(
        "version: 1\ndefaults: {{ within: 600ms, every: 200ms, timeout: 5s }}\nchecks:\n{}",
        checks.concat()
    );
    let place = Place::with_suite(&suite);
    place.run(&["run", "--json", "r.json"]);
    place.json("r.json")
}

#[test]
fn a_certificate_is_looked_at_by_a_real_plug_in() {
    if !installed() {
        return;
    }
    let both = [&rustls::version::TLS12, &rustls::version::TLS13];
    let port = Authority::new().serve(&["localhost"], 10, &both);
    let lasts = |days: u32| {
        format!(
            "command: [{PLUGINS}/check_http, -H, localhost, -I, 127.0.0.1, -p, '{port}', --ssl, --sni, -C, '{days}']"
        )
    };
    let report = run(&[("lasts", lasts(5)), ("expires", lasts(14))]);
    assert_eq!(
        verdicts(&report),
        ["lasts: passed", "expires: failed"],
        "{report:#}"
    );
    assert_tells(&told(&report, "expires"), &["expire"]);
    assert_tells(
        &hint(&report, "expires"),
        &["run it by hand", "check_http -H localhost"],
    );
}

#[test]
fn each_state_of_a_real_plug_in_is_told_apart() {
    if !installed() {
        return;
    }
    let (port, closed) = (serve(), closed_port());
    let http = |port: u16, more: &str| {
        format!("command: [{PLUGINS}/check_http, -H, 127.0.0.1, -p, '{port}'{more}]")
    };
    let report = run(&[
        ("serves", http(port, ", -s, 5421")),
        (
            "tcp",
            format!("command: [{PLUGINS}/check_tcp, -H, 127.0.0.1, -p, '{port}']"),
        ),
        ("slow", http(port, ", -w, '0.000001'")),
        (
            "slow-is-fine",
            format!("{}, warning: holds", http(port, ", -w, '0.000001'")),
        ),
        ("old", http(port, ", -s, 5422")),
        ("down", http(closed, "")),
        (
            "down-for-good",
            format!("{}, critical: broken", http(closed, "")),
        ),
        ("misused", format!("command: [{PLUGINS}/check_http]")),
        (
            "missing",
            format!("command: [{PLUGINS}/check_no_such_thing]"),
        ),
    ]);
    assert_eq!(
        verdicts(&report),
        [
            "serves: passed",
            "tcp: passed",
            "slow: failed",
            "slow-is-fine: passed",
            "old: failed",
            "down: failed",
            "down-for-good: failed",
            "misused: inconclusive",
            "missing: inconclusive",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("serves", &["passed: HTTP OK: HTTP/1.1 200 OK"]);
    says("slow", &["HTTP WARNING"]);
    says("old", &["HTTP CRITICAL", "5422"]);
    says("down", &["CRITICAL"]);
    says("missing", &["there is no such file"]);
    let looks = |id: &str| check(&report, id)["attempts"].as_array().map(Vec::len);
    assert_eq!(looks("down-for-good"), Some(1));
    assert!(looks("down") > Some(1), "it waits");
    let evidence = check(&report, "serves")["evidence"].to_string();
    assert_tells(
        &evidence,
        &["performance data", "\"time\"", "\"size\"", "check_http"],
    );
}
