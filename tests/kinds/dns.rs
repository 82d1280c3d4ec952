//! `dns.resolves` against dnsmasq.

use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::place::{Place, argument, assert_tells, check, hint, told, verdicts};
use crate::server::{closed_port, skipped};
use crate::suite::run;

/// dnsmasq as a resolver that knows these records and asks nobody, until it is dropped.
struct Resolver {
    process: Child,
    port: u16,
}

impl Resolver {
    fn knowing(records: &[&str]) -> Option<Self> {
        let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut command = Command::new("dnsmasq");
        command
            .env("PATH", "/usr/sbin:/usr/local/sbin:/usr/bin:/sbin")
            .args([
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--user=root",
            ])
            .args([
                "--no-resolv",
                "--no-hosts",
                "--bind-interfaces",
                "--listen-address=127.0.0.1",
            ])
            .arg(format!("--port={port}"))
            .args(records)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        match command.spawn() {
            Ok(process) => Some(Self { process, port }),
            Err(_) => {
                skipped("dns.resolves", "dnsmasq-base is not there");
                None
            }
        }
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A resolver that answers SERVFAIL to whatever it is asked (RFC 1035, 4.1.1).
fn failing() -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = socket.local_addr().expect("an address").port();
    thread::spawn(move || {
        let mut message = [0; 512];
        while let Ok((length, asker)) = socket.recv_from(&mut message) {
            message[2] |= 0x80;
            message[3] = 0x82;
            let _ = socket.send_to(&message[..length], asker);
        }
    });
    port
}

/// Whether something has been written to a log by now.
fn logs(log: &Path, text: &str) -> bool {
    std::fs::read_to_string(log).is_ok_and(|log| log.contains(text))
}

#[test]
fn a_record_that_is_made_while_it_is_looked_for_passes() {
    let place = Place::new();
    let (hosts, log) = (place.path("hosts"), place.path("log"));
    std::fs::create_dir(&hosts).expect("a folder");
    let [hosts_option, log_option] = [
        format!("--hostsdir={}", argument(&hosts)),
        format!("--log-facility={}", argument(&log)),
    ];
    let options = [
        "--local=/test/",
        "--log-queries",
        &hosts_option,
        &log_option,
    ];
    let Some(resolver) = Resolver::knowing(&options) else {
        return;
    };
    // Once it was asked in vain, the name is there: dnsmasq reads what is new in the folder.
    let maker = thread::spawn(move || {
        while !logs(&log, "new.test is NXDOMAIN") {
            thread::sleep(Duration::from_millis(20));
        }
        std::fs::write(hosts.join("new"), "10.0.0.7 new.test\n").expect("a file");
    });
    place.write(
        "touchdown.yaml",
        &format!(
            "version: 1\nchecks:\n- {{ id: new, check: dns.resolves, host: new.test, exact: 10.0.0.7, \
             resolvers: '127.0.0.1:{}', within: 1m, every: 100ms }}\n",
            resolver.port
        ),
    );
    let ended = place.run(&["run", "--json", "r.json"]);
    ended.expect_code(0);
    maker.join().expect("the record is made");
    let report = place.json("r.json");
    let looks = &check(&report, "new")["attempts"];
    assert!(looks.as_array().map(Vec::len) > Some(1), "{looks:#}");
}

#[test]
fn a_zone_tells_its_own_records() {
    let options = [
        "--auth-server=ns.zone.test,127.0.0.1",
        "--auth-zone=zone.test",
        "--auth-soa=2025111801,admin.zone.test",
    ];
    let Some(zone) = Resolver::knowing(&options) else {
        return;
    };
    let of = |more: &str| {
        format!(
            "host: zone.test, resolvers: '127.0.0.1:{}', {more}",
            zone.port
        )
    };
    let report = run(
        &Place::new(),
        "dns.resolves",
        &[
            ("servers", of("type: NS, exact: NS.zone.test.")),
            (
                "start",
                of(
                    "type: SOA, exact: ns.zone.test. admin.zone.test. 2025111801 1200 180 1209600 600",
                ),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        ["servers: passed", "start: passed"],
        "{report:#}"
    );
}

#[test]
fn mistakes_are_told_before_anybody_is_asked() {
    let place = Place::with_suite(
        "version: 1
checks:
  - { check: dns.resolves, host: shop.test, exact: '' }
  - { check: dns.resolves, host: shop.test, exact: [10.0.0.7, 10.0.0.300] }
  - { check: dns.resolves, host: shop.test, type: MX, any: mail.test }
  - { check: dns.resolves, host: shop..test }
  - { check: dns.resolves, host: 10.0.0.7 }
  - { check: dns.resolves, host: shop.test, absent: true, any: 10.0.0.7 }
",
    );
    let ended = place.run(&["validate"]);
    ended.expect_code(2);
    assert_tells(
        &ended.stderr,
        &[
            "`` is no record of the type A",
            "`10.0.0.300` is no record of the type A",
            "`mail.test` is no record of the type MX",
            "write a preference and a name, `10 mail.example.com`",
            "`shop..test` is no name of DNS",
            "`10.0.0.7` is an address, not a name",
            "`all`, `any`, `exact`, `absent` and `code` can't go together",
        ],
    );
}

#[test]
fn records_resolvers_and_failures_are_told_apart() {
    let known = [
        "--local=/test/",
        "--host-record=shop.test,10.0.0.7,fd00::7,60",
        "--host-record=shop.test,10.0.0.8",
        "--cname=www.shop.test,shop.test",
        "--txt-record=shop.test,site-verification=AbC",
        "--srv-host=_db._tcp.shop.test,db.test,5432,0,5",
        "--caa-record=shop.test,0,issue,letsencrypt.org",
        "--ptr-record=7.0.0.10.in-addr.arpa,shop.test",
        "--mx-host=shop.test,mail.test,10",
    ];
    let Some(new) = Resolver::knowing(&known) else {
        return;
    };
    let old = Resolver::knowing(&["--local=/test/", "--host-record=shop.test,10.0.0.6"])
        .expect("dnsmasq again");
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let silent = silent.local_addr().expect("an address").port();
    let failing = failing();
    let of = |name: &str, more: &str| {
        format!(
            "host: {name}, resolvers: ['127.0.0.1:{}'], {more}",
            new.port
        )
    };
    let both = format!(
        "resolvers: ['127.0.0.1:{}', '127.0.0.1:{}']",
        new.port, old.port
    );
    let report = run(
        &Place::new(),
        "dns.resolves",
        &[
            ("some", of("shop.test", "type: A")),
            ("exact", of("shop.test", "exact: [10.0.0.8, 10.0.0.7]")),
            ("v6", of("shop.test", "type: AAAA, exact: 'fd00::7'")),
            (
                "alias",
                of("www.shop.test", "type: CNAME, exact: shop.test."),
            ),
            ("through", of("www.shop.test", "any: 10.0.0.7")),
            (
                "text",
                of("shop.test", "type: TXT, all: site-verification=AbC"),
            ),
            ("mail", of("shop.test", "type: MX, exact: 10 mail.test")),
            (
                "service",
                of("_db._tcp.shop.test", "type: SRV, exact: 0 5 5432 DB.test."),
            ),
            (
                "authority",
                of(
                    "shop.test",
                    "type: CAA, exact: '0 issue \"letsencrypt.org\"'",
                ),
            ),
            ("reverse", of("10.0.0.7", "type: PTR, exact: shop.test")),
            ("gone", of("none.test", "absent: true")),
            ("there", of("shop.test", "absent: true")),
            ("below", of("_tcp.shop.test", "type: A")),
            ("other", of("shop.test", "all: [10.0.0.7, 10.0.0.9]")),
            ("more", of("shop.test", "exact: 10.0.0.7")),
            ("nothing", of("none.test", "type: A")),
            ("norecord", of("shop.test", "type: SRV")),
            ("refused", of("example.com", "type: A")),
            (
                "silent",
                format!("host: shop.test, resolvers: ['127.0.0.1:{silent}'], timeout: 500ms"),
            ),
            (
                "closed",
                format!(
                    "host: shop.test, resolvers: ['127.0.0.1:{}'], timeout: 30s",
                    closed_port()
                ),
            ),
            (
                "failing",
                format!("host: shop.test, resolvers: ['127.0.0.1:{failing}']"),
            ),
            (
                "wrong",
                format!(
                    "host: shop.test, exact: 10.0.0.7, resolvers: ['127.0.0.1:{}', '127.0.0.1:{failing}']",
                    old.port
                ),
            ),
            ("code", of("none.test", "code: NXDOMAIN")),
            ("coded", of("shop.test", "type: SRV, code: NXDOMAIN")),
            ("refusing", of("example.com", "code: REFUSED")),
            ("disagree", format!("host: shop.test, {both}")),
            ("one", format!("host: shop.test, any: 10.0.0.7, {both}")),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "some: passed",
            "exact: passed",
            "v6: passed",
            "alias: passed",
            "through: passed",
            "text: passed",
            "mail: passed",
            "service: passed",
            "authority: passed",
            "reverse: passed",
            "gone: passed",
            "there: failed",
            "below: failed",
            "other: failed",
            "more: failed",
            "nothing: failed",
            "norecord: failed",
            "refused: inconclusive",
            "silent: inconclusive",
            "closed: inconclusive",
            "failing: inconclusive",
            "wrong: failed",
            "code: passed",
            "coded: failed",
            "refusing: passed",
            "disagree: failed",
            "one: failed",
        ],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("mail", &["shop.test has MX 10 mail.test"]);
    says("other", &["expected 10.0.0.7 and 10.0.0.9"]);
    says("more", &["expected 10.0.0.7 and no other"]);
    says("nothing", &["none.test does not exist (NXDOMAIN)"]);
    says("norecord", &["shop.test has no SRV record"]);
    says(
        "refused",
        &["example.com could not be looked up", "answered REFUSED"],
    );
    says("silent", &["did not answer within 500ms"]);
    says("gone", &["none.test does not exist (NXDOMAIN)"]);
    says("there", &["expected none"]);
    assert_tells(&hint(&report, "below"), &["names below it"]);
    says(
        "closed",
        &["could not be looked up by", "Connection refused"],
    );
    says("coded", &["is answered with NOERROR", "expected NXDOMAIN"]);
    says("failing", &["answered SERVFAIL"]);
    says(
        "wrong",
        &[
            "shop.test has A 10.0.0.6",
            "expected 10.0.0.7 and no other",
            "; 1 of 2 resolvers could not tell",
        ],
    );
    says("disagree", &["and 10.0.0.6 by 127.0.0.1:"]);
    says("one", &["shop.test has A 10.0.0.6", "expected 10.0.0.7"]);
    assert_tells(&hint(&report, "one"), &["time to live"]);
    let table = check(&report, "through")["evidence"][0].to_string();
    assert_tells(&table, &["CNAME", "shop.test", "10.0.0.7"]);
}
