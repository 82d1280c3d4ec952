//! Storm: touchdown judged by simulation. Random rollouts are played on a virtual clock, the runner judges
//! each in-process, and what it says is held against what the simulator knows to be so.

mod in_process;
mod weather;

pub use in_process::{InProcess, connections, connections_off};
pub use weather::Weather;
