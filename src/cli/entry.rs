//! The way into the program: from arguments to a command, and to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use super::arguments::{Arguments, Command};
use super::error::CliError;
use super::{
    catalog, confirm, doctor, init, monitoring, render, run, schema, snapshot, stdout, validate,
};
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
    let given: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        Err(error) => return misused(&error, &given),
    };
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
    outcome.unwrap_or_else(|error| unable(&error, &arguments, &given))
}

/// Arguments that can't be understood, or a request for help or the version, which is no
/// error and goes to standard output.
fn misused(error: &clap::Error, given: &[OsString]) -> u8 {
    if error.use_stderr() && monitoring::asked_for(given) {
        return monitoring::tell_nothing_ran(&error.render().to_string());
    }
    let _ = error.print();
    if error.use_stderr() {
        exit::USAGE
    } else {
        exit::OK
    }
}

/// A command that ended without a verdict.
fn unable(error: &CliError, arguments: &Arguments, given: &[OsString]) -> u8 {
    let monitored = monitoring::asked_for(given);
    if !monitored || arguments.verbose {
        stdout::complain(&error.render(arguments.color.for_stderr()));
    }
    if monitored {
        return monitoring::tell_nothing_ran(&error.brief());
    }
    error.exit_code()
}

/// The help text of a command, or of touchdown itself; for the documentation.
#[must_use]
pub fn help(command: Option<&str>) -> String {
    let mut top = Arguments::command().term_width(100).bin_name("touchdown");
    top.build();
    let named = command.and_then(|name| top.find_subcommand(name).cloned());
    named.unwrap_or(top).render_long_help().to_string()
}
