//! The way into the program: from arguments to a command, and to an exit code.

use std::borrow::Cow;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser};

use super::arguments::{Arguments, Command};
use super::error::CliError;
use super::{
    catalog, ci, completions, confirm, doctor, init, man, merge, monitoring, render, run, schema,
    snapshot, stdout, validate,
};
use crate::catalog::Catalog;
use crate::exit;
use crate::redact::{self, REDACTED};

/// Runs touchdown with the process's arguments, and with the kinds of `catalog`: the built-in
/// ones, or these and your own.
#[must_use]
pub fn main(catalog: Catalog) -> ExitCode {
    report_panics_by_place();
    ExitCode::from(main_with(&catalog, std::env::args_os()))
}

/// Runs touchdown with given arguments, the first being the program's name, and returns the
/// exit code.
pub fn main_with(catalog: &Catalog, arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let given: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        Err(error) => return misused(&without_values(error), &given),
    };
    let outcome = match &arguments.command {
        Command::Run(run) => run::run(run, &arguments, catalog),
        Command::Confirm(confirm) => confirm::confirm(confirm, &arguments),
        Command::Snapshot(snapshot) => snapshot::snapshot(snapshot, &arguments),
        Command::Init(init) => init::init(init, &arguments),
        Command::Doctor(doctor) => doctor::doctor(doctor, &arguments, catalog),
        Command::Validate(validate) => validate::validate(validate, catalog),
        Command::Checks(checks) => catalog::checks(checks, catalog),
        Command::Schema(schema) => schema::schema(schema, catalog),
        Command::Render(render) => render::render(render, &arguments),
        Command::Merge(merge) => merge::merge(merge, &arguments),
        Command::Completions(shell) => completions::completions(shell),
        Command::Man(pages) => man::man(pages),
    };
    outcome.unwrap_or_else(|error| unable(&error, &arguments, &given))
}

/// Arguments that can't be understood, or a request for help or the version, which is no
/// error and goes to standard output.
fn misused(error: &clap::Error, given: &[OsString]) -> u8 {
    if error.use_stderr() && monitoring::asked_for(given) {
        return monitoring::tell_nothing_ran(&error.render().to_string());
    }
    print(error);
    if error.use_stderr() {
        ci::tell_nothing_ran(given, &error.render().to_string());
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
    ci::tell_nothing_ran(given, &error.brief());
    if monitored {
        return monitoring::tell_nothing_ran(&error.brief());
    }
    error.exit_code()
}

/// The options whose values may be secret: a variable's, and the password before an address's `@`.
/// They are quoted where they can't be understood, and so can't be taken apart either.
const MAY_BE_SECRET: [(&str, &str); 2] = [("--var ", ""), ("--endpoint-url ", "@")];

/// An error of the arguments that quotes nothing that may be secret.
fn without_values(mut error: clap::Error) -> clap::Error {
    let told = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (argument, value) = (
        told(ContextKind::InvalidArg),
        told(ContextKind::InvalidValue),
    );
    let is_secret =
        |(option, mark): &(&str, &str)| argument.starts_with(option) && value.contains(mark);
    if MAY_BE_SECRET.iter().any(is_secret) {
        let hidden = ContextValue::String(REDACTED.to_owned());
        error.insert(ContextKind::InvalidValue, hidden);
    }
    error
}

/// Help goes to standard output, an error to standard error; both in colour where that is wanted,
/// but an error that quotes a secret comes plain and without it.
fn print(error: &clap::Error) {
    match redact::of_process().clean(&error.to_string()) {
        Cow::Owned(clean) if error.use_stderr() => stdout::complain(clean.trim_end()),
        _ => drop(error.print()),
    }
}

/// A panic's message may quote what it tripped over. Where a check panics, the message becomes a
/// finding and loses its secrets there; here, the place is all that is told.
fn report_panics_by_place() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {at}"));
        stdout::complain(&format!(
            "touchdown panicked{}; this is a defect, please report it",
            place.unwrap_or_default()
        ));
    }));
}

/// What the program is called where it is installed.
pub(super) const NAME: &str = "touchdown";

/// The definition of the command line, which help, completions and manual pages are made of.
pub(super) fn definition() -> clap::Command {
    Arguments::command().bin_name(NAME)
}

/// The names of the commands, in the order of the help text.
#[must_use]
pub fn commands() -> Vec<String> {
    let top = definition();
    let names = top.get_subcommands().map(clap::Command::get_name);
    names.map(str::to_owned).collect()
}

/// The help text of a command, or of touchdown itself; for the documentation.
#[must_use]
pub fn help(command: Option<&str>) -> String {
    let mut top = definition().term_width(100);
    top.build();
    let named = command.and_then(|name| top.find_subcommand(name).cloned());
    named.unwrap_or(top).render_long_help().to_string()
}
