//! Kinds that look at CloudWatch alarms, one file each.

mod quiet;

pub use quiet::Quiet;
