//! Suites that load, and what they mean.

use std::time::Duration;

use proptest::prelude::*;
use touchdown::catalog::Catalog;
use touchdown::redact::Redactor;
use touchdown::suite::{Need, Sources, Suite, SuiteErrors};

/// The suite that docs/suite.md shows.
const EXAMPLE: &str = include_str!("example_suite.yaml");

fn sources() -> Sources {
    let vars = [
        ("IMAGE_REPO", "registry.example.org/dashboard"),
        ("HOST", "dashboard.example.org"),
        ("STATUS", "200"),
        ("QUOTED", "a: \"b\"\n- c # d"),
        ("EMPTY", ""),
    ];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Sources::new(vars, |name| match name {
        "GIT_SHA" => Some("4f2a9c1".to_owned()),
        "API_TOKEN" => Some("hunter2-hunter2".to_owned()),
        "DB_USER" => Some("inventory-user".to_owned()),
        "HOST" => Some("overruled".to_owned()),
        _ => None,
    })
}

fn read(text: &str) -> Result<Suite, SuiteErrors> {
    Suite::parse(
        "touchdown.yaml",
        text.as_bytes(),
        &sources(),
        &Catalog::built_in(),
    )
}

fn loaded(text: &str) -> Suite {
    read(text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn the_handbooks_example_loads() {
    let suite = loaded(EXAMPLE);
    assert_eq!(suite.name, "inventory, after deploy");
    let web = &suite.targets[0];
    assert_eq!(web.name, "web");
    assert_eq!(web.service, "HcTapStack-DashboardService*");
    let image = web.image.as_ref().map(ToString::to_string);
    assert_eq!(
        image.as_deref(),
        Some("registry.example.org/dashboard:4f2a9c1")
    );
    let ids: Vec<&str> = suite.checks.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "ecs.tasks-started-after-push",
            "ecs.digest-running",
            "answers",
            "logs.line-seen",
            "logs.line-absent",
            "http.responds"
        ]
    );
    let answers = Need {
        check: 2,
        target: None,
    };
    assert_eq!(suite.checks[3].needs, [answers]);
    assert_eq!(suite.checks[3].within, seconds(120));
    assert_eq!(suite.checks[5].hold, Some(seconds(600)));
    assert!(suite.checks[2].targets.is_empty());
    assert_eq!(suite.checks[0].targets, ["web"]);
}

#[test]
fn the_handbook_shows_this_example() {
    let handbook = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/suite.md"));
    let handbook = handbook.expect("docs/suite.md");
    assert!(
        handbook.contains(EXAMPLE),
        "docs/suite.md shows another example"
    );
}

#[test]
#[should_panic(expected = "the catalog has a kind named `ecs.digest-running` already")]
fn two_kinds_of_one_name_are_refused() {
    let stable = Catalog::built_in()
        .get("ecs.digest-running")
        .expect("a kind")
        .clone();
    let _ = Catalog::built_in().with(stable);
}

#[test]
fn defaults_stand_in_and_a_check_overrules_them() {
    let plain = loaded("version: 1\nchecks: [{ check: http.responds, url: 'http://x/' }]\n");
    let check = &plain.checks[0];
    assert_eq!(check.within, seconds(300));
    assert_eq!(check.every, seconds(2));
    assert_eq!(check.timeout, seconds(15));
    assert_eq!((check.hold, check.required), (None, true));
    assert_eq!(plain.name, "touchdown");

    let set = loaded(
        "version: 1\ndefaults: { within: 1m, every: 5s, timeout: 3s }\nchecks:\n\
         - { check: http.responds, url: 'http://x/' }\n\
         - { check: http.responds, url: 'http://x/', within: 0s, every: 100ms, timeout: 1s, required: false }\n",
    );
    let (first, second) = (&set.checks[0], &set.checks[1]);
    assert_eq!(
        (first.within, first.every, first.timeout),
        (seconds(60), seconds(5), seconds(3))
    );
    assert_eq!((second.within, second.timeout), (seconds(0), seconds(1)));
    assert!(!second.required);
}

#[test]
fn a_suite_without_targets_needs_none_for_the_web() {
    let suite = loaded("version: 1\nchecks: [{ check: http.responds, url: 'http://x/' }]\n");
    assert!(suite.targets.is_empty());
}

#[test]
fn variables_fill_values_and_can_break_nothing() {
    let suite = loaded(
        "version: 1\nname: ${QUOTED}\nchecks:\n\
         - check: http.responds\n  url: https://${HOST}/\n  expect:\n    status: ${STATUS}\n    json: { $.run: null }\n  name: \"${HOST}${EMPTY:-}\"\n",
    );
    assert_eq!(suite.name, "a: \"b\"\n- c # d");
    assert_eq!(suite.checks.len(), 1);
    assert_eq!(
        suite.checks[0].name.as_deref(),
        Some("dashboard.example.org")
    );
}

#[test]
fn a_text_that_looks_like_a_number_stays_a_text() {
    loaded(
        "version: 1\nname: 007\nchecks: [{ check: http.responds, url: 'http://x/', method: PUT, body: 1.10, name: no }]\n",
    );
}

#[test]
fn anchors_carriage_returns_and_a_byte_order_mark_are_read() {
    let suite = loaded(
        "\u{feff}version: 1\r\ntargets:\r\n  web: { cluster: &c dev, service: web }\r\n  \
         api: { cluster: *c, service: api }\r\nchecks:\r\n  - check: ecs.digest-running\r\n    hold: 10m\r\n",
    );
    assert_eq!(suite.targets[1].cluster, "dev");
    assert_eq!(suite.checks[0].hold, Some(seconds(600)));
    assert_eq!(suite.checks[0].targets, ["web", "api"]);
}

#[test]
fn secrets_are_collected_and_usable() {
    let suite = loaded(
        "version: 1\nsecrets:\n  session: abc-${DB_USER}\n  unused: swordfish\nchecks:\n\
         - check: http.responds\n  url: https://${HOST}/\n\
         \x20 headers: { Cookie: \"id=${session}\", Authorization: \"Bearer ${API_TOKEN}\" }\n",
    );
    let redactor = Redactor::new(suite.secrets());
    assert_eq!(
        redactor.clean("abc-inventory-user inventory-user swordfish hunter2-hunter2 overruled"),
        "[redacted] [redacted] [redacted] [redacted] overruled"
    );
}

#[test]
fn ids_are_made_up_around_those_given() {
    let suite = loaded(
        "version: 1\nchecks:\n\
         - { check: http.responds, url: 'http://a/' }\n\
         - { check: http.responds, url: 'http://b/' }\n\
         - { check: http.responds, url: 'http://c/', id: http.responds-2 }\n\
         - { check: http.responds, url: 'http://d/', needs: [http.responds-3] }\n",
    );
    let ids: Vec<&str> = suite.checks.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "http.responds",
            "http.responds-3",
            "http.responds-2",
            "http.responds-4"
        ]
    );
    assert_eq!(suite.checks[3].needs[0].check, 1);
}

#[test]
fn a_followed_check_is_needed() {
    let suite = loaded(
        "version: 1\ntargets: { web: { cluster: dev, service: web } }\nchecks:\n\
         - { check: logs.line-seen, contains: x, since: check:fresh }\n\
         - { check: ecs.digest-running, id: fresh }\n",
    );
    let fresh = Need {
        check: 1,
        target: None,
    };
    assert_eq!(
        suite.checks[0].needs.as_slice(),
        std::slice::from_ref(&fresh)
    );
    assert_eq!(suite.checks[0].follows, Some(fresh));
}

#[test]
fn a_long_chain_of_needs_and_a_long_circle_are_followed() {
    let chain = |first: &str| {
        let mut text = format!(
            "version: 1\nchecks:\n- {{ check: http.responds, url: 'http://x/', id: c0{first} }}\n"
        );
        for number in 1..5000 {
            let before = number - 1;
            text.push_str(&format!(
                "- {{ check: http.responds, url: 'http://x/', id: c{number}, needs: [c{before}] }}\n"
            ));
        }
        text
    };
    assert_eq!(loaded(&chain("")).checks.len(), 5000);
    let errors = read(&chain(", needs: [c4999]")).expect_err("a circle");
    assert_eq!(errors.mistakes().len(), 1);
}

#[test]
fn thousands_of_mistakes_are_counted_and_some_drawn() {
    let text = format!("version: 1\nchecks:\n{}", "- check: nope\n".repeat(3000));
    let told = read(&text).expect_err("mistakes").to_string();
    assert!(
        told.ends_with("error: 3000 mistakes in touchdown.yaml, of which the first 50 are shown"),
        "{told}"
    );
}

#[test]
fn an_anchored_text_repeated_too_often_is_refused_in_little_memory() {
    let text = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(500_000),
        "*a, ".repeat(100_000)
    );
    let told = read(&text).expect_err("too large").to_string();
    assert!(
        told.contains("the suite grows too large here"),
        "{}",
        told.len()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let read = Suite::parse("x.yaml", &bytes, &sources(), &Catalog::built_in());
        let _ = read.map_err(|errors| errors.to_string());
    }

    #[test]
    fn no_text_makes_it_panic(text in "(\\PC|[\\n\\t :#&*!|>'\"%@`{}\\[\\],?$-]){0,200}") {
        let _ = read(&text).map_err(|errors| errors.to_string());
    }

    #[test]
    fn no_change_of_a_good_suite_makes_it_panic(
        at in 0..EXAMPLE.len(),
        gone in 0usize..30,
        new in "(\\PC|[\\n\\t :#&*!|>'\"{}\\[\\],?$]){0,12}",
    ) {
        let start = EXAMPLE.floor_char_boundary(at);
        let end = EXAMPLE.floor_char_boundary((start + gone).min(EXAMPLE.len()));
        let changed = format!("{}{new}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
        if let Err(errors) = read(&changed) {
            prop_assert!(!errors.mistakes().is_empty());
            let told = errors.to_string();
            prop_assert!(told.contains("touchdown.yaml"));
            prop_assert!(!told.contains("hunter2"), "{}", told);
            for mistake in errors.mistakes() {
                let place = mistake.line().zip(mistake.column());
                let Some((line, column)) = place else { continue };
                let width = changed.split('\n').nth(line - 1).map(|line| line.chars().count());
                prop_assert!(width.is_some_and(|width| column <= width + 1), "{}", told);
            }
        }
    }
}
