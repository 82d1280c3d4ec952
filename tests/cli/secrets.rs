//! Secrets: what a variable or the suite's `secrets` hold never appears in any output.

use crate::aws::{Aws, checkout};
use crate::place::{Ended, Place, assert_tells, ended};
use crate::web::{Server, answer, write};

const SECRET: &str = "s3cr3t-t0k3n/with+signs=";

/// A page that answers with everything it was sent, as debugging pages do.
fn echo() -> Server {
    Server::start(|asked, stream| {
        let headers = format!("{:?}", asked.headers());
        let body = format!(
            "{} {headers} {}",
            asked.uri(),
            String::from_utf8_lossy(asked.body())
        );
        write(stream, &answer("200 OK", "", &body));
    })
}

/// Every form in which the secret may travel.
fn forms() -> [String; 3] {
    [
        SECRET.to_owned(),
        SECRET
            .replace('/', "%2F")
            .replace('+', "%2B")
            .replace('=', "%3D"),
        // Base64, as basic authentication sends it.
        "czNjcjN0LXQwazNuL3dpdGgrc2lnbnM9".to_owned(),
    ]
}

/// Whatever the run wrote: both streams and every file.
pub fn everything(place: &Place, ended: &Ended) -> String {
    let files = place
        .files()
        .into_iter()
        .filter(|name| name != "touchdown.yaml");
    let written: Vec<String> = files.map(|name| place.read(&name)).collect();
    format!("{}\n{}\n{}", ended.stdout, ended.stderr, written.join("\n"))
}

#[track_caller]
fn assert_kept(place: &Place, ended: &Ended) {
    let all = everything(place, ended);
    for form in forms() {
        assert!(!all.contains(&form), "`{form}` is told:\n{all}");
    }
    assert_tells(&all, &["[redacted]"]);
}

fn run(place: &Place, more: &[&str]) -> Ended {
    let reports = [
        "run",
        "--verbose",
        "--junit",
        "j.xml",
        "--json",
        "report.json",
    ];
    place.run(&[&reports[..], more].concat())
}

#[test]
fn a_secret_in_a_header_a_body_or_an_address_stays_hidden() {
    let server = echo();
    let url = server.url();
    let suite = format!(
        "version: 1
name: with ${{API_TOKEN}}
defaults: {{ within: 0s }}
checks:
  - {{ id: header, check: http.responds, url: '{url}/h', headers: {{ authorization: 'Bearer ${{API_TOKEN}}' }} }}
  - {{ id: body, check: http.responds, url: '{url}/b', method: POST, body: 'token=${{API_TOKEN}}' }}
  - {{ id: address, check: http.responds, url: '{url}/a?token=${{API_TOKEN}}' }}
  - {{ id: wrong, check: http.responds, url: '{url}/w?token=${{API_TOKEN}}', expect: {{ body: {{ contains: 'not ${{API_TOKEN}}' }} }} }}
  - {{ id: named, name: 'with ${{API_TOKEN}}', check: http.responds, url: '{url}/n' }}
  - {{ id: user, check: http.responds, url: 'http://user:${{API_TOKEN}}@{}/u' }}
  - {{ id: nobody, check: http.responds, url: 'http://127.0.0.1:1/?token=${{API_TOKEN}}' }}
",
        url.replace("http://", "")
    );
    // An address can't hold a slash within its user's part, so that one is written encoded.
    let suite = suite.replace("user:${API_TOKEN}@", "user:s3cr3t-t0k3n%2Fwith%2Bsigns%3D@");
    let place = Place::with_suite(&suite);
    let ended = run(&place, &["--var", &format!("API_TOKEN={SECRET}")]);
    ended.expect_code(1);
    assert_kept(&place, &ended);
    assert_eq!(
        place.report()["counts"]["passed"],
        5,
        "{:#}",
        place.report()
    );
}

#[test]
fn a_secret_of_the_suite_or_of_the_environment_stays_hidden() {
    let server = echo();
    let suite = format!(
        "version: 1
secrets: {{ DOOR: '{SECRET}' }}
checks:
  - {{ id: suite, check: http.responds, url: '{url}/', headers: {{ x-door: '${{DOOR}}' }} }}
  - {{ id: environment, check: http.responds, url: '{url}/', headers: {{ x-key: '${{MY_API_KEY}}' }} }}
",
        url = server.url()
    );
    let place = Place::with_suite(&suite);
    let mut command = place.touchdown(&[
        "run",
        "--verbose",
        "--junit",
        "j.xml",
        "--json",
        "report.json",
    ]);
    command.env("MY_API_KEY", "another-secret-of-mine");
    let ended = ended(command);
    ended.expect_code(0);
    assert_kept(&place, &ended);
    assert!(!everything(&place, &ended).contains("another-secret-of-mine"));
}

#[test]
fn a_secret_in_an_error_of_the_suite_stays_hidden() {
    let suite = "version: 1\nchecks:\n  - { check: http.responds, url: '${API_TOKEN}', methd: '${API_TOKEN}' }\n";
    let place = Place::with_suite(suite);
    for command in ["validate", "run"] {
        let ended = place.run(&[command, "--var", &format!("API_TOKEN={SECRET}")]);
        ended.expect_code(2);
        assert_kept(&place, &ended);
    }
}

#[test]
fn a_secret_in_a_log_line_or_a_name_stays_hidden() {
    let aws = Aws::of("healthy");
    // What the logs hold is as secret as the variable that the suite compares it with.
    let checks = "  - { id: seen, check: logs.line-seen, contains: '${START_TOKEN}' }
  - { id: absent, check: logs.line-absent, contains: '${START_TOKEN}' }";
    let place = Place::with_suite(&checkout("", checks));
    let ended = run(
        &place,
        &[
            "--var",
            "START_TOKEN=checkout starting",
            "--endpoint-url",
            &aws.url(),
        ],
    );
    ended.expect_code(1);
    let all = everything(&place, &ended);
    assert!(!all.contains("checkout starting"), "{all}");
    assert_tells(&all, &["INFO [redacted] version=2.4.0"]);
}
