//! `browser.shows` with a WebDriver that is there already: Debian's chromedriver, which shows what is left on it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::browser::{has_browser, looks, pages, run, suite};
use crate::place::{Ended, Place, assert_tells, read_until, signal, told, verdicts};
use crate::web::{Asked, Server};

/// A driver that serves until it is dropped.
struct Driver {
    process: Child,
    _saying: BufReader<ChildStdout>,
    port: u16,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromedriver");
        let on = "started successfully on port ";
        let (said, _saying) = read_until(process.stdout.take(), on);
        let (_, port) = said.split_once(on).expect("the port");
        let port = port.trim().trim_end_matches('.').parse();
        Self {
            process,
            _saying,
            port: port.expect("a port"),
        }
    }

    fn sessions(&self) -> usize {
        let (_, body) = asked(self.port, "GET", "/sessions", "");
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        answer["value"].as_array().expect("sessions").len()
    }

    /// Waits until there are so many sessions.
    #[track_caller]
    fn expect_sessions(&self, number: usize) {
        let began = Instant::now();
        while self.sessions() != number {
            let waited = began.elapsed();
            assert!(waited < Duration::from_secs(20), "{}", self.sessions());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Asks as a client of HTTP would: the head of the answer, and its body.
fn asked(port: u16, method: &str, path: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n");
    write!(stream, "{head}content-length: {length}\r\n\r\n{body}").expect("it reads");
    let mut answer = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let begins = head.len();
        answer.read_line(&mut head).expect("a head");
        let line = head[begins..].to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body).expect("a body");
    (head, String::from_utf8(body).expect("UTF-8"))
}

/// A driver behind a proxy whose new session comes so long after it was asked for. It is open before, because how
/// long a browser takes to start is nothing that a test can know. The first that ends it is not answered.
fn slow(port: u16, by: Duration) -> Server {
    let headless = r#"{"capabilities":{"alwaysMatch":{"goog:chromeOptions":
        {"args":["--headless=new","--no-sandbox","--disable-gpu","--disable-dev-shm-usage"]}}}}"#;
    let opened = asked(port, "POST", "/session", headless);
    assert!(opened.1.contains("sessionId"), "{opened:?}");
    let told_to_end = AtomicBool::new(false);
    Server::start(move |request: &Asked, stream| {
        let path = request.uri().path();
        let (head, body) = if path == "/session" {
            std::thread::sleep(by);
            opened.clone()
        } else if request.method() == "DELETE" && !told_to_end.swap(true, Ordering::Relaxed) {
            return;
        } else {
            let body = String::from_utf8_lossy(request.body());
            asked(port, request.method().as_str(), path, &body)
        };
        // Whoever asked may have gone.
        let _ = write!(stream, "{head}{body}");
    })
}

#[test]
fn a_driver_that_is_there_gives_its_browser_back() {
    if !has_browser() {
        return;
    }
    let (driver, server) = (Driver::start(), pages());
    let fields = format!(
        "url: '{}/window', webdriver: 'http://127.0.0.1:{}', window: 640x480, \
         arguments: ['--user-agent=touchdown-rehearsal'], regex: '^640x480 touchdown-reh'",
        server.url(),
        driver.port
    );
    let report = run(&Place::new(), &[("window", fields)]);
    assert_eq!(verdicts(&report), ["window: passed"], "{report:#}");
    let shown = "shows /^640x480 touchdown-reh/ after ";
    assert_tells(&told(&report, "window"), &[shown]);
    assert_eq!(driver.sessions(), 0, "it is closed before the run ends");
}

#[test]
fn an_interrupted_run_leaves_no_browser_on_a_driver_elsewhere() {
    if !has_browser() {
        return;
    }
    let (driver, server) = (Driver::start(), pages());
    let place = Place::new();
    let hangs = format!(
        "url: '{}/hangs', text: a, timeout: 30s, webdriver: 'http://127.0.0.1:{}'",
        server.url(),
        driver.port
    );
    place.write("touchdown.yaml", &suite(&[("hangs", hangs)]));
    let touchdown = place.start(&["run"]);
    driver.expect_sessions(1);
    signal(&touchdown, "-INT");
    let ended = Ended::of(touchdown.wait_with_output().expect("an end"));
    ended.expect_code(130);
    driver.expect_sessions(0);
}

#[test]
fn a_browser_that_comes_too_late_is_sent_away() {
    if !has_browser() {
        return;
    }
    let (driver, server) = (Driver::start(), pages());
    let proxy = slow(driver.port, Duration::from_secs(2));
    driver.expect_sessions(1);
    let late = format!(
        "url: '{}/unseen', text: Entities, timeout: 2s, webdriver: '{}'",
        server.url(),
        proxy.url()
    );
    let report = run(&Place::new(), &[("late", late)]);
    let headline = told(&report, "late");
    assert_tells(
        &headline,
        &["inconclusive: ", "for a browser from its driver, in vain"],
    );
    assert_eq!(looks(&report, "late"), ["unobserved"]);
    driver.expect_sessions(0);
}
