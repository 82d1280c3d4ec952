//! The files of a suite as one text: a place is a range of bytes in it, whichever file it is in.

use touchdown_checks::contract::{Content, Fault, Located, Place};

/// The texts of all files, one behind the other.
#[derive(Debug, Default)]
pub(super) struct SourceMap {
    text: String,
    /// In the order of their texts.
    files: Vec<SourceFile>,
}

/// One of the files.
#[derive(Debug)]
pub(super) struct SourceFile {
    /// As errors name it.
    pub name: String,
    /// Where its text begins in the whole.
    pub start: usize,
}

impl SourceMap {
    /// Takes a file's text in, and tells where in the whole it begins.
    pub fn add(&mut self, name: String, text: &str) -> usize {
        if !self.files.is_empty() {
            // A place at the very end of a file is still that file's.
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.files.push(SourceFile { name, start });
        start
    }

    /// What places are ranges of.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file that a place is in; none only where no file was taken in.
    pub fn file_of(&self, place: Place) -> Option<&SourceFile> {
        let behind = self.files.partition_point(|file| file.start <= place.start);
        self.files.get(behind.checked_sub(1)?)
    }

    /// The place as people find it: `checks/web.yaml:3`.
    pub fn told(&self, place: Place) -> String {
        let Some(file) = self.file_of(place) else {
            return String::new();
        };
        let before = self.text.get(file.start..place.start).unwrap_or_default();
        format!("{}:{}", file.name, before.matches('\n').count() + 1)
    }
}

/// A place in a file whose text begins at `base`.
pub(super) fn moved(place: Place, base: usize) -> Place {
    Place {
        start: place.start + base,
        end: place.end + base,
    }
}

/// The tree of a file whose text begins at `base`.
pub(super) fn moved_tree(mut tree: Located, base: usize) -> Located {
    tree.place = moved(tree.place, base);
    tree.content = match tree.content {
        Content::List(items) => {
            let items = items.into_iter().map(|item| moved_tree(item, base));
            Content::List(items.collect())
        }
        Content::Map(entries) => {
            let entries = entries.into_iter();
            let both = |(key, value)| (moved_tree(key, base), moved_tree(value, base));
            Content::Map(entries.map(both).collect())
        }
        scalar @ Content::Scalar { .. } => scalar,
    };
    tree
}

/// The mistake in a file whose text begins at `base`.
pub(super) fn moved_fault(mut fault: Fault, base: usize) -> Fault {
    fault.place = moved(fault.place, base);
    fault
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_the_file_that_it_was_written_in() {
        let mut map = SourceMap::default();
        assert!(map.file_of(Place::default()).is_none());
        let first = map.add("a.yaml".into(), "a: 1\nb: 2");
        let empty = map.add("b.yaml".into(), "");
        let last = map.add("c.yaml".into(), "c: 3\n");
        let told = |start: usize| map.told(Place { start, end: start });
        assert_eq!(told(first), "a.yaml:1");
        assert_eq!(told(first + 5), "a.yaml:2");
        assert_eq!(told(first + 9), "a.yaml:2", "the end of the first file");
        assert_eq!(told(empty), "b.yaml:1");
        assert_eq!(told(last), "c.yaml:1");
        assert_eq!(told(last + 5), "c.yaml:2");
        assert_eq!(&map.text()[last..last + 4], "c: 3");
    }
}
