//! Evidence as text: what was expected and seen, and where.

use touchdown_checks::contract::{Body, Evidence, Line, Moment, Source};

use super::{Ink, Sheet, indented, table, width};
use crate::report::{difference, image};

/// How far what belongs to a title stands to the right of it.
const STEP: usize = 2;
/// The labels of what is compared, as wide as each other, so that differences stand out.
const EXPECTED: &str = "expected  ";
const SEEN: &str = "seen      ";

/// One piece of evidence: its title, what was seen, and where and when.
pub(crate) fn rows(evidence: &Evidence, sheet: &Sheet) -> Vec<String> {
    let inner = sheet.narrower(STEP);
    let (title, mut seen) = match &evidence.body {
        Body::Compared {
            what,
            expected,
            seen,
        } => (what, compared(expected, seen, &inner)),
        Body::Table {
            title,
            columns,
            rows,
        } => (title, tabular(columns, rows, &inner)),
        Body::Timeline { title, moments } => (title, timeline(moments, &inner)),
        Body::Excerpt {
            title,
            lines,
            omitted,
        } => (title, excerpt(lines, *omitted, &inner)),
        Body::Picture {
            title,
            media_type,
            data,
        } => (
            title,
            inner.paragraph(&image::told(media_type, data), Ink::Faint),
        ),
    };
    seen.extend(place(evidence, &inner));
    let mut rows = sheet.paragraph(title, Ink::Strong);
    rows.extend(indented(STEP, seen));
    rows
}

fn compared(expected: &str, seen: &str, sheet: &Sheet) -> Vec<String> {
    let mut rows = sheet.labelled(EXPECTED, expected, Ink::Plain);
    let below = sheet.labelled(SEEN, seen, Ink::Strong);
    let on_a_line_each = rows.len() == 1 && below.len() == 1;
    rows.extend(below);
    if on_a_line_each {
        rows.extend(carets(&sheet.line(expected), &sheet.line(seen), sheet));
    }
    rows
}

/// Marks below what was seen where it is not what was expected. Where nothing is the same,
/// there is nothing to point out.
fn carets(expected: &str, seen: &str, sheet: &Sheet) -> Option<String> {
    let (_, seen) = difference::stretches(expected, seen);
    let some = |differs| seen.iter().any(|stretch| stretch.differs == differs);
    if !some(true) || !some(false) {
        return None;
    }
    let marks = seen.iter().map(|stretch| {
        let mark = if stretch.differs { "^" } else { " " };
        mark.repeat(width(stretch.text))
    });
    let marks: String = marks.collect();
    let blank = marks.len() - marks.trim_start().len();
    let below = sheet.paint.ink(Ink::Bad, marks.trim());
    Some(format!("{}{below}", " ".repeat(width(SEEN) + blank)))
}

fn tabular(columns: &[String], rows: &[Vec<String>], sheet: &Sheet) -> Vec<String> {
    if rows.is_empty() {
        return vec!["(none)".to_owned()];
    }
    let clean = |row: &Vec<String>| row.iter().map(|cell| sheet.line(cell)).collect();
    let cells: Vec<Vec<String>> = rows.iter().map(clean).collect();
    table(&clean(&columns.to_vec()), &cells, sheet.width, sheet.paint)
}

fn timeline(moments: &[Moment], sheet: &Sheet) -> Vec<String> {
    if moments.is_empty() {
        return vec!["(nothing happened)".to_owned()];
    }
    let times: Vec<String> = moments
        .iter()
        .map(|moment| sheet.times.text(moment.at))
        .collect();
    let wide = widest(&times);
    let rows = moments.iter().zip(&times);
    rows.flat_map(|(moment, at)| {
        sheet.labelled(&format!("{at:<wide$}  "), &moment.what, Ink::Plain)
    })
    .collect()
}

fn excerpt(lines: &[Line], omitted: usize, sheet: &Sheet) -> Vec<String> {
    let margins = margins(lines, sheet);
    let mut rows = Vec::new();
    for (line, margin) in lines.iter().zip(&margins) {
        rows.extend(quoted(line, margin, sheet));
    }
    match omitted {
        0 if lines.is_empty() => rows.push("(no lines)".to_owned()),
        0 => {}
        1 => rows.push(sheet.paint.ink(Ink::Faint, "… and 1 more line")),
        more => rows.push(
            sheet
                .paint
                .ink(Ink::Faint, &format!("… and {more} more lines")),
        ),
    }
    rows
}

/// A line behind its time and origin. A bar stands before all that was quoted, so that no
/// quoted line can pass for one of ours.
fn quoted(line: &Line, margin: &str, sheet: &Sheet) -> Vec<String> {
    let bar = format!("{} ", sheet.paint.ink(Ink::Faint, "│"));
    let text = sheet.lines(&line.text);
    let found = line.matched.as_deref().unwrap_or_default();
    if width(margin) * 2 > sheet.width {
        let mut rows = sheet.behind("", "", &[margin.trim_end().to_owned()], Ink::Faint);
        rows.extend(sheet.quoted(&bar, &bar, &text, found));
        return rows;
    }
    let first = format!("{}{bar}", sheet.paint.ink(Ink::Faint, margin));
    let further = format!("{}{bar}", " ".repeat(width(margin)));
    sheet.quoted(&first, &further, &text, found)
}

/// What stands before each quoted line: its time and where it comes from.
pub(crate) fn margins(lines: &[Line], sheet: &Sheet) -> Vec<String> {
    let times = lines
        .iter()
        .map(|line| line.at.map(|at| sheet.times.text(at)));
    let origins = lines
        .iter()
        .map(|line| line.origin.as_ref().map(|origin| sheet.line(origin)));
    beside(times.collect(), origins.collect())
}

/// Times and origins as two columns, each left out where no line has one.
fn beside(times: Vec<Option<String>>, origins: Vec<Option<String>>) -> Vec<String> {
    let padded = |column: Vec<Option<String>>| -> Vec<String> {
        let texts: Vec<String> = column.into_iter().map(Option::unwrap_or_default).collect();
        let wide = widest(&texts);
        let gap = if wide == 0 { 0 } else { 2 };
        let pad = |text: String| format!("{text}{}", " ".repeat(wide + gap - width(&text)));
        texts.into_iter().map(pad).collect()
    };
    let both = padded(times).into_iter().zip(padded(origins));
    both.map(|(time, origin)| format!("{time}{origin}"))
        .collect()
}

/// Where and when it was seen: on one line where there is room, and else in three, so that
/// no time stamp and no ARN is torn apart without need.
fn place(evidence: &Evidence, sheet: &Sheet) -> Vec<String> {
    let Source {
        call,
        resource,
        request_id,
    } = &evidence.source;
    // Beside `expected` and `seen` it is one of a column of labels.
    let label = match evidence.body {
        Body::Compared { .. } => "where     ",
        Body::Table { .. }
        | Body::Timeline { .. }
        | Body::Excerpt { .. }
        | Body::Picture { .. } => "where  ",
    };
    let at = sheet.times.text(evidence.at);
    let id = request_id.as_ref().map(|id| format!("request id {id}"));
    let mut line = format!("{call} {resource} at {at}");
    line.extend(id.iter().map(|id| format!(", {id}")));
    if width(label) + width(&line) <= sheet.width {
        return sheet.labelled(label, &line, Ink::Faint);
    }
    let parts = [Some(format!("{call} at {at}")), Some(resource.clone()), id];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    sheet.labelled(label, &parts.join("\n"), Ink::Faint)
}

fn widest(texts: &[String]) -> usize {
    texts.iter().map(|text| width(text)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::{Paint, Times};

    fn sheet(width: usize, color: bool) -> Sheet {
        Sheet {
            width,
            paint: Paint { color },
            times: Times::Full,
            clean: str::to_owned,
        }
    }

    #[test]
    fn carets_stand_below_what_differs() {
        for (expected, seen, marks) in [
            ("app:1.4", "app:1.5", Some("                ^")),
            ("部署 a b", "部署 a c", Some("                 ^")),
            ("amd64", "arm64", None),
            ("5421", "5421", None),
        ] {
            let rows = compared(expected, seen, &sheet(80, false));
            assert_eq!(rows.get(2).map(String::as_str), marks, "{rows:#?}");
        }
    }

    #[test]
    fn carets_are_left_out_where_a_value_takes_two_lines() {
        let rows = compared(
            "app:1.4 of the shop",
            "app:1.5 of the shop",
            &sheet(24, false),
        );
        assert!(!rows.concat().contains('^'), "{rows:#?}");
        let rows = compared("a\nb c", "a\nb d", &sheet(80, false));
        assert!(!rows.concat().contains('^'), "{rows:#?}");
    }

    #[test]
    fn what_was_looked_for_is_marked_in_colour_alone() {
        let line = Line {
            at: None,
            origin: None,
            text: "INFO platform='linkedin' run=1".to_owned(),
            matched: Some("platform='linkedin'".to_owned()),
        };
        let plain = excerpt(std::slice::from_ref(&line), 0, &sheet(80, false));
        assert_eq!(plain, ["│ INFO platform='linkedin' run=1"]);
        let coloured = excerpt(&[line], 0, &sheet(80, true));
        let marked = "\u{1b}[1m\u{1b}[4mplatform='linkedin'\u{1b}[0m";
        assert!(
            coloured[0].contains(&format!("INFO {marked} run=1")),
            "{coloured:?}"
        );
    }
}
