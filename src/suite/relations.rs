//! What checks refer to: ids, targets, and the checks that must pass before.

use std::collections::{BTreeMap, HashSet};

use touchdown_checks::contract::{Fault, Place};

use super::words::Word;
use super::{Need, SuiteCheck, checks, cycles, targets};

/// The most outcomes of one suite: one for each check and target.
const MOST_OUTCOMES: usize = 10_000;

/// Follows every reference. The checks returned are complete where no fault was added.
pub(super) fn follow(
    drafts: Vec<checks::Draft>,
    targets: Option<&[targets::Draft]>,
    faults: &mut Vec<Fault>,
) -> Vec<SuiteCheck> {
    let ids = ids(&drafts, faults);
    let mut by_id = BTreeMap::new();
    for (index, id) in ids.iter().enumerate() {
        by_id.entry(id.clone()).or_insert(index);
    }
    let fleets = targets.unwrap_or_default().iter();
    let fleets = fleets.filter(|target| target.is_fleet());
    let web = Web {
        targets: on_targets(&drafts, targets, faults),
        fleets: fleets.map(|fleet| fleet.name.clone()).collect(),
        ids,
        by_id,
    };
    let outcomes: usize = web.targets.iter().map(|targets| targets.len().max(1)).sum();
    if let Some(first) = drafts.first().filter(|_| outcomes > MOST_OUTCOMES) {
        let told = format!("the suite comes to {outcomes} outcomes, more than {MOST_OUTCOMES}");
        faults.push(Fault::new(first.place, told).help("split it, or narrow its checks with `on`"));
    }
    let references: Vec<References> = drafts
        .iter()
        .enumerate()
        .map(|(index, draft)| web.references(index, draft, faults))
        .collect();
    cycles::tell(&web.ids, &references, faults);
    let drafts = drafts.into_iter().zip(references).enumerate();
    drafts
        .filter_map(|(index, (draft, references))| web.complete(index, draft, references))
        .collect()
}

/// The other checks that one refers to, each with the place of the reference.
#[derive(Default)]
pub(super) struct References {
    pub needs: Vec<(Need, Place)>,
    pub follows: Option<(Need, Place)>,
}

/// What can be referred to. Checks are named by their place in the suite.
struct Web {
    ids: Vec<String>,
    targets: Vec<Vec<String>>,
    /// The targets that may be any number of services.
    fleets: HashSet<String>,
    by_id: BTreeMap<String, usize>,
}

impl Web {
    fn references(
        &self,
        index: usize,
        draft: &checks::Draft,
        faults: &mut Vec<Fault>,
    ) -> References {
        let mut references = References::default();
        for word in &draft.needs {
            match self.need(index, word) {
                Ok(need) => references.needs.push((need, word.place)),
                Err(fault) => faults.push(fault),
            }
        }
        let followed = draft.check.as_ref().and_then(|check| check.follows());
        if let Some(id) = followed {
            let word = Word {
                text: id.to_owned(),
                place: draft.follows,
            };
            match self.followed(index, &word) {
                Ok(need) => references.follows = Some((need, word.place)),
                Err(fault) => faults.push(fault),
            }
        }
        references
    }

    fn need(&self, index: usize, word: &Word) -> Result<Need, Fault> {
        let (id, target) = match word.text.split_once('@') {
            Some((id, target)) => (id, Some(target)),
            None => (word.text.as_str(), None),
        };
        let Some(&check) = self.by_id.get(id) else {
            let ids = self.ids.iter().enumerate();
            let others = ids.filter(|(other, _)| *other != index).map(|(_, id)| id);
            return Err(
                Fault::new(word.place, format!("there is no check `{id}`")).suggest(id, others)
            );
        };
        if check == index {
            return Err(Fault::new(word.place, format!("`{id}` needs itself")));
        }
        let targets = &self.targets[check];
        if let Some(target) = target.filter(|target| !targets.iter().any(|name| name == target)) {
            return Err(match targets.is_empty() {
                true => Fault::new(word.place, format!("`{id}` looks at no target"))
                    .help(format!("write `{id}`")),
                false => Fault::new(word.place, format!("`{id}` doesn't run on `{target}`"))
                    .suggest(target, targets),
            });
        }
        Ok(Need {
            check,
            target: target.map(str::to_owned),
        })
    }

    /// A window can be counted from one moment only, so that a followed check must have one
    /// outcome, or one on the follower's own target.
    fn followed(&self, index: usize, word: &Word) -> Result<Need, Fault> {
        let need = self.need(index, word)?;
        let id = &self.ids[need.check];
        let theirs = &self.targets[need.check];
        let ours = &self.targets[index];
        let is_fleet = |target: &&String| self.fleets.contains(*target);
        if let Some(fleet) = need.target.as_ref().filter(is_fleet) {
            let told = format!("`{fleet}` is a fleet; which of its services is meant?");
            let help = format!("`check:{id}`, on the same fleet, counts from the same service's");
            return Err(Fault::new(word.place, told).help(help));
        }
        let shared = !ours.is_empty() && ours.iter().all(|target| theirs.contains(target));
        let several = theirs.len() > 1 || theirs.iter().any(|target| is_fleet(&target));
        if need.target.is_none() && several && !shared {
            let told = format!("`{id}` runs on several targets; which one is meant?");
            let help = match theirs.iter().find(|target| !is_fleet(target)) {
                Some(one) => format!("name it, as in `check:{id}@{one}`"),
                None => format!("run both on the same targets, as in `on: [{}]`", theirs[0]),
            };
            return Err(Fault::new(word.place, told).help(help));
        }
        Ok(need)
    }

    /// The check with its references, unless a mistake was found in it.
    fn complete(
        &self,
        index: usize,
        draft: checks::Draft,
        references: References,
    ) -> Option<SuiteCheck> {
        let follows = references.follows.map(|(need, _)| need);
        let mut needs: Vec<Need> = Vec::new();
        let named = references.needs.into_iter().map(|(need, _)| need);
        for need in named.chain(follows.clone()) {
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
        Some(SuiteCheck {
            id: self.ids[index].clone(),
            name: draft.name,
            kind: draft.kind?,
            targets: self.targets[index].clone(),
            needs,
            follows,
            required: draft.required,
            within: draft.within,
            every: draft.every,
            hold: draft.hold,
            timeout: draft.timeout,
            fields: draft.own,
            check: draft.check?,
        })
    }
}

/// Each check's id: the one given, or the kind's name, numbered where that is taken.
fn ids(drafts: &[checks::Draft], faults: &mut Vec<Fault>) -> Vec<String> {
    let mut taken = HashSet::new();
    for id in drafts.iter().filter_map(|draft| draft.id.as_ref()) {
        if !taken.insert(id.text.clone()) {
            let told = format!("two checks have the id `{}`", id.text);
            faults.push(Fault::new(id.place, told).help("give each an id of its own"));
        }
    }
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let named = drafts.iter().map(|draft| match &draft.id {
        Some(id) => id.text.clone(),
        None => {
            let kind = draft.kind.map_or("unknown", |kind| kind.name);
            let number = numbers.entry(kind).or_insert(0);
            loop {
                *number += 1;
                let id = match *number {
                    1 => kind.to_owned(),
                    number => format!("{kind}-{number}"),
                };
                if taken.insert(id.clone()) {
                    break id;
                }
            }
        }
    });
    named.collect()
}

/// The names of the targets that each check runs on.
fn on_targets(
    drafts: &[checks::Draft],
    targets: Option<&[targets::Draft]>,
    faults: &mut Vec<Fault>,
) -> Vec<Vec<String>> {
    let unreadable = targets.is_none();
    let known: Vec<&str> = targets
        .unwrap_or_default()
        .iter()
        .map(|target| target.name.as_str())
        .collect();
    let mut told = unreadable;
    let mut of = |draft: &checks::Draft| -> Vec<String> {
        if let Some(kind) = draft.kind.filter(|kind| !kind.looks_at_target) {
            if let Some((_, place)) = draft.on {
                let told = format!("`{}` looks at no target", kind.name);
                faults.push(Fault::new(place, told).help("remove `on`: such a check runs once"));
            }
            return Vec::new();
        }
        if let Some(kind) = draft.kind.filter(|_| known.is_empty() && !told) {
            told = true;
            let message = format!("`{}` looks at a target, and the suite has none", kind.name);
            let help = "add `targets:` with a name, its `cluster` and its `service`";
            faults.push(Fault::new(draft.place, message).help(help));
        }
        let Some((names, _)) = &draft.on else {
            return known.iter().map(|&name| name.to_owned()).collect();
        };
        let unknown = |name: &&Word| !known.contains(&name.text.as_str());
        if !known.is_empty() {
            faults.extend(names.iter().filter(unknown).map(|name| {
                let entry = name.text.split('/').next().unwrap_or_default();
                let fault = Fault::new(name.place, format!("there is no target `{}`", name.text));
                match entry != name.text && known.contains(&entry) {
                    true => fault.help(format!(
                        "a check runs on the whole fleet `{entry}`; give this service a target of its own"
                    )),
                    false => fault.suggest(&name.text, known.iter().copied()),
                }
            }));
        }
        names.iter().map(|name| name.text.clone()).collect()
    };
    drafts.iter().map(&mut of).collect()
}
