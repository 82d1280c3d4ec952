//! `install.sh`: a release with the right checksum, or this checkout built with cargo.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{Ended, Place, assert_tells, ended};
use crate::step::{ROOT, Step};

const ARCHIVE: &str = "touchdown-v0.1.0-x86_64-unknown-linux-gnu.tar.gz";
/// A system whose archive the releases of these tests have.
const SYSTEM: &str = "#!/bin/sh\ncase $1 in -s) echo Linux;; -m) echo x86_64;; esac\n";
/// What is in the archive, in the place of the program.
const PROGRAM: &str = "#!/bin/sh\necho touchdown 0.1.0\n";
/// A cargo that tells what it was asked for and installs the program.
const CARGO: &str = "#!/bin/sh
echo \"cargo $*\"
while [ \"$1\" != --root ]; do shift; done
mkdir -p \"$2/bin\" && cp \"$HOME/program\" \"$2/bin/touchdown\"
";

/// A place with a repository whose release v0.1.0 has one archive.
fn place() -> Step {
    let step = Step::install(Place::new())
        .program("uname", SYSTEM)
        .program("cargo", CARGO)
        .program("program", PROGRAM)
        .program("touchdown", PROGRAM);
    let release = release(&step.place);
    pack(&step, "v0.1.0").expect_code(0);
    let sums = Command::new("sha256sum")
        .arg(ARCHIVE)
        .current_dir(&release)
        .output();
    std::fs::write(release.join("SHA256SUMS"), sums.expect("sha256sum").stdout).expect("a file");
    let repository = format!("file://{}", step.place.path("repository").display());
    step.variable("TOUCHDOWN_REPOSITORY", &repository)
}

/// What the release's workflow does with the program that it built.
fn pack(step: &Step, version: &str) -> Ended {
    let mut command = Command::new("bash");
    command
        .arg(Path::new(ROOT).join(".github/release.sh"))
        .arg(step.place.home().join("touchdown"))
        .args([version, "x86_64-unknown-linux-gnu"])
        .arg(release(&step.place));
    ended(command)
}

fn release(place: &Place) -> PathBuf {
    place.path("repository/releases/download/v0.1.0")
}

/// Runs `install.sh` itself with these arguments, in the step's environment.
fn install(step: &Step, arguments: &[&str]) -> Ended {
    install_from(Path::new(ROOT), step, arguments)
}

fn install_from(checkout: &Path, step: &Step, arguments: &[&str]) -> Ended {
    let of_step = step.command();
    let mut command = Command::new("sh");
    command
        .arg(checkout.join("install.sh"))
        .args(arguments)
        .current_dir(step.place.path(""))
        .env_clear()
        .envs(
            of_step
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    ended(command)
}

fn installed(step: &Step, folder: &str) -> bool {
    step.place.path(folder).join("bin/touchdown").exists()
}

#[test]
fn a_release_with_the_right_checksum_is_installed() {
    let step = place();
    let ended = install(&step, &["a folder", "v0.1.0"]);
    assert_tells(
        &ended.expect_code(0).stdout,
        &["installed touchdown 0.1.0 as a folder/bin/touchdown"],
    );
    assert!(installed(&step, "a folder"));
    // By default it goes where a person's own programs are.
    install(&step, &["", "v0.1.0"]).expect_code(0);
    assert!(step.place.home().join(".local/bin/touchdown").exists());
}

/// A tag that isn't the program's version would promise another one.
#[test]
fn a_release_is_what_its_tag_says() {
    let ended = pack(&place(), "v0.2.0");
    let told = "the tag is v0.2.0, but the program says touchdown 0.1.0";
    assert_tells(&ended.expect_code(1).stderr, &[told]);
}

#[test]
fn an_archive_that_is_not_the_release_s_is_refused() {
    let step = place();
    std::fs::write(release(&step.place).join(ARCHIVE), "other bytes").expect("a file");
    let ended = install(&step, &["there", "v0.1.0"]);
    assert_tells(
        &ended.expect_code(1).stderr,
        &[ARCHIVE, "has the checksum", "nothing was installed"],
    );
    assert!(!installed(&step, "there"));

    std::fs::write(release(&step.place).join("SHA256SUMS"), "").expect("a file");
    let ended = install(&step, &["there", "v0.1.0"]);
    assert_tells(
        &ended.expect_code(1).stderr,
        &["SHA256SUMS says nothing of it"],
    );
    assert!(!installed(&step, "there"));
}

#[test]
fn what_cannot_be_had_is_told() {
    let other = "#!/bin/sh\ncase $1 in -s) echo Haiku;; -m) echo riscv64;; esac\n";
    let broken = "#!/bin/sh\necho 'not found' >&2\nexit 127\n";
    for (step, version, told) in [
        (place(), "v0.2.0", "cannot fetch file://"),
        (
            place().program("uname", other),
            "v0.1.0",
            "there is no archive for Haiku on riscv64",
        ),
        (
            place().variable("TOUCHDOWN_REPOSITORY", "git@example.com:a/b"),
            "v0.1.0",
            "Set TOUCHDOWN_REPOSITORY",
        ),
        (place().program("cargo", broken), "source", "not found"),
    ] {
        let ended = install(&step, &["there", version]);
        assert_ne!(ended.code, Some(0), "{ended:#?}");
        assert_tells(&ended.stderr, &[told]);
        assert!(!installed(&step, "there"));
    }
    for version in [
        "0.1.0",
        "main",
        "v1",
        "v0.1.0/../../x",
        "--force",
        "v0.1.0 ",
    ] {
        let ended = install(&place(), &["there", version]);
        assert_tells(
            &ended.expect_code(2).stderr,
            &[version, "is neither a release"],
        );
    }
}

#[test]
fn source_is_built_with_the_locked_dependencies() {
    let step = place();
    let ended = install(&step, &["there", "source"]);
    let asked = format!("cargo install --locked --force --path {ROOT} --root there\n");
    assert_tells(
        &ended.expect_code(0).stdout,
        &[&asked, "installed touchdown 0.1.0"],
    );
    assert!(installed(&step, "there"));
}

/// A clone knows where it came from, and which release it is.
#[test]
fn a_clone_installs_the_release_whose_tag_it_is() {
    let step = place().variable("TOUCHDOWN_REPOSITORY", "");
    let clone = step.place.path("clone");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        // Whatever a person has in theirs, such as signing.
        command.env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.arg("-C").arg(&clone).args(arguments);
        ended(command).expect_code(0);
    };
    std::fs::create_dir(&clone).expect("a new folder");
    std::fs::copy(Path::new(ROOT).join("install.sh"), clone.join("install.sh")).expect("a copy");
    let origin = format!("file://{}.git", step.place.path("repository").display());
    git(&["init", "--quiet"]);
    git(&["remote", "add", "origin", &origin]);
    git(&["add", "."]);
    let author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    git(&[&author[..], &["commit", "--quiet", "--message", "it"]].concat());

    let built = install_from(&clone, &step, &["there"]);
    assert_tells(&built.expect_code(0).stdout, &["cargo install"]);
    git(&["tag", "v0.1.0"]);
    let fetched = install_from(&clone, &step, &["there"]);
    let told = "installed touchdown 0.1.0 as there/bin/touchdown\n";
    assert_eq!(fetched.expect_code(0).stdout, told);
}

/// The version of the action: the input, else the tag that it is used at, else its source.
#[test]
fn the_action_installs_once_what_it_is_used_at() {
    for (input, used_at, version) in [
        ("", "v0.1.0", "v0.1.0"),
        ("v0.1.0", "main", "v0.1.0"),
        ("", "main", "source"),
        ("", "9f3c2ab17e0d4c5b8a6f1e2d3c4b5a6978877665", "source"),
        ("", "", "source"),
        ("source", "v0.1.0", "source"),
    ] {
        let step = place()
            .input("version", input)
            .variable("ACTION_REF", used_at);
        step.end().expect_code(0);
        let folder = step.place.home().join(format!("touchdown-{version}/bin"));
        assert_eq!(step.told("path"), format!("{}\n", folder.display()));
        assert!(folder.join("touchdown").exists(), "{input} {used_at}");

        let again = step.end();
        assert_eq!(again.expect_code(0).stdout, "", "it is there already");
    }
}
