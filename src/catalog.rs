//! The kinds of checks that a suite may name: the built-in ones, a stranger's, and those that are plug-ins.

use std::borrow::Cow;
use std::collections::BTreeMap;

use touchdown_checks::contract::Kind;
use touchdown_checks::external::{Plugins, Unusable};

/// Kinds of checks by name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    kinds: BTreeMap<Cow<'static, str>, Kind>,
    /// Where kinds are sought that aren't among these; none where no program is run.
    plugins: Option<Plugins>,
}

/// Why there is no kind of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// None is called so.
    Unknown {
        /// What those are called that there are.
        known: Vec<String>,
        /// What a plug-in of that name would have to be, where one could be meant.
        plugin: Option<String>,
    },
    /// There is a plug-in of that name, which can't be used.
    Unusable(Unusable),
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
            .fold(Self::empty(), |catalog, kind| catalog.with(kind.clone()))
    }

    /// Adds a kind: `Catalog::built_in().with(Kind::of::<MyCheck>())`.
    ///
    /// # Panics
    /// Where the catalog has a kind of that name. Two statements under one name are a
    /// defect of the program that registers them, and no suite could tell them apart.
    #[must_use]
    pub fn with(mut self, kind: Kind) -> Self {
        let name = kind.name.clone();
        let earlier = self.kinds.insert(name.clone(), kind);
        assert!(
            earlier.is_none(),
            "the catalog has a kind named `{name}` already"
        );
        self
    }

    /// Seeks kinds that it doesn't have among plug-ins, which are run to tell what they are.
    #[must_use]
    pub fn finding_plugins(mut self, plugins: Plugins) -> Self {
        self.plugins = Some(plugins);
        self
    }

    /// The same for a suite with plug-ins of its own, where plug-ins are sought at all.
    #[must_use]
    pub fn beside(&self, plugins: Plugins) -> Self {
        Self {
            kinds: self.kinds.clone(),
            plugins: self.plugins.as_ref().map(|_| plugins),
        }
    }

    /// The same with every plug-in that can be found, and why others can't be used. What a plug-in is called that
    /// is built in is never asked for.
    #[must_use]
    pub fn with_every_plugin(mut self) -> (Self, Vec<Unusable>) {
        let mut unusable = Vec::new();
        let plugins = self.plugins.clone().unwrap_or_default();
        for name in plugins.names() {
            match self.find(&name) {
                Ok(kind) => drop(self.kinds.insert(kind.name.clone(), kind)),
                Err(Missing::Unusable(why)) => unusable.push(why),
                Err(Missing::Unknown { .. }) => {}
            }
        }
        (self, unusable)
    }

    /// The kind of that name, where it is no plug-in.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name)
    }

    /// The kind of that name, be it a plug-in, which is then asked what it is.
    ///
    /// # Errors
    /// Why there is none.
    pub fn find(&self, name: &str) -> Result<Kind, Missing> {
        if let Some(kind) = self.get(name) {
            return Ok(kind.clone());
        }
        match self.plugins.as_ref().and_then(|plugins| plugins.kind(name)) {
            Some(kind) => kind.map_err(Missing::Unusable),
            None => Err(Missing::Unknown {
                known: self.known(),
                plugin: self.advice(name),
            }),
        }
    }

    /// A kind whose name begins like those that are built in is none of a plug-in's.
    fn advice(&self, name: &str) -> Option<String> {
        let beginning = |name: &str| Some(name.split_once('.')?.0.to_owned());
        let own = beginning(name);
        let is_ours = own.is_some() && self.names().any(|known| beginning(known) == own);
        let plugins = self.plugins.as_ref().filter(|_| !is_ours);
        plugins.and_then(|plugins| plugins.advice(name))
    }

    /// The names of all kinds, the plug-ins' among them.
    fn known(&self) -> Vec<String> {
        let plugins = self.plugins.as_ref().map(Plugins::names);
        let own = self.names().map(str::to_owned);
        own.chain(plugins.into_iter().flatten()).collect()
    }

    /// The kinds' names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(|name| &**name)
    }

    /// The kinds, sorted by name.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }
}
