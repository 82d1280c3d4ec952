//! The table against the texts that AWS really tells.

use std::collections::BTreeSet;

use super::*;
use crate::contract::Finding;
use crate::diagnosis::facts::Facts;
use crate::diagnosis::known::{ALWAYS, OF_A_LIFE};
use crate::diagnosis::literal::{exited, facts, never_ran, ran, stopped};
use crate::diagnosis::signature::{Place, Waiting};
use crate::diagnosis::template;
use crate::reads::Task;
use Waiting::{MayHelp, Useless, UselessWhenRepeated};

mod end;
mod service;
mod start;

#[test]
fn every_expression_is_one() {
    let rows: usize = OF_TASKS
        .iter()
        .chain(&OF_SERVICES)
        .map(|rows| rows.len())
        .sum();
    assert_eq!(TASKS.len() + SERVICES.len(), rows);
}

/// A gap for which nothing may be known stands in brackets, so that no sentence has a hole.
#[test]
fn no_sentence_can_have_a_hole() {
    for row in TASKS.iter().chain(SERVICES.iter()) {
        let mut known: BTreeSet<&str> = ALWAYS.iter().copied().collect();
        for (place, expression) in &row.signs {
            known.extend(expression.capture_names().flatten());
            if *place == Place::Life {
                known.extend(OF_A_LIFE);
            }
        }
        for template in [row.signature.cause, row.signature.remedy] {
            for (names, optional) in template::names(template) {
                let last = names.split('|').next_back().unwrap_or_default();
                assert!(
                    optional || known.contains(last) || last.starts_with('\''),
                    "`{{{names}}}` in `{template}` may be unknown"
                );
            }
        }
    }
}

fn told(facts: Facts) -> (String, Waiting) {
    let waiting = facts.weightiest().expect("a row");
    let finding = facts.troubles().tell(Finding::not_yet("waits"));
    let told = finding.headline.strip_prefix("waits; ").map(str::to_owned);
    (told.expect("a cause"), waiting)
}

fn start_failed(reason: &str) -> Task {
    stopped(never_ran("0123456789"), "TaskFailedToStart", reason)
}
