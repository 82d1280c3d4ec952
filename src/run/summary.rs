//! From what the run found to its report.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;
use touchdown_checks::contract::{Baseline, Target, TargetSpec};
use touchdown_checks::reads::{Connections, Tally};

use super::baselines;
use super::bounds::bounded_rollout;
use super::outcome::{Outcome, millis};
use super::rollouts::Rollouts;
use super::run_id::RunId;
use super::targets::Sought;
use crate::exit;
use crate::plan::{Plan, PlannedCheck, Share};
use crate::redact::Redactor;
use crate::report::{
    CallReport, CheckReport, Counts, Interruption, Report, ShardReport, TargetReport, VERSION,
    Verdict,
};

/// What the summary is made of.
pub(super) struct Ledger<'a> {
    pub connections: &'a Connections,
    pub redactor: &'a Redactor,
    pub began: Instant,
    pub ended: Instant,
    pub baselines: &'a [Baseline],
    pub targets: &'a BTreeMap<String, Arc<Sought>>,
    pub rollouts: &'a Rollouts,
    pub outcomes: &'a [Outcome],
    pub run_id: &'a RunId,
}

/// The report of a run whose checks have all settled.
pub(super) fn report(
    plan: &Plan,
    ledger: &Ledger<'_>,
    interrupted: Option<Interruption>,
) -> Report {
    let clock = ledger.connections.clock();
    let pairs = plan.checks.iter().zip(ledger.outcomes);
    let share = plan.share.as_ref();
    let unmatched = baselines::of_no_target(ledger.baselines, ledger.targets, share);
    let unmatched = unmatched.into_iter();
    let checks: Vec<CheckReport> = pairs
        .map(|(check, outcome)| of_check(check, outcome, ledger))
        .chain(unmatched.map(|baseline| baselines::told(baseline, clock.at(ledger.began))))
        .collect();
    let shard = share.map(of_share);
    let verdict = Verdict::of_run(&checks, shard.as_ref());
    Report {
        version: VERSION,
        suite: plan.suite_name.clone(),
        verdict,
        exit_code: exit::code(verdict, interrupted),
        interrupted,
        selection: plan.selection.clone(),
        run_id: uses_run_id(plan).then(|| ledger.run_id.to_string()),
        shard,
        started_at: clock.at(ledger.began),
        took_ms: millis(ledger.ended - ledger.began),
        counts: Counts::of(checks.iter().map(|check| check.verdict)),
        targets: of_targets(ledger),
        checks,
        calls: of_calls(ledger),
    }
}

/// Whether what its checks send, or look for, has the run's id in it.
fn uses_run_id(plan: &Plan) -> bool {
    let mut fillings = plan
        .checks
        .iter()
        .filter_map(|check| check.filling.as_ref());
    fillings.any(|filling| filling.uses_run_id())
}

fn of_share(share: &Share) -> ShardReport {
    ShardReport {
        index: share.shard.index(),
        of: share.shard.of().get(),
        checks: share.whole,
        places: share.places.clone(),
        plan: share.fingerprint.clone(),
    }
}

fn of_check(check: &PlannedCheck, outcome: &Outcome, ledger: &Ledger<'_>) -> CheckReport {
    let settled = outcome.settled();
    let opened = outcome.opened.unwrap_or(ledger.began);
    CheckReport {
        id: check.id.clone(),
        kind: check.kind.to_string(),
        name: check.name.clone(),
        target: check.target.clone(),
        required: check.required,
        verdict: settled.map_or(Verdict::Inconclusive, |settled| settled.verdict),
        headline: settled
            .map(|settled| settled.headline.clone())
            .unwrap_or_default(),
        hint: settled.and_then(|settled| settled.hint.clone()),
        started_at: ledger.connections.clock().at(opened),
        took_ms: settled
            .filter(|_| outcome.opened.is_some())
            .map_or(0, |settled| millis(settled.at - opened)),
        attempts: outcome.attempts.clone(),
        evidence: outcome.evidence().to_vec(),
    }
}

fn of_targets(ledger: &Ledger<'_>) -> BTreeMap<String, TargetReport> {
    let of_target = |(name, sought): (&String, &Arc<Sought>)| {
        let told = match sought.found() {
            Some(target) => TargetReport {
                rollout: ledger.rollouts.told(name, target),
                ..found(target)
            },
            None => asked_for(&sought.spec),
        };
        let mut told = ledger.redactor.clean_target(told);
        told.rollout = told.rollout.map(bounded_rollout);
        (name.clone(), told)
    };
    ledger.targets.iter().map(of_target).collect()
}

fn found(target: &Target) -> TargetReport {
    let told = TargetReport {
        cluster: target.cluster_name().to_owned(),
        service: target.service.clone(),
        region: Some(target.region.clone()),
        deployment: Some(target.deployment.id.clone()),
        task_definition: Some(target.deployment.revision().to_owned()),
        expected_digest: None,
        expected_digests: target.expected_digests(),
        rollout: None,
    };
    TargetReport {
        expected_digest: told.one_expected_digest(),
        ..told
    }
}

fn asked_for(spec: &TargetSpec) -> TargetReport {
    TargetReport {
        cluster: spec.cluster.clone(),
        service: spec.service.clone(),
        region: spec.region.clone(),
        ..TargetReport::default()
    }
}

fn of_calls(ledger: &Ledger<'_>) -> Vec<CallReport> {
    let calls = ledger.connections.journal().calls();
    let of_call = |(call, tally): (String, Tally)| CallReport {
        call,
        count: tally.count,
        throttled: tally.throttled,
        failed: tally.failed,
    };
    calls.into_iter().map(of_call).collect()
}
