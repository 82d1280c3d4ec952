//! `browser.shows` in Debian's Chromium, by its chromedriver, against pages that are drawn by scripts.

use std::process::Command;

use serde_json::Value;

use crate::place::{Place, assert_tells, check, hint, told, verdicts};
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

fn pages() -> Server {
    Server::start(|asked: &Asked, stream| {
        let page =
            |body: &str| answer("200 OK", "content-type: text/html; charset=utf-8\r\n", body);
        let answered = match asked.uri().path() {
            "/api/new" => answer("200 OK", "content-type: application/json\r\n", "5421"),
            "/api/old" => answer("200 OK", "content-type: application/json\r\n", "0"),
            "/nothing" => answer(
                "404 Not Found",
                "content-type: text/html\r\n",
                "<h1>Nothing here</h1>",
            ),
            path if path.starts_with("/page/") => page(PAGE),
            _ => answer("503 Service Unavailable", "", "no database"),
        };
        write(stream, &answered);
    })
}

fn has_browser() -> bool {
    let output = Command::new("chromedriver").arg("--version").output();
    let there = output.is_ok_and(|output| output.status.success());
    if !there {
        skipped("browser.shows", "Debian's chromium-driver is not there");
    }
    there
}

fn run(place: &Place, checks: &[(&str, String)]) -> Value {
    let checks: Vec<String> = checks
        .iter()
        .map(|(id, fields)| format!("- {{ id: {id}, check: browser.shows, {fields} }}\n"))
        .collect();
    // One after the other, as far as the machine is concerned: a look may take its time.
    let suite = format!(
        "version: 1\ndefaults: {{ within: 10s, every: 1s, timeout: 14s }}\nchecks:\n{}",
        checks.concat()
    );
    place.write("touchdown.yaml", &suite);
    place.run(&["run", "--json", "r.json", "--html", "r.html"]);
    place.json("r.json")
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
    let report = run(
        &place,
        &[
            ("new", format!("{}, {number}", url("/page/new"))),
            (
                "old",
                format!("{}, {number}, timeout: 14s", url("/page/old")),
            ),
            (
                "hidden",
                format!(
                    "{}, selector: '#hidden', picture: false, timeout: 14s",
                    url("/page/new")
                ),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        ["new: passed", "old: failed", "hidden: failed"],
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
    says("hidden", &["no `#hidden` can be seen"]);
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
    assert!(!check(&report, "hidden").to_string().contains("picture"));
    let home = place.home();
    let left = processes_of(home.to_str().expect("UTF-8"));
    assert_eq!(left, Vec::<String>::new(), "no browser survives the run");
}

#[test]
fn what_is_no_page_and_what_is_no_browser_are_told_apart() {
    if !has_browser() {
        return;
    }
    let server = pages();
    let url = |path: &str| format!("url: '{}{path}', text: '5,421'", server.url());
    let place = Place::new();
    let report = run(
        &place,
        &[
            (
                "broken",
                format!(
                    "{}, broken_when: {{ text: Application error }}",
                    url("/page/bad")
                ),
            ),
            ("nothing", format!("{}, timeout: 14s", url("/nothing"))),
            (
                "refused",
                format!("url: 'http://127.0.0.1:{}/', text: a", closed_port()),
            ),
            (
                "nameless",
                "url: 'http://no-such-host.invalid/', text: a".into(),
            ),
            ("selector", format!("{}, selector: 'p['", url("/page/new"))),
            (
                "driverless",
                format!("{}, driver: no-such-driver", url("/page/new")),
            ),
            (
                "remote",
                format!(
                    "{}, webdriver: 'http://127.0.0.1:{}'",
                    url("/page/new"),
                    closed_port()
                ),
            ),
        ],
    );
    let expected = [
        "broken: failed",
        "nothing: failed",
        "refused: failed",
        "nameless: inconclusive",
        "selector: inconclusive",
        "driverless: inconclusive",
        "remote: inconclusive",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let says = |id: &str, parts: &[&str]| assert_tells(&told(&report, id), parts);
    says(
        "broken",
        &["shows `Application error`, which is `broken_when`"],
    );
    let evidence = check(&report, "broken")["evidence"].to_string();
    assert_tells(&evidence, &["errors of the browser's console", "503"]);
    says("nothing", &["it shows `Nothing here`, and answered 404"]);
    says("refused", &["does not open: ", "ERR_CONNECTION_REFUSED"]);
    says("nameless", &["the name does not resolve"]);
    says("selector", &["is not a valid selector"]);
    says("driverless", &["`no-such-driver` could not be started"]);
    assert_tells(&hint(&report, "driverless"), &["chromium-driver"]);
    says("remote", &["does not answer: Connection refused"]);
    // Where the machine is busy, a look before may have found no browser in time.
    let last = |id: &str| {
        let looks = check(&report, id)["attempts"].as_array().expect("looks");
        looks.last().expect("a look")["state"].clone()
    };
    assert_eq!(last("broken"), "broken", "waiting can't help");
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
        ],
    );
}
