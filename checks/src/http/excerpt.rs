//! The part of a body that a person wants to see: around what was looked for, or its beginning.

use super::body::compression;
use crate::contract::{Body, Line};
use crate::reads::Page;
use crate::shortened::{MOST_LINES, quoted};

/// How many characters before a find are quoted with it.
const BEFORE: usize = 120;

/// Quotes a body. `finds` are the places of what was looked for, each with the text found there.
pub(super) fn of(page: &Page, finds: &[(usize, &str)]) -> Body {
    let title = format!("answer {} of {}", page.status, page.url);
    if let Some(encoding) = compression(page) {
        return Body::Excerpt {
            title,
            lines: vec![beginning(&format!("(compressed by {encoding})"))],
            omitted: 0,
        };
    }
    let all = page.body.lines().count();
    let lines: Vec<Line> = match finds {
        [] => page.body.lines().take(MOST_LINES).map(beginning).collect(),
        finds => around(&page.body, finds),
    };
    Body::Excerpt {
        title,
        omitted: all.saturating_sub(lines.len()),
        lines,
    }
}

/// The lines of the finds, each once, in the order of the body.
fn around(body: &str, finds: &[(usize, &str)]) -> Vec<Line> {
    let mut finds = finds.to_vec();
    finds.sort_unstable();
    let mut quoted = Vec::new();
    let mut end_of_last = 0;
    for (start, found) in finds {
        if quoted.len() == MOST_LINES || (start < end_of_last && !quoted.is_empty()) {
            continue;
        }
        let line = body[..start].rfind('\n').map_or(0, |end| end + 1);
        let end = body[start..]
            .find('\n')
            .map_or(body.len(), |end| start + end);
        let number = body[..start].matches('\n').count() + 1;
        let from = back(body, line, start);
        let text = beginning(&body[from..end]).text;
        let cut = if from > line { "…" } else { "" };
        quoted.push(Line {
            at: None,
            origin: Some(format!("line {number}")),
            matched: text.contains(found).then(|| found.to_owned()),
            text: format!("{cut}{text}"),
        });
        end_of_last = from + text.trim_end_matches('…').len();
    }
    quoted
}

/// So many characters before `start`, in the same line.
fn back(body: &str, line: usize, start: usize) -> usize {
    let before = body[line..start].char_indices().rev();
    before
        .take(BEFORE)
        .last()
        .map_or(start, |(at, _)| line + at)
}

fn beginning(line: &str) -> Line {
    quoted(line.trim_end_matches('\r'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shortened::WIDTH;

    fn quotes(body: &str, sought: &[&str]) -> Vec<(Option<String>, String, Option<String>)> {
        let page = Page {
            body: body.into(),
            ..Page::default()
        };
        let finds: Vec<(usize, &str)> = sought
            .iter()
            .filter_map(|sought| body.match_indices(*sought).next())
            .collect();
        let Body::Excerpt { lines, .. } = of(&page, &finds) else {
            panic!("an excerpt");
        };
        let line = |line: Line| (line.origin, line.text, line.matched);
        lines.into_iter().map(line).collect()
    }

    #[test]
    fn the_beginning_is_quoted_where_nothing_was_found() {
        let told = quotes("a\nb", &[]);
        assert_eq!(told, [(None, "a".into(), None), (None, "b".into(), None)]);
    }

    #[test]
    fn what_was_found_is_quoted_with_what_is_around_it() {
        let body = format!(
            "start\n{}é needle {}\nend",
            "x".repeat(500),
            "y".repeat(500)
        );
        let told = quotes(&body, &["needle"]);
        let [(origin, text, matched)] = &told[..] else {
            panic!("{told:?}");
        };
        assert_eq!(origin.as_deref(), Some("line 2"));
        assert!(text.starts_with("…xxx") && text.ends_with("yyy…"), "{text}");
        assert!(text.contains("é needle y") && text.chars().count() <= WIDTH + 2);
        assert_eq!(matched.as_deref(), Some("needle"));
    }

    #[test]
    fn two_finds_in_one_quoted_line_are_quoted_once() {
        let told = quotes("one two\nthree", &["two", "one", "three"]);
        let texts: Vec<&str> = told.iter().map(|(_, text, _)| text.as_str()).collect();
        assert_eq!(texts, ["one two", "three"]);
    }
}
