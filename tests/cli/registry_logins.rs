//! Logins of registries as Docker keeps them: in its configuration, or by a program.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use crate::aws::checkout;
use crate::place::{Place, assert_tells, ended, hint, told};
use crate::registries::of_image;
use crate::registry_answers::{INDEX, OF_INDEX, if_read};
use crate::registry_server::{Door, Registry, sha256};
use crate::web::{Asked, Server, answer, write};

const DIGEST: &str = "  - { id: digest, check: ecs.digest-running, within: 0s }";

/// A place where Docker is configured like this, and `docker-credential-shelf` is this script.
struct Configured(Place);

impl Configured {
    fn new(config: &str, script: &str) -> Self {
        let place = Place::new();
        std::fs::create_dir(place.home().join(".docker")).expect("a new folder");
        std::fs::write(place.home().join(".docker/config.json"), config).expect("a file");
        place.write("docker-credential-shelf", &format!("#!/bin/sh\n{script}\n"));
        let file = place.path("docker-credential-shelf");
        let may_run = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(file, may_run).expect("a file of one's own");
        Self(place)
    }

    /// Judges a service that runs that digest, where `shop/web:1.1` is expected.
    fn judge(&self, host: &str, digest: &str) -> i32 {
        let Self(place) = self;
        let aws = of_image(&format!("{host}/shop/web@{digest}"));
        let suite = checkout(&format!("image: {host}/shop/web:1.1"), DIGEST);
        place.write("touchdown.yaml", &suite);
        let url = aws.url();
        let mut command =
            place.touchdown(&["run", "--json", "report.json", "--endpoint-url", &url]);
        let path = std::env::var("PATH").expect("a path");
        command.env("PATH", format!("{}:{path}", place.path("").display()));
        ended(command).code.expect("an exit code")
    }

    fn told(&self) -> String {
        told(&self.0.report(), "digest")
    }
}

/// A registry whose server of tokens decides, by the request, who gets one.
fn registry(opens: impl Fn(&Asked) -> bool + Send + Sync + 'static) -> String {
    let server = Server::start(move |asked, stream| {
        let header = |name: &str| {
            asked
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let host = header("host").unwrap_or_default();
        let challenge =
            format!("www-authenticate: Bearer realm=\"http://{host}/token\",service=\"here\"\r\n");
        let text = match (asked.uri().path(), header("authorization")) {
            ("/token", _) if opens(asked) => answer("200 OK", "", r#"{"access_token":"t0ken"}"#),
            ("/token", _) => answer("401 Unauthorized", "", "{}"),
            (_, Some("Bearer t0ken")) => answer("200 OK", OF_INDEX, INDEX),
            _ => answer("401 Unauthorized", &challenge, ""),
        };
        write(stream, if_read(asked, &text));
    });
    server.url().replace("http://", "")
}

const GIVES: &str = r#"cat >asked; printf '{"ServerURL":"x","Username":"ci","Secret":"s3cret"}'"#;

#[test]
fn a_public_image_needs_no_program_that_keeps_logins() {
    let host = registry(|asked| asked.headers().get("authorization").is_none());
    for config in [
        format!(r#"{{"auths": {{"{host}": {{}}}}, "credsStore": "shelf"}}"#),
        r#"{"auths": null, "credsStore": "gone"}"#.to_owned(),
        "{".to_owned(),
    ] {
        let configured = Configured::new(&config, GIVES);
        let code = configured.judge(&host, &sha256(INDEX));
        assert_tells(&configured.told(), &["passed: 2 of 2 tasks run"]);
        assert_eq!(code, 0);
        assert!(!configured.0.path("asked").exists(), "{config}");
    }
}

#[test]
fn a_private_image_is_read_with_what_the_program_keeps() {
    for door in [Door::Password, Door::Token] {
        let Some(registry) = Registry::start(door) else {
            return;
        };
        let (_, new) = registry.push("1.1");
        let host = &registry.host;
        for config in [
            r#"{"credsStore": "shelf"}"#.to_owned(),
            format!(r#"{{"credsStore": "gone", "credHelpers": {{"{host}": "shelf"}}}}"#),
        ] {
            let configured = Configured::new(&config, GIVES);
            configured.judge(host, &new);
            assert_tells(&configured.told(), &["passed: 2 of 2 tasks run"]);
            assert_eq!(configured.0.read("asked"), *host);
            assert!(!configured.0.read("report.json").contains("s3cret"));
        }
    }
}

#[test]
fn a_program_that_gives_nothing_is_told() {
    let host = registry(|asked| asked.headers().get("authorization").is_some());
    for (store, script, part, way_out) in [
        (
            "shelf",
            "echo 'credentials not found in native keychain'; exit 1",
            "gives no token for ",
            "`docker login HOST`",
        ),
        (
            "shelf",
            "echo 'the keychain is locked'; exit 1",
            "docker-credential-shelf gave no login for HOST: the keychain is locked",
            "docker-credential-shelf get",
        ),
        (
            "shelf",
            "echo '{\"Secret\":\"s3cret\"}'",
            "docker-credential-shelf gave no login for HOST: what it printed is none",
            "docker-credential-shelf get",
        ),
        (
            "gone",
            "",
            "docker-credential-gone gave no login for HOST: it is not in PATH",
            "docker-credential-gone get",
        ),
        (
            "../shelf",
            "",
            "`../shelf` can't be the name of a program that keeps logins",
            "config.json",
        ),
    ] {
        let config = format!(r#"{{"credsStore": "{store}"}}"#);
        let configured = Configured::new(&config, script);
        let code = configured.judge(&host, &sha256(INDEX));
        let told = configured.told();
        assert_tells(&told, &["inconclusive", &part.replace("HOST", &host)]);
        let report = configured.0.report();
        assert_tells(&hint(&report, "digest"), &[&way_out.replace("HOST", &host)]);
        assert!(!report.to_string().contains("s3cret"));
        assert_eq!(code, 3);
    }
}

/// Azure's registries leave such a token behind, and a name that is none.
#[test]
fn an_identity_token_is_changed_for_a_token() {
    let posted = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&posted);
    let host = registry(move |asked| {
        *seen.lock().expect("a test's own") = String::from_utf8_lossy(asked.body()).into_owned();
        asked.method() == "POST"
    });
    let auth = "MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOg==";
    let written = format!(
        r#"{{"auths": {{"https://{host}/v1/": {{"auth": "{auth}", "identitytoken": "1d+t0k"}}}}}}"#
    );
    let kept = r#"printf '{"ServerURL":"x","Username":"<token>","Secret":"1d+t0k"}'"#;
    for (config, script) in [(written.as_str(), ""), (r#"{"credsStore": "shelf"}"#, kept)] {
        let configured = Configured::new(config, script);
        configured.judge(&host, &sha256(INDEX));
        assert_tells(&configured.told(), &["passed: 2 of 2 tasks run"]);
        assert_eq!(
            *posted.lock().expect("a test's own"),
            "grant_type=refresh_token&service=here&scope=repository%3Ashop%2Fweb%3Apull\
             &client_id=touchdown&refresh_token=1d%2Bt0k"
        );
    }
}
