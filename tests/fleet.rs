//! Fleets: which services one entry of a suite comes to, and how many of them one run carries.

mod common;

#[path = "fleet/found.rs"]
mod found;

#[path = "fleet/load.rs"]
mod load;

#[path = "fleet/story.rs"]
mod story;
