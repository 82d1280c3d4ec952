//! Workflow commands: lines of output that GitHub's runner obeys.
//!
//! `::error title=…::message`. What `%`, line ends, and in properties `:` and `,` are written as
//! is how `@actions/core` writes them, and the runner reads them.

use std::fmt;

use crate::report::clip::clip;
use crate::report::escape;

/// How loud an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Notice,
}

/// A command that annotates the run. It has no line end behind it, and none within.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Annotation {
    level: Level,
    title: Property,
    message: Data,
}

/// The value of a property, of any text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Property(String);

/// What comes behind the command, of any text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Data(String);

impl Annotation {
    pub(super) fn new(level: Level, title: &str, message: &str) -> Self {
        Self {
            level,
            title: Property::of(title),
            message: Data::of(message),
        }
    }
}

impl Property {
    fn of(text: &str) -> Self {
        let Data(text) = Data::of(text);
        Self(text.replace(':', "%3A").replace(',', "%2C"))
    }
}

impl Data {
    /// Each line is first made visible, as on a terminal: GitHub shows the message in the log.
    /// Carriage returns are visible then.
    fn of(text: &str) -> Self {
        let line = |line| escape::line(line).replace('%', "%25");
        let lines: Vec<String> = clip(text).lines().map(line).collect();
        Self(lines.join("%0A"))
    }
}

impl fmt::Display for Annotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        };
        let (Property(title), Data(message)) = (&self.title, &self.message);
        write!(f, "::{name} title={title}::{message}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_text_ends_a_property_or_a_command() {
        let text = "50%: a, b::c\r\nnext\rline";
        let annotation = Annotation::new(Level::Error, text, text).to_string();
        let title = "50%25%3A a%2C b%3A%3Ac%0Anext␍line";
        let message = "50%25: a, b::c%0Anext␍line";
        assert_eq!(annotation, format!("::error title={title}::{message}"));
    }

    #[test]
    fn what_would_act_in_the_log_is_shown() {
        let text = "\u{1b}[31m\n::set-output name=a::b\n##[error]x";
        let annotation = Annotation::new(Level::Warning, "", text).to_string();
        assert_eq!(
            annotation,
            "::warning title=::␛[31m%0A: :set-output name=a::b%0A# #[error]x"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// As `unescapeData` and `unescapeProperty` of the runner read it.
        #[test]
        fn any_text_is_one_command_that_reads_as_it_is_shown(text in "([%:,a0ADC25\r\n#\\[\\]]|\\PC){0,30}") {
            let annotation = Annotation::new(Level::Notice, &text, &text).to_string();
            prop_assert!(!annotation.contains(['\r', '\n']));
            let inside = annotation.strip_prefix("::notice title=").expect("one command");
            let (title, message) = inside.split_once("::").expect("a title that ends");
            prop_assert!(!title.contains([':', ',']));
            let read = |text: &str| text.replace("%0A", "\n").replace("%25", "%");
            let shown: Vec<String> = clip(&text).lines().map(escape::line).collect();
            prop_assert_eq!(read(message), shown.join("\n"));
            prop_assert_eq!(read(&title.replace("%3A", ":").replace("%2C", ",")), shown.join("\n"));
        }
    }
}
