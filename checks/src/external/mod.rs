//! Kinds that are programs of others: `acme.cache-warm` is asked of `touchdown-check-acme.cache-warm`.
//!
//! The protocol is told in `docs/plugins.md`.

mod answer;
mod check;
mod definition;
mod faults;
mod given;
mod object;
mod plugins;
mod schema;

pub use plugins::{PluginSettings, Plugins, Unusable};

/// The version of the protocol that is spoken.
pub const PROTOCOL: u64 = 1;
