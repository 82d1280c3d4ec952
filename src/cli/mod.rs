//! The command line: arguments in, exit code out. One file a command.

mod arguments;
mod baselines;
mod catalog;
mod ci;
mod color;
mod completions;
mod confirm;
mod doctor;
mod entry;
mod error;
mod init;
mod locale;
mod looking;
mod man;
mod merge;
mod monitoring;
mod render;
mod reports;
mod run;
mod saved;
mod schema;
mod service;
mod shown;
mod signals;
mod snapshot;
mod stdout;
mod style;
mod validate;
mod watchers;

pub use entry::{commands, help, main, main_with};
