//! What checks are called, and which are meant by a name.

use std::collections::{BTreeMap, HashSet};

use touchdown_checks::contract::Fault;

use super::checks::Draft;
use super::groups::suffix;
use super::source_map::SourceMap;

/// The names of a suite's checks, which are numbered by their place in it.
pub(super) struct Names {
    /// The id of each.
    pub ids: Vec<String>,
    by_id: BTreeMap<String, usize>,
    /// What names several: a group, or the id that is written of a check for each of some values.
    pub several: BTreeMap<String, Vec<usize>>,
    /// For each check, what follows the ids of those made for the same values, the closest first.
    suffixes: Vec<Vec<String>>,
}

impl Names {
    pub fn of(drafts: &[Draft], map: &SourceMap, faults: &mut Vec<Fault>) -> Self {
        let ids = ids(drafts, map, faults);
        let mut by_id = BTreeMap::new();
        for (index, id) in ids.iter().enumerate() {
            by_id.entry(id.clone()).or_insert(index);
        }
        let mut several: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, draft) in drafts.iter().enumerate() {
            for name in &draft.names {
                several.entry(name.clone()).or_default().push(index);
            }
        }
        for name in several.keys() {
            let Some(draft) = by_id.get(name).map(|&index| &drafts[index]) else {
                continue;
            };
            let told = format!("`{name}` is the name of a group or of several checks, too");
            let place = draft.id.as_ref().map_or(draft.place, |id| id.place);
            faults.push(Fault::new(place, told).help("give the check another id"));
        }
        let suffixes = drafts.iter().map(|draft| {
            let each = &draft.each;
            let around = (1..=each.len()).rev().map(|many| suffix(&each[..many]));
            around.collect()
        });
        Self {
            suffixes: suffixes.collect(),
            ids,
            by_id,
            several,
        }
    }

    /// The checks that the one at `index` means by a name: the one made for the same values, else
    /// the one of that id, else all of a group.
    pub fn meant(&self, index: usize, name: &str) -> Vec<usize> {
        let same = self.suffixes[index].iter();
        let mut same = same.filter_map(|suffix| self.by_id.get(&format!("{name}{suffix}")));
        match same.next().or_else(|| self.by_id.get(name)) {
            Some(one) => vec![*one],
            None => self.several.get(name).cloned().unwrap_or_default(),
        }
    }

    /// All that the check at `index` could have meant.
    pub fn known(&self, index: usize) -> impl Iterator<Item = &String> {
        let ids = self.ids.iter().enumerate();
        let others = ids.filter(move |(other, _)| *other != index);
        others.map(|(_, id)| id).chain(self.several.keys())
    }
}

/// Each check's id: the one given, or the kind's name, numbered where that is taken.
fn ids(drafts: &[Draft], map: &SourceMap, faults: &mut Vec<Fault>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut places = BTreeMap::new();
    for id in drafts.iter().filter_map(|draft| draft.id.as_ref()) {
        if taken.insert(id.text.clone()) {
            places.insert(&id.text, id.place);
            continue;
        }
        let first = places[&id.text];
        let (told, help) = match first == id.place {
            true => (
                format!("two values of `for_each` make the same id, `{}`", id.text),
                "of a value, an id has the first 40 characters, and `-` for all but letters, digits, `.`, `_` and `-`",
            ),
            false => (
                format!(
                    "two checks have the id `{}`, which {} gives, too",
                    id.text,
                    map.told(first)
                ),
                "give each an id of its own",
            ),
        };
        faults.push(Fault::new(id.place, told).help(help));
    }
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let named = drafts.iter().map(|draft| match &draft.id {
        Some(id) => id.text.clone(),
        None => {
            let kind = draft.kind.as_ref();
            let kind = kind.map_or("unknown", |kind| &*kind.name);
            let name = format!("{kind}{}", suffix(&draft.each));
            let number = numbers.entry(name.clone()).or_insert(0);
            loop {
                *number += 1;
                let id = match *number {
                    1 => name.clone(),
                    number => format!("{name}-{number}"),
                };
                if taken.insert(id.clone()) {
                    break id;
                }
            }
        }
    });
    named.collect()
}
