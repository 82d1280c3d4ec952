//! From a file to a suite, or to every mistake in it.

use std::collections::BTreeMap;
use std::path::Path;

use touchdown_checks::contract::{Content, Described, Fault, Located, Place};

use super::diagnostics::{Quoting, SuiteErrors};
use super::groups::place_of_secret;
use super::header::Defaults;
use super::include::Files;
use super::relations::Followed;
use super::variables::Variables;
use super::{Sources, Suite, checks, header, plugins, profiles, relations, source_text, targets};
use crate::catalog::Catalog;
use crate::redact::Redactor;

impl Suite {
    /// Reads a suite from a file.
    ///
    /// # Errors
    /// Every mistake in it, or why it can't be read.
    pub fn load(path: &Path, sources: &Sources, catalog: &Catalog) -> Result<Self, SuiteErrors> {
        let file = path.display().to_string();
        let bytes =
            source_text::read(path).map_err(|fault| SuiteErrors::unreadable(&file, fault))?;
        Self::parse(&file, &bytes, sources, catalog)
    }

    /// Reads a suite from the bytes of a file, which is named in errors.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn parse(
        file: &str,
        bytes: &[u8],
        sources: &Sources,
        catalog: &Catalog,
    ) -> Result<Self, SuiteErrors> {
        let text =
            source_text::decode(bytes).map_err(|fault| SuiteErrors::unreadable(file, fault))?;
        let mut variables = Variables::new(sources);
        let files = Files::read(file, text, &mut variables);
        let mut reading = Reading {
            files,
            variables,
            faults: Vec::new(),
        };
        let suite = reading.suite(catalog, stem(file));
        match suite.filter(|_| reading.faults.is_empty()) {
            Some(suite) => Ok(suite),
            None => Err(reading.errors(file)),
        }
    }
}

/// A suite without a name is called as its file.
fn stem(file: &str) -> String {
    let stem = Path::new(file).file_stem();
    stem.map_or_else(
        || file.to_owned(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

struct Reading<'a> {
    files: Files,
    variables: Variables<'a>,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    /// The suite, which is good where there are no faults.
    fn suite(&mut self, catalog: &Catalog, fallback_name: String) -> Option<Suite> {
        self.faults.append(&mut self.files.faults);
        if self.files.incomplete {
            self.settle();
            return None;
        }
        let roots = std::mem::take(&mut self.files.roots);
        let roots: Vec<Located> = roots.into_iter().map(|root| self.filled(root)).collect();
        let own = roots.last()?;
        let header = header::read(own, Defaults::default(), &mut self.faults);
        let targets = self.targets(&roots);
        let Some(drafts) = self.drafts(&roots, header.defaults, catalog) else {
            self.settle();
            return None;
        };
        self.ids_without_secrets(&drafts);
        let Followed { checks, names } = relations::follow(
            drafts,
            targets.as_deref(),
            &self.files.map,
            &mut self.faults,
        );
        let profiles = profiles::read(&roots, &names, &mut self.faults);
        let described = targets.into_iter().flatten();
        let (mut targets, mut fleets) = (Vec::new(), Vec::new());
        for described in described.filter_map(|draft| draft.described) {
            match described {
                Described::Service(spec) => targets.push(spec),
                Described::Fleet(fleet) => fleets.push(fleet),
            }
        }
        self.settle();
        let written = checks.iter().flat_map(|check| check.check.secrets());
        Some(Suite {
            name: header.name.unwrap_or(fallback_name),
            targets,
            fleets,
            unfound: BTreeMap::new(),
            secrets: self
                .variables
                .secrets
                .iter()
                .cloned()
                .chain(written)
                .collect(),
            checks,
            profiles,
        })
    }

    /// A file with its variables filled in, but for those of its checks: each check has its own.
    fn filled(&mut self, mut root: Located) -> Located {
        if let Content::Map(entries) = &mut root.content {
            let others = entries.iter_mut();
            let others = others.filter(|(key, _)| key.as_text() != Some("checks"));
            for (_, value) in others {
                self.variables.fill(value, self.files.map.text());
            }
        }
        root
    }

    /// The targets of all files; none where they can't even be counted.
    fn targets(&mut self, roots: &[Located]) -> Option<Vec<targets::Draft>> {
        let of_each = roots.iter().map(|root| root.get("targets"));
        let of_each: Vec<_> = of_each
            .map(|section| targets::read(section, &mut self.faults))
            .collect();
        let all = of_each.into_iter().collect::<Option<Vec<_>>>()?;
        let mut places = BTreeMap::new();
        let mut kept = Vec::new();
        for target in all.into_iter().flatten() {
            match places.get(&target.name) {
                None => {
                    places.insert(target.name.clone(), target.place);
                    kept.push(target);
                }
                Some(first) => {
                    let first = self.files.map.told(*first);
                    let told = format!("the target `{}` is given at {first}, too", target.name);
                    let fault = Fault::new(target.place, told);
                    self.faults.push(fault.help("remove one of the two"));
                }
            }
        }
        Some(kept)
    }

    /// The checks of all files; none where they can't even be counted. The times that an included
    /// file doesn't set are the suite's own, and so are the plug-ins of one that has none.
    fn drafts(
        &mut self,
        roots: &[Located],
        own: Defaults,
        catalog: &Catalog,
    ) -> Option<Vec<checks::Draft>> {
        let mut drafts = Vec::new();
        let (last, included) = roots.split_last()?;
        let map = &self.files.map;
        let file_of = |root: &Located| map.file_of(root.place).map_or("", |file| &file.name);
        let (faults, secrets) = (&mut self.faults, &mut self.variables.secrets);
        let mut beside = |root: &Located, catalog: &Catalog, faults: &mut Vec<Fault>| {
            let of_file = plugins::catalog_of(root, file_of(root), catalog, faults, secrets);
            of_file.unwrap_or_else(|| catalog.clone())
        };
        let catalog = beside(last, catalog, faults);
        let of_included = included.iter().map(|root| {
            let header = header::read(root, own, faults);
            let catalog = beside(root, &catalog, faults);
            (root, header.defaults, catalog)
        });
        let mut files: Vec<_> = of_included.collect();
        files.push((last, own, catalog.clone()));
        let mut incomplete = false;
        for (root, defaults, catalog) in &files {
            let Some(section) = root.entry("checks") else {
                continue;
            };
            let folder = Path::new(file_of(root)).parent();
            let mut reader = checks::Reader {
                catalog,
                folder: folder.unwrap_or(Path::new("")).into(),
                meanings: BTreeMap::new(),
                variables: &mut self.variables,
                source: self.files.map.text(),
                faults: &mut self.faults,
                incomplete: false,
            };
            drafts.extend(reader.read(section, *defaults));
            incomplete |= reader.incomplete;
        }
        if files
            .iter()
            .all(|(root, ..)| root.entry("checks").is_none())
        {
            self.faults.push(checks::missing(last));
        }
        (!incomplete).then_some(drafts)
    }

    /// Reports and events name checks by their ids, which therefore stay as they are written.
    fn ids_without_secrets(&mut self, drafts: &[checks::Draft]) {
        let redactor = Redactor::new(&self.variables.secrets);
        let text = self.files.map.text();
        let written = |place: Place| text.get(place.start..place.end).unwrap_or_default();
        let is_secret = |text: &str| !redactor.find(text).is_empty();
        let secret = |draft: &checks::Draft| {
            let id = draft.id.as_ref();
            let id = id.filter(|id| written(id.place).contains("${") && is_secret(&id.text));
            id.map(|id| id.place)
                .or_else(|| place_of_secret(&draft.each, is_secret))
        };
        let places = drafts.iter().filter_map(secret);
        let faults = places.map(|place| Fault::new(place, "an id can't hold a secret"));
        self.faults.extend(faults);
    }

    /// Puts the variables' faults first: what is said of a value that could not be filled
    /// in is an echo of them.
    fn settle(&mut self) {
        let spoiled = &self.variables.spoiled;
        self.faults
            .retain(|fault| !spoiled.iter().any(|scalar| scalar.contains(fault.place)));
        self.faults.append(&mut self.variables.faults);
    }

    fn errors(self, file: &str) -> SuiteErrors {
        let redactor = Redactor::new(&self.variables.secrets);
        let quoting = Quoting {
            sources: &self.files.map,
            masked: &self.files.masked,
            redactor: &redactor,
        };
        SuiteErrors::quoted(file, self.faults, &quoting)
    }
}
