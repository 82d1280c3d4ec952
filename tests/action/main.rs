//! The GitHub Action, outside GitHub: its scripts, with the real touchdown and the simulated AWS,
//! and with programs in their place that tell what they were asked for.

#[path = "../cli/aws.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod aws;
#[path = "../cli/place.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod place;
mod step;

mod arguments;
mod definition;
mod install;
mod verdicts;
