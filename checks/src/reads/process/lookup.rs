//! Where programs are: in a folder of the suite, or in `PATH`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The program of that name: the folder's, else the first in `PATH`.
#[must_use]
pub fn program_named(name: &str, folder: Option<&Path>) -> Option<PathBuf> {
    let mut files = folders(folder).map(|folder| folder.join(name));
    let found = files.find(|file| file.is_file())?;
    // It may run elsewhere than it was found from. Its own name stays: a link may be what it goes by.
    let folder = found.parent().and_then(|folder| folder.canonicalize().ok());
    Some(folder.map_or(found, |folder| folder.join(name)))
}

/// The names of all programs that begin with `prefix`, without it, sorted.
#[must_use]
pub fn programs_named(prefix: &str, folder: Option<&Path>) -> BTreeSet<String> {
    let entries = folders(folder).filter_map(|folder| std::fs::read_dir(folder).ok());
    let names = entries.flatten().flatten().map(|entry| entry.file_name());
    names
        .filter_map(|name| Some(name.to_str()?.strip_prefix(prefix)?.to_owned()))
        .collect()
}

fn folders(first: Option<&Path>) -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    first.map(Path::to_owned).into_iter().chain(in_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_its_name_wherever_its_folder_is() {
        let root = tempfile::tempdir().expect("a folder");
        let (real, plugins) = (root.path().join("many"), root.path().join("plugins"));
        std::fs::write(&real, "").expect("a file");
        std::fs::create_dir(&plugins).expect("a folder");
        std::os::unix::fs::symlink("../many", plugins.join("check-a")).expect("a link");
        let linked = root.path().join("linked");
        std::os::unix::fs::symlink("plugins", &linked).expect("a link");
        let told = plugins.canonicalize().expect("a folder").join("check-a");
        assert_eq!(program_named("check-a", Some(&linked)), Some(told));
    }
}
