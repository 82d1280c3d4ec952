//! Answers that arrive and can be read, and are wrong: entries missing, twice, in another order, on pages
//! that never end.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Fault, FaultKind};
use crate::identity;

/// How the content of one answer is wrong.
#[derive(Debug, Default)]
pub(crate) struct Distortions {
    kinds: Vec<FaultKind>,
    lacks: Vec<String>,
    listing: Option<&'static Listing>,
    described: Option<&'static Described>,
    /// The order of this second.
    order: String,
}

/// A listing that goes on by a token.
#[derive(Debug)]
struct Listing {
    call: &'static str,
    entries: &'static str,
    /// The token's field in the request, and in the answer.
    asks: &'static str,
    tells: &'static str,
}

const fn listing(call: &'static str, entries: &'static str, token: &'static str) -> Listing {
    Listing {
        call,
        entries,
        asks: token,
        tells: token,
    }
}

/// Those that touchdown reads page by page, or should.
static LISTINGS: [Listing; 9] = [
    listing("ecs:ListClusters", "clusterArns", "nextToken"),
    listing("ecs:ListServices", "serviceArns", "nextToken"),
    listing("ecs:ListTasks", "taskArns", "nextToken"),
    listing(
        "ecs:ListServiceDeployments",
        "serviceDeployments",
        "nextToken",
    ),
    listing("ecr:DescribeImages", "imageDetails", "nextToken"),
    listing("ecr:ListImages", "imageIds", "nextToken"),
    listing("logs:FilterLogEvents", "events", "nextToken"),
    listing("cloudwatch:DescribeAlarms", "MetricAlarms", "NextToken"),
    listing("cloudwatch:GetMetricData", "MetricDataResults", "NextToken"),
];

/// A description of what is asked for by name: where its entries are, and their ARNs.
#[derive(Debug)]
struct Described {
    call: &'static str,
    entries: &'static str,
    arn: &'static str,
}

static DESCRIBED: [Described; 3] = [
    Described {
        call: "ecs:DescribeServices",
        entries: "services",
        arn: "serviceArn",
    },
    Described {
        call: "ecs:DescribeTasks",
        entries: "tasks",
        arn: "taskArn",
    },
    Described {
        call: "ecs:DescribeServiceRevisions",
        entries: "serviceRevisions",
        arn: "serviceRevisionArn",
    },
];

/// The fields that hold entries: of an answer, or of its entries.
const ENTRIES: [&str; 26] = [
    "clusterArns",
    "serviceArns",
    "taskArns",
    "clusters",
    "services",
    "tasks",
    "deployments",
    "taskSets",
    "events",
    "serviceDeployments",
    "serviceRevisions",
    "currentServiceRevisions",
    "sourceServiceRevisions",
    "imageDetails",
    "imageIds",
    "images",
    "repositories",
    "logStreams",
    "TargetHealthDescriptions",
    "TargetGroups",
    "LoadBalancers",
    "Listeners",
    "Rules",
    "MetricAlarms",
    "CompositeAlarms",
    "MetricDataResults",
];

/// So many empty pages come before the first entry.
const EMPTY_PAGES: usize = 3;

/// The token of a page that never was: what it stands for is in its name.
const EMPTY: &str = "empty-";
const ENDLESS: &str = "endless-";
const AGAIN: &str = "again";

impl Distortions {
    pub(super) fn of(faults: &[Fault], call: &str, now: Timestamp) -> Self {
        Self {
            kinds: faults.iter().map(|fault| fault.fault).collect(),
            lacks: faults
                .iter()
                .filter_map(|fault| fault.field.clone())
                .collect(),
            listing: LISTINGS.iter().find(|listing| listing.call == call),
            described: DESCRIBED.iter().find(|described| described.call == call),
            order: now.as_second().to_string(),
        }
    }

    fn has(&self, kind: FaultKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// The page that the request's token stands for, if it is one that never was.
    pub(crate) fn made_up_page(&self, input: &Value) -> Option<Value> {
        // Images that are asked for by name are no listing.
        let listing = self.listing.filter(|_| input.get("imageIds").is_none())?;
        let token = input.get(listing.asks).and_then(Value::as_str);
        let next = match token {
            None if self.has(FaultKind::EmptyPages) => format!("{EMPTY}{}", EMPTY_PAGES - 1),
            None => return None,
            Some(token) => {
                let counted = |prefix| token.strip_prefix(prefix)?.parse::<usize>().ok();
                match (counted(EMPTY), counted(ENDLESS)) {
                    (Some(left), _) if left > 0 => format!("{EMPTY}{}", left - 1),
                    (_, Some(number)) => format!("{ENDLESS}{}", number + 1),
                    _ => return None,
                }
            }
        };
        Some(json!({ listing.entries: [], listing.tells: next }))
    }

    /// Takes a token that was made up out of the request, so that the listing begins.
    pub(crate) fn forget_token(&self, input: &mut Value) {
        let (Some(listing), Some(fields)) = (self.listing, input.as_object_mut()) else {
            return;
        };
        let token = fields.get(listing.asks).and_then(Value::as_str);
        if token.is_some_and(|token| token == AGAIN || token.starts_with(EMPTY)) {
            fields.remove(listing.asks);
        }
    }

    /// Makes an answer wrong.
    pub(crate) fn distort(&self, body: &mut Value) {
        if let (true, Some(listing)) = (self.has(FaultKind::Endless), self.listing) {
            body[listing.tells] = format!("{ENDLESS}0").into();
        }
        if let (true, Some(listing)) = (self.has(FaultKind::SameToken), self.listing) {
            body[listing.tells] = AGAIN.into();
        }
        if let (true, Some(described)) = (self.has(FaultKind::Missing), self.described) {
            described.make_missing(body);
        }
        for field in &self.lacks {
            remove(body, field);
        }
        if self.has(FaultKind::Duplicated) {
            each_list_of_entries(body, &|entries| {
                let twice = |entry: Value| [entry.clone(), entry];
                *entries = std::mem::take(entries)
                    .into_iter()
                    .flat_map(twice)
                    .collect();
            });
        }
        if self.has(FaultKind::Reordered) {
            each_list_of_entries(body, &|entries| {
                let place = |entry: &Value| identity::number(&[&self.order, &entry.to_string()]);
                entries.sort_by_cached_key(place);
            });
        }
    }
}

impl Described {
    fn make_missing(&self, body: &mut Value) {
        let Some(entries) = body.get_mut(self.entries).and_then(Value::as_array_mut) else {
            return;
        };
        let missing = std::mem::take(entries).into_iter();
        let missing: Vec<Value> = missing
            .map(|entry| json!({ "arn": entry[self.arn], "reason": "MISSING" }))
            .collect();
        match body.get_mut("failures").and_then(Value::as_array_mut) {
            Some(failures) => failures.extend(missing),
            None => body["failures"] = missing.into(),
        }
    }
}

fn remove(value: &mut Value, field: &str) {
    match value {
        Value::Object(fields) => {
            fields.remove(field);
            fields.values_mut().for_each(|value| remove(value, field));
        }
        Value::Array(members) => members.iter_mut().for_each(|value| remove(value, field)),
        _ => {}
    }
}

/// The entries of an answer, and what its entries list in turn.
fn each_list_of_entries(body: &mut Value, change: &impl Fn(&mut Vec<Value>)) {
    let Some(fields) = body.as_object_mut() else {
        return;
    };
    lists(fields).for_each(|entries| {
        let inner = entries.iter_mut().filter_map(Value::as_object_mut);
        inner.for_each(|entry| lists(entry).for_each(change));
        change(entries);
    });
}

fn lists(fields: &mut Map<String, Value>) -> impl Iterator<Item = &mut Vec<Value>> {
    let of_entries = fields
        .iter_mut()
        .filter(|(name, _)| ENTRIES.contains(&name.as_str()));
    of_entries.filter_map(|(_, value)| value.as_array_mut())
}
