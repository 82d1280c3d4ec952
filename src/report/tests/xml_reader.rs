//! A JUnit document as a parser of XML reads it.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::report::{fixtures, junit};

/// The texts and values of a document, where it is one.
pub(super) fn parsed(document: &str) -> Result<Vec<String>, String> {
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let mut texts = Vec::new();
    let mut open = 0_i32;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => {
                open += 1;
                attributes(&tag, &mut texts)?;
            }
            Event::Empty(tag) => attributes(&tag, &mut texts)?,
            Event::End(_) => open -= 1,
            Event::CData(text) => texts.push(String::from_utf8_lossy(&text).into_owned()),
            Event::Text(text) if !text.trim_ascii().is_empty() => {
                return Err(format!("text outside of a section: {text:?}"));
            }
            Event::Eof if open == 0 => return Ok(texts),
            Event::Eof => return Err(format!("{open} elements are left open")),
            _ => {}
        }
    }
}

fn attributes(
    tag: &quick_xml::events::BytesStart<'_>,
    texts: &mut Vec<String>,
) -> Result<(), String> {
    for attribute in tag.attributes() {
        let value = attribute.map_err(|error| error.to_string())?;
        let value = String::from_utf8_lossy(&value.value).into_owned();
        if value.contains('<') {
            return Err(format!("a `<` in an attribute: {value}"));
        }
        texts.push(value);
    }
    Ok(())
}

/// Fails where it is none, or holds what XML forbids.
pub(super) fn assert_well_formed(document: &str) {
    parsed(document).unwrap_or_else(|error| panic!("{error}\n{document}"));
    let forbidden = |c: char| c.is_control() && c != '\n' && c != '\t';
    let bad = |c: char| forbidden(c) || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!document.contains(bad), "{document}");
}

#[test]
fn a_section_split_for_safety_reads_as_it_was() {
    let report = fixtures::hostile_with("a ]]> b\n::error::c ##[d]");
    let texts = parsed(&junit::render(&report))
        .expect("a document")
        .concat();
    assert!(texts.contains("a ]]> b ::error::c ##[d]"), "{texts}");
    assert!(texts.contains("expected  a ]]> b\n"), "{texts}");
}
