//! The incidents whose answers are changed. In each, something is wrong for as long as nobody mends it.

use std::sync::LazyLock;

use crate::world::World;

/// An incident, and the checks whose statement is not true in it. They ask for something that must be
/// seen, so that nothing AWS leaves out makes it true.
pub(crate) struct Wrong {
    pub incident: &'static str,
    pub never: &'static [&'static str],
    pub world: LazyLock<World>,
}

/// One look at an incident from all sides. Each check is named by what makes its id.
macro_rules! wrong {
    ($incident:literal, $target:literal, $never:expr) => {
        Wrong {
            incident: $incident,
            never: &$never,
            world: LazyLock::new(|| {
                World::new(
                    $incident,
                    concat!(
                        "version: 1\ntargets: { web: {",
                        $target,
                        "} }\nchecks:\n",
                        include_str!("all_sides.yaml")
                    ),
                )
            }),
        }
    };
}

/// The incident of that name, which an input begins with.
pub(crate) fn named(incident: &str) -> Option<&'static Wrong> {
    WRONG.iter().find(|wrong| wrong.incident == incident)
}

static WRONG: [Wrong; 7] = [
    wrong!(
        "stale-tag",
        "cluster: HcTapStack-HcTapCluster*, service: HcTapStack-DashboardService*, region: us-east-1",
        ["fresh", "digest"]
    ),
    wrong!(
        "restart-loop",
        "cluster: aura-dev-cluster, service: aura-dev-service, region: us-east-2",
        ["complete", "healthy", "digest", "platform"]
    ),
    wrong!(
        "completed-with-zero",
        "cluster: staging-booking, service: StagingBooking-*, region: ap-southeast-2",
        ["complete", "healthy", "digest", "fresh"]
    ),
    wrong!(
        "rollback-completed",
        "cluster: prod-payments, service: payments-api, region: eu-central-1",
        ["fresh", "digest", "complete"]
    ),
    wrong!(
        "slow-drain",
        "cluster: prod-collab, service: collab-socket, region: eu-north-1",
        ["fresh", "digest", "complete", "gone"]
    ),
    wrong!(
        "blue-green-paused",
        "cluster: prod-shop, service: ledger, region: eu-west-1",
        ["fresh", "digest", "complete"]
    ),
    wrong!(
        "errors-after-deploy",
        "cluster: prod-shop, service: orders, region: eu-west-1",
        ["quiet"]
    ),
];
