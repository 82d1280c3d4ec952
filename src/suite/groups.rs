//! Checks that are written together: groups with shared fields, and checks for each of some values.

mod rounds;

use touchdown_checks::contract::{Content, Fault, Located};

use super::model::MOST_OUTCOMES;
use super::variables::{Each, Variables};
use super::words::{noun, unfit_name};
use super::yaml::HEAVIEST;

pub(super) use rounds::{place_of_secret, suffix};

/// The deepest that groups nest.
const DEEPEST: usize = 4;

/// The fields of a group that its checks don't share.
const OWN_FIELDS: &[&str] = &["group", "for_each", "checks"];
/// What no two checks may share.
const UNSHARED: &[&str] = &["id", "name"];

/// A check by itself: what it is written with, and what it has from its groups. Its variables are
/// not filled in yet.
#[derive(Debug)]
pub(super) struct Item {
    /// Its fields, and those that it shares; no mapping only where it was not written as one.
    pub fields: Located,
    /// Whether `on` is a group's, and so is meant for those of its checks that look at a target.
    pub shares_on: bool,
    /// The names of its groups.
    pub groups: Vec<String>,
    /// The values that it was made for, those of the outermost group first.
    pub each: Vec<Each>,
}

/// What stands around a check.
#[derive(Clone, Debug, Default)]
struct Around {
    shared: Vec<(Located, Located)>,
    groups: Vec<String>,
    each: Vec<Each>,
    depth: usize,
}

/// Takes groups apart.
pub(super) struct Expansion<'e, 'v> {
    pub variables: &'e mut Variables<'v>,
    pub source: &'e str,
    pub faults: &'e mut Vec<Fault>,
    items: Vec<Item>,
    weight: usize,
    /// Whether there are more checks than there may be.
    full: bool,
    /// Whether checks are missing, so that nothing can be said of references to them.
    pub incomplete: bool,
}

impl<'e, 'v> Expansion<'e, 'v> {
    pub fn new(
        variables: &'e mut Variables<'v>,
        source: &'e str,
        faults: &'e mut Vec<Fault>,
    ) -> Self {
        Self {
            variables,
            source,
            faults,
            items: Vec::new(),
            weight: 0,
            full: false,
            incomplete: false,
        }
    }

    /// Every check of a list, those of groups in their group's stead.
    pub fn of(&mut self, list: &[Located]) -> Vec<Item> {
        self.list(list, &Around::default());
        self.variables.each = Vec::new();
        std::mem::take(&mut self.items)
    }

    fn list(&mut self, list: &[Located], around: &Around) {
        for item in list {
            for each in self.rounds(item, around) {
                if self.full {
                    return;
                }
                let mut around = around.clone();
                around.each.extend(each);
                match item.entry("checks").or(item.entry("group")) {
                    Some(_) => self.group(item, around),
                    None => self.check(item, &around),
                }
            }
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.incomplete = true;
        self.faults.push(fault);
    }

    fn group(&mut self, group: &Located, mut around: Around) {
        around.depth += 1;
        if around.depth > DEEPEST {
            let told = format!("groups nest deeper than {DEEPEST} levels");
            return self.fail(Fault::new(group.place, told));
        }
        around.groups.extend(self.name(group));
        self.refuse_unshared(group);
        let Some((_, list)) = group.entry("checks") else {
            return self.fail(Fault::new(group.place, "`checks` is missing in this group"));
        };
        let Content::List(list) = &list.content else {
            let told = format!("`checks` is a list, not {}", noun(list));
            return self.fail(Fault::new(list.place, told));
        };
        if list.is_empty() {
            let place = group.place_of("checks");
            return self.fail(Fault::new(place, "the group has no checks"));
        }
        let own = group.entries().iter().filter(|(key, _)| {
            let name = key.as_text().unwrap_or_default();
            !OWN_FIELDS.contains(&name) && !UNSHARED.contains(&name)
        });
        around.shared = merged(&around.shared, own);
        self.list(list, &around);
    }

    fn name(&mut self, group: &Located) -> Option<String> {
        let name = group.get("group")?;
        let Some(text) = name.as_text().filter(|_| !name.is_nothing()) else {
            let told = format!("`group` is a name, not {}", noun(name));
            let fault = Fault::new(name.place, told);
            self.faults
                .push(fault.help("leave it out where none is needed"));
            return None;
        };
        if let Some(reason) = unfit_name(text) {
            let told = format!("`{text}` can't name a group: {reason}");
            self.faults.push(Fault::new(name.place, told));
        }
        Some(text.to_owned())
    }

    fn refuse_unshared(&mut self, group: &Located) {
        for (key, _) in group.entries() {
            let Some(field) = key.as_text().filter(|field| UNSHARED.contains(field)) else {
                continue;
            };
            let fault = Fault::new(key.place, format!("a group has no `{field}`"));
            let help = format!("each of its checks may have a `{field}`; `group` names the group");
            self.faults.push(fault.help(help));
        }
    }

    fn check(&mut self, check: &Located, around: &Around) {
        let fields = match &check.content {
            Content::Map(entries) => {
                let own = entries
                    .iter()
                    .filter(|(key, _)| key.as_text() != Some("for_each"));
                let merged = merged(&around.shared, own);
                Located {
                    place: check.place,
                    content: Content::Map(merged),
                }
            }
            _ => check.clone(),
        };
        self.weight += weight(&fields);
        self.full = self.items.len() >= MOST_OUTCOMES || self.weight > 4 * HEAVIEST;
        if self.full {
            let fault = Fault::new(check.place, "the suite grows too large here");
            return self.fail(fault.help("do its groups repeat more than you mean?"));
        }
        self.items.push(Item {
            fields,
            shares_on: check.entry("on").is_none(),
            groups: around.groups.clone(),
            each: around.each.clone(),
        });
    }
}

/// The fields of a check: its own, and of the shared ones those that it doesn't set itself. `needs`
/// add up.
fn merged<'l>(
    shared: &[(Located, Located)],
    own: impl Iterator<Item = &'l (Located, Located)>,
) -> Vec<(Located, Located)> {
    let mut merged: Vec<(Located, Located)> = own.cloned().collect();
    for (key, value) in shared {
        let name = key.as_text();
        let Some((_, own)) = merged.iter_mut().find(|(own, _)| own.as_text() == name) else {
            merged.push((key.clone(), value.clone()));
            continue;
        };
        if name == Some("needs") && !own.is_nothing() {
            let items = value.each().iter().chain(own.each()).cloned().collect();
            own.content = Content::List(items);
        }
    }
    merged
}

/// What a value weighs, as the tree of a file does.
fn weight(value: &Located) -> usize {
    match &value.content {
        Content::Scalar { text, .. } => 1 + text.len() / 32,
        Content::List(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Content::Map(entries) => {
            let entries = entries.iter();
            1 + entries
                .map(|(key, value)| weight(key) + weight(value))
                .sum::<usize>()
        }
    }
}

#[cfg(test)]
mod tests;
