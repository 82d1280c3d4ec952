//! The oracle: what a gate may say of a story, and when, from what is really so.
//!
//! It knows the simulated account's state, and AWS's rules as `docs/semantics.md` and `docs/checks.md` tell
//! them; it shares no code with the judges. Its own rules, in words, are in `docs/reliability.md`.

mod ends;
mod held;
mod says;
mod standing;
mod statements;
mod watched;

pub use held::{Bounds, Delays, Found, Held};
pub use says::Says;
pub use watched::Watched;
