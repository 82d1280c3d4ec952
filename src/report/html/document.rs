//! The whole document, put together.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use touchdown_checks::contract::Body;

use super::finish::finish;
use super::page::Page;
use super::{checks, summary};
use crate::report::clip::clip;
use crate::report::{Report, words};

/// How the page looks. Nothing of a report comes into it.
const STYLE: PreEscaped<&str> = PreEscaped(include_str!("style.css"));

/// The page may use its own style, and nothing else: no script, no request, and no image but those it holds.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// What is added to it where the report has a picture.
const PICTURES: &str = "; img-src data:";

/// The report as an HTML document, with a line end behind it.
#[must_use]
pub fn render(report: &Report) -> String {
    let page = Page::of(report);
    finish(&html! {
        (DOCTYPE)
        html lang="en" {
            (head(report))
            body {
                (summary::verdict(&page))
                main {
                    (summary::broken_link(&page))
                    (summary::targets(&page))
                    (checks::checks(&page))
                }
                (summary::calls(report))
            }
        }
    })
}

fn policy(report: &Report) -> String {
    let mut evidence = report.checks.iter().flat_map(|check| &check.evidence);
    let has_picture = evidence.any(|one| matches!(one.body, Body::Picture { .. }));
    let more = if has_picture { PICTURES } else { "" };
    format!("{POLICY}{more}")
}

fn head(report: &Report) -> Markup {
    let verdict = words::verdict(report.verdict).to_uppercase();
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy(report));
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (verdict) " · " (clip(&report.title())) " · touchdown" }
            style { (STYLE) }
        }
    }
}
