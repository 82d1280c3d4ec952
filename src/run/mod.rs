//! The run: from a plan to a report, owning time.
//!
//! [`run`] starts rounds of looks; `bounds` bounds what they found; `course` decides, for each check, what follows a look;
//! `pacing` keeps them within the budget for requests, `outcome` keeps what was found, `rollouts` what the rounds show of each service, and `summary`
//! makes the report of it. Whoever shows the progress follows the [`Event`]s.

mod agenda;
mod baselines;
mod bounds;
mod course;
mod event;
mod look;
mod outcome;
mod pacing;
mod rollouts;
mod rounds;
mod run_id;
mod summary;
mod targets;

pub use event::{Announced, Event, Held, Observer};
pub use rounds::{Options, run};
pub use run_id::RunId;
