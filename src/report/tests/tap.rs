//! TAP as a harness reads it, by its specification: nothing in a document is anything but what
//! the report meant it to be.

use saphyr_parser::{Event, Parser};

use super::runners::assert_no_commands;
use super::scenarios;
use crate::report::fixtures::{check, hostile_with, report};
use crate::report::{Interruption, Report, Verdict, escape, tap, words};

#[derive(Debug, Default, PartialEq, Eq)]
struct Point {
    ok: bool,
    description: String,
    /// Its name in capitals, and its reason.
    directive: Option<(String, String)>,
    /// Names and values; a list is its lines.
    diagnostics: Vec<(String, String)>,
}

#[derive(Debug, Default)]
struct Stream {
    points: Vec<Point>,
    bail_out: Option<String>,
}

/// The test points of a document, or the line that is none of TAP.
fn parsed(document: &str) -> Result<Stream, String> {
    let mut lines = document.lines();
    let mut stream = Stream::default();
    let version = lines.next().ok_or("no version")?;
    let plan = lines.next().ok_or("no plan")?;
    let planned = plan.strip_prefix("1..").ok_or("no plan")?;
    while let Some(line) = lines.next() {
        if line == "  ---" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "  ...").collect();
            let point = stream.points.last_mut().ok_or("diagnostics of nothing")?;
            point.diagnostics = mapping(&block)?;
        } else if let Some(why) = line.strip_prefix("Bail out! ") {
            stream.bail_out = Some(why.to_owned());
        } else if !line.starts_with('#') {
            let number = stream.points.len() + 1;
            stream.points.push(point(line, number)?);
        }
    }
    match planned == stream.points.len().to_string() && version == "TAP version 14" {
        true => Ok(stream),
        false => Err(format!("{version}, {plan}, and {}", stream.points.len())),
    }
}

fn point(line: &str, number: usize) -> Result<Point, String> {
    let (ok, rest) = match line.strip_prefix("not ") {
        Some(rest) => (false, rest),
        None => (true, line),
    };
    let rest = rest.strip_prefix(&format!("ok {number} - "));
    let rest = rest.ok_or_else(|| format!("no test point: {line:?}"))?;
    let mut parts = unescaped(rest).into_iter();
    let description = parts.next().unwrap_or_default().trim_end().to_owned();
    let directive = parts.next().map(|part| {
        let part = part.trim_start();
        let (word, why) = part.split_once(' ').unwrap_or((part, ""));
        (word.to_uppercase(), why.to_owned())
    });
    match parts.next() {
        Some(more) => Err(format!("a second directive: {more}")),
        None => Ok(Point {
            ok,
            description,
            directive,
            diagnostics: Vec::new(),
        }),
    }
}

/// The parts between the `#` that are not escaped, with the escapes resolved.
fn unescaped(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let last = parts.last_mut().expect("there is one always");
        match c {
            '\\' if matches!(rest.peek(), Some('#' | '\\')) => last.extend(rest.next()),
            '#' => parts.push(String::new()),
            c => last.push(c),
        }
    }
    parts
}

/// A block of YAML that is one mapping of texts and lists of texts.
fn mapping(block: &[&str]) -> Result<Vec<(String, String)>, String> {
    let inner = |line: &&str| match line.strip_prefix("  ") {
        Some(inner) => Ok(inner.to_owned()),
        None if line.is_empty() => Ok(String::new()),
        None => Err(format!("not indented: {line:?}")),
    };
    let lines: Result<Vec<String>, String> = block.iter().map(inner).collect();
    let yaml = format!("{}\n", lines?.join("\n"));
    let mut texts = Vec::new();
    let mut list: Option<Vec<String>> = None;
    for event in Parser::new_from_str(&yaml) {
        match (
            event.map_err(|error| format!("{error}\n{yaml}"))?.0,
            &mut list,
        ) {
            (Event::Scalar(text, ..), Some(list)) => list.push(text.into_owned()),
            (Event::Scalar(text, ..), None) => texts.push(text.into_owned()),
            (Event::SequenceStart(..), None) => list = Some(Vec::new()),
            (Event::SequenceEnd, Some(lines)) => {
                texts.push(lines.join("\n"));
                list = None;
            }
            (Event::SequenceStart(..) | Event::Alias(..), _) => return Err("too deep".into()),
            _ => {}
        }
    }
    let pairs = texts.chunks(2).map(|pair| match pair {
        [name, value] => Ok((name.clone(), value.clone())),
        _ => Err(format!("a name without a value in\n{yaml}")),
    });
    pairs.collect()
}

/// What a check's test point must be read as, whatever its texts are.
pub(super) fn assert_read_as_meant(report: &Report) {
    let document = tap::render(report);
    let stream = parsed(&document).unwrap_or_else(|error| panic!("{error}\n{document}"));
    assert_eq!(stream.points.len(), report.checks.len(), "{document}");
    assert_eq!(stream.bail_out.is_some(), report.interrupted.is_some());
    for (check, point) in report.checks.iter().zip(&stream.points) {
        let good = matches!(check.verdict, Verdict::Passed | Verdict::Skipped);
        assert_eq!(point.ok, good, "{document}");
        let title = escape::line(&words::title(&check.id, &check.name));
        assert_eq!(point.description.trim(), title.trim(), "{document}");
        let word = point.directive.as_ref().map(|(word, _)| word.as_str());
        let meant = match check.verdict {
            Verdict::Skipped => Some("SKIP"),
            _ if words::waived(check) => Some("TODO"),
            _ => None,
        };
        assert_eq!(word, meant, "{document}");
        let value = |name: &str| {
            let found = point.diagnostics.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str())
        };
        let headline = escape::line(&check.headline);
        assert_eq!(
            value("message"),
            (!good).then_some(&*headline),
            "{document}"
        );
        let verdict = words::verdict(check.verdict);
        assert_eq!(value("verdict"), (!good).then_some(verdict), "{document}");
        let hint = check.hint.as_ref().filter(|_| !good);
        let hint = hint.map(|hint| hint.lines().map(escape::line).collect::<Vec<_>>());
        let hint = hint.map(|lines| lines.join("\n"));
        assert_eq!(value("next"), hint.as_deref(), "{document}");
        let names: Vec<&str> = point.diagnostics.iter().map(|(name, _)| &**name).collect();
        let known = [
            "message", "severity", "verdict", "kind", "target", "looks", "next", "evidence",
        ];
        assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    }
    assert_no_commands(&document);
}

#[test]
fn every_scenario_is_read_as_meant() {
    for (_, report) in scenarios::all() {
        assert_read_as_meant(&report);
    }
}

#[test]
fn text_that_looks_like_tap_is_text() {
    for text in [
        "x # SKIP all of it",
        "x \\# SKIP",
        "x\\",
        "x\nok 2 - forged",
        "x\n  ...\nok 2 - forged\n1..7",
        "Bail out! now",
        "\nBail out! now",
        "---\n- a: \"b",
        "  ...",
        "'\"{}[]&*!|>%@`",
    ] {
        assert_read_as_meant(&hostile_with(text));
    }
}

#[test]
fn an_interrupted_run_bails_out() {
    let mut report = report(vec![check("a", "http.responds", Verdict::Passed, "200")]);
    report.interrupted = Some(Interruption::Interrupt);
    let stream = parsed(&tap::render(&report)).expect("TAP");
    assert_eq!(stream.bail_out.as_deref(), Some("interrupted (Ctrl-C)"));
}
