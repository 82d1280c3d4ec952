//! The targets of a suite.

use globset::Glob;
use touchdown_checks::contract::{
    Content, Described, Fault, Located, Place, Suggest, TargetEntry, TargetSpec, read_fields,
};

use super::diagnostics::without_echoes;
use super::words::{noun, unfit_name};

/// A target by name; without its description where that has mistakes, so that checks may name
/// it all the same.
#[derive(Debug)]
pub(super) struct Draft {
    pub name: String,
    /// Where the name is written.
    pub place: Place,
    pub described: Option<Described>,
}

impl Draft {
    /// Whether it may be any number of services.
    pub fn is_fleet(&self) -> bool {
        matches!(self.described, Some(Described::Fleet(_)))
    }
}

/// Reads every target; none where they can't even be counted.
pub(super) fn read(section: Option<&Located>, faults: &mut Vec<Fault>) -> Option<Vec<Draft>> {
    let Some(section) = section.filter(|section| !section.is_nothing()) else {
        return Some(Vec::new());
    };
    let Content::Map(targets) = &section.content else {
        let told = format!(
            "`targets` maps names to targets, and is not {}",
            noun(section)
        );
        faults.push(Fault::new(section.place, told));
        return None;
    };
    let drafts = targets.iter().map(|(key, fields)| {
        let name = key.as_text().unwrap_or_default().to_owned();
        if let Some(reason) = unfit_name(&name) {
            let told = format!("`{name}` can't name a target: {reason}");
            faults.push(Fault::new(key.place, told));
        }
        let described = described(&name, key.place, fields);
        Draft {
            name,
            place: key.place,
            described: described.map_err(|mistakes| faults.extend(mistakes)).ok(),
        }
    });
    Some(drafts.collect())
}

fn described(name: &str, key: Place, fields: &Located) -> Result<Described, Vec<Fault>> {
    if !matches!(fields.content, Content::Map(_)) {
        let told = format!("the target `{name}` is a mapping, not {}", noun(fields));
        return Err(vec![
            Fault::new(
                if fields.is_nothing() {
                    key
                } else {
                    fields.place
                },
                told,
            )
            .help("it needs a `cluster` and a `service`"),
        ]);
    }
    let entry: TargetEntry = read_fields(fields).map_err(|mistakes| {
        let mistakes = mistakes.into_iter();
        without_echoes(mistakes.map(|fault| clearer(fault, key, fields)).collect())
    })?;
    let services = names_of_services(&entry, key, fields)?;
    let mut faults = mistakes(&entry, &services, fields);
    let described = entry.named(name);
    let each = match &described {
        Some(Described::Service(spec)) => vec![(spec.clone(), services[0].1)],
        Some(Described::Fleet(fleet)) => {
            let arns = services.iter().map(|(text, place)| {
                let named = fleet.target(&fleet.each.cluster, text);
                (named, *place)
            });
            arns.collect()
        }
        None => Vec::new(),
    };
    for (spec, place) in each {
        let told = contradictions(&spec).into_iter();
        faults.extend(told.map(|told| Fault::new(place, told).help("correct one of the two")));
    }
    match described {
        Some(described) if faults.is_empty() => Ok(described),
        _ => Err(faults),
    }
}

/// Every name or glob of services that the entry gives, each at its place.
fn names_of_services(
    entry: &TargetEntry,
    key: Place,
    fields: &Located,
) -> Result<Vec<(String, Place)>, Vec<Fault>> {
    const ONE_OF_TWO: &str = "`service` names one service, `services` a fleet of them";
    let place = |field: &str| fields.get(field).map_or(key, |value| value.place);
    match (&entry.service, &entry.services) {
        (Some(service), None) => Ok(vec![(service.clone(), place("service"))]),
        (None, Some(services)) if services.is_empty() => {
            let fault = Fault::new(place("services"), "`services` names no service");
            Err(vec![fault.help("write names, or globs such as `web-*`")])
        }
        (None, Some(services)) => {
            let items = match fields.get("services").map(|value| &value.content) {
                Some(Content::List(items)) => items.iter().map(|item| item.place).collect(),
                _ => vec![place("services")],
            };
            Ok(services.iter().cloned().zip(items).collect())
        }
        (None, None) => Err(vec![
            Fault::new(key, "`service` is missing").help(ONE_OF_TWO),
        ]),
        (Some(_), Some(_)) => {
            let place = fields.place_of("services");
            let told = "a target has `service` or `services`, not both";
            Err(vec![Fault::new(place, told).help(ONE_OF_TWO)])
        }
    }
}

/// What is missing is told at the target's name, and a time in the words of a suite.
fn clearer(mut fault: Fault, key: Place, fields: &Located) -> Fault {
    if fault.place == fields.place {
        fault.place = key;
    }
    let time = fields.get("not_before");
    if let Some(time) = time.filter(|time| time.place == fault.place && !time.is_nothing()) {
        let found = time.as_text().unwrap_or("that");
        fault.message = format!("`{found}` is not a time with its zone");
        fault.help = Some("write it like `2025-11-26T11:15:55Z`".to_owned());
    }
    if let Some(Suggest { found, candidates }) = &mut fault.suggest
        && found == "name"
    {
        candidates.clear();
        fault.help = Some("a target's name is the key it stands under".to_owned());
    }
    fault
}

/// Mistakes that are seen once the fields are read.
fn mistakes(entry: &TargetEntry, services: &[(String, Place)], fields: &Located) -> Vec<Fault> {
    let place = |field: &str| fields.get(field).map_or(fields.place, |value| value.place);
    let cluster = ("cluster", &entry.cluster, place("cluster"));
    let named = match entry.service {
        Some(_) => "service",
        None => "services",
    };
    let services = services.iter();
    let services = services.map(|(text, place)| (named, text, *place));
    let globs = [cluster].into_iter().chain(services);
    let mut faults: Vec<Fault> = globs
        .filter_map(|(field, text, place)| no_glob(field, text, place))
        .collect();
    let mut fault = |field: &str, message: String, help: &str| {
        faults.push(Fault::new(place(field), message).help(help));
    };
    if let Some(region) = entry.region.as_deref().filter(|region| !is_region(region)) {
        let told = format!("`{region}` is not a region");
        fault("region", told, "write it like `us-east-1`");
    }
    if entry.containers.as_ref().is_some_and(Vec::is_empty) {
        let told = "`containers` names no container".to_owned();
        let help = "leave it out to judge every essential container";
        fault("containers", told, help);
    }
    faults
}

/// What is wrong with the name or the glob of a cluster or a service.
fn no_glob(field: &str, text: &str, place: Place) -> Option<Fault> {
    if text.trim().is_empty() {
        let fault = Fault::new(place, format!("`{field}` is empty"));
        return Some(fault.help("write a name, an ARN, or a glob such as `web-*`"));
    }
    let error = Glob::new(text).err()?;
    let fault = Fault::new(place, format!("`{text}` is not a glob: {}", error.kind()));
    Some(fault.help("in a glob, `[` and `{` must be closed"))
}

/// Whether a text can be a region's name.
pub(crate) fn is_region(text: &str) -> bool {
    let named = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !text.is_empty() && text.chars().all(named)
}

/// What a service's ARN says otherwise than the target's other fields.
pub(crate) fn contradictions(spec: &TargetSpec) -> Vec<String> {
    let Some((region, cluster)) = service_arn(&spec.service) else {
        return Vec::new();
    };
    let given = &spec.cluster;
    let cluster = cluster.filter(|cluster| contradicts(given, cluster));
    let other = spec.region.as_deref().filter(|other| *other != region);
    cluster
        .map(|cluster| format!("this service is in the cluster `{cluster}`, not `{given}`"))
        .into_iter()
        .chain(other.map(|o| format!("this service is in the region `{region}`, not `{o}`")))
        .collect()
}

/// The region and, in ARNs of the longer form, the cluster that a service's ARN names.
pub(crate) fn service_arn(service: &str) -> Option<(&str, Option<&str>)> {
    let mut parts = service.splitn(6, ':');
    let ("arn", _, "ecs", region) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?)
    else {
        return None;
    };
    let path = parts.nth(1)?.strip_prefix("service/")?;
    Some((region, path.split_once('/').map(|(cluster, _)| cluster)))
}

/// Whether a cluster, as the suite gives it, can't be the one of that name.
fn contradicts(given: &str, name: &str) -> bool {
    let given = given.rsplit('/').next().unwrap_or(given);
    Glob::new(given).is_ok_and(|glob| !glob.compile_matcher().is_match(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_region_and_cluster() {
        let arn = "arn:aws:ecs:us-east-1:123456789012:service/dev/web";
        assert_eq!(service_arn(arn), Some(("us-east-1", Some("dev"))));
        let short = "arn:aws-cn:ecs:cn-north-1:123456789012:service/web";
        assert_eq!(service_arn(short), Some(("cn-north-1", None)));
        assert_eq!(service_arn("web"), None);
        assert_eq!(service_arn("arn:aws:ecs:us-east-1"), None);
    }

    #[test]
    fn a_cluster_may_be_given_in_three_ways() {
        assert!(!contradicts("dev", "dev"));
        assert!(!contradicts("de*", "dev"));
        assert!(!contradicts("arn:aws:ecs:us-east-1:1:cluster/dev", "dev"));
        assert!(contradicts("prod", "dev"));
    }
}
