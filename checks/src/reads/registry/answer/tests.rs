//! What is made of answers, literal ones.

use super::*;

const INDEX: &str = r#"{"schemaVersion":2,"manifests":[]}"#;

fn hub() -> OciRepository {
    OciRepository::parse("nginx").expect("a repository")
}

fn page(status: u16, headers: &[(&str, &str)], body: &str) -> Page {
    let headers = headers.iter();
    Page {
        status,
        headers: headers
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
        ..Page::default()
    }
}

#[test]
fn a_digest_is_told_by_its_header_or_by_the_content() {
    let digest = sha256(INDEX);
    let stated = [(DIGEST, &*digest)];
    for (page, expected) in [
        (page(200, &stated, ""), Told::Digest(digest.clone())),
        (page(200, &[], ""), Told::Untold),
        (page(200, &[(DIGEST, "")], ""), Told::Untold),
        (page(405, &[], ""), Told::Untold),
        (page(501, &[], ""), Told::Untold),
        (page(404, &stated, ""), Told::Absent),
    ] {
        assert_eq!(told(&hub(), page), Ok(expected));
    }
    for page in [page(200, &stated, INDEX), page(200, &[], INDEX)] {
        assert_eq!(digest_of(&hub(), "1", &page), Ok(digest.clone()));
        assert_eq!(expect_digest(&hub(), &digest, &page), Ok(()));
    }
}

#[test]
fn what_is_no_manifest_has_no_digest() {
    let other = format!("sha256:{}", "b".repeat(64));
    let html = [("content-type", "text/html; charset=utf-8")];
    for (page, part) in [
        (
            page(200, &html, "<html>"),
            "a page, not a manifest (text/html)",
        ),
        (
            page(200, &[], "{}"),
            "something else than a manifest (no content type)",
        ),
        (page(200, &[], "[2]"), "something else than a manifest"),
        (
            page(200, &[], r#"{"schemaVersion":1}"#),
            "in the first form of manifests only",
        ),
        (
            page(200, &[(DIGEST, &*other)], INDEX),
            "another manifest than sha256:bbb",
        ),
        (
            page(200, &[(DIGEST, "sha512:aa")], INDEX),
            "tells its digest as sha512:aa,",
        ),
        (
            Page {
                truncated: true,
                ..page(200, &[], INDEX)
            },
            "is larger than 4 MiB",
        ),
    ] {
        let refused = digest_of(&hub(), "1", &page).expect_err(part);
        assert!(refused.headline.contains(part), "{refused}");
        assert!(refused.lasting || refused.hint.is_some(), "{refused:?}");
        let refused = expect_digest(&hub(), &format!("sha256:{}", "c".repeat(64)), &page);
        assert!(refused.is_err(), "{part}");
    }
    let stated = page(200, &[(DIGEST, "sha512:aa")], "");
    assert!(told(&hub(), stated).expect_err("no sha256").lasting);
}

#[test]
fn who_is_really_asked_is_told() {
    let asked = |url: &str, error: FetchError| {
        let url = Url::parse(url).expect("an address");
        let told = unreachable(&url, &hub(), &error);
        format!("{told} | {}", told.hint.as_deref().unwrap_or_default())
    };
    let refused = || FetchError::Unreached(Unreached::NoAnswer("connection refused".into()));
    for (url, error, told) in [
        (
            "https://registry-1.docker.io/v2/",
            refused(),
            "registry-1.docker.io could not be asked about docker.io/library/nginx: connection refused | HTTPS to registry-1.docker.io must be open",
        ),
        (
            "https://auth.docker.io/token",
            FetchError::Unreached(Unreached::TimedOut),
            "auth.docker.io could not be asked about docker.io/library/nginx: no answer within 10 s | HTTPS to auth.docker.io must be open",
        ),
        (
            "http://localhost:5000/v2/",
            refused(),
            "localhost:5000 could not be asked about docker.io/library/nginx: connection refused | Is a registry running there?",
        ),
        (
            "https://ghcr.io/v2/",
            FetchError::TooManyRedirects,
            "ghcr.io could not be asked about docker.io/library/nginx: too many redirects | ghcr.io redirects in a circle",
        ),
        (
            "https://ghrc.io/v2/",
            FetchError::Unreached(Unreached::NameNotFound("no such host".into())),
            "ghrc.io could not be asked about docker.io/library/nginx: no such host | Is the registry's name right?",
        ),
    ] {
        let said = asked(url, error);
        assert!(said.starts_with(told), "{said}");
    }
    let failed = found(&hub(), page(503, &[], "")).expect_err("an error");
    let told = "registry-1.docker.io answered HTTP 503 about docker.io/library/nginx";
    assert_eq!(failed.headline, told);
}
