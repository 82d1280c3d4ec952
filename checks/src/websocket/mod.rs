//! Kinds that look at a service from outside, over WebSockets.

mod address;
mod evidence;
mod exchange;
mod outgoing;
mod statement;
mod tally;
mod turn;

pub use exchange::Exchanged;
pub use statement::Statement;
pub use turn::Turn;
