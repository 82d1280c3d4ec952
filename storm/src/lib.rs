//! Storm: touchdown judged by simulation. Random rollouts are played on a virtual clock, the runner judges
//! each in-process, and what it says is held against what the simulator knows to be so.
//!
//! [`story`] draws a rollout, [`oracle`] knows what may be said of it, [`trial`] compares; [`shrink`] makes
//! a failing story small, and [`table`] sums up many.

mod draw;
mod in_process;
pub mod oracle;
pub mod shrink;
pub mod story;
pub mod table;
pub mod trial;
mod weather;

pub use in_process::{InProcess, connections, connections_off};
pub use weather::Weather;
