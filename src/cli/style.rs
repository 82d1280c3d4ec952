//! How this process's terminal shows text: in which colours, how wide, and by which characters.

use std::io::IsTerminal;

use super::arguments::Arguments;
use super::locale;
use crate::report::terminal::{Folding, Style};

/// The style of standard output.
pub(super) fn style(all: &Arguments) -> Style {
    let (_, columns) = console::Term::stdout().size();
    let width = if std::io::stdout().is_terminal() {
        columns.into()
    } else {
        Style::FILE.width
    };
    Style {
        color: all.color.for_stdout(),
        width,
        verbose: all.verbose,
        charset: locale::charset(),
        folding: Folding::None,
    }
}
