//! Serde's terms for values and types, in the words of someone who writes a suite.

use serde::de::{Expected, Unexpected};

/// Says that one thing was found where another was expected.
pub(super) fn unfit(found: Unexpected<'_>, expected: &dyn Expected) -> String {
    format!(
        "expected {}, found {}",
        type_named(&expected.to_string()),
        value(found)
    )
}

fn value(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("the number `{value}`"),
        Unexpected::Signed(value) => format!("the number `{value}`"),
        Unexpected::Float(value) => format!("the number `{value}`"),
        Unexpected::Str(text) => format!("the text `{text}`"),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a mapping".to_owned(),
        Unexpected::Unit => "nothing".to_owned(),
        other => other.to_string(),
    }
}

fn type_named(expected: &str) -> String {
    let whole = |range: &str| format!("a whole number from {range}");
    match expected {
        "u8" => whole("0 to 255"),
        "u16" => whole("0 to 65535"),
        "u32" | "u64" | "u128" | "usize" => "a whole number, not negative".to_owned(),
        "i8" => whole("-128 to 127"),
        "i16" => whole("-32768 to 32767"),
        "i32" | "i64" | "i128" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a string" => "a text".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a mapping".to_owned(),
        "unit" => "nothing".to_owned(),
        name if name.starts_with("struct ") => "a mapping".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_rust_type_is_told() {
        for (found, expected, told) in [
            (
                Unexpected::Str("ok"),
                "u16",
                "expected a whole number from 0 to 65535, found the text `ok`",
            ),
            (
                Unexpected::Unsigned(200),
                "struct Expect",
                "expected a mapping, found the number `200`",
            ),
            (Unexpected::Seq, "a text", "expected a text, found a list"),
            (
                Unexpected::Other("nothing"),
                "a boolean",
                "expected `true` or `false`, found nothing",
            ),
        ] {
            assert_eq!(unfit(found, &expected), told);
        }
    }
}
