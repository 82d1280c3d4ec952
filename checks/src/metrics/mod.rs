//! Kinds that look at CloudWatch metrics, one file each, and what they share: statistics, and
//! from when on points count.

mod below;
mod since;
mod stat;

pub use below::Below;
