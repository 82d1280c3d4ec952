//! The command line: arguments in, exit code out. One file a command.

mod arguments;
mod catalog;
mod color;
mod entry;
mod error;
mod render;
mod run;
mod schema;
mod signals;
mod stdout;
mod validate;

pub use entry::{help, main, main_with};
