//! The files of a suite: the one that was asked for, and those that it includes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use touchdown_checks::contract::{Content, Fault, Located, Place};

use super::source_map::{SourceMap, moved, moved_fault, moved_tree};
use super::variables::Variables;
use super::words::{Word, words};
use super::{header, secrets, source_text, yaml};

/// The deepest that includes nest: a file that is included by one that is included …
const DEEPEST: usize = 8;
/// The most files of one suite.
const MOST_FILES: usize = 64;

/// What was read of a suite's files.
#[derive(Default)]
pub(super) struct Files {
    pub map: SourceMap,
    /// What each file holds, without `include` and `secrets`; a file stands behind those that it
    /// includes, so that the suite's own is the last.
    pub roots: Vec<Located>,
    /// Where secrets are written: guessed where a tree is not known.
    pub masked: Vec<Place>,
    pub faults: Vec<Fault>,
    /// Whether a file is missing, without which nothing can be said of the others.
    pub incomplete: bool,
    /// What the trees weigh.
    weight: usize,
    /// Every file that was reached, by its place in the file system.
    reached: BTreeSet<PathBuf>,
}

/// The files that include each other on the way to one, the suite's own first.
type Way<'w> = &'w [PathBuf];

impl Files {
    /// Reads a suite's own file, whose text is given, and all that it includes.
    pub fn read(file: &str, text: &str, variables: &mut Variables<'_>) -> Self {
        let mut files = Self::default();
        let own = PathBuf::from(file);
        files.reached.extend(own.canonicalize());
        files.take(&[own], text, variables);
        files
    }

    fn missing(&mut self, fault: Fault) {
        self.incomplete = true;
        self.faults.push(fault);
    }

    /// Takes in the last file of the way, and before it what it includes.
    fn take(&mut self, way: Way<'_>, text: &str, variables: &mut Variables<'_>) {
        let name = way.last().map(|path| path.display().to_string());
        let base = self.map.add(name.unwrap_or_default(), text);
        let parsed = yaml::parse(text, self.weight).and_then(|parsed| {
            self.weight = parsed.weight;
            Ok((header::root(parsed.root)?, parsed.faults))
        });
        let suspected = || secrets::suspected(text).into_iter();
        let (root, faults) = match parsed {
            Ok(parsed) => parsed,
            Err(fault) => {
                self.missing(moved_fault(fault, base));
                self.masked
                    .extend(suspected().map(|place| moved(place, base)));
                return;
            }
        };
        let whole = faults.is_empty();
        self.faults
            .extend(faults.into_iter().map(|fault| moved_fault(fault, base)));
        let mut root = moved_tree(root, base);
        for path in self.included(&mut root, variables) {
            self.include(way, &path, variables);
        }
        let masked = secrets::take(&mut root, self.map.text(), variables);
        match whole {
            true => self.masked.extend(masked),
            false => self
                .masked
                .extend(suspected().map(|place| moved(place, base))),
        }
        self.roots.push(root);
    }

    /// Takes `include` out of a file, and reads the paths in it. They may use variables of the
    /// command line and the environment, for the suite's secrets are not known yet.
    fn included(&mut self, root: &mut Located, variables: &mut Variables<'_>) -> Vec<Word> {
        let Content::Map(entries) = &mut root.content else {
            return Vec::new();
        };
        let named = |(key, _): &(Located, Located)| key.as_text() == Some("include");
        let Some(index) = entries.iter().position(named) else {
            return Vec::new();
        };
        let (key, mut value) = entries.remove(index);
        if value.is_nothing() {
            self.missing(Fault::empty(&key, &value));
            return Vec::new();
        }
        let spoiled = variables.spoiled.len();
        variables.fill(&mut value, self.map.text());
        let before = self.faults.len();
        let mut paths = words(&value, "include", &mut self.faults);
        self.incomplete |= variables.spoiled.len() + self.faults.len() > spoiled + before;
        paths.retain(|path| !variables.spoiled.contains(&path.place));
        let mut seen = BTreeSet::new();
        paths.retain(|path| {
            let is_new = seen.insert(path.text.clone());
            if !is_new {
                let told = format!("`{}` is included twice", path.text);
                let fault = Fault::new(path.place, told);
                self.faults.push(fault.help("remove one of the two"));
            }
            is_new
        });
        paths
    }

    /// Reads a file that the last of the way names. One that was reached before is in the suite
    /// already, unless it is on the way: then the files include each other in a circle.
    fn include(&mut self, way: Way<'_>, named: &Word, variables: &mut Variables<'_>) {
        let folder = way.last().and_then(|path| path.parent());
        let path = folder.unwrap_or(Path::new("")).join(&named.text);
        match self.text_of(&path, way) {
            Ok(None) => {}
            Ok(Some(text)) => {
                let way = [way, &[path]].concat();
                self.take(&way, &text, variables);
            }
            Err(mut fault) => {
                fault.place = named.place;
                self.missing(fault);
            }
        }
    }

    /// The text of a file that is not in the suite yet.
    fn text_of(&mut self, path: &Path, way: Way<'_>) -> Result<Option<String>, Fault> {
        let fault = |told: String| Fault::new(Place::default(), told);
        let shown = path.display();
        let file = path.canonicalize().map_err(|error| {
            fault(format!("`{shown}` can't be included: {error}")).help(where_to(path))
        })?;
        let same = |other: &PathBuf| other.canonicalize().is_ok_and(|other| other == file);
        if let Some(first) = way.iter().position(same) {
            let circle = way[first..].iter().chain([&way[first]]);
            let circle: Vec<String> = circle.map(|path| path.display().to_string()).collect();
            return Err(fault(format!(
                "these files include each other: {}",
                circle.join(" → ")
            ))
            .help("remove one of the includes"));
        }
        if self.reached.contains(&file) {
            return Ok(None);
        }
        if way.len() > DEEPEST {
            return Err(fault(format!("includes nest deeper than {DEEPEST} levels")));
        }
        if self.reached.len() >= MOST_FILES {
            return Err(fault(format!("the suite has more than {MOST_FILES} files")));
        }
        if !file.is_file() {
            return Err(fault(format!(
                "`{shown}` is not a file, and can't be included"
            )));
        }
        let unfit = |told: Fault| Fault {
            message: format!("`{shown}` can't be included: {}", told.message),
            ..told
        };
        let bytes = source_text::read(&file).map_err(unfit)?;
        let text = source_text::decode(&bytes).map_err(unfit)?.to_owned();
        self.reached.insert(file);
        Ok(Some(text))
    }
}

/// What a path that leads to no file may have been meant to be.
fn where_to(path: &Path) -> &'static str {
    let named = path.to_string_lossy();
    if named.contains("://") {
        return "only files are included; fetch it first";
    }
    match named.contains(['*', '?', '[']) {
        true => "a path is no glob: name each file",
        false => "a path is relative to the file that names it",
    }
}

#[cfg(test)]
mod tests;
