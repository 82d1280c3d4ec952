//! The kinds of checks that a suite may name: the built-in ones and a stranger's.

use std::collections::BTreeMap;

use touchdown_checks::contract::Kind;

/// Kinds of checks by name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    kinds: BTreeMap<&'static str, Kind>,
}

impl Catalog {
    /// A catalog without any kind.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The kinds that come with touchdown.
    #[must_use]
    pub fn built_in() -> Self {
        touchdown_checks::CATALOG
            .iter()
            .fold(Self::empty(), |catalog, kind| catalog.with(*kind))
    }

    /// Adds a kind: `Catalog::built_in().with(Kind::of::<MyCheck>())`.
    ///
    /// # Panics
    /// Where the catalog has a kind of that name. Two statements under one name are a
    /// defect of the program that registers them, and no suite could tell them apart.
    #[must_use]
    pub fn with(mut self, kind: Kind) -> Self {
        let earlier = self.kinds.insert(kind.name, kind);
        assert!(
            earlier.is_none(),
            "the catalog has a kind named `{}` already",
            kind.name
        );
        self
    }

    /// The kind of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name)
    }

    /// The kinds' names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.keys().copied()
    }

    /// The kinds, sorted by name.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }
}
