//! What is asked of the simulated fleet, and what is true of it: the tests hold runs to it, and the
//! bench of growth does.

use touchdown::report::{CheckReport, Verdict};

/// The fleet was deployed after that.
pub const FLEET: &str = "  fleet: { cluster: prod, services: 'prod-*', region: eu-west-1, not_before: 2025-11-20T09:28:00Z }\n";

/// Five kinds, each with another window's end: nothing but the pictures holds them together.
pub const CHECKS: &str = "
  - { check: ecs.rollout-complete, id: complete, within: 90s }
  - { check: ecs.digest-running, id: digest, within: 91s }
  - { check: ecs.stable, id: stable, within: 92s, hold: 20s }
  - { check: ecs.tasks-started-after-push, id: fresh, within: 93s }
  - { check: ecs.old-tasks-gone, id: alone, within: 94s }
";

/// What is wrong with a service of the fleet, by its number.
fn broken(number: usize) -> &'static [&'static str] {
    match number % 100 {
        13 => &["complete", "digest", "stable", "fresh", "alone"],
        57 => &["fresh"],
        _ => &[],
    }
}

/// The verdict that is right for a check of [`CHECKS`] on the fleet.
pub fn right(check: &CheckReport) -> Verdict {
    let (id, _) = check.id.split_once('@').expect("an id of a fleet");
    let name = check.target.as_deref().expect("a target");
    let (_, digits) = name.rsplit_once('-').expect("a number");
    let number = digits.parse().expect("a number");
    match broken(number).contains(&id) {
        true => Verdict::Failed,
        false => Verdict::Passed,
    }
}
