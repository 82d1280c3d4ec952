//! How references are written: `${NAME}`, `${NAME:-default}`, and `${SCOPE.NAME}`.

/// A variable.
pub(in crate::suite) struct Reference<'t> {
    pub at: usize,
    /// All of it: `${NAME:-default}`.
    pub written: &'t str,
    pub name: &'t str,
    pub default: Option<&'t str>,
}

/// A value that belongs to something: `${answers.run}`.
pub(in crate::suite) struct Scoped<'t> {
    pub at: usize,
    /// All of it.
    pub written: &'t str,
    pub scope: &'t str,
    pub name: &'t str,
}

/// A part of a text.
pub(in crate::suite) enum Piece<'t> {
    Text(&'t str),
    Reference(Reference<'t>),
    Scoped(Scoped<'t>),
    Malformed { at: usize, what: String },
}

/// Takes a text apart. A `$` without a brace behind it, as in `$.entities` or at the end
/// of a regular expression, is a text like any other.
pub(in crate::suite) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = 0;
    while let Some(found) = text[rest..].find("${") {
        let at = rest + found;
        if found > 0 && text[..at].ends_with('$') {
            pieces.push(Piece::Text(&text[rest..at - 1]));
            pieces.push(Piece::Text("${"));
            rest = at + 2;
            continue;
        }
        pieces.push(Piece::Text(&text[rest..at]));
        let Some(close) = text[at..].find('}') else {
            let what = "this `${` is never closed".to_owned();
            pieces.push(Piece::Malformed { at, what });
            return pieces;
        };
        rest = at + close + 1;
        pieces.push(reference(text, at, rest).unwrap_or_else(|what| Piece::Malformed { at, what }));
    }
    pieces.push(Piece::Text(&text[rest..]));
    pieces
}

/// The reference that is written from `at` until `end`.
fn reference(text: &str, at: usize, end: usize) -> Result<Piece<'_>, String> {
    let (written, inside) = (&text[at..end], &text[at + 2..end - 1]);
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    if let Some((scope, name)) = name.rsplit_once('.').filter(|(scope, name)| {
        !scope.is_empty() && scope.chars().all(is_of_an_id) && is_a_name(name)
    }) {
        return match default {
            None => Ok(Piece::Scoped(Scoped {
                at,
                written,
                scope,
                name,
            })),
            Some(_) => Err(format!(
                "`${{{scope}.{name}}}` is no variable, and so has no default"
            )),
        };
    }
    if !is_a_name(name) {
        return Err(format!(
            "`${{{inside}}}` is no value: write `${{NAME}}`, `${{NAME:-default}}` or `${{id.name}}`"
        ));
    }
    if default.is_some_and(|default| default.contains("${")) {
        return Err("a default can't hold another variable".to_owned());
    }
    Ok(Piece::Reference(Reference {
        at,
        written,
        name,
        default,
    }))
}

pub(in crate::suite) fn is_a_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a check's id may have it, with the target behind it.
fn is_of_an_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-@".contains(c)
}
