//! Registries that don't answer as the specification says: what is made of it, and what people are told.

use std::net::TcpStream;

use crate::aws::checkout;
use crate::place::{Place, assert_tells, check, hint, told};
use crate::registries::of_image;
use crate::registry_server::sha256;
use crate::web::{Asked, Server, answer, write};

const DIGEST: &str = "  - { id: digest, check: ecs.digest-running, within: 0s }";

/// An index without images, which is a manifest all the same.
pub const INDEX: &str =
    r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
pub const OF_INDEX: &str = "content-type: application/vnd.oci.image.index.v1+json\r\n";

/// What is said of a service that runs [`INDEX`] where the registry is asked for `shop/web:1.1`.
fn asked(answer: impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static) -> (Place, String) {
    let host = Server::start(answer).url().replace("http://", "");
    let aws = of_image(&format!("{host}/shop/web@{}", sha256(INDEX)));
    let more = format!("image: {host}/shop/web:1.1");
    let place = Place::with_suite(&checkout(&more, DIGEST));
    place.judge(&aws.url());
    (place, host)
}

fn always(text: String) -> impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static {
    move |asked, stream| write(stream, if_read(asked, &text))
}

/// An answer to `HEAD` has no body.
pub fn if_read<'t>(asked: &Asked, text: &'t str) -> &'t str {
    let head = text.split_inclusive("\r\n\r\n").next().unwrap_or_default();
    if asked.method() == "HEAD" { head } else { text }
}

#[test]
fn what_is_no_manifest_has_no_digest() {
    let page = "<html>please log in to the hotel's network</html>";
    let of_page = "content-type: text/html; charset=utf-8\r\n";
    let sha512 = format!("docker-content-digest: sha512:{}\r\n", "a".repeat(128));
    let other = format!("docker-content-digest: sha256:{}\r\n", "b".repeat(64));
    let two = r#"{"schemaVersion":1,"name":"shop/web"}"#;
    for (text, part) in [
        (
            answer("200 OK", of_page, page),
            "answered with a page, not a manifest (text/html)",
        ),
        (
            answer("200 OK", "", "{}"),
            "answered with something else than a manifest",
        ),
        (
            answer("200 OK", "", two),
            "has 1.1 in the first form of manifests only",
        ),
        (
            answer("200 OK", &(OF_INDEX.to_owned() + &sha512), INDEX),
            "tells its digest as sha512:aaaaaa",
        ),
    ] {
        let (place, _) = asked(always(text));
        assert_tells(&told(&place.report(), "digest"), &["inconclusive", part]);
    }
    // Where only `GET` tells a digest, it must be the content's.
    let text = answer("200 OK", &(OF_INDEX.to_owned() + &other), INDEX);
    let (place, _) = asked(move |asked, stream| match asked.method().as_str() {
        "HEAD" => write(stream, &answer("200 OK", "", "")),
        _ => write(stream, &text),
    });
    let part = "answered with another manifest than sha256:bbbbbb";
    assert_tells(&told(&place.report(), "digest"), &["inconclusive", part]);
}

#[test]
fn a_manifest_without_end_is_no_manifest() {
    let (place, _) = asked(|asked, stream| {
        write(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        while asked.method() == "GET" && std::io::Write::write_all(stream, &[b' '; 65536]).is_ok() {
        }
    });
    let told = told(&place.report(), "digest");
    assert_tells(
        &told,
        &[
            "inconclusive",
            "the manifest 1.1 in ",
            "is larger than 4 MiB",
        ],
    );
}

#[test]
fn who_tells_nothing_without_the_content_is_asked_for_the_content() {
    for status in ["405 Method Not Allowed", "501 Not Implemented"] {
        let (place, _) = asked(move |asked, stream| match asked.method().as_str() {
            "HEAD" => write(stream, &answer(status, "", "")),
            _ => write(stream, &answer("200 OK", OF_INDEX, INDEX)),
        });
        let part = "passed: 2 of 2 tasks run the expected digest";
        assert_tells(&told(&place.report(), "digest"), &[part]);
    }
}

/// Each of them has its own way out, which is not another container.
#[test]
fn a_refusal_is_told_with_its_way_out_and_its_source() {
    for (text, part, way_out) in [
        (
            answer("401 Unauthorized", "", "{}"),
            "doesn't let ",
            "`docker login HOST` has left behind.",
        ),
        (
            answer("403 Forbidden", "", "{}"),
            "(HTTP 403)",
            "`docker login HOST` has left behind.",
        ),
        (
            answer("429 Too Many Requests", "retry-after: 60\r\n", "{}"),
            "HOST was asked too often (HTTP 429)",
            "`docker login HOST` raises them.",
        ),
        (
            answer("302 Found", "location: /v2/shop/web/manifests/1.1\r\n", ""),
            "too many redirects",
            "HOST redirects in a circle",
        ),
    ] {
        let (place, host) = asked(always(text));
        let report = place.report();
        assert_tells(
            &told(&report, "digest"),
            &["inconclusive", &part.replace("HOST", &host)],
        );
        let hint = hint(&report, "digest");
        assert_tells(&hint, &[&way_out.replace("HOST", &host)]);
        assert!(!hint.contains("containers:"), "{hint}");
        let evidence = check(&report, "digest")["evidence"].to_string();
        assert_tells(
            &evidence,
            &[&format!("http://{host}/v2/shop/web/manifests/1.1")],
        );
    }
}

#[test]
fn a_broken_configuration_of_docker_is_told_where_it_is_needed() {
    let bearer = |asked: &Asked| {
        let realm = format!(
            "http://{}/token",
            asked.headers()["host"].to_str().expect("a host")
        );
        format!("www-authenticate: Bearer realm=\"{realm}\",service=\"x\"\r\n")
    };
    let host = Server::start(move |asked, stream| {
        let text = match asked.uri().path() {
            "/token" => answer("401 Unauthorized", "", "{}"),
            _ => answer("401 Unauthorized", &bearer(asked), ""),
        };
        write(stream, if_read(asked, &text));
    });
    let host = host.url().replace("http://", "");
    let aws = of_image(&format!("{host}/shop/web@{}", sha256(INDEX)));
    let place = Place::with_suite(&checkout(&format!("image: {host}/shop/web:1.1"), DIGEST));
    std::fs::create_dir(place.home().join(".docker")).expect("a new folder");
    std::fs::write(place.home().join(".docker/config.json"), "{").expect("a file");
    place.judge(&aws.url());
    let report = place.report();
    assert_tells(
        &told(&report, "digest"),
        &["inconclusive", ".docker/config.json can't be read: "],
    );
    assert_tells(
        &hint(&report, "digest"),
        &["`docker login` keeps the logins"],
    );
}

/// What runs may be the image of a platform, which the registry alone can tell.
#[test]
fn a_manifest_that_can_not_be_read_is_told_by_both_checks() {
    let digest = format!("sha256:{}", "c".repeat(64));
    let text = answer(
        "200 OK",
        &format!("docker-content-digest: {digest}\r\n"),
        INDEX,
    );
    let host = Server::start(move |asked, stream| {
        let known = asked.method() == "HEAD";
        let failed = answer("503 Service Unavailable", "", "");
        write(
            stream,
            if known {
                if_read(asked, &text)
            } else {
                &failed
            },
        );
    });
    let host = host.url().replace("http://", "");
    let aws = of_image(&format!("{host}/shop/web@{}", sha256(INDEX)));
    let checks =
        format!("{DIGEST}\n  - {{ id: started, check: ecs.tasks-started-after-push, within: 0s }}");
    let place = Place::with_suite(&checkout(&format!("image: {host}/shop/web:1.1"), &checks));
    place.judge(&aws.url());
    for id in ["digest", "started"] {
        let parts = ["inconclusive", &host, "answered HTTP 503"];
        assert_tells(&told(&place.report(), id), &parts);
    }
}
