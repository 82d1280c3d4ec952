//! What a CI system gets beside the reports, in the terms of that system.
//!
//! Nothing in here reads the environment: which [`System`] it is, is found by whoever may look
//! ([`crate::cli`]), and handed on.

pub mod github;
mod system;

pub use system::System;
