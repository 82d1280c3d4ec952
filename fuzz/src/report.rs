//! Saved reports: what is read is rendered in every format, well-formed, and saved again as it was.

use quick_xml::Reader;
use quick_xml::events::Event;
use touchdown::report::terminal::{self, Style, chain};
use touchdown::report::{Charset, Counts, Format, Report, Verdict, json};

use crate::commands;

/// The longest document that is rendered, in bytes. A page of a larger one takes its time, which tells
/// nothing new.
const LARGEST: usize = 64 << 10;

pub(crate) fn read(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if text.len() > LARGEST {
        return;
    }
    match json::read(&text) {
        Ok(report) => {
            assert_sound(&report);
            assert_rendered(&report);
        }
        Err(error) => {
            let told = error.to_string();
            assert!(!told.is_empty() && !told.contains('\n'), "{told:?}");
        }
    }
}

/// A report that was read says of itself what its checks say.
fn assert_sound(report: &Report) {
    let verdicts = report.checks.iter().map(|check| check.verdict);
    assert_eq!(report.counts, Counts::of(verdicts));
    let gates = |verdict| {
        let mut checks = report.checks.iter();
        checks.any(|check| check.required && check.verdict == verdict)
    };
    if report.verdict == Verdict::Passed {
        assert!(!report.checks.is_empty());
        let others = [Verdict::Failed, Verdict::Inconclusive, Verdict::Skipped];
        assert!(!others.into_iter().any(gates));
    }
    // A shard without a check has nothing to fail; `merge` refuses shards that don't hold all checks.
    let nothing = report.shard.is_some() && report.checks.is_empty();
    assert!(report.exit_code != 0 || report.verdict == Verdict::Passed || nothing);
}

fn assert_rendered(report: &Report) {
    for format in Format::ALL {
        let document = format.render(report);
        match format {
            Format::Junit => assert_xml(&document),
            Format::Json => assert_same(&document),
            Format::Nagios => assert_eq!(document.lines().count(), 1, "{document}"),
            Format::Human | Format::Tap => commands::assert_plain(&document),
            Format::Html => assert_page(&document),
            Format::Markdown => {}
        }
        commands::assert_no_commands(&document);
    }
    for (width, charset) in [(60, Charset::Utf8), (100, Charset::Ascii)] {
        let style = Style {
            width,
            verbose: true,
            charset,
            ..Style::FILE
        };
        for page in [
            terminal::render(report, &style),
            chain::render(report, &style),
        ] {
            commands::assert_plain(&page);
            assert!(charset == Charset::Utf8 || page.is_ascii(), "{page}");
        }
    }
}

/// What was saved is read, and saved again as it was.
fn assert_same(saved: &str) {
    let again = json::read(saved).expect("a report that was written");
    assert_eq!(json::render(&again), saved);
}

fn assert_xml(document: &str) {
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let mut open = 0_i32;
    loop {
        match reader.read_event().expect("a document of XML") {
            Event::Start(tag) => {
                open += 1;
                assert!(tag.attributes().all(|attribute| attribute.is_ok()));
            }
            Event::Empty(tag) => assert!(tag.attributes().all(|attribute| attribute.is_ok())),
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0, "elements are left open");
    let forbidden = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    assert!(!document.contains(forbidden), "{document:?}");
}

/// Nothing of a page but what we wrote runs, loads or leads anywhere.
fn assert_page(page: &str) {
    let acts = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!page.contains(acts), "{page:?}");
    let lower = page.to_ascii_lowercase();
    for tag in [
        "<img", "<iframe", "<object", "<embed", "<link", "<base", "<form",
    ] {
        assert!(!lower.contains(tag), "{tag} in {page}");
    }
    assert!(lower.matches("<script").count() <= 1, "{page}");
    for (opens, closes) in [
        ("<details", "</details>"),
        ("<table", "</table>"),
        ("<pre", "</pre>"),
    ] {
        assert_eq!(
            lower.matches(opens).count(),
            lower.matches(closes).count(),
            "{opens}"
        );
    }
}
