//! Lines of TAP: whatever text goes in, a line stays a line of its kind.

use std::fmt::Write as _;

use crate::report::escape;

/// A document that is being written. Its methods take outside text as it is.
#[derive(Debug)]
pub(super) struct Document {
    text: String,
    points: usize,
}

/// What stands behind a test point's description.
#[derive(Clone, Copy, Debug)]
pub(super) enum Directive<'a> {
    /// It was not looked at, for this reason.
    Skip(&'a str),
    /// It does not count, for this reason.
    Todo(&'a str),
}

impl Document {
    /// The version and the plan: how many test points there will be.
    pub(super) fn planned(points: usize) -> Self {
        Self {
            text: format!("TAP version 14\n1..{points}\n"),
            points: 0,
        }
    }

    /// A line that harnesses pass over.
    pub(super) fn comment(&mut self, text: &str) {
        let _ = writeln!(self.text, "# {}", escape::line(text));
    }

    /// One test point, numbered.
    pub(super) fn point(&mut self, ok: bool, description: &str, directive: Option<Directive<'_>>) {
        self.points += 1;
        let word = if ok { "ok" } else { "not ok" };
        let number = self.points;
        let _ = write!(self.text, "{word} {number} - {}", inline(description));
        match directive {
            Some(Directive::Skip(why)) => self.directive("SKIP", why),
            Some(Directive::Todo(why)) => self.directive("TODO", why),
            None => {}
        }
        self.text.push('\n');
    }

    fn directive(&mut self, word: &str, why: &str) {
        let line = format!(" # {word} {}", inline(why));
        self.text.push_str(line.trim_end());
    }

    /// The diagnostics of the test point before: a mapping of one line a value, and below them
    /// `pages`, each a list of lines. A quoted text a line is what every reader of YAML
    /// understands, those of Perl's harness and of tap.py included; a block of text is not.
    pub(super) fn diagnostics(&mut self, values: &[(&str, String)], pages: &[(&str, Vec<String>)]) {
        self.text.push_str("  ---\n");
        for (name, value) in values {
            let _ = writeln!(self.text, "  {name}: {}", quoted(value));
        }
        for (name, lines) in pages {
            let _ = writeln!(self.text, "  {name}:");
            for line in lines {
                let _ = writeln!(self.text, "    - {}", quoted(line));
            }
        }
        self.text.push_str("  ...\n");
    }

    /// The line that makes a harness take the whole for failed.
    pub(super) fn bail_out(&mut self, why: &str) {
        let _ = writeln!(self.text, "Bail out! {}", inline(why));
    }

    /// The document. A CI system finds no command in it.
    pub(super) fn finish(self) -> String {
        escape::without_commands(&self.text)
    }
}

/// Text on the line of a test point, where `#` would begin a directive.
fn inline(text: &str) -> String {
    let text = escape::line(text);
    text.trim().replace('\\', "\\\\").replace('#', "\\#")
}

/// Text between double quotes, as YAML reads it. With the control characters made visible,
/// nothing but these two is left to escape.
fn quoted(text: &str) -> String {
    let text = escape::line(text);
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
