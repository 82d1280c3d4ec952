//! Text as YAML: quoted where it could mean anything else, and harmless in a comment.

use std::fmt::Write as _;

/// Whether a character ends a line, or can't stand in YAML as it is.
fn is_unprintable(c: char) -> bool {
    c.is_control() || "\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}".contains(c)
}

/// Lines of comment.
pub(super) fn comment(margin: &str, told: &str) -> String {
    let plain = |c: char| if is_unprintable(c) { ' ' } else { c };
    let line = |line: &str| {
        format!(
            "{margin}# {}\n",
            line.chars().map(plain).collect::<String>()
        )
    };
    told.split('\n').map(line).collect()
}

/// A text as YAML: plain where that can mean nothing else, else quoted as JSON does, which YAML
/// reads alike. A `${` stays one.
pub(super) fn scalar(text: &str) -> String {
    const OTHERWISE: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c))
        && !OTHERWISE.contains(&text.to_ascii_lowercase().as_str());
    if plain {
        return text.to_owned();
    }
    let text = text.replace("${", "$${");
    // Control characters that JSON leaves as they are, and YAML doesn't.
    let mut quoted = String::new();
    for c in serde_json::Value::from(text).to_string().chars() {
        if is_unprintable(c) {
            let _ = write!(quoted, "\\u{:04x}", u32::from(c));
        } else {
            quoted.push(c);
        }
    }
    quoted
}
