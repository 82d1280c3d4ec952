//! The `touchdown` program: the command line, with the built-in kinds of checks.

use std::process::ExitCode;

use touchdown::catalog::Catalog;

fn main() -> ExitCode {
    touchdown::cli::main(Catalog::built_in())
}
