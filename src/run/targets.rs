//! The targets of a run: each is found once, by the first look that can, and judged
//! unchanged from then on.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::OnceCell;
use touchdown_checks::contract::{Target, TargetSpec, Unobserved};
use touchdown_checks::ecs;
use touchdown_checks::reads::Reads;

/// A target that may not have been found yet.
#[derive(Debug)]
pub(super) struct Sought {
    pub spec: TargetSpec,
    found: OnceCell<Arc<Target>>,
}

impl Sought {
    /// The target, found on the first call that can: what is PRIMARY then is judged.
    pub async fn find(&self, reads: &Reads) -> Result<Arc<Target>, Unobserved> {
        let find = async || Box::pin(ecs::find(&self.spec, reads)).await.map(Arc::new);
        self.found.get_or_try_init(find).await.cloned()
    }

    /// The target, if it was found.
    pub fn found(&self) -> Option<&Target> {
        self.found.get().map(Arc::as_ref)
    }
}

/// The run's targets by name.
pub(super) fn sought(specs: &BTreeMap<String, TargetSpec>) -> BTreeMap<String, Arc<Sought>> {
    let sought = |spec: &TargetSpec| {
        Arc::new(Sought {
            spec: spec.clone(),
            found: OnceCell::new(),
        })
    };
    specs
        .iter()
        .map(|(name, spec)| (name.clone(), sought(spec)))
        .collect()
}
