//! Mistakes in a suite as people see them: the line, a caret, and the way out.

use std::collections::BTreeSet;
use std::fmt;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use touchdown_checks::contract::{Fault, Place, Suggest};

use super::excerpt::{Excerpt, Lines};
use super::source_map::SourceMap;
use crate::redact::Redactor;

/// The most mistakes that are drawn; the last line counts them all.
const DRAWN: usize = 50;
/// The longest message, in characters.
const LONGEST: usize = 300;
/// The most words that are listed where none of them is close to what was written.
const LISTED: usize = 20;

/// Every mistake in a suite. `Display` draws them as plain text.
#[derive(Clone, Debug)]
pub struct SuiteErrors {
    file: String,
    mistakes: Vec<Mistake>,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// The ways out.
    pub helps: Vec<String>,
    /// The file that it is in; that of the suite where the file as a whole is meant.
    file: String,
    excerpt: Option<Excerpt>,
}

impl Mistake {
    /// The file, as it was named.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, counted from 1; none where the file as a whole is meant.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.excerpt.as_ref().map(|excerpt| excerpt.line)
    }

    /// The column, counted from 1 in characters.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.excerpt.as_ref().map(|excerpt| excerpt.column)
    }
}

/// What quoting a source needs to know.
pub(super) struct Quoting<'a> {
    pub sources: &'a SourceMap,
    /// Where secrets are written.
    pub masked: &'a [Place],
    pub redactor: &'a Redactor,
}

impl SuiteErrors {
    /// A file that could not be read as a text.
    pub(super) fn unreadable(file: &str, fault: Fault) -> Self {
        let redactor = Redactor::default();
        Self {
            mistakes: vec![mistake(fault, file, None, &redactor)],
            file: told(file, &redactor),
        }
    }

    /// Faults in a source, put in order; what was found twice is told once.
    pub(super) fn quoted(file: &str, mut faults: Vec<Fault>, quoting: &Quoting<'_>) -> Self {
        faults.sort_by(|a, b| (a.place, &a.message).cmp(&(b.place, &b.message)));
        faults.dedup_by(|a, b| (a.place, &a.message) == (b.place, &b.message));
        let drawn = faults.len().min(DRAWN);
        let mistakes = faults.into_iter().enumerate().map(|(nth, fault)| {
            let within = quoting.sources.file_of(fault.place);
            let (name, start) = within.map_or((file, 0), |within| (&*within.name, within.start));
            let excerpt = (nth < drawn).then(|| {
                let lines = Lines {
                    text: quoting.sources.text(),
                    start,
                };
                Excerpt::of(lines, fault.place, quoting.masked, quoting.redactor)
            });
            mistake(fault, name, excerpt, quoting.redactor)
        });
        Self {
            file: told(file, &Redactor::default()),
            mistakes: mistakes.collect(),
        }
    }

    /// The mistakes, in the order of the file; what it includes comes behind it.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Draws every mistake, for a terminal with or without colour. Ends without a line end.
    #[must_use]
    pub fn render(&self, colored: bool) -> String {
        let renderer = if colored {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let drawn = self.mistakes.iter().take(DRAWN);
        let mut parts: Vec<String> = drawn
            .map(|mistake| undotted(&renderer.render(&[self.group(mistake)]), mistake))
            .collect();
        let summary = Group::with_title(Level::ERROR.primary_title(self.summary()));
        parts.push(renderer.render(&[summary]));
        parts.join("\n\n")
    }

    /// The first mistake with its place, and how many there are, in one line.
    #[must_use]
    pub fn brief(&self) -> String {
        let Some(first) = self.mistakes.first() else {
            return self.summary();
        };
        let place = match (first.line(), first.column()) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", first.file),
            _ => first.file.clone(),
        };
        format!("{place}: {} ({})", first.message, self.summary())
    }

    fn group<'a>(&'a self, mistake: &'a Mistake) -> Group<'a> {
        let mut group = Group::with_title(Level::ERROR.primary_title(mistake.message.as_str()));
        if let Some(excerpt) = &mistake.excerpt {
            let wrong = AnnotationKind::Primary.span(excerpt.span.clone());
            let mut snippet = Snippet::source(excerpt.text.as_str())
                .line_start(excerpt.line)
                .annotation(wrong);
            if excerpt.faithful {
                snippet = snippet.path(mistake.file.as_str());
            } else {
                // The drawing library would count the column in the text as it is shown.
                let origin = Origin::path(mistake.file.as_str())
                    .line(excerpt.line)
                    .char_column(excerpt.column);
                group = group.element(origin);
            }
            group = group.element(snippet);
        }
        group.elements(mistake.helps.iter().map(|help| Level::HELP.message(help)))
    }

    /// The files that have mistakes.
    fn files(&self) -> String {
        let named: BTreeSet<&str> = self.mistakes.iter().map(Mistake::file).collect();
        match *Vec::from_iter(named) {
            [] => self.file.clone(),
            [one] => one.to_owned(),
            [one, other] => format!("{one} and {other}"),
            ref several => format!("{} files of {}", several.len(), self.file),
        }
    }

    fn summary(&self) -> String {
        let file = self.files();
        match self.mistakes.len() {
            1 => format!("1 mistake in {file}"),
            count if count > DRAWN => {
                format!("{count} mistakes in {file}, of which the first {DRAWN} are shown")
            }
            count => format!("{count} mistakes in {file}"),
        }
    }
}

impl std::error::Error for SuiteErrors {}

impl fmt::Display for SuiteErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// Where the place is given apart from the source, the library draws a line of dots between
/// the two, as if lines had been left out.
fn undotted(drawn: &str, mistake: &Mistake) -> String {
    if mistake
        .excerpt
        .as_ref()
        .is_none_or(|excerpt| excerpt.faithful)
    {
        return drawn.to_owned();
    }
    let lines = drawn.lines().enumerate();
    let kept = lines.filter(|(number, line)| *number != 3 || !line.contains(":::"));
    kept.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

fn mistake(fault: Fault, file: &str, excerpt: Option<Excerpt>, redactor: &Redactor) -> Mistake {
    let suggested = fault.suggest.as_ref().and_then(suggestion);
    let helps = suggested.into_iter().chain(fault.help);
    Mistake {
        message: told(&fault.message, redactor),
        helps: helps.map(|help| told(&help, redactor)).collect(),
        file: told(file, &Redactor::default()),
        excerpt,
    }
}

/// "Did you mean", or the words that would have been right where none is close.
fn suggestion(suggest: &Suggest) -> Option<String> {
    if let Some(close) = closest(&suggest.found, &suggest.candidates) {
        return Some(format!("did you mean `{close}`?"));
    }
    let listed: Vec<String> = suggest
        .candidates
        .iter()
        .map(|candidate| format!("`{candidate}`"))
        .collect();
    match listed.len() {
        0 => None,
        1 => Some(format!("only {} is known here", listed[0])),
        2..=LISTED => Some(format!("known here: {}", listed.join(", "))),
        _ => None,
    }
}

/// The faults of one mapping, without the field that is missing because it is misspelt.
pub(super) fn without_echoes(faults: Vec<Fault>) -> Vec<Fault> {
    let suggested = faults.iter().filter_map(|fault| {
        let suggest = fault.suggest.as_ref()?;
        closest(&suggest.found, &suggest.candidates)
    });
    let meant: Vec<String> = suggested
        .map(|field| format!("`{field}` is missing"))
        .collect();
    let mut faults = faults;
    faults.retain(|fault| !meant.contains(&fault.message));
    faults
}

/// The candidate closest to a word, where one is close enough to be meant.
pub(crate) fn closest<'c>(found: &str, candidates: &'c [String]) -> Option<&'c str> {
    if found.len() > 200 {
        return None;
    }
    let found = found.to_lowercase();
    let near = candidates.iter().filter_map(|candidate| {
        let distance = strsim::damerau_levenshtein(&found, &candidate.to_lowercase());
        (distance <= 1 + candidate.len() / 4).then_some((distance, candidate))
    });
    near.min().map(|(_, candidate)| candidate.as_str())
}

/// A text fit for one line of a terminal.
fn told(text: &str, redactor: &Redactor) -> String {
    let clean = redactor.clean(text);
    let mut told: String = clean
        .chars()
        .take(LONGEST)
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect();
    if clean.chars().nth(LONGEST).is_some() {
        told.push('…');
    }
    told
}

#[cfg(test)]
mod tests;
