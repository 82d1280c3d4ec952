//! From located values to typed fields, with every mistake told at its place.

use serde::de::DeserializeOwned;

use super::deserialize::Node;
use super::{Content, Located, Place};

/// A mistake in a suite, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// The way out, where there is one to tell.
    pub help: Option<String>,
    /// What was written, and what could have been, for "did you mean".
    pub suggest: Option<Suggest>,
    /// Whether a name is wrong, whatever value stands behind it.
    pub of_name: bool,
}

/// The material for "did you mean".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggest {
    /// The word that was written.
    pub found: String,
    /// The words that would have been right.
    pub candidates: Vec<String>,
}

impl Fault {
    /// A mistake at a place.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self {
            place,
            message: message.into(),
            help: None,
            suggest: None,
            of_name: false,
        }
    }

    /// A field that is written, with nothing behind it: empty, `~` or `null`.
    #[must_use]
    pub fn empty(key: &Located, value: &Located) -> Self {
        let place = if value.place.start < value.place.end {
            value.place
        } else {
            key.place
        };
        let name = key.as_text().unwrap_or_default();
        Self::new(place, format!("`{name}` is empty"))
            .help("write its value, or leave the field out")
    }

    /// Says that the name is wrong that stands at its place, whatever its value is.
    #[must_use]
    pub fn of_name(mut self) -> Self {
        self.of_name = true;
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the material for "did you mean".
    #[must_use]
    pub fn suggest<S: Into<String>>(
        mut self,
        found: impl Into<String>,
        candidates: impl IntoIterator<Item = S>,
    ) -> Self {
        self.suggest = Some(Suggest {
            found: found.into(),
            candidates: candidates.into_iter().map(Into::into).collect(),
        });
        self
    }
}

/// The most mistakes told of one mapping. Each costs another reading of it.
const MOST: usize = 50;

/// Reads a mapping into `T`.
///
/// Serde stops at the first mistake; here the faulty entry is taken out and the rest read
/// again, so that all mistakes of a mapping are told in one go.
///
/// # Errors
/// Every mistake found, each at its place.
pub fn read_fields<T: DeserializeOwned>(fields: &Located) -> Result<T, Vec<Fault>> {
    let mut remaining = fields.clone();
    let mut faults = Vec::new();
    loop {
        let error = match T::deserialize(Node(&remaining, None)) {
            Ok(value) if faults.is_empty() => return Ok(value),
            Ok(_) => return Err(faults),
            Err(error) => error,
        };
        let caused_by_removal = error.missing.is_some_and(|name| fields.get(name).is_some());
        if caused_by_removal {
            return Err(faults);
        }
        let place = error.place.unwrap_or(fields.place);
        let removed = error.place.is_some() && remove_entry(&mut remaining, place);
        faults.push(error.into_fault(place));
        if !removed || faults.len() == MOST {
            return Err(faults);
        }
    }
}

/// Takes the innermost mapping entry that holds `place` out of the tree.
fn remove_entry(tree: &mut Located, place: Place) -> bool {
    match &mut tree.content {
        Content::Scalar { .. } => false,
        Content::List(items) => items
            .iter_mut()
            .any(|item| item.place.contains(place) && remove_entry(item, place)),
        Content::Map(entries) => {
            let Some(index) = entries
                .iter()
                .position(|(key, value)| key.place.contains(place) || value.place.contains(place))
            else {
                return false;
            };
            let is_inner = remove_entry(&mut entries[index].1, place);
            // What has nothing left says something else, which would be told as a mistake of its own.
            let rest = &entries[index].1.content;
            if !is_inner || matches!(rest, Content::Map(rest) if rest.is_empty()) {
                entries.remove(index);
            }
            true
        }
    }
}
