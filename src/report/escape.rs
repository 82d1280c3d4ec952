//! Text from outside, made harmless for a terminal and for a CI system's log.
//!
//! Log lines, bodies, stop reasons and even names come from elsewhere. Three things in them
//! could act rather than be read:
//!
//! - **Control characters** (ANSI escapes, carriage returns, bells) move the cursor, colour or
//!   erase what was written before. They are shown as their picture: `␛` for ESC, `␍` for CR.
//! - **Invisible characters** (bidirectional overrides, zero-width spaces, tags) make a line
//!   read differently from what it is. They are shown by number: `<U+202E>`.
//! - **CI commands**: GitHub obeys a line that starts with `::` after trimming and `##[…]`
//!   anywhere in a line, Azure `##vso[…]`, TeamCity `##teamcity[…]`. One space breaks them up
//!   where everyone can see it: `: :error::`, `# #[error]`, `# #vso[…]`.

/// One line of outside text for a terminal. A line end within it is shown as `␊`.
pub(crate) fn line(text: &str) -> String {
    without_commands(&visible(text))
}

/// A further part of a line, before which something else stands already.
pub(crate) fn within_line(text: &str) -> String {
    let shown = visible(text);
    let mut safe = String::with_capacity(shown.len());
    push_without_hash_commands(&mut safe, &shown);
    safe
}

fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        push_visible(&mut shown, c);
    }
    shown
}

/// Breaks up every CI command in text of several lines, and changes nothing else.
///
/// Colour codes of our own may stand before a command; they are looked through, because a
/// log viewer may drop them before it looks for commands.
pub(crate) fn without_commands(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = line.len() - after_blanks_and_colours(line).len();
        let (blank, rest) = line.split_at(start);
        safe.push_str(blank);
        match rest.strip_prefix("::") {
            Some(command) => {
                safe.push_str(": :");
                push_without_hash_commands(&mut safe, command);
            }
            None => push_without_hash_commands(&mut safe, rest),
        }
    }
    safe
}

/// The byte offsets of the second `#` of each `##[`, `##vso[` and their like.
pub(crate) fn hash_commands(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.match_indices('#').map(|(at, _)| at).filter(|&at| {
        let word = text[at + 1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        text[..at].ends_with('#') && word.starts_with('[')
    })
}

fn push_without_hash_commands(safe: &mut String, text: &str) {
    let mut copied = 0;
    for at in hash_commands(text) {
        safe.push_str(&text[copied..at]);
        safe.push(' ');
        copied = at;
    }
    safe.push_str(&text[copied..]);
}

/// What is left of a line after white space and colour codes.
fn after_blanks_and_colours(line: &str) -> &str {
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let Some(code) = rest.strip_prefix("\u{1b}[") else {
            return rest;
        };
        rest = code
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
            .strip_prefix('m')
            .unwrap_or("");
    }
}

/// Appends `c`, or what it is shown as where it would act or hide.
pub(crate) fn push_visible(shown: &mut String, c: char) {
    match c {
        '\t' => shown.push_str("    "),
        '\u{0}'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
        '\u{7f}' => shown.push('␡'),
        _ if c.is_control() || is_invisible(c) => shown.push_str(&by_number(c)),
        _ => shown.push(c),
    }
}

/// `<U+202E>`.
pub(crate) fn by_number(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

/// Characters that change how their neighbours read, or hide, without being seen. The joiner
/// and the variation selectors stay: emoji are made of them.
pub(crate) fn is_invisible(c: char) -> bool {
    let is_no_character = u32::from(c) & 0xfffe == 0xfffe;
    is_no_character
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_seen_and_do_nothing() {
        for (text, shown) in [
            ("\u{1b}[31mred\u{1b}[0m", "␛[31mred␛[0m"),
            ("50%\r100%", "50%␍100%"),
            ("a\tb", "a    b"),
            ("\u{7}\u{0}\u{7f}", "␇␀␡"),
            ("\u{9b}31m", "<U+009B>31m"),
            ("one\ntwo", "one␊two"),
        ] {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn invisible_characters_are_named_and_emoji_stay_whole() {
        assert_eq!(line("user\u{202e}gpj.exe"), "user<U+202E>gpj.exe");
        assert_eq!(line("\u{feff}{}"), "<U+FEFF>{}");
        assert_eq!(line("👩‍🚀 ☁️ 部署"), "👩‍🚀 ☁️ 部署");
    }

    #[test]
    fn commands_of_ci_systems_are_broken_up() {
        for (text, shown) in [
            ("::error::gone", ": :error::gone"),
            ("  ::set-output name=x::y", "  : :set-output name=x::y"),
            ("std::vec::Vec", "std::vec::Vec"),
            ("see ##[error]gone", "see # #[error]gone"),
            ("###[group]", "## #[group]"),
            (
                "##vso[task.complete result=Succeeded;]",
                "# #vso[task.complete result=Succeeded;]",
            ),
            ("##teamcity[testFailed]", "# #teamcity[testFailed]"),
            ("## heading [link]", "## heading [link]"),
        ] {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn commands_are_found_on_every_line_and_behind_colours() {
        let text = "fine\n\u{1b}[1m  \u{1b}[0m::error::x\r\n::add-mask::y";
        let safe = without_commands(text);
        assert_eq!(
            safe,
            "fine\n\u{1b}[1m  \u{1b}[0m: :error::x\r\n: :add-mask::y"
        );
        assert_eq!(without_commands(&safe), safe, "what is safe stays as it is");
    }
}
