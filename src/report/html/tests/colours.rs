//! Whether everybody can read the page: contrasts after WCAG 2.1, success criterion 1.4.3.

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../style.css");

/// The colours of the first `:root` rule behind `start`.
fn colours(start: &str) -> BTreeMap<&'static str, u32> {
    let (_, rest) = STYLE.split_once(start).expect("the rule's beginning");
    let (_, rest) = rest.split_once(":root {").expect("the rule");
    let (rule, _) = rest.split_once('}').expect("its end");
    let declarations = rule.split(';').filter_map(|one| one.split_once(": #"));
    declarations
        .map(|(name, value)| {
            let colour = u32::from_str_radix(value.trim(), 16).expect("a colour");
            (name.trim(), colour)
        })
        .collect()
}

fn luminance(colour: u32) -> f64 {
    let channel = |shift: u32| {
        let value = f64::from((colour >> shift) & 0xff) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
}

fn contrast(one: u32, other: u32) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn every_text_can_be_read_on_every_ground() {
    let light = colours("");
    let mut dark = light.clone();
    dark.extend(colours("prefers-color-scheme: dark"));
    let mut print = light.clone();
    print.extend(colours("@media print"));
    for (theme, colours) in [("light", light), ("dark", dark), ("print", print)] {
        let texts = ["text", "faint", "link", "good", "bad", "unsure"];
        let on_grounds = texts.map(|text| [(text, "ground"), (text, "raised")]);
        let marked = [("mark-text", "mark"), ("ground", "text")];
        for (text, ground) in on_grounds.into_iter().flatten().chain(marked) {
            let colour = |name: &str| colours[format!("--{name}").as_str()];
            let found = contrast(colour(text), colour(ground));
            assert!(found >= 4.5, "{theme}: {text} on {ground} has {found:.2}");
        }
        for band in ["--band-good", "--band-bad", "--band-unsure"] {
            let found = contrast(0x00ff_ffff, colours[band]);
            assert!(found >= 4.5, "{theme}: white on {band} has {found:.2}");
        }
    }
}
