//! The way into the program: from arguments to a command, and to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use super::arguments::{Arguments, Command};
use super::{catalog, confirm, doctor, init, render, run, schema, snapshot, stdout, validate};
use crate::catalog::Catalog;
use crate::exit;

/// Runs touchdown with the process's arguments, and with the kinds of `catalog`: the built-in
/// ones, or these and your own.
#[must_use]
pub fn main(catalog: Catalog) -> ExitCode {
    ExitCode::from(main_with(&catalog, std::env::args_os()))
}

/// Runs touchdown with given arguments, the first being the program's name, and returns the
/// exit code.
pub fn main_with(catalog: &Catalog, arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A request for help or the version is no error and goes to standard output.
            let code = if error.use_stderr() {
                exit::USAGE
            } else {
                exit::OK
            };
            let _ = error.print();
            return code;
        }
    };
    let color = arguments.color;
    let outcome = match &arguments.command {
        Command::Run(run) => run::run(run, &arguments, catalog),
        Command::Confirm(confirm) => confirm::confirm(confirm, &arguments),
        Command::Snapshot(snapshot) => snapshot::snapshot(snapshot, &arguments),
        Command::Init(init) => init::init(init, &arguments),
        Command::Doctor(doctor) => doctor::doctor(doctor, &arguments, catalog),
        Command::Validate(validate) => validate::validate(validate, catalog),
        Command::Checks(checks) => catalog::checks(checks, catalog),
        Command::Schema => schema::schema(catalog),
        Command::Render(render) => render::render(render, &arguments),
    };
    outcome.unwrap_or_else(|error| {
        stdout::complain(&error.render(color.for_stderr()));
        error.exit_code()
    })
}

/// The help text of a command, or of touchdown itself; for the documentation.
#[must_use]
pub fn help(command: Option<&str>) -> String {
    let mut top = Arguments::command().term_width(100).bin_name("touchdown");
    top.build();
    let named = command.and_then(|name| top.find_subcommand(name).cloned());
    named.unwrap_or(top).render_long_help().to_string()
}
