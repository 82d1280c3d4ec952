//! A simulated AWS (ECS, ECR, Elastic Load Balancing, CloudWatch, CloudWatch Logs, STS) on loopback, to rehearse deployments that lie.
//!
//! A [`Scenario`] tells a history: images that were pushed, services that were deployed. A
//! [`Simulator`] plays it on a virtual clock and answers the AWS wire protocol, so that a client
//! cannot tell it from the real thing. What it answers is a function of the clock and of the
//! actions performed, never of how often it was asked.
//!
//! ```
//! use touchdown_simulator::{Clock, Scenario, Simulator};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::new(Scenario::named("stale-tag")?, Clock::default())?;
//! simulator.perform("fix")?;
//! simulator.advance(std::time::Duration::from_secs(180));
//! # Ok(())
//! # }
//! ```

mod clock;
mod faults;
mod identity;
mod quota;
mod registry;
mod scenario;
mod serve;
mod simulator;
mod time;
pub mod truth;
mod wire;
mod world;

pub use clock::Clock;
pub use faults::{Carried, Delivery, Fault, FaultKind};
pub use scenario::{Scenario, ScenarioError, Step, names};
pub use serve::Served;
pub use simulator::{ActionError, Recorded, Simulator};
