//! `for_each`: what checks are made for, and what they are called then.

use touchdown_checks::contract::{Content, Fault, Located, Place};

use super::{Around, Expansion};
use crate::suite::model::MOST_OUTCOMES;
use crate::suite::variables::{Each, is_a_name};
use crate::suite::words::noun;

impl Expansion<'_, '_> {
    /// What `for_each` binds, once for each combination of its values; once nothing without it.
    pub(super) fn rounds(&mut self, item: &Located, around: &Around) -> Vec<Vec<Each>> {
        const EXAMPLE: &str = "write it like `for_each: { platform: [linkedin, twitter] }`";
        let Some((key, value)) = item.entry("for_each") else {
            return vec![Vec::new()];
        };
        let entries = match &value.content {
            Content::Map(entries) if !entries.is_empty() => entries,
            Content::Map(_) => {
                self.fail(Fault::empty(key, value).help(EXAMPLE));
                return Vec::new();
            }
            _ if value.is_nothing() => {
                self.fail(Fault::empty(key, value).help(EXAMPLE));
                return Vec::new();
            }
            _ => {
                let told = format!(
                    "`for_each` maps a name to its values, and is not {}",
                    noun(value)
                );
                self.fail(Fault::new(value.place, told).help(EXAMPLE));
                return Vec::new();
            }
        };
        self.variables.each.clone_from(&around.each);
        let mut rounds = vec![Vec::new()];
        for (name, list) in entries {
            let values = self.values(name, list);
            if rounds.len() * values.len() > MOST_OUTCOMES {
                let told = format!("`for_each` comes to more than {MOST_OUTCOMES} combinations");
                self.fail(Fault::new(name.place, told));
                return Vec::new();
            }
            let before = std::mem::take(&mut rounds);
            rounds = before
                .iter()
                .flat_map(|round| {
                    values
                        .iter()
                        .map(|value| [round.as_slice(), std::slice::from_ref(value)].concat())
                })
                .collect();
        }
        rounds
    }

    /// The values that a name stands for, one after the other.
    fn values(&mut self, name: &Located, list: &Located) -> Vec<Each> {
        let key = name.as_text().unwrap_or_default();
        if !is_a_name(key) {
            let told =
                format!("`{key}` can't be a name here: only letters, digits and `_` are allowed");
            self.fail(Fault::new(name.place, told));
        }
        let items = match &list.content {
            Content::List(items) if !items.is_empty() => items,
            Content::List(_) => {
                self.fail(Fault::new(list.place, format!("`{key}` has no values")));
                return Vec::new();
            }
            _ => {
                let told = format!("`{key}` is a list of values, not {}", noun(list));
                self.fail(Fault::new(list.place, told));
                return Vec::new();
            }
        };
        let mut values: Vec<Each> = Vec::new();
        for item in items {
            let mut item = item.clone();
            let spoiled = self.variables.spoiled.len();
            self.variables.fill(&mut item, self.source);
            if self.variables.spoiled.len() > spoiled {
                self.incomplete = true;
                continue;
            }
            let text = item.as_text().filter(|_| !item.is_nothing());
            if text.is_some_and(str::is_empty) {
                self.fail(Fault::new(
                    item.place,
                    format!("`{key}` has an empty value"),
                ));
                continue;
            }
            let Some(text) = text else {
                let told = format!(
                    "`{key}` is a list of texts and numbers; this is {}",
                    noun(&item)
                );
                self.fail(Fault::new(item.place, told));
                continue;
            };
            if values.iter().any(|value| value.text == text) {
                self.fail(Fault::new(item.place, format!("`{text}` is given twice")));
                continue;
            }
            values.push(Each {
                name: key.to_owned(),
                text: text.to_owned(),
                place: item.place,
            });
        }
        values
    }
}

/// What a check that was made for these values is called behind its id: `-linkedin-eu`.
pub(in crate::suite) fn suffix(each: &[Each]) -> String {
    /// The most characters of one value in an id.
    const LONGEST: usize = 40;
    let parts = each.iter().map(|each| {
        let fit = |c: char| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '-'
            }
        };
        let told: String = each.text.chars().take(LONGEST).map(fit).collect();
        format!("-{told}")
    });
    parts.collect()
}

/// Where the values stand that a check was made for, if they are not to be shown.
pub(in crate::suite) fn place_of_secret(
    each: &[Each],
    is_secret: impl Fn(&str) -> bool,
) -> Option<Place> {
    let secret = each.iter().find(|each| is_secret(&each.text));
    secret.map(|each| each.place)
}
