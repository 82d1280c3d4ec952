//! What holds of every crate of the workspace, so that a new one can't forget it, and of what
//! they are made of.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Every file of that ending below a folder, but for what was built.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            found.extend(files(&path, ending));
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text")
}

/// What cargo knows of the workspace and of all dependencies, on whatever system.
fn metadata() -> Value {
    let arguments = ["metadata", "--locked", "--format-version", "1"];
    let told = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(ROOT)
        .output()
        .expect("cargo");
    let why = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{why}");
    serde_json::from_slice(&told.stdout).expect("JSON")
}

#[test]
fn unsafe_code_is_forbidden_in_every_crate() {
    let root = text(&Path::new(ROOT).join("Cargo.toml"));
    assert!(root.contains("\n[workspace.lints.rust]\nunsafe_code = \"forbid\"\n"));
    let manifests = files(Path::new(ROOT), "Cargo.toml");
    assert!(manifests.len() > 3, "{manifests:?}");
    for manifest in manifests {
        let inherits = text(&manifest).contains("\n[lints]\nworkspace = true\n");
        assert!(inherits, "{} has lints of its own", manifest.display());
    }
}

/// `1.95` or `1.94.1`, as numbers.
fn version(text: &str) -> Vec<u32> {
    let numbers = text.split('.').map(|number| number.parse());
    let mut numbers: Vec<u32> = numbers.collect::<Result<_, _>>().expect("a version");
    numbers.resize(3, 0);
    numbers
}

#[test]
fn the_oldest_rust_is_new_enough_for_every_dependency_and_the_readme_names_it() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let oldest = packages
        .iter()
        .find(|package| package["name"] == "touchdown")
        .and_then(|package| package["rust_version"].as_str())
        .expect("a stated version");
    for package in packages {
        let needed = package["rust_version"].as_str().unwrap_or("1.0");
        assert!(
            version(needed) <= version(oldest),
            "{} {} needs Rust {needed}",
            package["name"],
            package["version"]
        );
    }
    let readme = text(&Path::new(ROOT).join("README.md"));
    assert!(readme.contains(&format!("Rust toolchain ({oldest} or newer)")));
}

#[test]
fn programs_are_run_in_one_folder_and_files_are_read_in_one() {
    // The second may read what the system tells of its processes.
    const ROOMS: [&str; 2] = ["checks/src/reads/file.rs", "checks/src/reads/process/"];
    const PROGRAMS: [&str; 2] = ["process::Command", "tokio::process"];
    const FILES: [&str; 3] = ["std::fs", "tokio::fs", "File::open"];
    for (folder, never) in [
        ("src", PROGRAMS.to_vec()),
        ("checks/src", [&PROGRAMS[..], &FILES].concat()),
    ] {
        for path in files(&Path::new(ROOT).join(folder), ".rs") {
            let shown = path.to_string_lossy();
            let room = ROOMS.iter().any(|room| shown.contains(room));
            if room || shown.contains("tests") {
                continue;
            }
            let whole = text(&path);
            let code = whole
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            let found = never.iter().find(|word| code.contains(**word));
            assert_eq!(found, None, "in {}", path.display());
        }
    }
}
