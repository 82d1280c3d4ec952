//! From YAML to a tree whose values and keys know where they were written.
//!
//! The tree is built from the parser's events with a stack of our own, and every limit is
//! checked before anything is allocated: a hostile file costs an error, not memory.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use touchdown_checks::contract::{Content, Fault, Located, Place, read_fields};

use super::scan_error;

/// The deepest nesting.
const DEEPEST: usize = 64;
/// The most that the trees of a suite may weigh: one for each value, and one for each 32 bytes of text.
/// What an alias repeats weighs again.
pub(super) const HEAVIEST: usize = 100_000;

/// A tree, and the mistakes that a tree can be read in spite of.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// The document; none where there is nothing in the file.
    pub root: Option<Located>,
    /// Duplicate keys, tags and merge keys.
    pub faults: Vec<Fault>,
    /// What the tree weighs, with what was read before it.
    pub weight: usize,
}

/// Reads the one document of a text, when documents of that weight were read before it.
///
/// # Errors
/// What makes the text unreadable as a whole.
pub(super) fn parse(text: &str, weight: usize) -> Result<Parsed, Fault> {
    let starts: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
    let byte = |character: usize| starts.get(character).copied().unwrap_or(text.len());
    let mut builder = Builder::default();
    builder.parsed.weight = weight;
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| scan_error::told(&error, text, byte))?;
        builder.event(event, place(text, span, byte))?;
    }
    Ok(builder.parsed)
}

/// The document of a sound text as JSON.
pub(crate) fn json(text: &str) -> Option<serde_json::Value> {
    let root = parse(text, 0).ok()?.root?;
    read_fields(&root).ok()
}

/// The span in bytes; the parser counts the blanks behind a quoted scalar to it.
fn place(text: &str, span: Span, byte: impl Fn(usize) -> usize) -> Place {
    let start = byte(span.start.index());
    let end = byte(span.end.index()).max(start);
    Place {
        start,
        end: start + text[start..end].trim_end().len(),
    }
}

/// A finished value with what it costs to repeat it.
#[derive(Clone)]
struct Weighed {
    value: Located,
    weight: usize,
    height: usize,
}

/// A list or mapping that is still open.
struct Frame {
    start: Place,
    anchor: usize,
    weight: usize,
    height: usize,
    content: Open,
}

enum Open {
    List(Vec<Located>),
    Map {
        entries: Vec<(Located, Located)>,
        /// Where each key was first written.
        keys: HashMap<String, Place>,
        /// The key that waits for its value; none inside where the entry is to be dropped.
        key: Option<Option<Located>>,
    },
}

#[derive(Default)]
struct Builder {
    parsed: Parsed,
    documents: usize,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Weighed>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, place: Place) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(_) => self.document(place),
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && !self.tag(tag.as_deref(), place);
                self.scalar(&text, plain, anchor, place)
            }
            Event::SequenceStart(anchor, tag) => {
                self.tag(tag.as_deref(), place);
                self.open(anchor, place, Open::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.tag(tag.as_deref(), place);
                let map = Open::Map {
                    entries: Vec::new(),
                    keys: HashMap::new(),
                    key: None,
                };
                self.open(anchor, place, map)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(place),
            Event::Alias(anchor) => self.alias(anchor, place),
            _ => Ok(()),
        }
    }

    fn document(&mut self, place: Place) -> Result<(), Fault> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(Fault::new(place, "a second document starts here")
                .help("a suite is one YAML document; give each suite a file of its own"));
        }
        Ok(())
    }

    /// Whether the tag makes a text of whatever it stands before.
    fn tag(&mut self, tag: Option<&Tag>, place: Place) -> bool {
        let Some(tag) = tag else { return false };
        let core = tag.is_yaml_core_schema();
        if !(core && matches!(tag.suffix.as_str(), "str" | "seq" | "map")) {
            let shown = if core {
                Cow::from(format!("!!{}", tag.suffix))
            } else {
                Cow::from(tag.to_string())
            };
            let fault = Fault::new(place, format!("the tag `{shown}` means nothing in a suite"));
            self.parsed.faults.push(fault.help("write the value alone"));
        }
        core && tag.suffix == "str"
    }

    fn scalar(
        &mut self,
        text: &str,
        plain: bool,
        anchor: usize,
        place: Place,
    ) -> Result<(), Fault> {
        let weight = 1 + text.len() / 32;
        self.load(weight, place)?;
        let value = Located {
            place,
            content: Content::Scalar {
                text: text.to_owned(),
                plain,
            },
        };
        self.finished(
            Weighed {
                value,
                weight,
                height: 0,
            },
            anchor,
        )
    }

    fn open(&mut self, anchor: usize, start: Place, content: Open) -> Result<(), Fault> {
        self.load(1, start)?;
        if self.stack.len() >= DEEPEST {
            return Err(too_deep(start));
        }
        self.stack.push(Frame {
            start,
            anchor,
            weight: 1,
            height: 1,
            content,
        });
        Ok(())
    }

    /// A block ends where its last value does; only a bracket or brace has an end of its own.
    fn close(&mut self, end: Place) -> Result<(), Fault> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        let (content, last) = match frame.content {
            Open::List(items) => {
                let last = items.iter().map(|item| item.place.end).max();
                (Content::List(items), last)
            }
            Open::Map { entries, .. } => {
                let ends = entries
                    .iter()
                    .map(|(key, value)| key.place.end.max(value.place.end));
                let last = ends.max();
                (Content::Map(entries), last)
            }
        };
        let bracketed = (end.end > end.start).then_some(end.end);
        let place = Place {
            start: frame.start.start,
            end: bracketed
                .or(last)
                .unwrap_or(frame.start.end)
                .max(frame.start.end),
        };
        let value = Weighed {
            value: Located { place, content },
            weight: frame.weight,
            height: frame.height,
        };
        self.finished(value, frame.anchor)
    }

    /// The value keeps the place it was first written at, which is where a mistake in it
    /// has to be mended.
    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), Fault> {
        let Some(known) = self.anchors.get(&anchor) else {
            return Err(Fault::new(
                place,
                "this alias stands inside the value it repeats",
            ));
        };
        let (weight, height) = (known.weight, known.height);
        if self.stack.len() + height > DEEPEST {
            return Err(too_deep(place));
        }
        self.load(weight, place)?;
        let value = self.anchors[&anchor].clone();
        self.finished(value, 0)
    }

    fn load(&mut self, weight: usize, place: Place) -> Result<(), Fault> {
        self.parsed.weight += weight;
        if self.parsed.weight > HEAVIEST {
            return Err(Fault::new(place, "the suite grows too large here").help(
                "it comes to more than 100,000 values: split it, or have its aliases repeat less",
            ));
        }
        Ok(())
    }

    fn finished(&mut self, value: Weighed, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.load(value.weight, value.value.place)?;
            self.anchors.insert(anchor, value.clone());
        }
        let Some(frame) = self.stack.last_mut() else {
            self.parsed.root = Some(value.value);
            return Ok(());
        };
        frame.weight += value.weight;
        frame.height = frame.height.max(value.height + 1);
        match &mut frame.content {
            Open::List(items) => items.push(value.value),
            Open::Map { entries, keys, key } => match key.take() {
                None => *key = Some(accepted(value.value, keys, &mut self.parsed.faults)),
                Some(Some(name)) => entries.push((name, value.value)),
                Some(None) => {}
            },
        }
        Ok(())
    }
}

fn too_deep(place: Place) -> Fault {
    Fault::new(place, format!("values nest deeper than {DEEPEST} levels"))
}

/// The key, unless its entry can't be kept.
fn accepted(
    key: Located,
    keys: &mut HashMap<String, Place>,
    faults: &mut Vec<Fault>,
) -> Option<Located> {
    let Some(text) = key.as_text() else {
        faults.push(Fault::new(key.place, "a key must be a single name"));
        return None;
    };
    if text == "<<" {
        let fault = Fault::new(key.place, "merge keys (`<<`) are not supported");
        faults.push(fault.help("write the fields out, or share times through `defaults`"));
        return None;
    }
    if keys.insert(text.to_owned(), key.place).is_some() {
        let fault = Fault::new(key.place, format!("`{text}` is given twice"));
        faults.push(fault.help("only one of the two can count; remove the other"));
        return None;
    }
    Some(key)
}
