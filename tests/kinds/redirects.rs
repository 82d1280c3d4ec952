//! `http.responds` where an answer leads elsewhere, and where somebody stands in for the host.

use sha2::{Digest, Sha256};

use crate::http::{says, site};
use crate::place::{Place, assert_tells, check, hint, verdicts};
use crate::suite::run;
use crate::web::{Server, answer, write};

#[test]
fn redirects_are_followed_by_who_stands_in_and_leave_it_for_other_hosts() {
    let (site, other) = (site(), site());
    let port = |site: &str| site.rsplit(':').next().expect("a port").to_owned();
    let (own, others) = (port(&site.url()), port(&other.url()));
    let shop = format!("connect_to: '127.0.0.1:{own}', url: 'http://shop.invalid:8443/to");
    let host = |host: &str| format!("expect: {{ json: {{ $.host: '{host}' }} }}");
    let report = run(
        &Place::new(),
        "http.responds",
        &[
            (
                "relative",
                format!("{shop}?/there', {}", host("shop.invalid:8443")),
            ),
            (
                "absolute",
                format!(
                    "{shop}?http://shop.invalid:8443/there', {}",
                    host("shop.invalid:8443")
                ),
            ),
            (
                "other",
                format!(
                    "{shop}?http://127.0.0.1:{others}/there', {}",
                    host(&format!("127.0.0.1:{others}"))
                ),
            ),
            (
                "port",
                format!(
                    "{shop}?http://shop.invalid:{others}/there', {}",
                    host(&format!("shop.invalid:{others}"))
                ),
            ),
            ("ftp", format!("{shop}?ftp://shop.invalid/there'")),
            ("bad", format!("{shop}?http://[bad'")),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "relative: passed",
            "absolute: passed",
            "other: passed",
            "port: passed",
            "ftp: failed",
            "bad: failed",
        ],
        "{report:#}"
    );
    says(
        &report,
        "absolute",
        &["http://shop.invalid:8443/there answered 200"],
    );
    says(&report, "ftp", &["status 302, expected 2xx"]);
    assert_tells(&hint(&report, "ftp"), &["`ftp`", "can follow"]);
    assert_tells(&hint(&report, "bad"), &["`http://[bad`", "no address"]);
}

#[test]
fn where_it_ends_is_told_with_each_step() {
    let site = site();
    let url = site.url();
    let twice = format!("url: '{url}/to?/to?/there'");
    let ends = |at: &str| format!("expect: {{ ends_at: {at} }}");
    let report = run(
        &Place::new(),
        "http.responds",
        &[
            (
                "there",
                format!("{twice}, {}", ends(&format!("'{url}/there'"))),
            ),
            ("like", format!("{twice}, {}", ends("{ regex: /there$ }"))),
            ("number", format!("{twice}, expect: {{ redirected: 2 }}")),
            (
                "elsewhere",
                format!("{twice}, {}", ends(&format!("'{url}/'"))),
            ),
            (
                "login",
                format!("{twice}, broken_when: {{ ends_at: {{ regex: there }} }}"),
            ),
            (
                "unfollowed",
                format!("{twice}, expect: {{ status: 302, redirected: 0 }}"),
            ),
        ],
    );
    let expected = [
        "there: passed",
        "like: passed",
        "number: passed",
        "elsewhere: failed",
        "login: failed",
        "unfollowed: failed",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let ended = format!("/to?/to?/there ends at {url}/there, expected {url}/");
    says(&report, "elsewhere", &[&ended]);
    says(&report, "login", &["which is `broken_when`"]);
    let steps = check(&report, "elsewhere")["evidence"].to_string();
    assert_tells(
        &steps,
        &["\"redirects\"", &format!("[\"302\",\"{url}/to?/there\"]")],
    );
}

/// A file of the build, larger than what is kept of a body.
fn built() -> String {
    "export const number = 5421;\n".repeat(100_000)
}

#[test]
fn what_is_served_is_what_was_built() {
    let server = Server::start(|asked, stream| {
        let said = match asked.uri().path() {
            "/app.js" => answer("200 OK", "", &built()),
            "/zipped.js" => answer("200 OK", "content-encoding: gzip\r\n", "no gzip"),
            _ => answer("200 OK", "", "export const number = 0;\n"),
        };
        write(stream, &said);
    });
    let hex = |text: &str| -> String {
        let digest = Sha256::digest(text.as_bytes());
        digest.iter().map(|byte| format!("{byte:02X}")).collect()
    };
    let expecting = |path: &str, what: &str, of: &str| {
        let (url, hash) = (server.url(), hex(of));
        format!("url: '{url}{path}', {what}: {{ sha256: '{hash}' }}")
    };
    let report = run(
        &Place::new(),
        "http.responds",
        &[
            ("new", expecting("/app.js", "expect", &built())),
            ("old", expecting("/old.js", "expect", &built())),
            ("withdrawn", expecting("/app.js", "broken_when", &built())),
            ("zipped", expecting("/zipped.js", "expect", &built())),
            ("as-it-came", expecting("/zipped.js", "expect", "no gzip")),
        ],
    );
    let expected = [
        "new: passed",
        "old: failed",
        "withdrawn: failed",
        "zipped: failed",
        "as-it-came: passed",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let lower = hex(&built()).to_lowercase();
    says(&report, "new", &["with the expected SHA-256"]);
    says(
        &report,
        "old",
        &["answered with SHA-256 ", &format!("expected {lower}")],
    );
    assert_tells(&hint(&report, "old"), &["cache"]);
    says(&report, "zipped", &["(compressed by gzip)"]);
}
