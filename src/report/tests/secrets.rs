//! A secret that a redactor has seen comes out of no format, wherever in a finding it stood.

use std::collections::BTreeMap;

use proptest::prelude::*;
use touchdown_checks::contract::{Body, Finding, Line, Moment};

use super::corpus;
use crate::redact::Redactor;
use crate::report::fixtures::{at, check, looks, report, seen};
use crate::report::terminal::{self, Style};
use crate::report::{Format, Verdict};

/// How a secret stands in outside text, so that its shape tells; the last tells nothing, and its
/// value has to be known.
const SHAPES: &[&str] = &[
    "Authorization: Bearer SECRET",
    "proxy-authorization: Basic SECRET",
    "{\"authorization\":\"SECRET\"}",
    "AWS_SECRET_ACCESS_KEY=SECRET",
    "\"SecretAccessKey\": \"SECRET\",",
    "{\\\"SessionToken\\\":\\\"SECRET\\\"}",
    "<SessionToken>SECRET</SessionToken>",
    "https://deploy:SECRET@shop.example.com/a",
    "postgres://app:SECRET@db:5432/shop",
    "https://b.example.com/k?X-Amz-Credential=SECRET&X-Amz-Signature=SECRET&x=1",
    "Set-Cookie: sid=SECRET; Path=/",
    "password=SECRET user=x",
    "db.password: 'SECRET'",
    "/callback?token=SECRET&x=1",
    "login --api-key SECRET now",
    "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----",
    "SECRET",
];

/// How many places a finding has for a text.
const PLACES: usize = 14;

/// A finding that has a text in one place, and harmless ones in the others.
fn finding(place: usize, text: &str) -> Finding {
    let mut places = (0..PLACES).map(|one| if one == place { text } else { "nothing new" });
    let mut next = || places.next().unwrap_or_default().to_owned();
    let line = |text: String, origin| Line {
        at: None,
        origin,
        matched: Some(text.clone()),
        text,
    };
    let (headline, hint) = (next(), next());
    let bodies = [
        Body::compared(next(), next(), next()),
        Body::table(next(), [next().as_str()], [[next()]]),
        Body::Timeline {
            title: next(),
            moments: vec![Moment {
                at: at("23:46:12"),
                what: next(),
            }],
        },
        Body::Excerpt {
            title: next(),
            lines: vec![line(next(), Some(next()))],
            omitted: 0,
        },
    ];
    let resource = next();
    let evidence = bodies.map(|body| seen("GET", &resource, body));
    Finding::not_yet(headline).hint(hint).all_evidence(evidence)
}

/// Everything that is written of a finding.
fn written(finding: Finding) -> BTreeMap<String, String> {
    let mut one = check("one", "http.responds", Verdict::Failed, &finding.headline);
    one.attempts = looks(2, finding.state, &finding.headline);
    one.hint = finding.hint;
    one.evidence = finding.evidence;
    let report = report(vec![one]);
    let formats = Format::ALL.map(|format| (format.to_string(), format.render(&report)));
    let mut written = BTreeMap::from(formats);
    let style = Style {
        color: true,
        verbose: true,
        ..Style::FILE
    };
    written.insert("verbose".to_owned(), terminal::render(&report, &style));
    written
}

#[test]
fn every_shape_is_hidden_in_every_place() {
    const SECRET: &str = "Zq7/x+Kp9-vTr3_LmN8w";
    let knows = Redactor::new([SECRET]);
    for shape in SHAPES {
        let redactor = match *shape {
            "SECRET" => &knows,
            _ => &Redactor::default(),
        };
        let text = shape.replace("SECRET", SECRET);
        for place in 0..PLACES {
            for (format, document) in written(redactor.clean_finding(finding(place, &text))) {
                assert!(
                    !document.contains(SECRET),
                    "{format}, of {text}:\n{document}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_secret_is_hidden_whatever_stands_around_it(
        secret in "[A-Za-z0-9]{4}[A-Za-z0-9+_-]{8,30}[A-Za-z0-9]{4}",
        shape in prop::sample::select(SHAPES),
        before in prop::sample::select(corpus::texts().into_values().collect::<Vec<_>>()),
        place in 0..PLACES,
    ) {
        let text = format!("{before}\n{} \nafter", shape.replace("SECRET", &secret));
        let redactor = match shape {
            "SECRET" => Redactor::new([&secret]),
            _ => Redactor::default(),
        };
        for (format, document) in written(redactor.clean_finding(finding(place, &text))) {
            prop_assert!(!document.contains(&secret), "{}, of {}:\n{}", format, text, document);
        }
    }
}

#[test]
fn what_a_shape_gives_away_is_hidden_where_it_has_none() {
    const SECRET: &str = "Zq7xKp9vTr3LmN8w";
    let mut found = finding(10, &format!("password={SECRET}"));
    found.headline = format!("the line that was looked for holds {SECRET}");
    let cleaned = Redactor::default().clean_finding(found);
    assert_eq!(
        cleaned.headline,
        "the line that was looked for holds [redacted]"
    );
}
