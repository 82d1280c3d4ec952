//! Golden files: what was told before, to compare with what is told now.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What writes all of them anew: the tests of golden files have this word in their names.
const UPDATING: &str = "UPDATE=1 cargo test golden";

/// A folder of golden files, and all that differs from it.
///
/// With `UPDATE` in the environment nothing differs: the files are written anew, and those that
/// nothing is compared with are removed.
pub struct Golden {
    folder: PathBuf,
    compared: BTreeSet<PathBuf>,
    differences: Vec<String>,
}

impl Golden {
    /// The golden files below `folder`, a path in the repository.
    pub fn files(folder: &str) -> Self {
        Self {
            folder: Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            compared: BTreeSet::new(),
            differences: Vec::new(),
        }
    }

    /// Compares the file of this name with what it should be.
    pub fn compare(&mut self, name: &str, actual: &str) {
        let path = self.folder.join(name);
        if updates() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(&path, actual).expect("written");
        } else {
            let expected = fs::read_to_string(&path).unwrap_or_default();
            let difference = first_difference(&expected, actual);
            let told = difference.map(|difference| format!("{}\n{difference}", path.display()));
            self.differences.extend(told);
        }
        let first = self.compared.insert(path);
        assert!(first, "{name} is compared twice");
    }

    /// Fails if anything differed, or if there are files that nothing was compared with.
    pub fn finish(mut self) {
        for path in files_below(&self.folder) {
            if self.compared.contains(&path) {
                continue;
            }
            if updates() {
                fs::remove_file(&path).expect("removed");
            } else {
                let leftover = format!("{}\n  nothing is told of it any more", path.display());
                self.differences.push(leftover);
            }
        }
        assert!(
            self.differences.is_empty(),
            "{}\n\nIf that is meant, this writes them anew, for a person to read:\n  {UPDATING}\n",
            self.differences.join("\n\n"),
        );
    }
}

fn updates() -> bool {
    env::var_os("UPDATE").is_some()
}

/// The first line that is another one, as it was and as it is.
fn first_difference(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    // Not `lines`, which takes `\r\n` for `\n` and passes over a missing line end.
    let (mut was, mut is) = (expected.split('\n'), actual.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        let lines = (was.next(), is.next());
        if lines.0 != lines.1 {
            let shown = |line: Option<&str>| line.map_or("nothing".to_owned(), excerpt);
            let (was, is) = (shown(lines.0), shown(lines.1));
            return Some(format!(
                "  line {number} was {was}\n  line {number} is  {is}"
            ));
        }
    }
}

/// A line as Rust would quote it, so that nothing in it is invisible.
fn excerpt(line: &str) -> String {
    const LONGEST: usize = 300;
    let quoted = format!("{line:?}");
    match quoted.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}… ({} bytes)", &quoted[..end], line.len()),
        None => quoted,
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder of golden files") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}
