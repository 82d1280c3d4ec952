//! `http.every-task-responds` with the tasks of the simulator on loopback, each at an address of its own.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::aws::{Aws, checkout};
use crate::place::{Place, assert_tells, check, hint, told};
use crate::web::{Server, answer};

/// A server at every address of loopback, of which one answers 503 where not all are well.
fn tasks(all_well: bool) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let ill: Arc<Mutex<Option<IpAddr>>> = Arc::default();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let own = stream.local_addr().expect("an address").ip();
            let is_ill = *ill.lock().expect("no panic").get_or_insert(own) == own && !all_well;
            let mut asked = [0; 2048];
            let length = stream.read(&mut asked).unwrap_or_default();
            let named = String::from_utf8_lossy(&asked[..length]).contains("host: shop.invalid");
            let status = if is_ill || !named {
                "503 Service Unavailable"
            } else {
                "200 OK"
            };
            let _ = stream.write_all(answer(status, "", "hello").as_bytes());
        }
    });
    port
}

/// The healthy service, in whose answers one text stands for another, asked with further fields.
fn judged(port: u16, fields: &str, from: &'static str, to: &'static str) -> serde_json::Value {
    let aws = Aws::of("healthy");
    let moved = Server::changing(&aws.simulator, move |body| body.replace(from, to));
    let each = format!(
        "  - {{ id: each, check: http.every-task-responds, url: 'http://shop.invalid/', port: {port}, within: 2s, every: 500ms{fields} }}"
    );
    let place = Place::with_suite(&checkout("", &each));
    place.judge(&moved.url());
    place.report()
}

/// The healthy service, whose tasks have addresses of loopback instead of `10.`.
fn report(port: u16, fields: &str) -> serde_json::Value {
    judged(port, fields, "\"10.", "\"127.")
}

#[test]
fn every_task_is_asked_at_its_own_address_under_the_name() {
    let report = report(tasks(true), "");
    assert_tells(
        &told(&report, "each"),
        &["passed: 2 of 2 tasks answer as expected"],
    );
}

#[test]
fn one_ill_task_is_named_that_a_load_balancer_would_hide() {
    let report = report(tasks(false), "");
    assert_tells(
        &told(&report, "each"),
        &[
            "failed: ",
            "1 of 2 tasks: task ",
            "answered with status 503, expected 2xx",
        ],
    );
    assert_tells(&hint(&report, "each"), &["in the VPC"]);
    let evidence = check(&report, "each")["evidence"].to_string();
    assert_tells(&evidence, &["not as expected", "hello"]);
}

#[test]
fn an_ill_task_that_waiting_cannot_mend_settles_it() {
    let report = report(tasks(false), ", broken_when: { status: 503 }");
    assert_tells(
        &told(&report, "each"),
        &["failed: ", "1 of 2 tasks: task ", "`broken_when`"],
    );
    let looks = check(&report, "each")["attempts"].as_array();
    assert_eq!(looks.map(Vec::len), Some(1));
}

#[test]
fn tasks_without_an_address_of_their_own_are_not_looked_at() {
    let report = judged(tasks(true), "", "privateIPv4Address", "noAddress");
    assert_tells(
        &told(&report, "each"),
        &["inconclusive: ", "has no address of its own"],
    );
}
