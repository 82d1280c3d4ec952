//! What program to run, and what came of it.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Command;

use super::Printed;

/// A program to run. It gets no shell, no terminal, and of touchdown's environment only
/// [`CommandRequest::ALWAYS_PASSED`] and what is named here.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandRequest {
    /// The program: a name that is looked up in `PATH`, or a path, which counts from `folder`.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What it reads on standard input; nothing where there is none.
    pub input: Option<String>,
    /// The environment variables that it gets as touchdown has them.
    pub pass_env: Vec<String>,
    /// The environment variables that are set for it.
    pub env: Vec<(String, String)>,
    /// Where it runs; empty for touchdown's own working directory.
    pub folder: PathBuf,
    /// How long it may run.
    pub within: Duration,
}

impl CommandRequest {
    /// The variables that every program gets, beside `TOUCHDOWN_CHECK`, by which its descendants are known: without these the simplest script fails, or speaks another
    /// language than its reader.
    pub const ALWAYS_PASSED: [&str; 7] =
        ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ"];

    /// The variables that it should get as touchdown has them, which touchdown hasn't.
    pub(super) fn unset(&self) -> Vec<String> {
        let named = self.pass_env.iter();
        let unset = named.filter(|name| std::env::var_os(name).is_none());
        unset.cloned().collect()
    }

    /// The environment that it gets, but for its mark.
    pub(super) fn set_environment(&self, command: &mut Command) {
        let always = Self::ALWAYS_PASSED.iter().copied();
        let named = self.pass_env.iter().map(String::as_str);
        let passed: Vec<(&str, OsString)> = always
            .chain(named)
            .filter_map(|name| Some((name, std::env::var_os(name)?)))
            .collect();
        command.env_clear();
        command.envs(passed);
        let set = self.env.iter().map(|(name, value)| (name, value));
        command.envs(set);
    }
}

/// The command line, as a shell would read it.
impl fmt::Display for CommandRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", quoted(&self.program))?;
        for argument in &self.arguments {
            write!(f, " {}", quoted(argument))?;
        }
        Ok(())
    }
}

/// The input and the environment may hold secrets, so that little of them is shown.
impl fmt::Debug for CommandRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandRequest")
            .field("program", &self.program)
            .field("within", &self.within)
            .finish_non_exhaustive()
    }
}

/// A word of a command line, in quotes where it needs them.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A program that was started, and has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub ending: Ending,
    /// The beginning of its standard output.
    pub stdout: Printed,
    /// The end of its standard error.
    pub stderr: Printed,
    /// From its start to its end.
    pub took: Duration,
    /// The variables that it should have got as touchdown has them, and touchdown hasn't.
    pub unset: Vec<String>,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this code.
    Code(i32),
    /// By a signal that touchdown didn't send.
    Signal(i32),
    /// It was ended, because its time was over.
    TimedOut,
    /// It was ended, because it printed without end.
    Flooded,
}

/// Why a program was not started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// There is no such program.
    NotFound,
    /// There is, but the interpreter that its first line names isn't there.
    NoInterpreter,
    /// It may not be run.
    NotExecutable,
    /// The interpreter that it asks for has a carriage return in its name, as an editor of Windows leaves it.
    CarriageReturn,
    /// What is named is no program but a folder.
    Folder,
    /// No system can be given this.
    Nul,
    /// Touchdown was asked to stop.
    Interrupted,
    /// The system refused otherwise, in its own words.
    Unstartable(String),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "there is no such program",
            Self::NoInterpreter => "the interpreter that its first line names is not there",
            Self::NotExecutable => "it may not be executed",
            Self::CarriageReturn => {
                "its first line ends in CR LF, and so asks for an interpreter that is not there"
            }
            Self::Folder => "it is a folder",
            Self::Nul => "an argument or a variable holds a NUL character",
            Self::Interrupted => "touchdown was interrupted",
            Self::Unstartable(reason) => reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_shown_as_a_shell_reads_it() {
        let request = CommandRequest {
            program: "./check it.sh".into(),
            arguments: ["-H", "shop.example.com:80", "it's", ""]
                .map(str::to_owned)
                .to_vec(),
            input: Some("secret".into()),
            pass_env: Vec::new(),
            env: vec![("TOKEN".into(), "secret".into())],
            folder: PathBuf::new(),
            within: Duration::from_secs(1),
        };
        let told = r"'./check it.sh' -H shop.example.com:80 'it'\''s' ''";
        assert_eq!(request.to_string(), told);
        assert!(!format!("{request:?}").contains("secret"));
    }
}
