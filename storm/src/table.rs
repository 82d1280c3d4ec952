//! The table: what many trials brought, by kind of story.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use touchdown::report::Verdict;

use crate::trial::{Outcome, Sort, Trial};

/// What the trials brought, by kind of story.
#[derive(Debug, Default)]
pub struct Table {
    rows: BTreeMap<&'static str, Row>,
}

#[derive(Debug, Default, Clone)]
struct Row {
    seeds: usize,
    verdicts: [usize; 3],
    misses: BTreeMap<Sort, usize>,
    lateness: Vec<f64>,
}

/// The columns of misses.
const SORTS: [(Sort, &str); 7] = [
    (Sort::FalseGreen, "false green"),
    (Sort::FalseRed, "false red"),
    (Sort::Hang, "hang"),
    (Sort::Panic, "panic"),
    (Sort::Incomplete, "incomplete"),
    (Sort::Late, "late"),
    (Sort::LeftOpen, "left open"),
];

impl Table {
    /// Counts a trial.
    pub fn add(&mut self, trial: &Trial, outcome: &Outcome) {
        let row = self.rows.entry(trial.story.kind()).or_default();
        row.seeds += 1;
        if let Some(report) = &outcome.report {
            row.verdicts[match report.verdict {
                Verdict::Passed => 0,
                Verdict::Failed => 1,
                Verdict::Inconclusive | Verdict::Skipped => 2,
            }] += 1;
        }
        for (sort, _) in SORTS {
            let found = outcome.misses.iter().any(|miss| miss.sort == sort);
            *row.misses.entry(sort).or_default() += usize::from(found);
        }
        row.lateness.extend(&outcome.lateness);
    }

    /// Takes another table's trials.
    pub fn join(&mut self, other: Self) {
        for (kind, theirs) in other.rows {
            self.rows.entry(kind).or_default().join(theirs);
        }
    }

    /// How many trials it counts.
    pub fn seeds(&self) -> usize {
        self.rows.values().map(|row| row.seeds).sum()
    }

    /// As Markdown.
    pub fn text(&self) -> String {
        let names: Vec<&str> = SORTS.iter().map(|(_, name)| *name).collect();
        let mut text = format!(
            "| story | seeds | green | red | open | {} | rounds after the truth: median | worst |\n|{}\n",
            names.join(" | "),
            "---|".repeat(7 + SORTS.len())
        );
        let mut all = Row::default();
        for (kind, row) in &self.rows {
            row.tell(kind, &mut text);
            all.join(row.clone());
        }
        all.tell("**all**", &mut text);
        text
    }
}

impl Row {
    fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        for (own, theirs) in self.verdicts.iter_mut().zip(other.verdicts) {
            *own += theirs;
        }
        for (sort, count) in other.misses {
            *self.misses.entry(sort).or_default() += count;
        }
        self.lateness.extend(other.lateness);
    }

    fn tell(&self, kind: &str, text: &mut String) {
        let [green, red, open] = self.verdicts;
        let misses: Vec<String> = SORTS
            .iter()
            .map(|(sort, _)| self.misses.get(sort).copied().unwrap_or(0).to_string())
            .collect();
        let mut lateness = self.lateness.clone();
        lateness.sort_by(f64::total_cmp);
        let shown =
            |rounds: Option<&f64>| rounds.map_or("-".to_owned(), |rounds| format!("{rounds:.2}"));
        let _ = writeln!(
            text,
            "| {kind} | {} | {green} | {red} | {open} | {} | {} | {} |",
            self.seeds,
            misses.join(" | "),
            shown(lateness.get(lateness.len() / 2)),
            shown(lateness.last()),
        );
    }
}
