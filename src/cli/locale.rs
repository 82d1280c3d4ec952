//! Which characters the locale lets a terminal show.

use std::ffi::OsString;

use crate::report::Charset;

/// The charset of the process's locale.
pub(super) fn charset() -> Charset {
    of(|name| std::env::var_os(name))
}

/// As POSIX has it: the first of these that is set, and not empty, decides. Where none is, the
/// locale is of the system's choice; CI systems and containers leave it at that, and read UTF-8.
fn of(variable: impl Fn(&str) -> Option<OsString>) -> Charset {
    let named = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| {
        let value = variable(name).filter(|value| !value.is_empty())?;
        Some(value.to_string_lossy().into_owned())
    });
    match named {
        Some(locale) if !is_utf8(&locale) => Charset::Ascii,
        _ => Charset::Utf8,
    }
}

/// Of `de_DE.UTF-8@euro` the part in the middle, which macOS also writes alone.
fn is_utf8(locale: &str) -> bool {
    let charset = locale
        .split_once('.')
        .map_or(locale, |(_, charset)| charset);
    let charset = charset.split('@').next().unwrap_or(charset);
    ["utf-8", "utf8"]
        .iter()
        .any(|name| charset.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_set_decides() {
        use Charset::{Ascii, Utf8};
        let (all, ctype, lang) = ("LC_ALL", "LC_CTYPE", "LANG");
        let table: [(&[(&str, &str)], Charset); 12] = [
            (&[], Utf8),
            (&[(lang, "en_US.UTF-8")], Utf8),
            (&[(lang, "C.utf8")], Utf8),
            (&[(lang, "de_DE.UTF-8@euro")], Utf8),
            (&[(ctype, "UTF-8")], Utf8),
            (&[(lang, "C")], Ascii),
            (&[(lang, "POSIX")], Ascii),
            (&[(lang, "de_DE")], Ascii),
            (&[(lang, "de_DE.ISO-8859-1")], Ascii),
            (&[(all, "C"), (ctype, "C.UTF-8"), (lang, "C.UTF-8")], Ascii),
            (&[(all, ""), (ctype, "C.UTF-8"), (lang, "C")], Utf8),
            (&[(ctype, "C"), (lang, "C.UTF-8")], Ascii),
        ];
        for (set, expected) in table {
            let variable = |name: &str| {
                let found = set.iter().find(|(other, _)| *other == name);
                found.map(|(_, value)| OsString::from(value))
            };
            assert_eq!(of(variable), expected, "{set:?}");
        }
    }
}
