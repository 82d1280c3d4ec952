//! A place to run touchdown in: an empty home, a working directory, and no environment but
//! what a test gives.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// No run of these tests takes nearly so long, on whatever machine; one that hangs must not hang the tests. It is less
/// than a check has by default, so that one that ended at all didn't wait for its deadline.
const LONGEST: Duration = Duration::from_secs(120);

/// A working directory and a home of their own.
pub struct Place {
    root: TempDir,
}

/// Every report file that there is, each as `r.…`, and all that a terminal can be shown.
pub const EVERY_FILE: [&str; 9] = [
    "--verbose",
    "--json",
    "r.json",
    "--junit",
    "r.xml",
    "--html",
    "r.html",
    "--markdown",
    "r.md",
];

/// A process that has ended.
#[derive(Debug)]
pub struct Ended {
    /// None where a signal ended it, as the time limit of these tests does.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new() -> Self {
        let root = TempDir::new().expect("a temporary directory");
        for folder in ["home", "work"] {
            std::fs::create_dir(root.path().join(folder)).expect("a new folder");
        }
        Self { root }
    }

    /// A place with a suite in its `touchdown.yaml`.
    pub fn with_suite(suite: &str) -> Self {
        let place = Self::new();
        place.write("touchdown.yaml", suite);
        place
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a writable file");
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a readable file")
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).expect("JSON")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("work").join(name)
    }

    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// The names of all files in the working directory.
    pub fn files(&self) -> Vec<String> {
        self.files_in("")
    }

    /// The names of all files in a folder of it.
    pub fn files_in(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).expect("a folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            let name = entry.expect("an entry").file_name();
            name.to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    /// touchdown with these arguments, the simulator's credentials, and nothing else from
    /// the environment of the tests.
    pub fn touchdown(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchdown"));
        command
            .args(arguments)
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("NO_PROXY", "127.0.0.1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", "simulated")
            .env("AWS_SECRET_ACCESS_KEY", "simulated");
        command
    }

    /// Starts touchdown with these arguments, and reads what it says.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.touchdown(arguments);
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        piped.spawn().expect("a process")
    }

    /// Runs touchdown with these arguments to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.touchdown(arguments))
    }

    /// Runs touchdown with these arguments and this text on standard input.
    pub fn run_reading(&self, arguments: &[&str], text: &str) -> Ended {
        let mut command = self.touchdown(arguments);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.stderr(Stdio::piped()).spawn().expect("a process");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(text.as_bytes()).expect("it reads");
        drop(stdin);
        Ended::of(child.wait_with_output().expect("an end"))
    }

    /// Runs the suite against an endpoint, with a JSON report in `report.json`.
    pub fn judge(&self, endpoint_url: &str) -> Ended {
        let arguments = [
            "run",
            "--json",
            "report.json",
            "--endpoint-url",
            endpoint_url,
        ];
        self.run(&arguments)
    }

    /// The report that [`judge`](Self::judge) left.
    pub fn report(&self) -> Value {
        self.json("report.json")
    }
}

/// Runs a process to its end.
pub fn ended(command: Command) -> Ended {
    let output = assert_cmd::Command::from_std(command)
        .timeout(LONGEST)
        .output()
        .expect("a process");
    Ended::of(output)
}

impl Ended {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// The exit code, or a panic that shows what was printed.
    #[track_caller]
    pub fn expect_code(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        self
    }
}

/// Reads until a line holds `awaited`: what was read, and what is still to come.
#[track_caller]
pub fn read_until<R: Read>(stream: Option<R>, awaited: &str) -> (String, BufReader<R>) {
    let mut said = BufReader::new(stream.expect("a pipe"));
    let mut read = String::new();
    while !read.contains(awaited) {
        let more = said.read_line(&mut read).expect("text");
        assert_ne!(more, 0, "it ended before it said `{awaited}`: {read}");
    }
    (read, said)
}

/// Sends a signal, such as `-INT`.
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
}

/// The check of that id in a report.
#[track_caller]
pub fn check<'r>(report: &'r Value, id: &str) -> &'r Value {
    let checks = report["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["id"] == id);
    found.unwrap_or_else(|| panic!("no check `{id}` in {report:#}"))
}

/// `verdict: headline` of a check.
#[track_caller]
pub fn told(report: &Value, id: &str) -> String {
    let check = check(report, id);
    let text = |field: &str| check[field].as_str().unwrap_or_default().to_owned();
    format!("{}: {}", text("verdict"), text("headline"))
}

/// The hint of a check.
#[track_caller]
pub fn hint(report: &Value, id: &str) -> String {
    check(report, id)["hint"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// `id: verdict` of every check.
pub fn verdicts(report: &Value) -> Vec<String> {
    let checks = report["checks"].as_array().expect("checks");
    checks
        .iter()
        .map(|check| format!("{}: {}", text(&check["id"]), text(&check["verdict"])))
        .collect()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Asserts that a text contains all of these.
#[track_caller]
pub fn assert_tells(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "`{part}` is not in:\n{told}");
    }
}

/// A path as an argument.
pub fn argument(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
