//! Which characters the reader's terminal shows: all of them, or ASCII alone.

use std::borrow::Cow;

use super::escape;

/// Which characters a terminal shows, as its locale says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// All of Unicode, as UTF-8.
    #[default]
    Utf8,
    /// ASCII. To a terminal of another charset, bytes of UTF-8 are other letters, or commands.
    Ascii,
}

/// Our own signs, and what stands for each in ASCII: as wide, so that columns stay in line.
const SIGNS: [(char, &str); 4] = [('✔', "+"), ('✖', "x"), ('│', "|"), ('×', "x")];
/// What stands for an ellipsis. It stands at an end, where it may be wider.
const DOTS: &str = "...";

impl Charset {
    /// What makes a line of outside text harmless, and possible to show.
    pub(crate) fn clean(self) -> fn(&str) -> String {
        match self {
            Self::Utf8 => escape::line,
            Self::Ascii => ascii_line,
        }
    }

    /// A text with our own signs, as it can be shown.
    pub(crate) fn signs(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Utf8 => Cow::Borrowed(text),
            Self::Ascii => Cow::Owned(ascii(text)),
        }
    }

    /// What stands at the end of a text that was cut.
    pub(crate) fn ellipsis(self) -> &'static str {
        match self {
            Self::Utf8 => "…",
            Self::Ascii => DOTS,
        }
    }
}

fn ascii_line(text: &str) -> String {
    ascii(&escape::line(text))
}

/// Signs by their likeness, and any other character by its number: `<U+90E8>`.
fn ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let sign = SIGNS.iter().find(|(sign, _)| *sign == character);
        match (character, sign) {
            (_, Some((_, alike))) => shown.push_str(alike),
            ('…', _) => shown.push_str(DOTS),
            _ if character.is_ascii() => shown.push(character),
            _ => shown.push_str(&escape::by_number(pictured(character))),
        }
    }
    shown
}

/// The control character of a picture of one, and any other character as it is.
fn pictured(character: char) -> char {
    match character {
        '\u{2400}'..='\u{241f}' => {
            char::from_u32(u32::from(character) - 0x2400).unwrap_or(character)
        }
        '\u{2421}' => '\u{7f}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_holds_every_sign_and_names_every_other_character() {
        let clean = Charset::Ascii.clean();
        for (text, shown) in [
            ("✔ ✖ │ ×", "+ x | x"),
            ("and so on…", "and so on..."),
            ("部署 é", "<U+90E8><U+7F72> <U+00E9>"),
            ("\u{1b}[2J\u{7f}\u{9b}1m", "<U+001B>[2J<U+007F><U+009B>1m"),
            ("::error::x", ": :error::x"),
        ] {
            assert_eq!(clean(text), shown);
            assert!(clean(text).is_ascii());
        }
    }

    #[test]
    fn utf_8_stays_as_it_is() {
        assert_eq!(Charset::Utf8.clean()("部署 …"), "部署 …");
        assert_eq!(Charset::Utf8.signs("✔"), "✔");
    }
}
