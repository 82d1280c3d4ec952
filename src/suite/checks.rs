//! The checks of a suite, each read for itself: the common fields here, the rest by its kind.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use touchdown_checks::contract::{
    COMMON_FIELDS, Configured, Content, Fault, Kind, Located, Period, Place, read_fields,
};
use touchdown_checks::external::Unusable;

use super::bounds::time;
use super::common_fields::{id, needs, on};
use super::deferred::{Template, Unfit};
use super::diagnostics::without_echoes;
use super::groups::{Expansion, Item};
use super::header::Defaults;
use super::meaning::Meanings;
use super::variables::{Deferred, Each, Variables};
use super::words::{Word, noun, word};
use crate::catalog::{Catalog, Missing};

/// The common fields that serde reads; the others refer to something, and are read here.
const PLAIN_FIELDS: &[&str] = &["name", "required"];

/// A check as written, before its references are followed. What has a mistake is none.
pub(super) struct Draft {
    pub kind: Option<Kind>,
    /// Where the check's kind is written, or the check where it names none.
    pub place: Place,
    pub id: Option<Word>,
    /// What it is called together with others: the groups that it is in, and its id as it is written
    /// where that is one for each of some values.
    pub names: Vec<String>,
    /// The values that it is made for.
    pub each: Vec<Each>,
    pub name: Option<String>,
    /// The targets named, and where `on` is; none where all are meant.
    pub on: Option<(Vec<Word>, Place)>,
    /// Whether those are its group's.
    pub shares_on: bool,
    pub needs: Vec<Word>,
    pub required: bool,
    pub within: Duration,
    pub every: Duration,
    pub hold: Option<Duration>,
    pub timeout: Duration,
    /// The fields of its kind.
    pub own: Located,
    /// The same as they are written, where values are in them that only a run knows.
    pub template: Option<Template>,
    pub check: Option<Arc<dyn Configured>>,
    /// The folder of the file that it is written in.
    pub folder: Arc<Path>,
    /// Where the followed check is named.
    pub follows: Place,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainFields {
    name: Option<String>,
    required: Option<bool>,
}

const NOTHING: &str = "a suite with nothing to check is an error, never a pass";

/// What is told of a suite that has no checks in any of its files.
pub(super) fn missing(root: &Located) -> Fault {
    let top = Place {
        start: root.place.start,
        end: root.place.start,
    };
    Fault::new(top, "`checks` is missing").help(NOTHING)
}

/// Reads the checks of a file.
pub(super) struct Reader<'r, 'v> {
    pub catalog: &'r Catalog,
    /// The folder of the file.
    pub folder: Arc<Path>,
    /// What the fields of a kind are, by its name, where a check of it waits for values of a run.
    pub meanings: BTreeMap<String, Arc<Meanings>>,
    pub variables: &'r mut Variables<'v>,
    /// What places are ranges of.
    pub source: &'r str,
    pub faults: &'r mut Vec<Fault>,
    /// Whether checks are missing, so that nothing can be said of references to them.
    pub incomplete: bool,
}

impl Reader<'_, '_> {
    /// Reads the file's `checks`, whose times are `defaults` where they set none.
    pub fn read(&mut self, (key, section): &(Located, Located), defaults: Defaults) -> Vec<Draft> {
        match &section.content {
            Content::List(items) if !items.is_empty() => {
                let mut expansion = Expansion::new(self.variables, self.source, self.faults);
                let items = expansion.of(items);
                self.incomplete |= expansion.incomplete;
                let drafts = items.into_iter();
                drafts
                    .filter_map(|item| self.draft(item, defaults))
                    .collect()
            }
            Content::Map(entries) if !entries.is_empty() => {
                let told = "`checks` is a list, not a mapping";
                let fault = Fault::new(key.place, told).help("write each as `- check: KIND`");
                self.faults.push(fault);
                Vec::new()
            }
            Content::Scalar { .. } if !section.is_nothing() => {
                let told = "`checks` is a list, not a text";
                self.faults.push(Fault::new(section.place, told));
                Vec::new()
            }
            _ => {
                let fault = Fault::new(key.place, "the suite has no checks").help(NOTHING);
                self.faults.push(fault);
                Vec::new()
            }
        }
    }

    fn draft(&mut self, item: Item, defaults: Defaults) -> Option<Draft> {
        let Item {
            fields: written,
            shares_on,
            groups: mut names,
            each,
        } = item;
        let Content::Map(_) = &written.content else {
            self.faults.push(no_mapping(&written, self.catalog));
            return None;
        };
        let (item, mut template) = self.filled(written, &each);
        let item = &item;
        let faults = &mut *self.faults;
        let (kind, place) = kind(item, self.catalog, faults);
        if let (Some(template), Some(kind)) = (&mut template, &kind) {
            let known = self.meanings.entry(kind.name.to_string());
            template.meanings = Arc::clone(known.or_insert_with(|| Meanings::of(kind).into()));
            faults.extend(template.mistakes());
        }
        let common = part(item, |name| PLAIN_FIELDS.contains(&name));
        let plain: PlainFields = read_fields(&common).unwrap_or_else(|mistakes| {
            faults.extend(mistakes);
            PlainFields::default()
        });
        let own = own(item);
        let fields = template.as_ref();
        let check = kind.as_ref();
        let check = check.and_then(|kind| configured(kind, &own, fields, place, faults));
        let timeout = time("timeout", item, faults);
        let longest = timeout.or_else(|| item.get("timeout").is_none().then_some(defaults.timeout));
        let too_short = (check.as_deref().zip(longest))
            .and_then(|(check, longest)| no_time(check, longest, item, place));
        let too_short = too_short.into_iter().collect();
        faults.extend(match fields {
            Some(template) => template.certain(too_short),
            None => too_short,
        });
        let follows = own.get("since").map_or(place, |since| since.place);
        let id = item.get("id").and_then(|value| {
            let id = id(value, &each, self.source, faults)?;
            let written = value.as_text().filter(|written| *written != id.text);
            names.extend(written.map(str::to_owned));
            Some(id)
        });
        Some(Draft {
            kind,
            place,
            id,
            names,
            name: plain.name,
            on: item.entry("on").and_then(|entry| on(entry, faults)),
            shares_on,
            needs: item
                .entry("needs")
                .map(|entry| needs(entry, faults))
                .unwrap_or_default(),
            required: plain.required.unwrap_or(true),
            within: time("within", item, faults).unwrap_or(defaults.within),
            every: time("every", item, faults).unwrap_or(defaults.every),
            hold: time("hold", item, faults),
            timeout: timeout.unwrap_or(defaults.timeout),
            own,
            template,
            check,
            folder: Arc::clone(&self.folder),
            follows,
            each,
        })
    }

    /// The fields with their variables filled in, and what the rest is filled in by. Only the fields
    /// of its kind may wait for the run.
    fn filled(&mut self, written: Located, each: &[Each]) -> (Located, Option<Template>) {
        let mut fields = written.clone();
        let mut references: Vec<Deferred> = Vec::new();
        self.variables.each = each.to_vec();
        self.variables.met.clear();
        if let Content::Map(entries) = &mut fields.content {
            for (key, value) in entries {
                let is_common = COMMON_FIELDS.contains(&key.as_text().unwrap_or_default());
                self.variables.deferred = (!is_common).then(Vec::new);
                self.variables.fill(value, self.source);
                references.extend(self.variables.deferred.take().into_iter().flatten());
            }
        }
        self.variables.each = Vec::new();
        let template = (!references.is_empty()).then(|| Template {
            fields: own(&written),
            known: std::mem::take(&mut self.variables.met),
            references,
            meanings: Arc::default(),
        });
        (fields, template)
    }
}

fn no_mapping(item: &Located, catalog: &Catalog) -> Fault {
    let told = format!("a check is a mapping, not {}", noun(item));
    let kind = item.as_text().filter(|text| catalog.get(text).is_some());
    Fault::new(item.place, told).help(format!("write `- check: {}`", kind.unwrap_or("KIND")))
}

/// The fields of the check's kind.
fn own(item: &Located) -> Located {
    part(item, |name| !COMMON_FIELDS.contains(&name))
}

/// The check's entries of certain names, as a mapping of its own.
fn part(item: &Located, wanted: impl Fn(&str) -> bool) -> Located {
    let entries = item.entries().iter();
    let wanted = entries.filter(|(key, _)| wanted(key.as_text().unwrap_or_default()));
    Located {
        place: item.place,
        content: Content::Map(wanted.cloned().collect()),
    }
}

const LISTS: &str = "`touchdown checks` lists every kind";

fn not_there(name: String, place: Place, missing: Missing) -> Fault {
    match missing {
        Missing::Unknown { known, plugin } => {
            let help = std::iter::once(LISTS.to_owned()).chain(plugin);
            let fault = Fault::new(place, format!("unknown kind of check `{name}`"));
            let help = help.collect::<Vec<_>>().join("; ");
            fault.suggest(name, known).help(help)
        }
        Missing::Unusable(Unusable { why, hint }) => Fault {
            help: hint,
            ..Fault::new(place, why)
        },
    }
}

fn kind(item: &Located, catalog: &Catalog, faults: &mut Vec<Fault>) -> (Option<Kind>, Place) {
    let Some(value) = item.get("check") else {
        let fault = Fault::new(item.place, "`check` is missing: what should hold here?");
        faults.push(fault.help(LISTS));
        return (None, item.place);
    };
    match word(value, "check") {
        Err(fault) => {
            faults.push(fault.help(LISTS));
            (None, value.place)
        }
        Ok(Word { text, place }) => {
            let kind = catalog.find(&text);
            let kind = kind.map_err(|missing| faults.push(not_there(text, place, missing)));
            (kind.ok(), place)
        }
    }
}

fn configured(
    kind: &Kind,
    own: &Located,
    template: Option<&Template>,
    place: Place,
    faults: &mut Vec<Fault>,
) -> Option<Arc<dyn Configured>> {
    let mistakes = match template {
        None => kind.configure(own),
        Some(template) => kind.configure(&template.stood_in()),
    };
    let mistakes = match mistakes {
        Ok(check) => return Some(check),
        Err(mistakes) => mistakes.into_iter(),
    };
    let mut told = without_echoes(mistakes.map(|fault| clearer(fault, own, place)).collect());
    if let Some(template) = template {
        told = template.certain(told);
        if told.is_empty() {
            return Some(Unfit::until_filled(own));
        }
    }
    faults.extend(told);
    None
}

/// A check that needs more time for a look than it has, told at the field that takes it.
fn no_time(
    check: &dyn Configured,
    timeout: Duration,
    item: &Located,
    kind: Place,
) -> Option<Fault> {
    let (least, field) = check.shortest_look()?;
    let mut fields = [field, "timeout"].into_iter();
    let place = fields
        .find_map(|name| item.entry(name))
        .map(|(key, _)| key.place);
    let [told, timeout] = [least, timeout].map(Period::from);
    let fault = Fault::new(
        place.unwrap_or(kind),
        format!("a look takes {told} at least (`{field}`), and may take {timeout} (`timeout`)"),
    );
    let help = format!("it could never hold: raise `timeout` above {told}, or lower `{field}`");
    (least >= timeout.get()).then(|| fault.help(help))
}

/// What a kind misses is told where the kind is named, and what it doesn't know may be a
/// misspelt common field.
fn clearer(mut fault: Fault, own: &Located, kind: Place) -> Fault {
    if fault.place == own.place {
        fault.place = kind;
    }
    let of_the_check = own
        .entries()
        .iter()
        .any(|(key, _)| key.place == fault.place);
    if let Some(suggest) = fault.suggest.as_mut().filter(|_| of_the_check) {
        let common = COMMON_FIELDS.iter().map(|&field| field.to_owned());
        suggest.candidates.extend(common);
    }
    fault
}
