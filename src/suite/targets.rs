//! The targets of a suite.

use globset::Glob;
use touchdown_checks::contract::{
    Content, Fault, Located, Place, Suggest, TargetSpec, read_fields,
};

use super::diagnostics::without_echoes;
use super::words::{noun, unfit_name};

/// A target by name; without its spec where that has mistakes, so that checks may name it
/// all the same.
#[derive(Debug)]
pub(super) struct Draft {
    pub name: String,
    pub spec: Option<TargetSpec>,
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
        match spec(&name, key.place, fields) {
            Ok(spec) => Draft {
                name,
                spec: Some(spec),
            },
            Err(mistakes) => {
                faults.extend(mistakes);
                Draft { name, spec: None }
            }
        }
    });
    Some(drafts.collect())
}

fn spec(name: &str, key: Place, fields: &Located) -> Result<TargetSpec, Vec<Fault>> {
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
    let mut spec: TargetSpec = read_fields(fields).map_err(|mistakes| {
        let mistakes = mistakes.into_iter();
        without_echoes(mistakes.map(|fault| clearer(fault, key, fields)).collect())
    })?;
    spec.name = name.to_owned();
    let faults = mistakes(&spec, fields);
    if faults.is_empty() {
        Ok(spec)
    } else {
        Err(faults)
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
fn mistakes(spec: &TargetSpec, fields: &Located) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |field: &str, message: String, help: &str| {
        let place = fields.get(field).map_or(fields.place, |value| value.place);
        faults.push(Fault::new(place, message).help(help));
    };
    for (field, text) in [("cluster", &spec.cluster), ("service", &spec.service)] {
        if text.trim().is_empty() {
            let help = "write a name, an ARN, or a glob such as `web-*`";
            fault(field, format!("`{field}` is empty"), help);
        } else if let Err(error) = Glob::new(text) {
            let told = format!("`{text}` is not a glob: {}", error.kind());
            fault(field, told, "in a glob, `[` and `{` must be closed");
        }
    }
    for contradiction in contradictions(spec) {
        fault("service", contradiction, "correct one of the two");
    }
    if let Some(region) = spec.region.as_deref().filter(|region| !is_region(region)) {
        let told = format!("`{region}` is not a region");
        fault("region", told, "write it like `us-east-1`");
    }
    if spec.containers.as_ref().is_some_and(Vec::is_empty) {
        let told = "`containers` names no container".to_owned();
        let help = "leave it out to judge every essential container";
        fault("containers", told, help);
    }
    faults
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
