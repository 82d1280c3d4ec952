//! `browser.shows` in Debian's Chromium, by its chromedriver, against pages that are drawn by scripts.

use std::fs::{Permissions, set_permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
use crate::secure::{Authority, BOTH};
use crate::server::{closed_port, skipped};
use crate::web::{Asked, Server, answer, write};

/// A dashboard: its number comes later, from another request.
const PAGE: &str =
    "<!doctype html><title>Dashboard</title><h1>Entities</h1><p id='entities'>Loading…</p>
<p id='hidden' style='display: none'>5,421 of yesterday</p>
<script>
setTimeout(async () => {
  const answer = await fetch(location.pathname.replace('/page/', '/api/'));
  const shown = answer.ok ? (await answer.json()).toLocaleString('en-US') : 'Application error';
  document.querySelector('#entities').textContent = shown;
}, 200);
</script>";

/// What can't be seen, each in its own way.
const UNSEEN: &str = "<!doctype html><h1>Entities <i>today: <b>5,4</b>21</i></h1>
<div>all <span id='transparent' style='opacity: 0'>transparent <em>in it</em></span></div>
<p id='invisible' style='visibility: hidden'>invisible</p><script>var unwritten;</script>";

const DIALOGS: &str = "<h1>Entities</h1>
<script>setTimeout(() => { for (;;) alert('Session over') }, 50)</script>";

/// Chromium knows its window a moment after the page.
const WINDOW: &str = "<p></p><script>setInterval(() => {
  document.querySelector('p').textContent = `${outerWidth}x${outerHeight} ${navigator.userAgent}`;
}, 50)</script>";

pub fn pages() -> Server {
    let asked_for = AtomicUsize::new(0);
    Server::start(move |asked: &Asked, stream| {
        let html = "content-type: text/html; charset=utf-8\r\n";
        let json = "content-type: application/json\r\n";
        let page = |body: &str| answer("200 OK", html, body);
        let answered = match asked.uri().path() {
            "/api/new" => answer("200 OK", json, "5421"),
            "/api/old" => answer("200 OK", json, "0"),
            "/api/later" => match asked_for.fetch_add(1, Ordering::Relaxed) {
                0 => answer("200 OK", json, "0"),
                _ => answer("200 OK", json, "5421"),
            },
            "/nothing" => answer("404 Not Found", html, "<h1>Nothing here</h1>"),
            "/failing" => answer("500 Internal Server Error", html, "<h1>5,421</h1>"),
            "/unseen" => page(UNSEEN),
            "/dialogs" => page(DIALOGS),
            "/window" => page(WINDOW),
            "/hangs" => {
                std::thread::sleep(Duration::from_secs(60));
                return;
            }
            path if path.starts_with("/page/") => page(PAGE),
            _ => answer("503 Service Unavailable", "", "no database"),
        };
        write(stream, &answered);
    })
}

pub fn has_browser() -> bool {
    let output = Command::new("chromedriver").arg("--version").output();
    let there = output.is_ok_and(|output| output.status.success());
    if !there {
        skipped("browser.shows", "Debian's chromium-driver is not there");
    }
    there
}

/// One look each, as long as a busy machine may need, unless a check says else. Two browsers run at a time, and
/// who shows nothing keeps one for the whole of its look.
pub fn suite(checks: &[(&str, String)]) -> String {
    let checks: Vec<String> = checks
        .iter()
        .map(|(id, fields)| format!("- {{ id: {id}, check: browser.shows, {fields} }}\n"))
        .collect();
    format!(
        "version: 1\ndefaults: {{ within: 0s, every: 1s, timeout: 14s }}\nchecks:\n{}",
        checks.concat()
    )
}

pub fn run(place: &Place, checks: &[(&str, String)]) -> Value {
    place.write("touchdown.yaml", &suite(checks));
    place.run(&["run", "--json", "r.json", "--html", "r.html"]);
    place.json("r.json")
}

pub fn looks(report: &Value, id: &str) -> Vec<Value> {
    let looks = check(report, id)["attempts"].as_array().expect("looks");
    looks.iter().map(|look| look["state"].clone()).collect()
}

/// The ids of processes whose environment or arguments name the folder.
fn processes_of(folder: &str) -> Vec<String> {
    let all = std::fs::read_dir("/proc").expect("Linux");
    let of = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.ok()?.path();
        let read = |name: &str| std::fs::read(path.join(name)).unwrap_or_default();
        let both = [read("environ"), read("cmdline")].concat();
        let names = String::from_utf8_lossy(&both).contains(folder);
        names.then(|| path.display().to_string())
    };
    all.filter_map(of).collect()
}

#[test]
fn a_number_that_is_fetched_is_seen_and_nothing_of_the_browser_is_left() {
    if !has_browser() {
        return;
    }
    let server = pages();
    let url = |path: &str| format!("url: '{}{path}'", server.url());
    let place = Place::new();
    let number = "selector: '#entities', text: '5,421'";
    let new = format!("{}, {number}", url("/page/new"));
    let old = format!("{}, {number}", url("/page/old"));
    let later = format!("{}, {number}, within: 39s", url("/page/later"));
    let turning = run(&place, &[("later", later)]);
    assert_eq!(verdicts(&turning), ["later: passed"], "{turning:#}");
    assert_eq!(looks(&turning, "later"), ["not-yet", "holds"]);
    let report = run(&place, &[("new", new), ("old", old)]);
    assert_eq!(
        verdicts(&report),
        ["new: passed", "old: failed"],
        "{report:#}"
    );
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says(
        "new",
        &["shows `5,421` in `#entities` after ", " in chrome "],
    );
    says(
        "old",
        &["does not show `5,421` in `#entities`: it shows `0`"],
    );
    let evidence = check(&report, "new")["evidence"]
        .as_array()
        .expect("evidence");
    let picture = evidence.iter().find_map(|one| one["body"].get("picture"));
    let picture = picture.expect("a picture");
    assert_eq!(picture["media_type"], "image/jpeg");
    let data = picture["data"].as_str().expect("base64");
    assert!(data.starts_with("/9j/"), "a JPEG begins so: {data:.20}");
    let page = place.read("r.html");
    assert!(page.contains(&format!("src=\"data:image/jpeg;base64,{data}\"")));
    assert_tells(&page, &["; img-src data:"]);
    let home = place.home();
    let left = processes_of(home.to_str().expect("UTF-8"));
    assert_eq!(left, Vec::<String>::new(), "no browser survives the run");
}

#[test]
fn what_can_not_be_seen_is_not_shown() {
    if !has_browser() {
        return;
    }
    let server = pages();
    let url = |path: &str| format!("url: '{}{path}', picture: false", server.url());
    let unseen = url("/unseen");
    let says = |id: &str, checks: String, verdict: &str, parts: &[&str]| {
        let report = run(&Place::new(), &[(id, checks)]);
        assert_eq!(
            verdicts(&report),
            [format!("{id}: {verdict}")],
            "{report:#}"
        );
        assert_tells(&told(&report, id), parts);
        assert!(!report.to_string().contains("\"picture\""));
    };
    let text = "text: 'Entities today: 5,421 all'";
    says(
        "text",
        format!("{unseen}, {text}"),
        "passed",
        &["/unseen shows"],
    );
    let sought = "regex: 'trans|in it|unwritten|invisible'";
    let told = ["it shows `Entities today: 5,421 all`"];
    says("anywhere", format!("{unseen}, {sought}"), "failed", &told);
    for id in ["transparent", "invisible"] {
        let fields = format!("{unseen}, selector: '#{id}'");
        let told = format!("no `#{id}` can be seen");
        says(id, fields, "failed", &[&told]);
    }
    let hidden = format!("{}, selector: '#hidden'", url("/page/new"));
    says("hidden", hidden, "failed", &["no `#hidden` can be seen"]);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_taken_where_the_check_says_so() {
    if !has_browser() {
        return;
    }
    let port = Authority::new().serve(&["localhost"], 30, BOTH);
    let url = format!("url: 'https://localhost:{port}/', text: secure");
    let report = run(
        &Place::new(),
        &[
            ("insecure", format!("{url}, insecure: true")),
            ("careful", url),
        ],
    );
    let expected = ["insecure: passed", "careful: failed"];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    assert_tells(&told(&report, "careful"), &["does not open: "]);
}

#[test]
fn what_is_no_page_is_told_by_what_it_is() {
    if !has_browser() {
        return;
    }
    let server = pages();
    let url = |path: &str| format!("url: '{}{path}', text: '5,421'", server.url());
    let broken = "broken_when: { text: Application error }, within: 30s";
    let checks = [
        ("broken", format!("{}, {broken}", url("/page/bad"))),
        ("nothing", url("/nothing")),
    ];
    let report = run(&Place::new(), &checks);
    assert_eq!(
        verdicts(&report),
        ["broken: failed", "nothing: failed"],
        "{report:#}"
    );
    let shown = "shows `Application error`, which is `broken_when`";
    assert_tells(&told(&report, "broken"), &[shown]);
    assert_eq!(looks(&report, "broken").last(), Some(&"broken".into()));
    let evidence = check(&report, "broken")["evidence"].to_string();
    assert_tells(&evidence, &["errors of the browser's console", "503"]);
    let shown = "it shows `Nothing here`, and answered 404";
    assert_tells(&told(&report, "nothing"), &[shown]);

    let refused = format!("url: 'http://127.0.0.1:{}/', text: a", closed_port());
    let nameless = "url: 'http://no-such-host.invalid/', text: a".to_owned();
    let report = run(
        &Place::new(),
        &[("refused", refused), ("nameless", nameless)],
    );
    let expected = ["refused: failed", "nameless: inconclusive"];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says("refused", &["does not open: ", "ERR_CONNECTION_REFUSED"]);
    says("nameless", &["the name does not resolve"]);

    let report = run(&Place::new(), &[("failing", url("/failing"))]);
    let shown = ["passed: ", "shows `5,421` after ", ", and answered 500"];
    assert_tells(&told(&report, "failing"), &shown);
    let evidence = check(&report, "failing")["evidence"].to_string();
    assert_tells(&evidence, &["/failing shows, with status 500"]);
}

#[test]
fn a_page_of_dialogs_and_one_that_hangs_are_told() {
    if !has_browser() {
        return;
    }
    let server = pages();
    let url = |path: &str| format!("url: '{}{path}', text: '5,421'", server.url());
    let long = |path: &str| format!("{}, timeout: 20s", url(path));
    let checks = [("dialogs", long("/dialogs")), ("hangs", long("/hangs"))];
    let report = run(&Place::new(), &checks);
    let expected = ["dialogs: failed", "hangs: failed"];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let dialog = "does not show `5,421`: it opens the dialog `Session over`";
    assert_tells(&told(&report, "dialogs"), &[dialog]);
    assert_tells(&told(&report, "hangs"), &["/hangs did not open within "]);
}

/// What no later look can mend settles in the first one, however busy the machine and whatever the page.
#[test]
fn what_waiting_can_not_mend_of_a_check_is_told_by_one_look() {
    if !has_browser() {
        return;
    }
    let server = pages();
    let hangs = format!("url: '{}/hangs', within: 39s, timeout: 30s", server.url());
    let report = run(
        &Place::new(),
        &[
            ("selector", format!("{hangs}, selector: '::nothing'")),
            (
                "broken",
                format!("{hangs}, text: a, broken_when: {{ selector: ':x' }}"),
            ),
            (
                "driverless",
                format!("{hangs}, text: a, driver: no-such-driver"),
            ),
        ],
    );
    for (id, told_of) in [
        ("selector", "`::nothing` is not a valid selector"),
        ("broken", "`:x` is not a valid selector"),
        ("driverless", "`no-such-driver` could not be started"),
    ] {
        assert_tells(&told(&report, id), &["inconclusive: ", told_of]);
        assert_eq!(looks(&report, id), ["unobserved"], "{report:#}");
    }
    assert_tells(&hint(&report, "driverless"), &["chromium-driver"]);
}

#[test]
fn where_there_is_no_browser_nothing_is_said_of_the_page() {
    if !has_browser() {
        return;
    }
    let server = pages();
    let place = Place::new();
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let at = |port: u16| format!("webdriver: 'http://127.0.0.1:{port}', timeout: 3s");
    for (name, script) in [
        ("mute", "exec sleep 100"),
        (
            "elsewhere",
            "echo 'was started successfully on port 1.'; exec sleep 100",
        ),
        ("dying", "chromedriver \"$@\" & sleep 2; kill -9 $!"),
    ] {
        place.write(name, &format!("#!/bin/sh\n{script}\n"));
        let executable = Permissions::from_mode(0o755);
        set_permissions(place.path(name), executable).expect("a script");
    }
    for (id, fields, told_of) in [
        (
            "mute",
            "driver: ./mute, timeout: 2s".to_owned(),
            "for where its driver listens, in vain",
        ),
        (
            "elsewhere",
            "driver: ./elsewhere".into(),
            "the driver or its browser went away: Connection refused",
        ),
        (
            "dying",
            "driver: ./dying".into(),
            "the driver or its browser went away: ",
        ),
        (
            "silent",
            at(silent.local_addr().expect("an address").port()),
            "for a browser from its driver, in vain",
        ),
        (
            "closed",
            at(closed_port()),
            "does not answer: Connection refused",
        ),
    ] {
        let fields = format!("url: '{}/hangs', text: a, {fields}", server.url());
        let report = run(&place, &[(id, fields)]);
        assert_tells(&told(&report, id), &["inconclusive: ", told_of]);
        assert!(!hint(&report, id).contains("Install"), "{report:#}");
    }
}

#[test]
fn more_browsers_than_may_run_at_a_time_wait_and_none_is_blamed() {
    if !has_browser() {
        return;
    }
    let server = pages();
    let ids = ["a", "b", "c", "d", "e", "f"];
    let url = format!(
        "url: '{}/unseen', text: Entities, timeout: 8s",
        server.url()
    );
    let report = run(&Place::new(), &ids.map(|id| (id, url.clone())));
    for id in ids {
        let told = told(&report, id);
        // How many get their turn is up to the machine.
        assert!(!told.starts_with("failed: "), "{told}");
    }
}

#[test]
fn mistakes_are_told_before_any_browser_starts() {
    let place = Place::with_suite(
        "version: 1
checks:
  - { check: browser.shows, url: 'https://dash.example.com' }
  - { check: browser.shows, url: 'https://dash.example.com', text: ' ' }
  - { check: browser.shows, url: 'https://dash.example.com', text: a, window: big }
  - { check: browser.shows, url: 'https://dash.example.com', text: a, broken_when: {} }
  - { check: browser.shows, url: 'https://dash.example.com', text: a, driver: x, webdriver: 'http://selenium:4444' }
  - { check: browser.shows, url: 'https://dash.example.com', text: a, driver: ' ' }
  - { check: browser.shows, url: 'https://dash.example.com', selector: 'p[' }
  - { check: browser.shows, url: 'https://dash.example.com', text: a, broken_when: { selector: '//p' } }
",
    );
    let ended = place.run(&["validate"]);
    ended.expect_code(2);
    assert_tells(
        &ended.stderr,
        &[
            "nothing is said of the page: give `text`, `regex` or `selector`",
            "`text` is empty",
            "`big` is not the size of a window",
            "give one of them",
            "`driver` is empty",
            "`p[` is no CSS selector: its `[` is never closed",
            "`//p` is no CSS selector: it is an XPath",
        ],
    );
}
