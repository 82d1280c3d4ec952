//! The semantics of a run, on the paused clock: every state, deadline, hold and need that
//! DESIGN.md speaks of, as a suite and what it must end in.

mod semantics {
    mod deadline;
    mod end;
    mod events;
    mod forbids;
    mod hold;
    mod looks;
    mod memory;
    mod needs;
    mod ran;
    mod scripted;
    mod values;
    mod verdict;
}
