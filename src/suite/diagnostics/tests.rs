//! How mistakes are told.

use super::*;

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn the_closest_word_is_meant() {
    let fields = words(&["contains", "container", "url", "under"]);
    assert_eq!(closest("conatins", &fields), Some("contains"));
    assert_eq!(closest("URL", &fields), Some("url"));
    assert_eq!(closest("ulr", &fields), Some("url"));
    assert_eq!(closest("colour", &fields), None);
    assert_eq!(closest(&"x".repeat(9999), &fields), None);
}

#[test]
fn a_message_stays_on_one_line_and_hides_secrets() {
    let redactor = Redactor::new(["hunter2"]);
    assert_eq!(
        told("a\nb \u{1b}[31m hunter2", &redactor),
        "a b \u{fffd}[31m [redacted]"
    );
    assert_eq!(
        told(&"é".repeat(999), &redactor).chars().count(),
        LONGEST + 1
    );
}

#[test]
fn colour_changes_nothing_else() {
    let fault = Fault::new(Place { start: 9, end: 12 }, "wrong").help("do this");
    let redactor = Redactor::new(["hunter2"]);
    let mut sources = SourceMap::default();
    sources.add("x.yaml".into(), "hunter2: abc");
    let quoting = Quoting {
        sources: &sources,
        masked: &[],
        redactor: &redactor,
    };
    let errors = SuiteErrors::quoted("x.yaml", vec![fault.clone(), fault], &quoting);
    assert_eq!(errors.mistakes().len(), 1);
    let colored = errors.render(true);
    assert!(colored.contains("\u{1b}["));
    let plain = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("a pattern");
    assert_eq!(plain.replace_all(&colored, ""), errors.to_string());
}
