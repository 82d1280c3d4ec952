//! Signatures: what must be read where for a cause to be the one, as data, and how it is held
//! against what was read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regex::{Captures, Regex};

/// One row of the table: some texts, and what they mean together.
#[derive(Debug)]
pub(super) struct Signature {
    /// What must be read; all of it, and of one container.
    pub signs: &'static [Sign],
    /// The cause, as a template for [`fill`](super::template::fill).
    pub cause: &'static str,
    /// What to do about it, likewise.
    pub remedy: &'static str,
    pub certainty: Certainty,
    pub waiting: Waiting,
}

/// A text that must be read at a place: a regular expression whose named groups are parts of
/// the sentence.
#[derive(Debug)]
pub(super) struct Sign(pub Place, pub &'static str);

/// Where a text was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The task's `stopCode`.
    StopCode,
    /// The task's `stoppedReason`, or the `reason` of one of its containers.
    Reason,
    /// The exit code of a container with which the task stops.
    ExitCode,
    /// A last line of a container's log.
    Log,
    /// Such a line that names the program of the container's health check.
    HealthLog,
    /// How long a container with a health check lived: see `clues`.
    Life,
    /// An event of the service.
    Event,
}

/// How sure a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    /// AWS says so.
    Certain,
    /// It is the usual meaning of what AWS says.
    Likely,
    /// Nobody knows the text: it is quoted whole, and nothing is made of it.
    Quoted,
}

/// Whether waiting can mend a cause. In the order of how much they tell of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Waiting {
    /// It is no failure of the deployment, such as a scale-in.
    NotAFailure,
    /// It may: another try can well go another way.
    MayHelp,
    /// It may for once, but not where it happens again.
    UselessWhenRepeated,
    /// It can't: what is wrong is in what was deployed.
    Useless,
}

/// A text that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clue<'a> {
    pub place: Place,
    /// The container that it is about, where it is about one.
    pub container: Option<&'a str>,
    pub text: Cow<'a, str>,
}

/// What the signs of a signature were found in.
#[derive(Clone, Debug, Default)]
pub(super) struct Match {
    /// The container that they are about.
    pub container: Option<String>,
    /// The named groups.
    pub parts: BTreeMap<&'static str, String>,
}

/// A sign whose expression is compiled.
pub(super) type Compiled = (Place, Regex);

impl Signature {
    /// Its signs, compiled; none where an expression is none.
    pub fn compile(&self) -> Option<Vec<Compiled>> {
        let compile = |Sign(place, text): &Sign| Some((*place, Regex::new(text).ok()?));
        self.signs.iter().map(compile).collect()
    }
}

/// Finds all signs among the clues, all of one container.
pub(super) fn find(signs: &'static [Compiled], clues: &[Clue<'_>]) -> Option<Match> {
    find_on(signs, clues, &Match::default())
}

fn find_on(signs: &'static [Compiled], clues: &[Clue<'_>], found: &Match) -> Option<Match> {
    let Some(((place, expression), rest)) = signs.split_first() else {
        return Some(found.clone());
    };
    let there = clues.iter().filter(|clue| clue.place == *place);
    there
        .filter(|clue| found.may_be_of(clue.container))
        .find_map(|clue| {
            let captures = expression.captures(&clue.text)?;
            find_on(rest, clues, &found.with(clue, expression, &captures))
        })
}

impl Match {
    fn may_be_of(&self, container: Option<&str>) -> bool {
        let bound = self.container.as_deref();
        bound.is_none() || container.is_none() || bound == container
    }

    fn with(&self, clue: &Clue<'_>, expression: &'static Regex, captures: &Captures<'_>) -> Self {
        let mut more = self.clone();
        if more.container.is_none() {
            more.container = clue.container.map(str::to_owned);
        }
        let named = expression.capture_names().flatten();
        let parts = named.filter_map(|name| Some((name, captures.name(name)?)));
        more.parts
            .extend(parts.map(|(name, part)| (name, part.as_str().to_owned())));
        more
    }
}
