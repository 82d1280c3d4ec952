//! The `touchdown` program: the command line, with the built-in kinds of checks, and with plug-ins.

use std::process::ExitCode;

use touchdown::catalog::Catalog;
use touchdown::checks::external::Plugins;

fn main() -> ExitCode {
    touchdown::cli::main(Catalog::built_in().finding_plugins(Plugins::default()))
}
