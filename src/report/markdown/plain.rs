//! Words that mean themselves in Markdown, wherever they stand.

/// Whether a word (without white space) can stand on a page as it is.
///
/// It is a list of what is harmless, not of what is harmful: letters and digits, and a little
/// punctuation where no renderer makes anything of it. Everything else goes into a code span,
/// which is also how people write such words: `sha256:…`, `https://…`, `task_definition`,
/// `@team`, `#12`. Code spans are left alone by all that renderers add to Markdown: links to
/// addresses, people, issues and commits, pictures of emoji, formulas.
pub(super) fn is_plain(word: &str) -> bool {
    let core = word
        .trim_start_matches(['(', '"', '\''])
        .trim_end_matches([')', '"', '\'', ',', '.', ';', ':', '!', '?', '…']);
    if core.is_empty() {
        return word.chars().all(|c| "()\"',.;:!?…".contains(c));
    }
    (is_time(core) || is_number(core) || is_word(core))
        && !numbers_a_list(word)
        && !may_name_a_commit(core)
}

/// A word without the punctuation of the sentence around it, and what stands before and after:
/// `(`, `8e21b7aa` and `).`
pub(super) fn bare(word: &str) -> (&str, &str, &str) {
    let stops = [',', '.', ';', ':', '!', '?'];
    let mut core = word.trim_end_matches(stops);
    if core.ends_with(')') && !core.trim_start_matches('(').contains('(') {
        core = core.trim_end_matches(')').trim_end_matches(stops);
    }
    let after = &word[core.len()..];
    match core.strip_prefix('(') {
        Some(inner) if !inner.contains(')') && !inner.is_empty() => ("(", inner, after),
        _ => ("", core, after),
    }
}

/// `23:41:07`. No emoji is called by two digits.
fn is_time(core: &str) -> bool {
    let parts: Vec<&str> = core.split(':').collect();
    let two_digits = |part: &&str| part.len() == 2 && is_digits(part);
    parts.len() > 1 && parts.iter().all(two_digits)
}

/// `5,421`, `99.9%`, `1.2s` or `2025-11-18`.
fn is_number(core: &str) -> bool {
    let unit = core.trim_start_matches(|c: char| c.is_ascii_digit() || ".,-".contains(c));
    let digits = core[..core.len() - unit.len()].split(['.', ',', '-']);
    let is_unit = unit == "%" || unit.len() <= 3 && unit.chars().all(|c| c.is_ascii_alphabetic());
    is_unit && digits.into_iter().all(is_digits)
}

/// Letters and digits, joined by a hyphen, a slash, or an apostrophe: `image's`, `task(s`. A
/// number behind a hyphen may be an issue (`GH-12`).
fn is_word(core: &str) -> bool {
    let mut parts = core.split(['-', '/', '\'', '(']);
    let harmless = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| !c.is_ascii() || c.is_ascii_alphanumeric())
    };
    let numbered = core.contains('-') && core.contains(|c: char| c.is_ascii_digit());
    parts.all(harmless) && !numbered
}

/// `1.` and `1)` at the start of a line begin a list.
fn numbers_a_list(word: &str) -> bool {
    word.strip_suffix(['.', ')']).is_some_and(is_digits)
}

/// A row of seven to forty hexadecimal digits may be a commit.
fn may_name_a_commit(core: &str) -> bool {
    let mut runs = core.split(|c: char| !c.is_ascii_alphanumeric());
    runs.any(|run| run.len() >= 7 && run.chars().all(|c| c.is_ascii_hexdigit()))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_plain() {
        for word in [
            "tasks",
            "3",
            "5m2s",
            "23:41:07",
            "(5421)",
            "99.9%",
            "5,421",
            "latest-dev",
            "1.2s",
            "2025-11-18",
            "and/or",
            "image's",
            "task(s)",
            "error:",
            "\"quoted\",",
            "部署",
            "…",
            "—",
            "(Ctrl-C),",
        ] {
            assert!(is_plain(word), "{word}");
        }
    }

    #[test]
    fn punctuation_around_a_word_is_no_part_of_it() {
        for (word, parts) in [
            ("(8e21b7aa).", ("(", "8e21b7aa", ").")),
            ("8e21b7aa),", ("", "8e21b7aa", "),")),
            ("f(x):", ("", "f(x)", ":")),
            ("(a)(b)", ("", "(a)(b)", "")),
            ("1.", ("", "1", ".")),
            ("部署", ("", "部署", "")),
            ("(", ("", "(", "")),
            ("", ("", "", "")),
            (")", ("", "", ")")),
        ] {
            assert_eq!(bare(word), parts, "{word}");
        }
    }

    #[test]
    fn what_a_renderer_could_act_on_is_not() {
        for word in [
            "@team",
            "(@org/team)",
            "#12",
            "GH-12",
            "owner/repo#1",
            "!12",
            "$12",
            "%12",
            "~bug",
            "&12",
            "^alert#1",
            ":smile:",
            "(:100:)",
            "https://x.example",
            "www.x.example",
            "x.example",
            "mailto:a@b.c",
            "a@b.c",
            "[a](b)",
            "![a](b)",
            "[a]:",
            "<b>",
            "</details>",
            "<!--",
            "-->",
            "**a**",
            "_a_",
            "~~a~~",
            "`a`",
            "a|b",
            "\\",
            "&amp;",
            "#",
            "##",
            ">",
            "-",
            "+",
            "*",
            "---",
            "===",
            "1.",
            "12)",
            "9f86d08",
            "deadbeef",
            "a-deadbee",
            "$x$",
            "{a}",
            "/close",
            "sha256:9f86d0",
            "a::b",
            "",
        ] {
            assert!(!is_plain(word) || word.is_empty(), "{word}");
        }
    }
}
