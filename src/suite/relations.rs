//! What checks refer to: ids, targets, and the checks that must pass before.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use touchdown_checks::contract::{Fault, Place};

use super::deferred::{Filling, RUN, RUN_ID};
use super::model::MOST_OUTCOMES;
use super::names::Names;
use super::on_targets::on_targets;
use super::source_map::SourceMap;
use super::variables::Deferred;
use super::words::Word;
use super::{Need, SuiteCheck, checks, cycles, targets};

/// What references come to.
pub(super) struct Followed {
    /// Complete where no fault was added.
    pub checks: Vec<SuiteCheck>,
    /// Of all checks, whether complete or not.
    pub names: Names,
}

/// Follows every reference.
pub(super) fn follow(
    drafts: Vec<checks::Draft>,
    targets: Option<&[targets::Draft]>,
    map: &SourceMap,
    faults: &mut Vec<Fault>,
) -> Followed {
    let fleets = targets.unwrap_or_default().iter();
    let fleets = fleets.filter(|target| target.is_fleet());
    let saved = |draft: &checks::Draft| {
        let saves = draft.check.as_ref()?.saves();
        Some(saves.into_iter().map(str::to_owned).collect())
    };
    let web = Web {
        names: Names::of(&drafts, map, faults),
        targets: on_targets(&drafts, targets, faults),
        fleets: fleets.map(|fleet| fleet.name.clone()).collect(),
        saves: drafts.iter().map(saved).collect(),
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
    cycles::tell(&web.names.ids, &references, faults);
    let drafts = drafts.into_iter().zip(references).enumerate();
    let checks = drafts
        .filter_map(|(index, (draft, references))| web.complete(index, draft, references))
        .collect();
    Followed {
        checks,
        names: web.names,
    }
}

/// The other checks that one refers to, each with the place of the reference.
#[derive(Default)]
pub(super) struct References {
    pub needs: Vec<(Need, Place)>,
    pub follows: Option<(Need, Place)>,
    /// Whose values it uses, by the name that it calls them by. They are among the needs.
    pub uses: BTreeMap<String, Need>,
}

/// What can be referred to. Checks are numbered by their place in the suite.
struct Web {
    names: Names,
    targets: Vec<Vec<String>>,
    /// The targets that may be any number of services.
    fleets: HashSet<String>,
    /// The values that each check saves; none where it has mistakes.
    saves: Vec<Option<Vec<String>>>,
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
            if is_told(word.place, faults) {
                continue;
            }
            match self.needs(index, word) {
                Ok(needs) => {
                    let needs = needs.into_iter().map(|need| (need, word.place));
                    references.needs.extend(needs);
                }
                Err(fault) => faults.push(fault),
            }
        }
        let followed = draft.check.as_ref().and_then(|check| check.follows());
        if let Some(id) = followed.filter(|_| !is_told(draft.follows, faults)) {
            let used = draft.template.iter().flat_map(|fields| &fields.references);
            match self.followed(index, id, draft.follows, used) {
                Ok(need) => references.follows = Some((need, draft.follows)),
                Err(fault) => faults.push(fault),
            }
        }
        let used = draft.template.iter().flat_map(|fields| &fields.references);
        for value in used {
            if is_told(value.place, faults) {
                continue;
            }
            match self.used(index, value) {
                Ok(None) => {}
                Ok(Some(need)) => {
                    references.needs.push((need.clone(), value.place));
                    references.uses.insert(value.scope.clone(), need);
                }
                Err(fault) => faults.push(fault),
            }
        }
        references
    }

    /// The check that `place` names. A value that is known only in a run names none.
    fn followed<'u>(
        &self,
        index: usize,
        id: &str,
        place: Place,
        mut used: impl Iterator<Item = &'u Deferred>,
    ) -> Result<Need, Fault> {
        if let Some(value) = used.find(|value| value.scalar == place) {
            let told = format!("`{}` names no check", value.written());
            return Err(Fault::new(value.place, told).help("write its id, as in `check:answers`"));
        }
        let word = Word {
            text: id.to_owned(),
            place,
        };
        self.one(index, &word, &|id| format!("check:{id}"))
    }

    /// Whose value is used; nobody's where it is the run's own.
    fn used(&self, index: usize, value: &Deferred) -> Result<Option<Need>, Fault> {
        let Deferred {
            scope, name, place, ..
        } = value;
        if scope == RUN {
            return match name == RUN_ID {
                true => Ok(None),
                false => {
                    let told = format!("a run has no `{name}`");
                    Err(Fault::new(*place, told).suggest(name, [RUN_ID]))
                }
            };
        }
        let word = Word {
            text: scope.clone(),
            place: *place,
        };
        let need = self.one(index, &word, &|id| format!("${{{id}.{name}}}"))?;
        let id = &self.names.ids[need.check];
        match &self.saves[need.check] {
            Some(saves) if saves.is_empty() => {
                let told = format!("`{id}` saves no values");
                let help = format!(
                    "give it `save: {{ {name}: \"$.path.of.the.value\" }}`, where its kind has `save`"
                );
                Err(Fault::new(*place, told).help(help))
            }
            Some(saves) if !saves.contains(name) => {
                Err(Fault::new(*place, format!("`{id}` saves no `{name}`")).suggest(name, saves))
            }
            _ => Ok(Some(need)),
        }
    }

    /// What a word means, which is one check at least.
    fn needs(&self, index: usize, word: &Word) -> Result<Vec<Need>, Fault> {
        let (id, target) = match word.text.split_once('@') {
            Some((id, target)) => (id, Some(target)),
            None => (word.text.as_str(), None),
        };
        let meant = self.names.meant(index, id);
        if meant.is_empty() {
            let told = format!("there is no check `{id}`");
            return Err(Fault::new(word.place, told).suggest(id, self.names.known(index)));
        }
        let needs = meant
            .into_iter()
            .map(|check| self.need(index, check, target, word));
        needs.collect()
    }

    fn need(
        &self,
        index: usize,
        check: usize,
        target: Option<&str>,
        word: &Word,
    ) -> Result<Need, Fault> {
        let id = &self.names.ids[check];
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

    /// A window can be counted from one moment only, and a value be that of one look, so that the
    /// check meant must have one outcome, or one on the own target of the one that refers to it.
    /// `written` is how it refers to that id.
    fn one(
        &self,
        index: usize,
        word: &Word,
        written: &dyn Fn(&str) -> String,
    ) -> Result<Need, Fault> {
        let mut needs = self.needs(index, word)?;
        let need = needs.swap_remove(0);
        let id = &self.names.ids[need.check];
        if !needs.is_empty() {
            let told = format!("`{}` is several checks; which one is meant?", word.text);
            let help = format!("name it, as in `{}`", written(id));
            return Err(Fault::new(word.place, told).help(help));
        }
        let theirs = &self.targets[need.check];
        let ours = &self.targets[index];
        let is_fleet = |target: &&String| self.fleets.contains(*target);
        if let Some(fleet) = need.target.as_ref().filter(is_fleet) {
            let told = format!("`{fleet}` is a fleet; which of its services is meant?");
            let help = format!(
                "`{}`, on the same fleet, is the same service's",
                written(id)
            );
            return Err(Fault::new(word.place, told).help(help));
        }
        let shared = !ours.is_empty() && ours.iter().all(|target| theirs.contains(target));
        let several = theirs.len() > 1 || theirs.iter().any(|target| is_fleet(&target));
        if need.target.is_none() && several && !shared {
            let told = format!("`{id}` runs on several targets; which one is meant?");
            let help = match theirs.iter().find(|target| !is_fleet(target)) {
                Some(one) => format!("name it, as in `{}`", written(&format!("{id}@{one}"))),
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
        let kind = draft.kind?;
        let filling = draft.template.map(|template| Filling {
            kind: kind.clone(),
            template,
            sources: references.uses,
        });
        Some(SuiteCheck {
            id: self.names.ids[index].clone(),
            name: draft.name,
            kind,
            targets: self.targets[index].clone(),
            needs,
            follows,
            required: draft.required,
            within: draft.within,
            every: draft.every,
            hold: draft.hold,
            timeout: draft.timeout,
            fields: draft.own,
            folder: draft.folder,
            check: draft.check?,
            filling: filling.map(Arc::new),
        })
    }
}

/// Whether a mistake is told there already. One text may be meant by thousands of checks, each with its own
/// suggestions; and where it holds a value of another check, that is the mistake, not what stands in for it.
fn is_told(place: Place, faults: &[Fault]) -> bool {
    faults.iter().any(|fault| place.contains(fault.place))
}
