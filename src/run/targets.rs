//! The targets of a run: each is found once, by the first look that can, and judged
//! unchanged from then on.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use tokio::sync::OnceCell;
use touchdown_checks::contract::{Baseline, Target, TargetSpec, Unobserved};
use touchdown_checks::ecs;
use touchdown_checks::reads::Reads;

use crate::plan::Plan;

/// A target that may not have been found yet.
#[derive(Debug)]
pub(super) struct Sought {
    pub spec: TargetSpec,
    /// Why it can't be found, where that is known.
    unfound: Option<Unobserved>,
    baselines: Arc<[Baseline]>,
    /// Whether a check of it compares what runs with the expected image.
    expects_image: bool,
    found: OnceCell<Arc<Target>>,
}

impl Sought {
    /// The target, found on the first call that can: what is PRIMARY then is judged.
    pub async fn find(&self, reads: &Reads) -> Result<Arc<Target>, Unobserved> {
        if let Some(unfound) = &self.unfound {
            return Err(unfound.clone());
        }
        let find = async || {
            Box::pin(ecs::find_latest(&self.spec, &self.baselines, reads))
                .await
                .map(Arc::new)
        };
        self.found.get_or_try_init(find).await.cloned()
    }

    /// Settles at the run's start what is judged: the PRIMARY deployment, and the image that
    /// should run, so that a tag that moves later changes nothing. Where that fails, the
    /// checks' own looks try again.
    pub async fn settle(&self, reads: &Reads) {
        if let Ok(target) = self.find(reads).await
            && self.expects_image
        {
            target.settle_expected(reads).await;
        }
    }

    /// The target, if it was found.
    pub fn found(&self) -> Option<&Target> {
        self.found.get().map(Arc::as_ref)
    }
}

/// The plan's targets by name.
pub(super) fn sought(plan: &Plan, baselines: &Arc<[Baseline]>) -> BTreeMap<String, Arc<Sought>> {
    let checks = plan.checks.iter();
    let expecting = checks.filter(|check| check.actions.contains(&ecs::EXPECTED_IMAGE));
    let expecting: HashSet<&String> = expecting.filter_map(|c| c.target.as_ref()).collect();
    let sought = |(name, spec): (&String, &TargetSpec)| {
        let sought = Sought {
            spec: spec.clone(),
            unfound: plan.unfound.get(name).cloned(),
            baselines: Arc::clone(baselines),
            expects_image: expecting.contains(name),
            found: OnceCell::new(),
        };
        (name.clone(), Arc::new(sought))
    };
    plan.targets.iter().map(sought).collect()
}
