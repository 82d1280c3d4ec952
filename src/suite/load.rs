//! From a file to a suite, or to every mistake in it.

use std::collections::BTreeMap;
use std::path::Path;

use touchdown_checks::contract::{Described, Fault, Located, Place};

use super::diagnostics::{Quoting, SuiteErrors};
use super::variables::Variables;
use super::{Sources, Suite, checks, header, relations, secrets, source_text, targets, yaml};
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
        let mut reading = Reading {
            text,
            variables: Variables::new(sources),
            masked: secrets::suspected(text),
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
    text: &'a str,
    variables: Variables<'a>,
    /// Where secrets are written: guessed until the tree is known.
    masked: Vec<Place>,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    /// The suite, which is good where there are no faults.
    fn suite(&mut self, catalog: &Catalog, fallback_name: String) -> Option<Suite> {
        let root = self.tree().map_err(|fault| self.faults.push(fault)).ok()?;
        let header = header::read(&root, &mut self.faults);
        let targets = targets::read(root.get("targets"), &mut self.faults);
        let drafts = checks::read(&root, catalog, &mut self.faults);
        self.ids_without_secrets(&drafts);
        let checks = relations::follow(
            drafts,
            targets.as_deref(),
            header.defaults,
            &mut self.faults,
        );
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
        })
    }

    /// The tree, with its secrets taken out and its variables filled in.
    fn tree(&mut self) -> Result<Located, Fault> {
        let parsed = yaml::parse(self.text)?;
        let whole = parsed.faults.is_empty();
        self.faults = parsed.faults;
        let mut root = header::root(parsed.root)?;
        let masked = secrets::take(&mut root, self.text, &mut self.variables);
        if whole {
            self.masked = masked;
        }
        self.variables.fill(&mut root, self.text);
        Ok(root)
    }

    /// Reports and events name checks by their ids, which therefore stay as they are written.
    fn ids_without_secrets(&mut self, drafts: &[checks::Draft]) {
        let redactor = Redactor::new(&self.variables.secrets);
        let written = |place: Place| self.text.get(place.start..place.end).unwrap_or_default();
        let ids = drafts.iter().filter_map(|draft| draft.id.as_ref());
        let secret = ids
            .filter(|id| written(id.place).contains("${") && !redactor.find(&id.text).is_empty());
        let faults = secret.map(|id| Fault::new(id.place, "an id can't hold a secret"));
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
            source: self.text,
            masked: &self.masked,
            redactor: &redactor,
        };
        SuiteErrors::quoted(file, self.faults, &quoting)
    }
}
