//! Every kind of fault against a deployment that is right and one that is not: over the real wire with the
//! real binary, and in-process where it needs time. No fault makes a false verdict, a hang, a panic or an
//! incomplete report.

mod common;

#[path = "faults/beginning.rs"]
mod beginning;
#[path = "faults/outcome.rs"]
mod outcome;
#[path = "faults/paused.rs"]
mod paused;
#[path = "cli/place.rs"]
#[allow(dead_code, reason = "the tests of the command line use the rest of it")]
mod place;
#[path = "faults/table.rs"]
mod table;
#[path = "faults/wire.rs"]
mod wire;
