//! What standard output shows: a report once the run is over, or its events as they happen.

use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::report::Format;

/// What standard output shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A report in this format.
    Report(Format),
    /// The events of the run.
    Events,
}

impl ValueEnum for Shown {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Shown>> = LazyLock::new(|| {
            let reports = Format::ALL.into_iter().map(Shown::Report);
            reports.chain([Shown::Events]).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Report(format) => format.to_possible_value(),
            Self::Events => {
                let help = "The events of the run as they happen, a JSON object a line";
                Some(PossibleValue::new("jsonl").help(help))
            }
        }
    }
}
