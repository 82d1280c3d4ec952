//! Rows in aligned columns.

use super::{Ink, Paint, indented, width, wrap};

/// What stands between two columns.
const GAP: usize = 2;
/// Columns narrower than this are read more easily as one field a line.
const NARROWEST: usize = 8;

/// Of a cell that would be higher than this, few words come to stand beside each other.
const HIGHEST: usize = 4;
/// How far what stands below a row stands to the right of it.
const STEP: usize = 2;

/// The rows of a table under their headings, at most `room` columns wide.
///
/// The widest columns give way first, and their cells wrap. A column whose cells would become
/// high and narrow by that goes below each row. Where the others are still too narrow to read,
/// each row is written as a list of its fields.
pub(crate) fn table(
    headings: &[String],
    cells: &[Vec<String>],
    room: usize,
    paint: Paint,
) -> Vec<String> {
    let count = cells.iter().map(Vec::len).fold(headings.len(), usize::max);
    let natural: Vec<usize> = (0..count)
        .map(|column| natural_width(headings, cells, column))
        .collect();
    let Some(Layout {
        beside,
        widths,
        below,
    }) = lay_out(&natural, room)
    else {
        return fields(headings, cells, room);
    };
    let mut rows: Vec<String> = line_up(headings, &beside, &widths)
        .iter()
        .map(|line| paint.ink(Ink::Faint, line))
        .collect();
    for row in cells {
        rows.extend(line_up(row, &beside, &widths));
        for &column in &below {
            rows.extend(hang(headings, row, column, room, paint));
        }
    }
    rows
}

/// Where the columns of a table stand.
struct Layout {
    /// Those that stand beside each other, with their widths.
    beside: Vec<usize>,
    widths: Vec<usize>,
    /// Those that stand below each row.
    below: Vec<usize>,
}

/// Lays out columns of these widths, unless there is no room for it.
fn lay_out(natural: &[usize], room: usize) -> Option<Layout> {
    let mut beside: Vec<usize> = (0..natural.len()).collect();
    let mut below = Vec::new();
    loop {
        let mut widths: Vec<usize> = beside.iter().map(|&column| natural[column]).collect();
        if !fit(&mut widths, room) {
            return None;
        }
        let height =
            |(place, column): (usize, &usize)| natural[*column].div_ceil(widths[place].max(1));
        let highest = beside
            .iter()
            .enumerate()
            .max_by_key(|&column| height(column));
        match highest {
            Some(column) if beside.len() > 1 && height(column) > HIGHEST => {
                let (place, _) = column;
                below.push(beside.remove(place));
            }
            _ => {
                below.sort_unstable();
                return Some(Layout {
                    beside,
                    widths,
                    below,
                });
            }
        }
    }
}

/// A cell below its row, behind its heading.
fn hang(
    headings: &[String],
    row: &[String],
    column: usize,
    room: usize,
    paint: Paint,
) -> Vec<String> {
    let Some(cell) = row.get(column).filter(|cell| !cell.is_empty()) else {
        return Vec::new();
    };
    let heading = headings.get(column).map_or("", String::as_str);
    let label = width(heading) + GAP;
    let room = room.saturating_sub(STEP);
    if label > room / 2 {
        let mut rows: Vec<String> = wrap(heading, room)
            .iter()
            .map(|line| paint.ink(Ink::Faint, line))
            .collect();
        rows.extend(indented(STEP, wrap(cell, room.saturating_sub(STEP))));
        return indented(STEP, rows);
    }
    let mut rows = indented(label, wrap(cell, room - label));
    if let Some(first) = rows.first_mut() {
        let heading = paint.ink(Ink::Faint, heading);
        let text = first.get(label..).unwrap_or_default();
        *first = format!("{heading}{}{text}", " ".repeat(GAP));
    }
    indented(STEP, rows)
}

fn natural_width(headings: &[String], cells: &[Vec<String>], column: usize) -> usize {
    let heading = headings.get(column);
    let below = cells.iter().filter_map(|row| row.get(column));
    let widest = heading.into_iter().chain(below).map(|cell| width(cell));
    widest.max().unwrap_or(0)
}

/// Takes from the widest column until all fit, or tells that they can't.
fn fit(widths: &mut [usize], room: usize) -> bool {
    let gaps = GAP * widths.len().saturating_sub(1);
    loop {
        let used = widths.iter().sum::<usize>() + gaps;
        if used <= room {
            return true;
        }
        let Some(widest) = (0..widths.len()).max_by_key(|&column| widths[column]) else {
            return true;
        };
        let second = (0..widths.len()).filter(|&column| column != widest);
        let level = second.map(|column| widths[column]).max().unwrap_or(0);
        let wanted = widths[widest].saturating_sub(used - room);
        let narrowed = wanted.max(level).min(widths[widest] - 1);
        if narrowed < NARROWEST {
            return false;
        }
        widths[widest] = narrowed;
    }
}

/// One row as lines: every cell of these columns wrapped in its width.
fn line_up(row: &[String], columns: &[usize], widths: &[usize]) -> Vec<String> {
    let cells: Vec<Vec<String>> = columns
        .iter()
        .zip(widths)
        .map_while(|(column, &columns)| Some(wrap(row.get(*column)?, columns)))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    (0..height)
        .map(|at| {
            let mut line = String::new();
            let mut start = 0;
            for (cell, columns) in cells.iter().zip(widths) {
                let text = cell.get(at).map_or("", String::as_str);
                line.push_str(&" ".repeat(start - width(&line).min(start)));
                line.push_str(text);
                start += columns + GAP;
            }
            line.trim_end().to_owned()
        })
        .collect()
}

fn fields(headings: &[String], cells: &[Vec<String>], room: usize) -> Vec<String> {
    let label = headings.iter().map(|text| width(text)).max().unwrap_or(0);
    let mut rows = Vec::new();
    for (number, row) in cells.iter().enumerate() {
        if number > 0 {
            rows.push(String::new());
        }
        for (column, cell) in row.iter().enumerate() {
            let heading = headings.get(column).map_or("", String::as_str);
            let gap = " ".repeat(label - width(heading) + GAP);
            rows.extend(wrap(&format!("{heading}{gap}{cell}"), room));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(headings: &[&str], cells: &[&[&str]], room: usize) -> Vec<String> {
        let own = |row: &[&str]| row.iter().map(|&cell| cell.to_owned()).collect();
        let cells: Vec<Vec<String>> = cells.iter().map(|row| own(row)).collect();
        let headings: Vec<String> = own(headings);
        table(&headings, &cells, room, Paint { color: false })
    }

    #[test]
    fn columns_line_up_whatever_their_script() {
        assert_eq!(
            shown(
                &["task", "state"],
                &[&["部署", "RUNNING"], &["9f3a1c", "PENDING"]],
                80
            ),
            ["task    state", "部署    RUNNING", "9f3a1c  PENDING"]
        );
    }

    #[test]
    fn the_widest_column_gives_way() {
        assert_eq!(
            shown(
                &["task", "digest"],
                &[&["9f3a1c04", "sha256:0123456789abcdef"]],
                24
            ),
            [
                "task      digest",
                "9f3a1c04  sha256:0123456",
                "          789abcdef"
            ]
        );
    }

    #[test]
    fn what_would_be_high_and_narrow_goes_below() {
        let reason = "ResourceInitializationError: unable to pull secrets or registry auth: \
                      execution resource retrieval failed";
        assert_eq!(
            shown(
                &["task", "reason", "exit"],
                &[&["9f3a1c04", reason, "1"], &["77d1c0be", "", "0"]],
                40
            ),
            [
                "task      exit",
                "9f3a1c04  1",
                "  reason  ResourceInitializationError:",
                "          unable to pull secrets or",
                "          registry auth: execution",
                "          resource retrieval failed",
                "77d1c0be  0",
            ]
        );
    }

    #[test]
    fn a_table_too_narrow_to_read_becomes_fields() {
        assert_eq!(
            shown(&["task", "digest"], &[&["9f3a1c04", "sha256:01234567"]], 16),
            ["task    9f3a1c04", "digest", "sha256:01234567"]
        );
    }

    #[test]
    fn rows_of_another_length_are_shown_as_they_are() {
        assert_eq!(
            shown(&["task"], &[&["a", "b"], &[]], 80),
            ["task", "a     b"]
        );
    }
}
