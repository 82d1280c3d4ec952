//! Kinds that look at a service from outside, over WebSockets.

mod address;
mod evidence;
mod exchange;
mod outgoing;
mod statement;
mod tally;

pub use exchange::Exchanged;
pub use statement::Statement;
