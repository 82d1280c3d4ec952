//! A tree of values that know where they were written, independent of the notation.

/// A range of bytes in a source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Place {
    /// Whether `other` lies inside.
    #[must_use]
    pub fn contains(&self, other: Place) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Where.
    pub place: Place,
    /// What.
    pub content: Content,
}

/// What a [`Located`] value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A single value.
    Scalar {
        /// The text, variables filled in.
        text: String,
        /// Whether it was written without quotes, so that it may be a number, a truth
        /// value or nothing.
        plain: bool,
    },
    /// A sequence.
    List(Vec<Located>),
    /// A mapping, in the order written; keys are located too.
    Map(Vec<(Located, Located)>),
}

impl Located {
    /// A quoted scalar at no particular place.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            place: Place::default(),
            content: Content::Scalar {
                text: text.into(),
                plain: false,
            },
        }
    }

    /// The scalar's text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The mapping's entries; none for anything else.
    #[must_use]
    pub fn entries(&self) -> &[(Located, Located)] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The items of a list; of anything else, itself alone: what may be one or several.
    #[must_use]
    pub fn each(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The entry of that name in a mapping.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&(Located, Located)> {
        self.entries()
            .iter()
            .find(|(key, _)| key.as_text() == Some(name))
    }

    /// The value of that name in a mapping.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Located> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The place of the key of that name, or of the mapping where there is no such key.
    #[must_use]
    pub fn place_of(&self, name: &str) -> Place {
        self.entry(name).map_or(self.place, |(key, _)| key.place)
    }

    /// Whether the value is written as nothing: empty, `~` or `null`.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }
}
