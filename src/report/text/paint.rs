//! Colour: a few inks with a meaning each, on or off by choice and never by global state.

use console::Style;

use crate::report::Verdict;

/// What a piece of text means, as far as colour can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// As it should be.
    Good,
    /// Wrong.
    Bad,
    /// Not known.
    Unsure,
    /// Beside the point.
    Faint,
    /// What to read first.
    Strong,
    /// What was looked for, within a quotation.
    Found,
    /// Anything else.
    Plain,
}

impl From<Verdict> for Ink {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Good,
            Verdict::Failed => Self::Bad,
            Verdict::Inconclusive => Self::Unsure,
            Verdict::Skipped => Self::Faint,
        }
    }
}

/// Whether inks are visible.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    /// Whether to colour at all.
    pub(crate) color: bool,
}

impl Paint {
    /// `text` in `ink`.
    pub(crate) fn ink(self, ink: Ink, text: &str) -> String {
        self.apply(style(ink), text)
    }

    /// `text` in `ink`, and bold.
    pub(crate) fn bold(self, ink: Ink, text: &str) -> String {
        self.apply(style(ink).bold(), text)
    }

    fn apply(self, style: Style, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        style.force_styling(self.color).apply_to(text).to_string()
    }
}

fn style(ink: Ink) -> Style {
    match ink {
        Ink::Good => Style::new().green(),
        Ink::Bad => Style::new().red(),
        Ink::Unsure => Style::new().yellow(),
        Ink::Faint => Style::new().dim(),
        Ink::Strong => Style::new().bold(),
        Ink::Found => Style::new().bold().underlined(),
        Ink::Plain => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_a_choice_and_nothing_else_decides() {
        let (on, off) = (Paint { color: true }, Paint { color: false });
        assert_eq!(on.ink(Ink::Bad, "gone"), "\u{1b}[31mgone\u{1b}[0m");
        assert_eq!(off.bold(Ink::Bad, "gone"), "gone");
    }
}
