//! When to use colour.

use std::ffi::OsString;
use std::io::IsTerminal;

use clap::ValueEnum;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set, CLICOLOR is 0 or TERM is dumb; and anywhere where
    /// CLICOLOR_FORCE is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    pub fn for_stdout(self) -> bool {
        self.on(std::io::stdout().is_terminal(), process)
    }

    pub fn for_stderr(self) -> bool {
        self.on(std::io::stderr().is_terminal(), process)
    }

    /// As no-color.org and bixense.com/clicolors have it: whoever asks for it on the command
    /// line knows best, NO_COLOR beats CLICOLOR_FORCE, and that beats what the terminal is.
    fn on(self, terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR").is_some() => false,
            Self::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Self::Auto => {
                let unwanted = set("CLICOLOR").is_some_and(|value| value == "0");
                terminal && !unwanted && !dumb(variable)
            }
        }
    }
}

/// Whether the terminal can't move its cursor, or doesn't say what it is.
pub(super) fn is_dumb() -> bool {
    dumb(process)
}

fn dumb(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    variable("TERM").is_none_or(|term| term == "dumb")
}

fn process(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &[(&str, &str)] = &[("TERM", "xterm-256color")];

    #[test]
    fn the_conventions_are_kept() {
        use Color::{Always, Auto, Never};
        let with = |more: &[(&'static str, &'static str)]| [PLAIN, more].concat();
        let force = ("CLICOLOR_FORCE", "1");
        let table = [
            (Auto, true, with(&[]), true),
            (Auto, false, with(&[]), false),
            (Auto, true, with(&[("NO_COLOR", "1")]), false),
            (Auto, true, with(&[("NO_COLOR", "0")]), false),
            (Auto, true, with(&[("NO_COLOR", "")]), true),
            (Auto, true, with(&[("CLICOLOR", "0")]), false),
            (Auto, true, with(&[("CLICOLOR", "1")]), true),
            (Auto, false, with(&[("CLICOLOR", "1")]), false),
            (Auto, false, with(&[force]), true),
            (Auto, false, with(&[("CLICOLOR_FORCE", "0")]), false),
            (Auto, false, with(&[("CLICOLOR_FORCE", "")]), false),
            (Auto, false, with(&[force, ("CLICOLOR", "0")]), true),
            (Auto, true, with(&[force, ("NO_COLOR", "1")]), false),
            (Auto, true, vec![("TERM", "dumb")], false),
            (Auto, true, vec![], false),
            (Auto, true, vec![("TERM", "dumb"), force], true),
            (Always, false, with(&[("NO_COLOR", "1")]), true),
            (Always, false, vec![("TERM", "dumb")], true),
            (Never, true, with(&[force]), false),
        ];
        for (color, terminal, set, expected) in table {
            let variable = |name: &str| {
                let found = set.iter().find(|(other, _)| *other == name);
                found.map(|(_, value)| OsString::from(value))
            };
            assert_eq!(
                color.on(terminal, variable),
                expected,
                "{color:?}, a terminal: {terminal}, {set:?}"
            );
        }
    }
}
