//! Evidence as text: what was expected and seen, and where.

use touchdown_checks::contract::{Body, Evidence, Line, Moment, Source};

use super::{Ink, Sheet, indented, table, width};

/// How far what belongs to a title stands to the right of it.
const STEP: usize = 2;

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
    };
    seen.extend(place(evidence, &inner));
    let mut rows = sheet.paragraph(title, Ink::Strong);
    rows.extend(indented(STEP, seen));
    rows
}

fn compared(expected: &str, seen: &str, sheet: &Sheet) -> Vec<String> {
    let mut rows = sheet.labelled("expected  ", expected, Ink::Plain);
    rows.extend(sheet.labelled("seen      ", seen, Ink::Strong));
    rows
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
    let times = lines
        .iter()
        .map(|line| line.at.map(|at| sheet.times.text(at)));
    let origins = lines
        .iter()
        .map(|line| line.origin.as_ref().map(|origin| sheet.line(origin)));
    let margins = beside(times.collect(), origins.collect());
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
    if width(margin) * 2 > sheet.width {
        let mut rows = sheet.behind("", "", &[margin.trim_end().to_owned()], Ink::Faint);
        rows.extend(sheet.behind(&bar, &bar, &text, Ink::Plain));
        return rows;
    }
    let first = format!("{}{bar}", sheet.paint.ink(Ink::Faint, margin));
    let further = format!("{}{bar}", " ".repeat(width(margin)));
    sheet.behind(&first, &further, &text, Ink::Plain)
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
        Body::Table { .. } | Body::Timeline { .. } | Body::Excerpt { .. } => "where  ",
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
