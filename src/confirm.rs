//! Is it really deployed? A built-in suite on one service: the chain from the push of an image
//! to the load balancer, a check a link.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use touchdown_checks::contract::TargetSpec;
use touchdown_checks::ecs::{self, Makeup};
use touchdown_checks::reads::{Connections, Reads};

use crate::catalog::Catalog;
use crate::plan::Plan;
use crate::report::{Interruption, Report};
use crate::run::{Observer, Options, run};
use crate::suite::{Sources, Suite, SuiteErrors};

/// The links, as a suite.
const CHAIN: &str = include_str!("confirm.yaml");

/// The link that compares with what ran before the deploy.
const REPLACED: &str = "replaced";

/// The name of the target in that suite.
pub const TARGET: &str = "service";

/// The link that tells when the image was pushed.
const PUSHED: &str = "pushed";

/// The link that stands for the containers whose images are not in ECR.
const OTHERS: &str = "other-images";

/// Why a link doesn't apply to a service, where it doesn't.
type Unfit = fn(&Makeup) -> Option<&'static str>;

/// The links that not every service has.
const NOT_EVERYWHERE: &[(&str, Unfit)] = &[
    ("pinned", |made| {
        (!made.has_revisions).then_some(
            "ECS tells no service revision of it, so that only its tasks show what they run",
        )
    }),
    ("pinned", |made| {
        made.pins_nothing()
            .then_some("version consistency is disabled, so that the deployment pins no digest")
    }),
    ("healthy", |made| {
        (!made.has_health_check()).then_some("no essential container has a health check")
    }),
    ("in-load-balancer", |made| {
        made.target_groups()
            .is_empty()
            .then_some("the service is in no target group of a load balancer")
    }),
];

/// The plan of every link, on the service of `spec`, which is named [`TARGET`]. Each link may
/// take as long as `wait` until it first holds; zero makes it one look. A link that compares
/// with what ran before is there only where `options` hold a baseline.
///
/// # Errors
/// Never with the built-in kinds, which the chain is written for.
pub fn plan(spec: TargetSpec, wait: Duration, options: &Options) -> Result<Plan, SuiteErrors> {
    let catalog = Catalog::built_in();
    let mut suite = Suite::parse("confirm.yaml", CHAIN.as_bytes(), &Sources::none(), &catalog)?;
    suite.name = format!("{}/{}", last(&spec.cluster), last(&spec.service));
    suite.targets = vec![spec];
    let compares = !options.baselines.is_empty();
    suite
        .checks
        .retain(|check| compares || check.id != REPLACED);
    Ok(Plan::of(&suite).with_within(wait))
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The pause between looks at whether AWS shows the deployment that the user asks about.
const PAUSE: Duration = Duration::from_secs(2);

/// Runs the chain to its report. A link that makes no sense on the service is left out, and
/// the report says so. While a deployment of the target's `not_before` is still to be found, no link is
/// looked at: for [`ecs::LAG`], or as long as the links may take.
pub async fn confirm(
    mut plan: Plan,
    connections: Arc<Connections>,
    options: Options,
    stop: impl Future<Output = Interruption>,
    observer: &mut dyn Observer,
) -> Report {
    let mut stop = Box::pin(stop);
    let interrupted = tokio::select! {
        biased;
        interruption = &mut stop => Some(interruption),
        () = Box::pin(leave_out(&mut plan, &connections)) => None,
    };
    let stop = async move {
        match interrupted {
            Some(interruption) => interruption,
            None => stop.await,
        }
    };
    run(&plan, connections, options, stop, observer).await
}

/// Leaves out what doesn't apply. Where the service can't be looked at, every link stays and
/// tells why.
async fn leave_out(plan: &mut Plan, connections: &Arc<Connections>) {
    let Some(spec) = plan.targets.get(TARGET) else {
        return;
    };
    let links = plan.checks.iter();
    let patience = links.map(|link| link.within).max().unwrap_or_default();
    let (reads, waited) = of_latest(spec, patience, connections).await;
    let made = Makeup::observe(spec, &reads).await.ok();
    judge_what_ecr_knows(plan, made.as_ref());
    *plan = plan.clone().with_within(patience.saturating_sub(waited));
    let Some(made) = made else { return };
    for (link, unfit) in NOT_EVERYWHERE {
        if let Some(why) = unfit(&made) {
            plan.leave_out(link, why);
        }
    }
}

/// A round that shows the deployment which is to be judged, since what an older one is made of says nothing of
/// it; and how long it was waited for.
async fn of_latest(
    spec: &TargetSpec,
    patience: Duration,
    connections: &Arc<Connections>,
) -> (Reads, Duration) {
    let longest = patience.max(ecs::LAG.unsigned_abs());
    let mut waited = Duration::ZERO;
    loop {
        let reads = Reads::of_round(Arc::clone(connections));
        if waited >= longest || !ecs::awaits_latest(spec, &reads).await {
            return (reads, waited);
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
}

/// Judges the containers of which ECR tells what was pushed, and says which it leaves out. Where
/// there is none of them, all are judged by what runs and since when, and the push is left out.
fn judge_what_ecr_knows(plan: &mut Plan, made: Option<&Makeup>) {
    let (known, others) = made.map(Makeup::by_registry).unwrap_or_default();
    let named = others
        .iter()
        .map(|container| format!("{} runs {}", container.name, container.image));
    let named = named.collect::<Vec<String>>().join(", ");
    if known.is_empty() || others.is_empty() {
        // No link needs another, so that none loses its place.
        plan.checks.retain(|check| check.id != OTHERS);
        if !others.is_empty() {
            let why = format!("only ECR tells when an image was pushed, and {named}");
            plan.leave_out(PUSHED, &why);
        }
        return;
    }
    let why = format!("only ECR tells what was pushed, and {named}");
    plan.leave_out(OTHERS, &why);
    if let Some(spec) = plan.targets.get_mut(TARGET) {
        let known = known.iter().map(|container| container.name.clone());
        spec.containers.get_or_insert_with(|| known.collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_is_a_suite_of_one_target() {
        let spec = TargetSpec {
            name: TARGET.to_owned(),
            cluster: "arn:aws:ecs:us-east-1:1:cluster/dev".into(),
            service: "web".into(),
            found_by: None,
            region: None,
            containers: None,
            image: None,
            not_before: None,
        };
        let plan = plan(spec, Duration::ZERO, &Options::default());
        let plan = plan.expect("a suite without mistakes");
        assert_eq!(plan.suite_name, "dev/web");
        assert_eq!(plan.targets.len(), 1);
        for check in &plan.checks {
            assert_eq!(check.target.as_deref(), Some(TARGET), "{}", check.id);
            assert_eq!(check.within, Duration::ZERO, "{}", check.id);
            assert_ne!(check.name, check.id, "each has a name for people");
        }
    }
}
