//! `http.responds` where who asks has to prove it: by a token of an OAuth 2 server, by a signature of AWS's.

use serde_json::Value;

use crate::place::{EVERY_FILE, Place, assert_tells, ended, hint, told, verdicts};
use crate::server::Server;
use crate::web::{self, answer, write};

/// The keys that `letting_in.py` knows, those of AWS's examples.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SESSION: &str = "FwoGZXIvYXdzEXAMPLESESSIONTOKEN";

fn suite(place: &Place, checks: &[(&str, String)]) {
    let checks: Vec<String> = checks
        .iter()
        .map(|(id, fields)| format!("- {{ id: {id}, check: http.responds, {fields} }}\n"))
        .collect();
    let defaults = "{ within: 0s, every: 200ms, timeout: 10s }";
    place.write(
        "touchdown.yaml",
        &format!(
            "version: 1\ndefaults: {defaults}\nchecks:\n{}",
            checks.concat()
        ),
    );
}

/// Runs the suite with AWS's example keys, or with no credentials: the report, in which none of these may be.
#[track_caller]
fn run(place: &Place, credentials: bool, secrets: &[&str]) -> Value {
    let arguments = [&["run"][..], &EVERY_FILE].concat();
    let mut touchdown = place.touchdown(&arguments);
    touchdown
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_REGION", "eu-west-1");
    if credentials {
        touchdown
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", SESSION);
    }
    let ended = ended(touchdown);
    let files = ["r.json", "r.xml", "r.html", "r.md"].map(|name| place.read(name));
    let shown = [files.concat(), ended.stdout, ended.stderr].concat();
    for secret in secrets {
        assert!(!shown.contains(secret), "`{secret}` is shown");
    }
    place.json("r.json")
}

fn letting_in(service: &str) -> Option<Server> {
    Server::python("letting_in.py", "hmac", &[service])
}

#[test]
fn a_request_is_signed_as_aws_verifies_it() {
    let Some(server) = letting_in("execute-api") else {
        return;
    };
    let url = |path: &str| format!("url: 'http://127.0.0.1:{}{path}'", server.port);
    let signed = "auth: { aws: { service: execute-api } }";
    let place = Place::new();
    suite(
        &place,
        &[
            ("plain", format!("{}, {signed}", url("/prod/health"))),
            (
                "query",
                format!("{}, {signed}", url("/prod/a%20b/c?z=1&a=%2F&b&a=%20")),
            ),
            (
                "body",
                format!(
                    "{}, {signed}, method: POST, json: {{ a: [1, ü] }}, headers: {{ x-amz-target: T, accept: text/html }}",
                    url("/")
                ),
            ),
            ("moved", format!("{}, {signed}", url("/moved"))),
            (
                "other-name",
                format!(
                    "url: 'http://api.invalid:8080/', connect_to: '127.0.0.1:{}', {signed}",
                    server.port
                ),
            ),
            (
                "elsewhere",
                format!(
                    "{}, auth: {{ aws: {{ service: execute-api, region: us-east-1 }} }}",
                    url("/")
                ),
            ),
            ("unsigned", url("/")),
        ],
    );
    let report = run(&place, true, &[SECRET, SESSION]);
    let expected = [
        "plain: passed",
        "query: passed",
        "body: passed",
        "moved: passed",
        "other-name: passed",
        "elsewhere: failed",
        "unsigned: failed",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
    let shown = report.to_string();
    assert_tells(
        &shown,
        &[
            "scoped to eu-west-1/execute-api, not us-east-1",
            "Missing Authentication Token",
        ],
    );
    assert_tells(&hint(&report, "elsewhere"), &["`auth`"]);
    let report = run(&place, false, &[]);
    assert_tells(
        &told(&report, "plain"),
        &[
            "inconclusive: ",
            "was not asked: there are no AWS credentials",
        ],
    );
    assert_tells(&hint(&report, "plain"), &["AWS_PROFILE"]);
    assert_tells(&told(&report, "unsigned"), &["failed: ", "status 403"]);
}

#[test]
fn behind_vpc_lattice_no_body_is_signed() {
    let Some(server) = letting_in("vpc-lattice-svcs") else {
        return;
    };
    let url = format!("url: 'http://127.0.0.1:{}/'", server.port);
    let place = Place::new();
    let posts = "method: POST, body: hello";
    suite(
        &place,
        &[
            (
                "lattice",
                format!("{url}, {posts}, auth: {{ aws: {{ service: vpc-lattice-svcs }} }}"),
            ),
            (
                "gateway",
                format!("{url}, {posts}, auth: {{ aws: {{ service: execute-api }} }}"),
            ),
        ],
    );
    let report = run(&place, true, &[SECRET, SESSION]);
    let expected = ["lattice: passed", "gateway: failed"];
    assert_eq!(verdicts(&report), expected, "{report:#}");
}

/// RFC 6749, 4.4: a token for the client's own credentials, which opens the door once.
#[test]
fn a_token_that_a_server_gives_opens_the_door_and_is_shown_nowhere() {
    const CLIENT: &str = "cl1ent-s3cr3t";
    const TOKEN: &str = "t0k3n-of-the-server";
    let server = web::Server::start(|asked, stream| {
        let header = asked.headers().get("authorization");
        let who = header
            .and_then(|header| header.to_str().ok())
            .unwrap_or_default();
        let is_client = asked.body() == "grant_type=client_credentials&scope=health"
            && who.starts_with("Basic ");
        let json = "content-type: application/json\r\n";
        let said = match asked.uri().path() {
            "/oauth2/token" if is_client => answer(
                "200 OK",
                json,
                &format!(
                    "{{\"access_token\":\"{TOKEN}\",\"token_type\":\"Bearer\",\"expires_in\":3600}}"
                ),
            ),
            "/health" if who == format!("Bearer {TOKEN}") => {
                answer("200 OK", json, &format!("{{\"told\":\"{who}\"}}"))
            }
            _ => answer("401 Unauthorized", json, "{\"error\":\"invalid_client\"}"),
        };
        write(stream, &said);
    });
    let url = server.url();
    let place = Place::new();
    let form = "headers: { content-type: application/x-www-form-urlencoded }, body: 'grant_type=client_credentials&scope=health'";
    let asks = format!(
        "url: '{url}/oauth2/token', method: POST, {form}, auth: {{ basic: {{ user: touchdown, password: {CLIENT} }} }}"
    );
    suite(
        &place,
        &[
            (
                "login",
                format!("{asks}, save: {{ access_token: $.access_token }}"),
            ),
            (
                "health",
                format!("url: '{url}/health', auth: {{ bearer: '${{login.access_token}}' }}"),
            ),
            ("short", format!("{asks}, save: {{ t: $.access_token }}")),
            (
                "again",
                format!("url: '{url}/health', auth: {{ bearer: '${{short.t}}' }}"),
            ),
            ("stranger", format!("url: '{url}/health'")),
        ],
    );
    let report = run(&place, false, &[CLIENT, TOKEN]);
    let expected = [
        "login: passed",
        "health: passed",
        "short: passed",
        "again: passed",
        "stranger: failed",
    ];
    assert_eq!(verdicts(&report), expected, "{report:#}");
}
