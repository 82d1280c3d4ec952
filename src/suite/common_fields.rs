//! The fields of every check that refer to something: `id`, `needs` and `on`.

use touchdown_checks::contract::{Fault, Located, Place};

use super::groups::suffix;
use super::variables::Each;
use super::words::{Word, unfit_name, word, words};

/// The id, with the values behind it that the check is made for, unless they are in it already.
pub(super) fn id(
    value: &Located,
    each: &[Each],
    source: &str,
    faults: &mut Vec<Fault>,
) -> Option<Word> {
    let mut id = match word(value, "id") {
        Ok(id) => id,
        Err(fault) => {
            faults.push(fault);
            return None;
        }
    };
    let written = source.get(id.place.start..id.place.end);
    if !written.is_some_and(|written| written.contains("${each.")) {
        id.text.push_str(&suffix(each));
    }
    if let Some(reason) = unfit_name(&id.text) {
        let told = format!("`{}` can't be an id: {reason}", id.text);
        faults.push(Fault::new(id.place, told));
    }
    Some(id)
}

pub(super) fn needs((key, value): &(Located, Located), faults: &mut Vec<Fault>) -> Vec<Word> {
    if value.is_nothing() {
        faults.push(Fault::empty(key, value));
        return Vec::new();
    }
    words(value, "needs", faults)
}

pub(super) fn on(
    (key, value): &(Located, Located),
    faults: &mut Vec<Fault>,
) -> Option<(Vec<Word>, Place)> {
    let before = faults.len();
    let mut names = words(value, "on", faults);
    if faults.len() > before {
        return None;
    }
    if names.is_empty() {
        let fault = Fault::new(value.place, "`on` names no target");
        faults.push(fault.help("leave it out to run on every target"));
        return None;
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.text.clone()));
    Some((names, key.place))
}
