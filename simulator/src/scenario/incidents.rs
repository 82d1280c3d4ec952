//! The incidents that come with the simulator.

/// The name and the text of each file named.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../incidents/", $name, ".yaml")))),*]
    };
}

/// Name and text of each, in the order in which they are listed.
const INCIDENTS: &[(&str, &str)] = files![
    "healthy",
    "stale-tag",
    "same-revision",
    "old-log-line",
    "restart-loop",
    "cached-layers",
    "rollback-completed",
    "completed-with-zero",
    "slow-drain",
    "overtaken",
    "old-replacement-after-push",
    "breaker-off-forever",
    "exec-format-error",
    "oom",
    "secrets",
    "no-capacity",
    "cause-only-in-container",
    "errors-after-deploy",
    "task-vanishes",
    "multi-platform-index",
    "promoted-old-digest",
    "cross-region-logs",
    "firelens",
    "code-deploy",
    "blue-green-paused",
];

/// The names of the incidents that come with the simulator.
pub fn names() -> impl Iterator<Item = &'static str> {
    INCIDENTS.iter().map(|(name, _)| *name)
}

/// The scenario file of an incident.
pub(super) fn text(name: &str) -> Option<&'static str> {
    INCIDENTS
        .iter()
        .find(|(incident, _)| *incident == name)
        .map(|(_, text)| *text)
}
