//! Markdown as a parser reads it.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What a page consists of, and the words on it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    /// The elements in order, those of HTML included. Words and code are one: which of both a
    /// word is depends on the word.
    pub(super) structure: Vec<String>,
    /// Each block's text, as a reader sees it.
    pub(super) texts: Vec<String>,
}

/// Reads a page with all that GitHub adds to Markdown, as far as the parser knows it.
pub(super) fn parsed(page: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut text = String::new();
    for event in Parser::new_ext(page, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            Event::Html(html) | Event::InlineHtml(html) => parsed.html(&html, &mut text),
            Event::Start(tag) => parsed.element(&start(&tag), &mut text),
            Event::End(tag) if is_block(&tag) => parsed.element("end", &mut text),
            Event::End(_) => {}
            other => parsed.element(&format!("{other:?}"), &mut text),
        }
    }
    parsed.element("end of page", &mut text);
    parsed
}

fn start(tag: &Tag<'_>) -> String {
    let name = format!("{tag:?}");
    let end = name
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(name.len());
    name[..end].to_owned()
}

fn is_block(tag: &TagEnd) -> bool {
    !matches!(tag, TagEnd::Strong)
}

impl Parsed {
    fn element(&mut self, name: &str, text: &mut String) {
        if name != "Strong" && !text.trim().is_empty() {
            self.texts.push(std::mem::take(text).trim().to_owned());
        }
        self.structure.push(name.to_owned());
    }

    /// Tags by name, and the text between them. Marks within a line are no structure: whether
    /// there are any depends on the text.
    fn html(&mut self, html: &str, text: &mut String) {
        let mut rest = html;
        while let Some((before, tag)) = rest.split_once('<') {
            text.push_str(&unescaped(before));
            let (name, after) = tag.split_once('>').expect("a whole tag");
            if !["b", "/b", "code", "/code"].contains(&name) {
                self.element(&format!("<{name}>"), text);
            }
            rest = after;
        }
        text.push_str(&unescaped(rest));
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
