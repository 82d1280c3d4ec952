//! Why reports can't be joined, in words that say which and what to do about it.

use super::Part;
use crate::report::text::clip;
use crate::report::{Charset, ShardReport, words};

/// Why reports can't be joined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// They don't belong together, or contradict each other or themselves.
    #[error("{what}; {next}")]
    Unfit {
        /// Which of them, and why.
        what: String,
        /// What to do about it.
        next: String,
    },
    /// Shards of a suite are not there.
    #[error(
        "{what}; a suite is judged when all of its shards are, so give that report too: \
         `touchdown run --shard {first}/{of} --json FILE` writes it"
    )]
    Missing {
        /// Which shards, by their numbers.
        what: String,
        /// The first of them.
        first: u32,
        /// How many shards there are.
        of: u32,
    },
    /// All shards are there, but not each check in one of them.
    #[error(
        "the shards don't hold each of the suite's {checks} checks once: a report was changed or damaged; run the shards again"
    )]
    NotOneEach {
        /// How many checks the suite has.
        checks: usize,
    },
    /// There is no check in any report.
    #[error("none of the reports has a check; a run that checks nothing is no pass")]
    NothingChecked,
}

/// A text of outside in an error: of any length there, of a bounded one here.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    clip(text, LONGEST, Charset::Utf8)
}

impl MergeError {
    /// How many missing shards are named.
    pub(super) const MOST_NAMED: usize = 20;

    fn unfit(what: String, next: &str) -> Self {
        let next = next.to_owned();
        Self::Unfit { what, next }
    }

    pub(super) fn contradiction(part: &Part, told: String) -> Self {
        let what = format!("{} contradicts itself: {told}", part.from);
        Self::unfit(
            what,
            "it was changed or damaged after touchdown wrote it, so run it again",
        )
    }

    pub(super) fn suites(one: &Part, other: &Part) -> Self {
        let of = |part: &Part| format!("{} is of `{}`", part.from, shown(&part.report.suite));
        Self::unfit(
            format!("{}, and {}", of(one), of(other)),
            "`--name NAME` joins reports of different suites under a name of their own",
        )
    }

    pub(super) fn mixed(shard: &Part, whole: &Part) -> Self {
        let what = format!("{}, and {} is no shard", shard.shard(), whole.from);
        Self::unfit(what, "give either the shards of one suite or whole reports")
    }

    pub(super) fn totals(one: &Part, other: &Part) -> Self {
        let what = format!("{}, and {}", one.shard(), other.shard());
        Self::unfit(what, "give the shards of one run")
    }

    pub(super) fn shard_twice(shard: &ShardReport, one: &Part, other: &Part) -> Self {
        let begun = |part: &Part| format!("{} (begun {})", part.from, part.report.started_at);
        let which = format!("shard {} of {}", shard.index, shard.of);
        let what = format!("{} and {} are both {which}", begun(one), begun(other));
        Self::unfit(
            what,
            "of a shard that was run again, give the later report alone",
        )
    }

    pub(super) fn plans(one: &Part, other: &Part) -> Self {
        let of = |part: &Part| {
            let shard = part.report.shard.as_ref();
            let checks = words::counted(shard.map_or(0, |shard| shard.checks), "check");
            format!("{} ({checks})", part.from)
        };
        let what = format!(
            "{} and {} are shards of different plans",
            of(one),
            of(other)
        );
        let mut parts = [one, other].into_iter();
        if let Some(part) = parts.find(|part| part.report.interrupted.is_some()) {
            let why = "was interrupted, perhaps before it had found its services";
            return Self::unfit(what, &format!("{} {why}: run that shard again", part.from));
        }
        Self::unfit(
            what,
            "the suite, its variables, its baselines, `--only` or the services that it found were not the same, so that \
             the shards say nothing of one another: run all shards again",
        )
    }

    /// `missing` are the first of `count` missing shards.
    pub(super) fn missing(missing: &[u32], count: usize, of: u32) -> Self {
        let named: Vec<String> = missing.iter().map(ToString::to_string).collect();
        let named = named.join(", ");
        let what = match (count, count - missing.len()) {
            (1, _) => format!("shard {named} of {of} is missing"),
            (_, 0) => format!("shards {named} of {of} are missing"),
            (_, more) => format!("shards {named} and {more} more of {of} are missing"),
        };
        let first = missing.first().copied().unwrap_or_default();
        Self::Missing { what, first, of }
    }

    pub(super) fn check_twice(id: &str, one: &Part, other: &Part) -> Self {
        let (first, second) = (&one.from, &other.from);
        let what = format!("the check `{}` is in {first} and in {second}", shown(id));
        Self::unfit(
            what,
            "of a run that was made again, give the later report alone; else give the checks ids of their own",
        )
    }

    pub(super) fn target(name: &str, one: (&Part, &str), other: (&Part, &str)) -> Self {
        let of = |(part, fact): (&Part, &str)| format!("`{}` in {}", shown(fact), part.from);
        let what = format!(
            "the target `{}` is {}, and {}",
            shown(name),
            of(one),
            of(other)
        );
        Self::unfit(
            what,
            "one name must mean one deployment of one service: name the targets differently, or judge both again",
        )
    }
}

impl Part {
    fn shard(&self) -> String {
        match &self.report.shard {
            Some(shard) => format!("{} is shard {} of {}", self.from, shard.index, shard.of),
            None => format!("{} is no shard", self.from),
        }
    }
}
