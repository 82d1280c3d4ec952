//! Whatever comes from outside, the page has the same shape and shows the text.

use proptest::prelude::*;

use super::parsed::{Parsed, parsed};
use crate::report::markdown::render;
use crate::report::tests::runners::assert_no_commands;
use crate::report::tests::scenarios;
use crate::report::{Report, escape, fixtures};

/// What Markdown, HTML, GitHub, GitLab and CI systems act on, each by itself.
const HOSTILE: &[&str] = &[
    "a | b",
    "a\\|b",
    "|---|---|",
    "\\",
    "\\\\|",
    "one\ntwo",
    "one\r\ntwo",
    "one\r\rtwo",
    "one\n\ntwo",
    "[a](https://x.example)",
    "![a](https://x.example/a.png)",
    "[a][b]\n\n[b]: https://x.example",
    "https://x.example",
    "www.x.example",
    "<https://x.example>",
    "a@x.example",
    "@team",
    "@org/team",
    "#123",
    "GH-123",
    "org/repo#1",
    "0123456789abcdef0123456789abcdef01234567",
    ":smile:",
    "# heading",
    "heading\n===",
    "heading\n---",
    "- item",
    "* item",
    "+ item",
    "1. item",
    "12) item",
    "- [x] task",
    "> quote",
    "> [!NOTE]",
    "    code",
    "```\nfence",
    "~~~",
    "`",
    "``",
    "a ` b `` c ``` d",
    " ` ",
    "**bold** _it_ ~~gone~~",
    "$x$ and $$y$$",
    "[^1]\n\n[^1]: note",
    "<b>bold</b>",
    "</details>",
    "</summary>",
    "</pre>",
    "<script>alert(1)</script>",
    "<!-- comment",
    "-->",
    "<![CDATA[",
    "&lt;b&gt; &amp; &#64;team",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{202e}gpj \u{200b}",
    "\u{0}\u{7}\u{85}\u{2028}",
    "::error::owned",
    "one\n::error::owned\n\t::error::owned",
    "##[error]owned",
    "##vso[task.complete result=Succeeded;]",
    "\u{a0}\u{3000}wide blanks\u{3000}",
    "---",
    "***",
    "/close",
    ":",
    "#",
    "",
    " ",
];

fn assert_harmless(text: &str) {
    let page = render(&fixtures::hostile_with(text));
    let harmless = render(&fixtures::hostile_with(&replaced(text)));
    let (page_read, expected) = (parsed(&page), parsed(&harmless));
    assert_eq!(page_read.structure, expected.structure, "{text:?}\n{page}");
    assert_no_commands(&page);
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!page.contains(control), "{page:?}");
}

/// Letters in the place of all that could mean something, in as many lines.
fn replaced(text: &str) -> String {
    let letter = |c: char| match c {
        '\n' => '\n',
        ' ' => ' ',
        _ => 'x',
    };
    text.replace("\r\n", "\n").chars().map(letter).collect()
}

#[test]
fn what_is_outside_text_stays_text() {
    for text in HOSTILE {
        assert_harmless(text);
    }
}

#[test]
fn a_page_has_no_element_but_ours() {
    const OURS: &[&str] = &[
        "Heading",
        "Paragraph",
        "Strong",
        "Table",
        "TableHead",
        "TableRow",
        "TableCell",
        "HtmlBlock",
        "<details>",
        "<details open>",
        "</details>",
        "<summary>",
        "</summary>",
        "<pre>",
        "</pre>",
        "end",
        "end of page",
    ];
    for text in HOSTILE {
        let Parsed { structure, .. } = parsed(&render(&fixtures::hostile_with(text)));
        for element in structure {
            assert!(OURS.contains(&element.as_str()), "{element} of {text:?}");
        }
    }
}

/// The texts are shown as the terminal shows them: each character that can be seen by itself,
/// the others by their sign.
#[test]
fn what_is_outside_text_is_shown() {
    for text in HOSTILE {
        let shown = escape::line(text).trim().to_owned();
        let Parsed { texts, .. } = parsed(&render(&fixtures::hostile_with(text)));
        let told = |start: &str| {
            let all = format!("{start}{shown}");
            texts.iter().any(|text| squeezed(text) == squeezed(&all))
        };
        // Backticks around words are the sentence's own marks, and are not shown.
        if !shown.is_empty() && !text.contains('`') {
            assert!(told(""), "{shown:?} is not in {texts:#?}");
            assert!(told("❌ FAILED: "), "{shown:?} is not in {texts:#?}");
        }
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn of_the_scenarios_everything_is_told() {
    for (name, report) in scenarios::all() {
        if name == "hostile" {
            continue;
        }
        let page = parsed(&render(&report)).texts.join("\n");
        for text in told(&report) {
            let shown = text.replace('`', "");
            assert!(page.contains(&shown), "{name}: {text} is not in\n{page}");
        }
    }
}

fn told(report: &Report) -> Vec<String> {
    let mut texts = vec![report.suite.clone()];
    for check in &report.checks {
        texts.extend([check.id.clone(), check.headline.clone()]);
        texts.extend(
            check
                .hint
                .iter()
                .flat_map(|hint| hint.lines())
                .map(|line| line.trim().to_owned()),
        );
        texts.extend(
            check
                .evidence
                .iter()
                .map(|seen| seen.source.resource.clone()),
        );
    }
    texts
}

/// Parts of [`HOSTILE`], and anything else, in any order.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => prop::sample::select(HOSTILE).prop_map(str::to_owned),
        2 => "[`|\\\\<>\\[\\]()!#*_~:@$&\r\n -]{1,6}",
        1 => any::<String>(),
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_stays_text(text in text()) {
        assert_harmless(&text);
    }
}
