//! A share of a plan for each of several processes: which checks stay together, and whose they are.

mod fingerprint;

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use touchdown_checks::contract::{Baseline, TargetSpec};

use super::{Plan, PlannedCheck};

pub(super) use fingerprint::written;

/// Which of several processes this one is: `2/8`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: NonZeroU32,
    of: NonZeroU32,
}

/// Why a text names no shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoShard {
    /// It isn't two numbers.
    #[error("write it like 2/8: the second of eight shards")]
    NotTwoNumbers,
    /// There can be no such shard.
    #[error("there is no shard {index} of {of}: {}", counted(*.of))]
    OutOfRange {
        /// The shard asked for.
        index: u32,
        /// How many there should be.
        of: u32,
    },
}

fn counted(of: u32) -> String {
    match of {
        0 => "there must be one at least".to_owned(),
        1 => "the only one is 1/1".to_owned(),
        of => format!("they count from 1 to {of}"),
    }
}

impl Shard {
    /// The shard's number, from 1.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index.get()
    }

    /// How many shards there are.
    #[must_use]
    pub fn of(self) -> NonZeroU32 {
        self.of
    }

    /// Whether a group of this key is the shard's own: the first eight bytes of the key's
    /// SHA-256, read as a number, most significant byte first, and divided by the number of shards,
    /// leave the shard's number less one.
    fn has(self, key: &str) -> bool {
        let digest = Sha256::digest(key);
        let number = digest
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.of.get()) == u64::from(self.index.get() - 1)
    }
}

impl FromStr for Shard {
    type Err = NoShard;

    fn from_str(text: &str) -> Result<Self, NoShard> {
        let (index, of) = text.split_once('/').ok_or(NoShard::NotTwoNumbers)?;
        let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => text.parse().map_err(|_| NoShard::NotTwoNumbers),
            false => Err(NoShard::NotTwoNumbers),
        };
        let (index, of): (u32, u32) = (number(index)?, number(of)?);
        match (NonZeroU32::new(index), NonZeroU32::new(of)) {
            (Some(index), Some(of)) if index <= of => Ok(Self { index, of }),
            _ => Err(NoShard::OutOfRange { index, of }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// What a share is of, so that shares can be joined again and nothing is lost between them.
#[derive(Clone, Debug)]
pub struct Share {
    /// Whose share it is.
    pub shard: Shard,
    /// The places that the share's own checks have in the whole plan, in the order of the checks.
    /// Those that are kept in sight for another shard come behind them, and have none.
    pub places: Vec<usize>,
    /// How many checks the whole plan has.
    pub whole: usize,
    /// What tells the whole plan from others, as lower-case hexadecimal digits: its suite, its checks with all
    /// that is written of them but secrets, its targets, and the baselines. Shares of one plan have the same.
    pub fingerprint: String,
    /// The targets that belong to other shards.
    pub elsewhere: Vec<TargetSpec>,
}

impl Plan {
    /// The part of the plan, which is run with these baselines, that belongs to `shard`. Each check belongs to exactly one shard;
    /// checks of one target, and checks that need each other, belong to the same. Where no check
    /// belongs to this one, the part has none.
    ///
    /// What was not found of a fleet may be services of any shard, so that its checks are in every
    /// part, in that of another shard without what they need.
    #[must_use]
    pub fn shard(&self, shard: Shard, baselines: &[Baseline]) -> Self {
        let groups = self.groups();
        let keys = self.keys(&groups);
        let kept: Vec<bool> = groups.iter().map(|group| shard.has(keys[group])).collect();
        let mut part = self.part(&kept);
        let elsewhere = self.targets.iter();
        let elsewhere = elsewhere.filter(|(name, _)| !part.targets.contains_key(*name));
        let elsewhere = elsewhere.map(|(_, spec)| spec.clone()).collect();
        part.keep_in_sight(self, &kept);
        part.share = Some(Share {
            shard,
            places: (0..kept.len()).filter(|&place| kept[place]).collect(),
            whole: self.checks.len(),
            fingerprint: self.fingerprint(baselines),
            elsewhere,
        });
        part
    }

    /// Takes in the checks of `whole` that aren't `kept` and are on targets which were not found.
    fn keep_in_sight(&mut self, whole: &Self, kept: &[bool]) {
        let others = whole.checks.iter().zip(kept).filter(|(_, kept)| !**kept);
        for (check, _) in others {
            let target = check.target.as_ref();
            let Some((name, unfound)) = target.and_then(|name| whole.unfound.get_key_value(name))
            else {
                continue;
            };
            self.checks.push(PlannedCheck {
                needs: Vec::new(),
                follows: None,
                ..check.clone()
            });
            let spec = whole.targets.get(name).cloned();
            self.targets.extend(spec.map(|spec| (name.clone(), spec)));
            self.unfound.insert(name.clone(), unfound.clone());
        }
    }

    /// The group of each check, as the place of the group's first check.
    fn groups(&self) -> Vec<usize> {
        let mut groups: Vec<usize> = (0..self.checks.len()).collect();
        let mut first_of_target: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, check) in self.checks.iter().enumerate() {
            if let Some(target) = &check.target {
                let first = *first_of_target.entry(target).or_insert(place);
                join(&mut groups, first, place);
            }
            for &need in &check.needs {
                join(&mut groups, need, place);
            }
        }
        (0..groups.len())
            .map(|place| root(&groups, place))
            .collect()
    }

    /// What each group is told apart by, whatever other groups there are: the least id of its
    /// checks that look at no target, else the least name of its targets.
    fn keys(&self, groups: &[usize]) -> BTreeMap<usize, &str> {
        let mut keys: BTreeMap<usize, (bool, &str)> = BTreeMap::new();
        for (group, check) in groups.iter().zip(&self.checks) {
            let own = match &check.target {
                None => (false, check.id.as_str()),
                Some(target) => (true, target.as_str()),
            };
            let key = keys.entry(*group).or_insert(own);
            *key = own.min(*key);
        }
        let keys = keys.into_iter();
        keys.map(|(group, (_, key))| (group, key)).collect()
    }
}

/// Makes one group of two, named after the earlier check.
fn join(groups: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(groups, one), root(groups, other));
    groups[one.max(other)] = one.min(other);
}

fn root(groups: &[usize], mut place: usize) -> usize {
    while groups[place] != place {
        place = groups[place];
    }
    place
}

#[cfg(test)]
mod tests;
