//! The page as a browser's parser reads it.

use std::collections::BTreeMap;

use scraper::{Html, Selector};

use super::render;
use crate::report::fixtures::{HOSTILE, check, hostile_with, looks, report, seen};
use crate::report::tests::scenarios;
use crate::report::{Report, Verdict};
use touchdown_checks::contract::{Body, State};

mod colours;

fn page(report: &Report) -> Html {
    Html::parse_document(&render(report))
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector).collect()
}

fn text(element: &scraper::ElementRef<'_>) -> String {
    element.text().collect()
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    all(page, selector).iter().map(text).collect()
}

/// How often each element occurs, with the names of its attributes.
fn shape(page: &Html) -> BTreeMap<String, usize> {
    let mut shape = BTreeMap::new();
    for element in all(page, "*") {
        let names: Vec<&str> = element.value().attrs().map(|(name, _)| name).collect();
        let key = format!("{} {}", element.value().name(), names.join(" "));
        *shape.entry(key).or_default() += 1;
    }
    shape
}

/// The elements of a report's page.
pub(in crate::report) fn shape_of(report: &Report) -> BTreeMap<String, usize> {
    shape(&page(report))
}

#[test]
fn outside_text_makes_no_element_and_no_attribute() {
    let markup = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)> --> </style> <!-- \
        </title><base href=//x> {{7*7}} </textarea></svg> &lt;b&gt; javascript:alert(1)";
    for (hostile, shown) in [(HOSTILE, "␛[2J␛[31mgone␛[0m ]]> & <b>"), (markup, markup)] {
        // A colon stays, because in the source of evidence it means that there is a request id.
        let shapes = |c: char| c.is_whitespace() || c == ':';
        let letters = |c: char| if shapes(c) { c } else { 'x' };
        let harmless: String = hostile.chars().map(letters).collect();
        let page = page(&hostile_with(hostile));
        assert_eq!(shape(&page), shape(&self::page(&hostile_with(&harmless))));
        let visible = texts(&page, "td").concat();
        assert!(visible.contains(shown), "{visible}");
    }
}

#[test]
fn the_page_refers_to_nothing_but_itself() {
    for (scenario, report) in scenarios::all() {
        let page = page(&report);
        let acting = "script, link, iframe, object, embed, base, form, image, use, video";
        assert_eq!(texts(&page, acting), Vec::<String>::new(), "{scenario}");
        for element in all(&page, "*") {
            for (name, value) in element.value().attrs() {
                let is_held = value.starts_with("data:image/png;base64,");
                if element.value().name() == "img" && name == "src" && is_held {
                    continue;
                }
                let acts = ["src", "srcset", "style", "action", "xlink:href"].contains(&name);
                assert!(
                    !acts && !name.starts_with("on"),
                    "{scenario}: {name}={value}"
                );
                if name == "href" {
                    let target = value.strip_prefix('#').expect("a place on the page");
                    let found = all(&page, "[id]");
                    assert!(
                        found.iter().any(|one| one.value().id() == Some(target)),
                        "{scenario}: {value} leads nowhere"
                    );
                }
            }
        }
        for style in texts(&page, "style") {
            assert!(!style.contains("url(") && !style.contains("@import"));
        }
    }
}

#[test]
fn every_check_has_a_link_target_of_its_own_and_no_id_occurs_twice() {
    let mut twins = vec![check("a b", "http.responds", Verdict::Passed, "fine"); 3];
    twins[1].id = "a\"b".to_owned();
    twins[2].id = "a@b".to_owned();
    let page = page(&report(twins));
    let mut ids: Vec<&str> = all(&page, "[id]")
        .iter()
        .filter_map(|one| one.value().id())
        .collect();
    assert!(ids.contains(&"check-a@b"), "{ids:?}");
    assert_eq!(all(&page, ".check [id^=check-]").len(), 3);
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn the_broken_link_is_told_first_with_what_to_do() {
    let failed = scenarios::named("failed");
    let page = page(&failed);
    assert_eq!(
        texts(&page, "head title"),
        ["FAILED · inventory, after deploy · touchdown"]
    );
    assert_eq!(texts(&page, "h1"), ["✖FAILED"]);
    let told = texts(&page, ".broken").concat();
    assert!(told.contains(&failed.checks[0].headline), "{told}");
    assert!(told.contains("aws ecs update-service"), "{told}");
    assert_eq!(texts(&page, ".beside a"), ["digest", "stable", "old-line"]);

    let passed = self::page(&scenarios::named("passed"));
    assert_eq!(
        all(&passed, ".broken").len(),
        0,
        "a failed check that does not gate"
    );
}

#[test]
fn what_did_not_pass_is_open_and_can_be_shown_alone() {
    let page = page(&scenarios::named("failed"));
    assert_eq!(all(&page, "details.check").len(), 6);
    assert_eq!(all(&page, "details.check[open]").len(), 4);
    assert_eq!(all(&page, "details.check.failed[open]").len(), 4);
    let choices = texts(&page, ".filters label");
    assert_eq!(choices, ["all 6", "failed 4", "passed 1", "skipped 1"]);
    let checked = all(&page, ".filters input[type=radio][name=show][checked]");
    assert_eq!(checked[0].value().id(), Some("show-all"));
    for input in all(&page, ".filters input") {
        let id = input.value().id().expect("an id");
        let style = texts(&page, "style").concat();
        let rule = format!(":root:has(#{id}:checked)");
        assert!(id == "show-all" || style.contains(&rule), "{rule}");
    }
}

#[test]
fn what_differs_is_marked_unless_the_check_passed() {
    for (verdict, marks) in [(Verdict::Failed, vec!["4", "5"]), (Verdict::Passed, vec![])] {
        let mut one = check("rev", "ecs.revision-advanced", verdict, "");
        one.evidence = vec![seen(
            "GET",
            "x",
            Body::compared("revision", "web:4", "web:5"),
        )];
        let page = page(&report(vec![one]));
        assert_eq!(texts(&page, ".check .compared dd"), ["web:4", "web:5"]);
        assert_eq!(texts(&page, ".check mark"), marks);
    }
}

#[test]
fn what_was_looked_for_is_marked_in_the_line() {
    let mut line = crate::report::fixtures::line(None, "", "a <b> c <b>");
    for (matched, marks) in [
        (Some("<b>"), vec!["<b>"]),
        (Some("not there"), vec![]),
        (Some(""), vec![]),
        (None, vec![]),
    ] {
        line.matched = matched.map(str::to_owned);
        let mut one = check("old", "logs.line-absent", Verdict::Failed, "");
        let body = Body::Excerpt {
            title: "lines".to_owned(),
            lines: vec![line.clone()],
            omitted: 0,
        };
        one.evidence = vec![seen("logs:FilterLogEvents", "/ecs/web", body)];
        let page = page(&report(vec![one]));
        assert_eq!(texts(&page, ".excerpt code"), ["a <b> c <b>"]);
        assert_eq!(texts(&page, ".excerpt mark"), marks);
    }
}

#[test]
fn a_text_that_would_hold_a_browser_up_is_shown_in_part() {
    let long = "x".repeat(200_000);
    let rendered = render(&hostile_with(&long));
    assert!(rendered.len() < 1_000_000, "{}", rendered.len());
    assert!(rendered.contains("more characters"));
}

#[test]
fn looks_that_say_the_same_are_told_once() {
    let mut one = check("fresh", "ecs.stable", Verdict::Failed, "gone");
    one.attempts = looks(12, State::NotYet, "still 1 of 3");
    one.attempts[11].state = State::Broken;
    let page = page(&report(vec![one]));
    let rows = texts(&page, ".looks tr");
    assert_eq!(
        rows[1..],
        [
            "23:46:00 UTC#1 ×11not yetstill 1 of 3",
            "23:46:22 UTC#12brokenstill 1 of 3"
        ]
    );
}
