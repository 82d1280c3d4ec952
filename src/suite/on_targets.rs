//! `on`: the targets that each check runs on.

use touchdown_checks::contract::Fault;

use super::words::Word;
use super::{checks, targets};

/// The names of the targets that each check runs on.
pub(super) fn on_targets(
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
        if let Some(kind) = draft.kind.as_ref().filter(|kind| !kind.looks_at_target) {
            if let Some((_, place)) = draft.on.as_ref().filter(|_| !draft.shares_on) {
                let told = format!("`{}` looks at no target", kind.name);
                faults.push(Fault::new(*place, told).help("remove `on`: such a check runs once"));
            }
            return Vec::new();
        }
        if let Some(kind) = draft.kind.as_ref().filter(|_| known.is_empty() && !told) {
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
