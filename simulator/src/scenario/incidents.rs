//! The incidents that come with the simulator.

/// Name and text of each, in the order in which they are listed.
const INCIDENTS: &[(&str, &str)] = &[
    ("healthy", include_str!("../../incidents/healthy.yaml")),
    ("stale-tag", include_str!("../../incidents/stale-tag.yaml")),
    (
        "old-log-line",
        include_str!("../../incidents/old-log-line.yaml"),
    ),
    (
        "errors-after-deploy",
        include_str!("../../incidents/errors-after-deploy.yaml"),
    ),
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
