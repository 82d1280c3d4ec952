//! Where redirects led, and the hash of what is served there.

use super::*;
use crate::contract::Body;
use crate::reads::Redirect;

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn led() -> Result<Page, FetchError> {
    let steps = [
        (301, "https://shop.example.com/"),
        (302, "https://shop.example.com/login"),
    ];
    let redirects = steps.map(|(status, to)| Redirect {
        status,
        to: to.into(),
    });
    Ok(Page {
        url: "https://shop.example.com/login".into(),
        redirects: redirects.to_vec(),
        ..page(200, "")?
    })
}

#[test]
fn the_last_address_and_the_number_of_redirects_are_compared() {
    for (expect, told) in [
        (json!({"ends_at": "https://shop.example.com/login"}), None),
        (
            json!({"ends_at": "HTTPS://shop.example.com:443/login"}),
            None,
        ),
        (
            json!({"ends_at": {"regex": "/login$"}, "redirected": 2}),
            None,
        ),
        (
            json!({"ends_at": "https://shop.example.com"}),
            Some(
                "http://shop.example.com/health ends at https://shop.example.com/login, expected https://shop.example.com/",
            ),
        ),
        (
            json!({"ends_at": {"regex": "^https://shop.example.com/$"}}),
            Some("ends at https://shop.example.com/login, expected /^https://shop.example.com/$/"),
        ),
        (
            json!({"redirected": 0}),
            Some("ends at https://shop.example.com/login after 2 redirects, expected 0"),
        ),
    ] {
        let finding = judged(json!({"expect": expect}), led());
        assert_differs(&finding, told);
        let rows = [
            ["301", "https://shop.example.com/"],
            ["302", "https://shop.example.com/login"],
        ];
        let way = Body::table(
            "redirects",
            ["answer", "to"],
            rows.map(|row| row.map(str::to_owned)),
        );
        assert!(
            finding.evidence.iter().any(|one| one.body == way),
            "each step is told"
        );
    }
    let broken = judged(
        json!({"broken_when": {"ends_at": {"regex": "/login"}}}),
        led(),
    );
    assert_eq!(broken.state, State::Broken);
}

#[test]
fn a_body_has_the_hash_of_what_was_built() {
    let served = |sha256: Option<&str>| {
        Ok(Page {
            sha256: sha256.map(str::to_owned),
            truncated: true,
            ..page(200, "function app() {")?
        })
    };
    let expect = json!({"expect": {"sha256": HASH.to_uppercase()}});
    let same = judged(expect.clone(), served(Some(HASH)));
    assert_eq!(same.state, State::Holds, "{}", same.headline);
    assert!(
        same.headline.ends_with("with the expected SHA-256"),
        "{}",
        same.headline
    );
    let other = "0".repeat(64);
    let old = judged(expect.clone(), served(Some(&other)));
    assert_eq!(old.state, State::NotYet);
    let told = format!("answered with SHA-256 {other}, expected {HASH}");
    assert!(old.headline.ends_with(&told), "{}", old.headline);
    assert!(old.hint.expect("a hint").contains("cache"));
    let unknown = judged(expect, served(None));
    assert_eq!(unknown.state, State::Unobserved);
    assert!(
        unknown.headline.contains("longer than 64 MiB"),
        "{}",
        unknown.headline
    );
    let withdrawn = json!({"broken_when": {"sha256": HASH}});
    assert_eq!(
        judged(withdrawn.clone(), served(Some(HASH))).state,
        State::Broken
    );
    assert_eq!(
        judged(withdrawn.clone(), served(Some(&other))).state,
        State::Holds
    );
    assert_eq!(judged(withdrawn, served(None)).state, State::Unobserved);
}

#[test]
fn what_comes_compressed_is_told_to_be() {
    let page = Page {
        sha256: Some("0".repeat(64)),
        headers: vec![("content-encoding".into(), "gzip".into())],
        ..page(200, "").expect("a page")
    };
    let told = judged(json!({"expect": {"sha256": HASH}}), Ok(page)).headline;
    assert!(
        told.contains("0 (compressed by gzip), expected 9f86"),
        "{told}"
    );
}
