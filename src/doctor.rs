//! What stands between a suite and its looks: who asks, for how long, and which permissions are
//! there. Every check looks once, and the journal of its calls tells.

mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::Value;
use touchdown_checks::contract::{TargetSpec, Unobserved};
use touchdown_checks::ecs::Makeup;
use touchdown_checks::permissions::{self, Place};
use touchdown_checks::reads::{Caller, Connections, Reads, Tally};

use crate::plan::Plan;
use crate::redact::Redactor;
use crate::report::{CheckReport, Report, Verdict};
use crate::run::{Options, run};

pub use text::{policy_text, render};

/// What was found.
#[derive(Debug)]
pub struct Checkup {
    /// The suite's name.
    pub suite: String,
    /// Who asks; none where no check asks AWS anything.
    pub identity: Option<Identity>,
    /// When it was found.
    pub at: Timestamp,
    /// The longest that the suite may take.
    pub longest: Duration,
    /// Each target: the service that was found.
    pub targets: BTreeMap<String, Result<String, Unobserved>>,
    /// Each action that the suite's kinds may need.
    pub actions: BTreeMap<&'static str, Standing>,
    /// The smallest policy that allows them.
    pub policy: Value,
}

/// Who asks AWS.
#[derive(Debug)]
pub struct Identity {
    /// The identity that AWS sees.
    pub caller: Result<Caller, Unobserved>,
    /// The region that is asked where a target names none.
    pub region: Result<String, Unobserved>,
    /// When the credentials expire; none where they don't say.
    pub expires: Result<Option<Timestamp>, Unobserved>,
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// AWS answered.
    Allowed,
    /// AWS refused, because it isn't allowed.
    Denied(String),
    /// AWS didn't answer, or refused for another reason.
    Failed(String),
    /// No look came to need it.
    NotTried,
}

impl Checkup {
    /// Passed where nothing is missing, else inconclusive. An action that no look needed is not
    /// missing.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let bad =
            |standing: &Standing| matches!(standing, Standing::Denied(_) | Standing::Failed(_));
        let identity = self.identity.as_ref();
        let unknown = identity.is_some_and(|who| who.caller.is_err() || who.expires.is_err());
        let missing = unknown
            || self.expires_too_early()
            || self.targets.values().any(Result::is_err)
            || self.actions.values().any(bad);
        match missing {
            true => Verdict::Inconclusive,
            false => Verdict::Passed,
        }
    }

    /// The checkup without secrets. What the looks said of actions is clean already.
    fn clean(mut self, redactor: &Redactor) -> Self {
        let clean = |unobserved| redactor.clean_unobserved(unobserved);
        self.identity = self.identity.map(|who| Identity {
            caller: who.caller.map_err(clean),
            region: who.region.map_err(clean),
            expires: who.expires.map_err(clean),
        });
        let targets = self.targets.into_iter();
        self.targets = targets
            .map(|(name, found)| (name, found.map_err(clean)))
            .collect();
        self
    }

    /// Whether the credentials may expire before the suite has come to its end.
    #[must_use]
    pub fn expires_too_early(&self) -> bool {
        let expires = self.identity.as_ref().map(|who| &who.expires);
        let Some(Ok(Some(expires))) = expires else {
            return false;
        };
        let ends = self.at.checked_add(self.longest);
        ends.is_ok_and(|ends| *expires < ends)
    }
}

/// Looks once at everything that the plan looks at in AWS.
pub async fn examine(plan: &Plan, connections: Arc<Connections>) -> Checkup {
    let looks = plan.one_look();
    let reads = Reads::of_round(Arc::clone(&connections));
    let mut identity = None;
    if !looks.checks.is_empty() {
        identity = Some(identify(&looks, &reads).await);
    }
    let found = looks.targets.iter().map(async |(name, spec)| {
        let made = match looks.unfound.get(name) {
            Some(unfound) => Err(unfound.clone()),
            None => Box::pin(Makeup::observe(spec, &reads)).await,
        };
        (name.clone(), made)
    });
    let found: BTreeMap<_, _> = join_all(found).await.into_iter().collect();
    let report = run(
        &looks,
        Arc::clone(&connections),
        Options::default(),
        std::future::pending(),
        &mut (),
    )
    .await;
    let needed = needed(&looks, &found, identity.as_ref());
    let calls = connections.journal().calls();
    let all: BTreeSet<&'static str> = needed
        .iter()
        .flat_map(|(_, actions)| actions)
        .copied()
        .collect();
    let checkup = Checkup {
        suite: plan.suite_name.clone(),
        policy: permissions::policy(&needed),
        actions: all
            .into_iter()
            .map(|action| (action, standing(action, calls.get(action), &report)))
            .collect(),
        targets: found
            .into_iter()
            .map(|(name, made)| (name, made.map(|made| place(&made))))
            .collect(),
        at: reads.clock().now(),
        longest: plan.longest(),
        identity,
    };
    let mut redactor = plan.redactor.clone();
    redactor.learn_credentials(&connections);
    checkup.clean(&redactor)
}

async fn identify(looks: &Plan, reads: &Reads) -> Identity {
    let region = reads.region(None).await;
    let own = || region.as_ref().ok().map(String::as_str);
    let mut named = looks
        .targets
        .values()
        .filter_map(|spec| spec.region.as_deref());
    let asked = named.next().or_else(own);
    let caller = Box::pin(reads.caller(asked)).await;
    Identity {
        caller: caller.map(|seen| seen.value),
        expires: reads.credentials_expire().await,
        region,
    }
}

/// `prod-shop/checkout in eu-west-1`.
fn place(made: &Makeup) -> String {
    let target = &made.target;
    format!(
        "{}/{} in {}, {}",
        target.cluster_name(),
        target.service,
        target.region,
        made.definition.name()
    )
}

/// What the checks of each target need there.
fn needed(
    looks: &Plan,
    found: &BTreeMap<String, Result<Makeup, Unobserved>>,
    identity: Option<&Identity>,
) -> Vec<permissions::Needed<'static>> {
    let region = identity.and_then(|who| who.region.as_deref().ok());
    let caller = identity.and_then(|who| who.caller.as_ref().ok());
    let account = caller.map(|caller| caller.account.as_str());
    let of_target = |(name, spec): (&String, &TargetSpec)| {
        let place = match found.get(name) {
            Some(Ok(made)) => Place::of(made),
            _ => Place::unseen(spec, region, account),
        };
        let checks = looks
            .checks
            .iter()
            .filter(|check| check.target.as_ref() == Some(name));
        let of_checks = checks.flat_map(|check| check.actions.iter().copied());
        let actions = of_checks.chain(permissions::to_find(spec)).collect();
        (place, actions)
    };
    looks.targets.iter().map(of_target).collect()
}

/// What the journal tells of an action. A refusal goes before what was answered elsewhere: an
/// action may be allowed on one target and not on the other.
fn standing(action: &str, tally: Option<&Tally>, report: &Report) -> Standing {
    let Some(tally) = tally else {
        return Standing::NotTried;
    };
    let is_denial = |code: &&String| DENIALS.contains(&code.as_str());
    if let Some(code) = tally.codes.keys().find(is_denial) {
        return Standing::Denied(said(action, report).unwrap_or_else(|| code.clone()));
    }
    if tally.count > tally.failed + tally.throttled {
        return Standing::Allowed;
    }
    let codes: Vec<&str> = tally.codes.keys().map(String::as_str).collect();
    let told = || match codes.is_empty() {
        true => "no answer came".to_owned(),
        false => codes.join(", "),
    };
    Standing::Failed(said(action, report).unwrap_or_else(told))
}

/// The codes of AWS's services for what isn't allowed.
const DENIALS: [&str; 4] = [
    "AccessDeniedException",
    "AccessDenied",
    "UnauthorizedOperation",
    "NotAuthorized",
];

/// What a check that could not look says of the action.
fn said(action: &str, report: &Report) -> Option<String> {
    let names = |check: &&CheckReport| {
        check.verdict == Verdict::Inconclusive && check.headline.contains(action)
    };
    let check = report.checks.iter().find(names)?;
    Some(check.headline.clone())
}

#[cfg(test)]
mod tests;
