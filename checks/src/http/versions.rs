//! The versions that many answers told: how many told each, in words and as a table.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::several::Answers;
use super::version::{Told, is_the_same};
use crate::contract::{Body, Evidence};
use crate::shortened::shortened;

/// Versions, each with how many answers told it, the most frequent first.
pub(super) struct Versions<'t>(Vec<(&'t str, usize)>);

/// The most versions that are told in a headline, and the most characters of each: a pattern that finds
/// too much, such as the time of the answer, finds another one each time.
const NAMED: usize = 3;
const WIDTH: usize = 64;

/// The most rows of the table.
const ROWS: usize = 50;

impl<'t> Versions<'t> {
    pub fn of(told: &'t [Told]) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for version in told.iter().filter_map(Told::version) {
            *counts.entry(version).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| Reverse(*count));
        Self(counts)
    }

    /// Those that are the expected one, and the others.
    pub fn divided(self, expected: &str) -> (Self, Self) {
        let all = self.0.into_iter();
        let (expected, others) = all.partition(|(version, _)| is_the_same(version, expected));
        (Self(expected), Self(others))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many answers told one of them.
    pub fn answers(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// `41ab9fe`; `41ab9fe0c3, expected 41ab9fe`.
    pub fn beside(&self, expected: &str) -> String {
        let seen = self.listed(|version, _| version);
        match self.0.as_slice() {
            [(only, _)] if *only == expected => seen,
            _ => format!("{seen}, expected {expected}"),
        }
    }

    /// `3 from 0ldc0de, 1 from 0lderc0de`.
    pub fn counted(&self) -> String {
        self.listed(|version, count| format!("{count} from {version}"))
    }

    fn listed(&self, told: impl Fn(String, usize) -> String) -> String {
        let named = self.0.iter().take(NAMED);
        let named = named.map(|(version, count)| told(shortened(version, WIDTH), *count));
        let named = named.collect::<Vec<_>>().join(", ");
        match self.0.len().saturating_sub(NAMED) {
            0 => named,
            more => format!("{named} and {more} more versions"),
        }
    }
}

/// What each answer told, alike ones together, and from which addresses: the most frequent first.
pub(super) fn table(told: &[Told], answers: &Answers) -> Option<Evidence> {
    let (_, first) = answers.all.first()?;
    let mut rows: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for (told, (_, answer)) in told.iter().zip(&answers.all) {
        let (count, addresses) = rows.entry(told.to_string()).or_default();
        *count += 1;
        let address = answer.value.as_ref().ok().and_then(|page| page.address);
        addresses.extend(address.map(|address| address.ip().to_string()));
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, (count, _))| Reverse(*count));
    let title = match rows.len() {
        all if all > ROWS => format!(
            "the first {ROWS} of {all} versions of {} answers",
            told.len()
        ),
        _ => format!("versions of {} answers", told.len()),
    };
    let row = |(version, (count, addresses)): (String, (usize, BTreeSet<String>))| {
        let addresses: Vec<String> = addresses.into_iter().collect();
        [
            shortened(&version, 4 * WIDTH),
            count.to_string(),
            addresses.join(", "),
        ]
    };
    let columns = ["version", "answers", "from"];
    let rows = rows.into_iter().take(ROWS).map(row);
    Some(first.evidence(Body::table(title, columns, rows)))
}
