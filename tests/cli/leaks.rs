//! Secrets that nobody told touchdown of: in what a page, a log or AWS answers, in addresses, and in
//! the environment. None comes out of any stream, file or error.

use std::process::Command;

use crate::aws::{Aws, HEALTHY, checkout};
use crate::place::{EVERY_FILE, Ended, Place, assert_tells, check, ended, told};
use crate::secrets::everything;
use crate::web::{Server, answer, write};

const SECRET: &str = "Zq7xKp9vTr3LmN8wYb2C";
/// As long as one of AWS.
const KEY: &str = "wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY";

/// What `run` and `confirm` can write, on both streams and into files.
const SHOWN: [&[&str]; 5] = [
    &EVERY_FILE,
    &["--format", "nagios", "--verbose"],
    &["--format", "tap"],
    &["--format", "jsonl"],
    &["--format", "markdown"],
];

/// Runs a command, with GitHub's variables set, and asserts that it tells no secret.
#[track_caller]
fn keeps(place: &Place, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command: Command = place.touchdown(arguments);
    command
        .envs(environment.iter().copied())
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", place.path("summary.md"));
    let ended = ended(command);
    let all = everything(place, &ended);
    for secret in [SECRET, KEY] {
        assert!(
            !all.contains(secret),
            "{arguments:?} tells `{secret}`:\n{all}"
        );
    }
    assert!(!ended.stderr.contains("panicked"), "{ended:#?}");
    ended
}

/// Runs the place's suite in every way of showing it.
#[track_caller]
fn keeps_in_every_format(place: &Place, more: &[&str], environment: &[(&str, &str)]) {
    for shown in SHOWN {
        keeps(place, &[&["run"], shown, more].concat(), environment);
    }
}

#[test]
fn what_a_page_gives_away_stays_hidden() {
    let body = format!(
        "{{\"access_token\":\"{SECRET}\",\"db\":\"postgres://app:{SECRET}@db/shop\"}}\n\
         AWS_SECRET_ACCESS_KEY={KEY}\nAuthorization: Bearer {SECRET}\n\
         <SecretAccessKey>{KEY}</SecretAccessKey>\n\
         https://b.s3.amazonaws.com/k?X-Amz-Signature={SECRET}&X-Amz-Expires=60\n\
         -----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n"
    );
    let json = format!("{{\"access_token\":\"{SECRET}\"}}");
    let server = Server::start(move |asked, stream| {
        let headers = format!("set-cookie: sid={SECRET}; Path=/\r\nx-api-key: {SECRET}\r\n");
        let body = if asked.uri() == "/json" { &json } else { &body };
        write(stream, &answer("200 OK", &headers, body));
    });
    let url = server.url();
    let place = Place::with_suite(&format!(
        "version: 1
defaults: {{ within: 0s }}
checks:
  - {{ id: fine, check: http.responds, url: '{url}/' }}
  - {{ id: cookie, check: http.responds, url: '{url}/', expect: {{ headers: {{ set-cookie: other }} }} }}
  - {{ id: key, check: http.responds, url: '{url}/', expect: {{ headers: {{ x-api-key: other }} }} }}
  - {{ id: json, check: http.responds, url: '{url}/json', expect: {{ json: {{ $.access_token: other }} }} }}
"
    ));
    keeps_in_every_format(&place, &[], &[]);
    let report = place.json("r.json");
    assert_tells(
        &told(&report, "cookie"),
        &["failed: ", "header set-cookie [redacted]"],
    );
    assert_tells(&told(&report, "json"), &["$.access_token \"[redacted]\""]);
    let evidence = check(&report, "fine")["evidence"].to_string();
    assert_tells(
        &evidence,
        &["X-Amz-Expires=60", "postgres://[redacted]@db/shop"],
    );
}

#[test]
fn what_a_log_gives_away_stays_hidden() {
    let line = format!("INFO checkout starting version=2.4.0 password={SECRET}");
    let scenario = HEALTHY
        .replace("INFO checkout starting version=2.4.0", &line)
        .replace(
            "INFO listening on 0.0.0.0:8080",
            &format!("DEBUG Set-Cookie: sid={SECRET}"),
        );
    let aws = Aws::told(&scenario);
    let checks = format!(
        "  - {{ id: seen, check: logs.line-seen, regex: 'password=\\S+' }}
  - {{ id: secret, check: logs.line-seen, contains: 'password={SECRET}' }}
  - {{ id: absent, check: logs.line-absent, contains: 'starting version=2.4.0' }}"
    );
    let place = Place::with_suite(&checkout("", &checks));
    keeps_in_every_format(&place, &["--endpoint-url", &aws.url()], &[]);
    let evidence = check(&place.json("r.json"), "absent")["evidence"].to_string();
    assert_tells(&evidence, &["starting version=2.4.0 password=[redacted]"]);
}

#[test]
fn a_presigned_address_in_a_stop_reason_stays_hidden() {
    let aws = Aws::of("restart-loop");
    let presigned = format!(
        "Error: CannotPullContainerError: https://layers.s3.amazonaws.com/x?X-Amz-Credential={SECRET}\
         &X-Amz-Security-Token={SECRET}&X-Amz-Signature={SECRET} "
    );
    let server = Server::changing(&aws.simulator, move |body| {
        body.replace("CannotPullContainerError: ", &presigned)
    });
    let place = Place::new();
    let examples = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/restart-loop/touchdown.yaml"
    );
    let suite = std::fs::read_to_string(examples).expect("an example");
    place.write("touchdown.yaml", &suite);
    keeps_in_every_format(&place, &["--endpoint-url", &server.url()], &[]);
    let report = place.json("r.json").to_string();
    assert_tells(
        &report,
        &["layers.s3.amazonaws.com", "X-Amz-Signature=[redacted]"],
    );
}

#[test]
fn credentials_of_the_run_stay_hidden_wherever_they_come_from() {
    let logged = HEALTHY.replace("INFO listening on", &format!("DEBUG env {KEY} / {SECRET}:"));
    let aws = Aws::told(&logged);
    let checks = "  - { id: absent, check: logs.line-absent, contains: DEBUG env }";
    let place = Place::with_suite(&checkout("", checks));
    let endpoint = ["--endpoint-url", &aws.url()];
    let variables = [
        ("AWS_SECRET_ACCESS_KEY", KEY),
        ("AWS_SESSION_TOKEN", SECRET),
    ];
    keeps_in_every_format(&place, &endpoint, &variables);
    assert_tells(
        &place.read("r.json"),
        &["DEBUG env [redacted] / [redacted]:"],
    );

    std::fs::create_dir(place.home().join(".aws")).expect("a new folder");
    let profile = format!(
        "[ci]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {KEY}\n\
         aws_session_token = {SECRET}\n"
    );
    std::fs::write(place.home().join(".aws/credentials"), profile).expect("a file");
    let mut command =
        place.touchdown(&[&["run", "--verbose", "--json", "p.json"], &endpoint[..]].concat());
    command
        .env("AWS_PROFILE", "ci")
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY");
    let ended = ended(command);
    let all = everything(&place, &ended);
    assert!(!all.contains(KEY) && !all.contains(SECRET), "{all}");
    assert_tells(
        &place.read("p.json"),
        &["DEBUG env [redacted] / [redacted]:"],
    );
}

#[test]
fn what_a_suite_sends_under_a_secret_name_stays_hidden() {
    let server = Server::start(|asked, stream| {
        let seen: Vec<&str> = asked
            .headers()
            .values()
            .filter_map(|value| value.to_str().ok())
            .collect();
        write(
            stream,
            &answer("200 OK", "", &format!("{} {}", asked.uri(), seen.join(" "))),
        );
    });
    let url = server.url();
    let place = Place::with_suite(&format!(
        "version: 1
defaults: {{ within: 0s }}
checks:
  - {{ id: header, check: http.responds, url: '{url}/', headers: {{ authorization: 'Bearer {SECRET}' }} }}
  - {{ id: key, check: http.responds, url: '{url}/', headers: {{ x-api-key: {KEY} }} }}
"
    ));
    keeps_in_every_format(&place, &[], &[]);
    assert_eq!(place.json("r.json")["verdict"], "passed");
    let wrong = place.read("touchdown.yaml").replace("url:", "urll:");
    place.write("touchdown.yaml", &wrong);
    for command in ["validate", "run"] {
        keeps(&place, &[command], &[]).expect_code(2);
    }
}

#[test]
fn addresses_with_a_password_stay_hidden_in_every_error() {
    let address = format!("http://ci:{SECRET}@127.0.0.1:1");
    let service = "prod-shop/checkout";
    let checks = format!(
        "  - {{ check: ecs.tasks-started-after-push }}
  - {{ check: http.responds, url: '{address}/health' }}"
    );
    let suite = checkout("", &checks).replace("within: 5m", "within: 0s");
    for variable in [
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_ECS",
        "HTTPS_PROXY",
        "HTTP_PROXY",
    ] {
        let place = Place::with_suite(&suite);
        let mut environment = vec![(variable, address.as_str()), ("AWS_REGION", "eu-west-1")];
        if variable.ends_with("PROXY") {
            environment.push(("NO_PROXY", "localhost"));
            environment.push(("AWS_ENDPOINT_URL", "http://ecs.example.com"));
        }
        for arguments in [
            &["run", "--verbose", "--html", "r.html", "--json", "r.json"][..],
            &["doctor"],
            &["confirm", service, "--verbose"],
            &["snapshot", service],
            &["init", service, "--output", "-"],
        ] {
            let ended = keeps(&place, arguments, &environment);
            assert_ne!(ended.code, Some(0), "{ended:#?}");
        }
    }
    let place = Place::with_suite(&suite);
    let given = ["--endpoint-url", address.as_str()];
    keeps(&place, &[&["run", "--verbose"], &given[..]].concat(), &[]).expect_code(1);
    keeps(&place, &[&["doctor"], &given[..]].concat(), &[]);
    let ended = keeps(
        &place,
        &[&["snapshot", service], &given[..]].concat(),
        &[("AWS_REGION", "eu-west-1")],
    );
    assert_tells(&ended.stderr, &["could not be delivered to 127.0.0.1:1"]);
}

#[test]
fn arguments_that_are_refused_are_not_repeated_with_their_secrets() {
    let place = Place::with_suite("version: 1\n");
    let endpoint = format!("ftp://ci:{SECRET}@host");
    let variable = format!("API_TOKEN:{SECRET}");
    let address = format!("https://ci:{SECRET}@ho st/");
    let suite = format!("version: 1\nchecks:\n  - {{ check: http.responds, url: '{address}' }}\n");
    for arguments in [
        &["run", "--var", &variable][..],
        &["run", "--endpoint-url", &endpoint],
        &["run", "--endpoint-url", &format!("ci:{SECRET}@host")],
        &[
            "run",
            "--endpoint-url",
            &format!("http://ci:{SECRET} x@host"),
        ],
        &["run", "--format", "nagios", "--endpoint-url", &endpoint],
        &["confirm", &format!("a/b?token={SECRET}")],
        &["render", &format!("token={SECRET}")],
    ] {
        keeps(&place, arguments, &[]);
    }
    place.write("touchdown.yaml", &suite);
    keeps(&place, &["validate"], &[]).expect_code(2);
}
