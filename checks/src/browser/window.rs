//! How large a browser's window is.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// Width and height in pixels: `1280x800`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window(pub u32, pub u32);

/// What a window may measure: less shows nothing, and more is no screen.
const SIDE: std::ops::RangeInclusive<u32> = 100..=8000;

impl Default for Window {
    fn default() -> Self {
        Self(1280, 800)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let side = |text: &str| text.parse().ok().filter(|side| SIDE.contains(side));
        let read = text.split_once('x');
        let read = read.and_then(|(width, height)| Some(Self(side(width)?, side(height)?)));
        read.ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is not the size of a window; write it like `1280x800`, with {} to {} pixels a side",
                SIDE.start(),
                SIDE.end()
            ))
        })
    }
}

impl JsonSchema for Window {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Window".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]+x[0-9]+$",
            "description": "Width and height in pixels, such as `1280x800`.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_two_sides_of_a_screen() {
        let read = |text: &str| serde_json::from_value::<Window>(text.into());
        assert_eq!(read("390x844").expect("a phone"), Window(390, 844));
        for wrong in [
            "",
            "1280",
            "1280x",
            "99x800",
            "1280x8001",
            "-1x800",
            "1280 x 800",
        ] {
            let told = read(wrong).expect_err(wrong).to_string();
            assert!(told.contains("is not the size of a window"), "{told}");
        }
    }
}
