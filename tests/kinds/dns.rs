//! `dns.resolves` against dnsmasq.

use std::net::{Ipv4Addr, UdpSocket};
use std::process::{Child, Command, Stdio};

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::server::skipped;
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

#[test]
fn records_resolvers_and_failures_are_told_apart() {
    let known = [
        "--local=/test/",
        "--host-record=shop.test,10.0.0.7,fd00::7,60",
        "--host-record=shop.test,10.0.0.8",
        "--cname=www.shop.test,shop.test",
        "--txt-record=shop.test,site-verification=AbC",
        "--mx-host=shop.test,mail.test,10",
    ];
    let Some(new) = Resolver::knowing(&known) else {
        return;
    };
    let old = Resolver::knowing(&["--local=/test/", "--host-record=shop.test,10.0.0.6"])
        .expect("dnsmasq again");
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let silent = silent.local_addr().expect("an address").port();
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
            ("other", of("shop.test", "all: [10.0.0.7, 10.0.0.9]")),
            ("more", of("shop.test", "exact: 10.0.0.7")),
            ("nothing", of("none.test", "type: A")),
            ("norecord", of("shop.test", "type: SRV")),
            ("refused", of("example.com", "type: A")),
            (
                "silent",
                format!("host: shop.test, resolvers: ['127.0.0.1:{silent}'], timeout: 500ms"),
            ),
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
            "other: failed",
            "more: failed",
            "nothing: failed",
            "norecord: failed",
            "refused: inconclusive",
            "silent: inconclusive",
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
        &["example.com could not be looked up", "Refused"],
    );
    says("silent", &["did not answer within 500ms"]);
    says("disagree", &["and 10.0.0.6 by 127.0.0.1:"]);
    says("one", &["shop.test has A 10.0.0.6", "expected 10.0.0.7"]);
    assert_tells(&hint(&report, "one"), &["time to live"]);
    let table = check(&report, "through")["evidence"][0].to_string();
    assert_tells(&table, &["CNAME", "shop.test", "10.0.0.7"]);
}
