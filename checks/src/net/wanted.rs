//! Which records a name should have.

use std::collections::BTreeSet;

use super::record::comparable;
use crate::reads::{Record, RecordType};

/// Which records it takes.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'c> {
    None,
    Some,
    All(&'c [String]),
    Any(&'c [String]),
    Exact(&'c [String]),
}

/// Records as they are compared.
pub(super) fn set(kind: RecordType, records: &[Record]) -> BTreeSet<String> {
    let each = records.iter().map(|record| comparable(kind, &record.data));
    each.collect()
}

impl Wanted<'_> {
    /// Whether these records, of which there is at least one, will do.
    pub fn is_met(self, kind: RecordType, records: &[Record]) -> bool {
        let seen = set(kind, records);
        let wanted = |wanted: &[String]| -> BTreeSet<String> {
            wanted.iter().map(|one| comparable(kind, one)).collect()
        };
        match self {
            Self::None => false,
            Self::Some => true,
            Self::All(all) => wanted(all).is_subset(&seen),
            Self::Any(any) => !wanted(any).is_disjoint(&seen),
            Self::Exact(exact) => wanted(exact) == seen,
        }
    }

    /// In words.
    pub fn told(self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Some => "any".to_owned(),
            Self::All(all) => all.join(" and "),
            Self::Any(any) => any.join(" or "),
            Self::Exact(exact) => format!("{} and no other", exact.join(", ")),
        }
    }
}
