//! Kinds that look at CloudWatch metrics, one file each, and what they share: statistics, from when
//! on points count, and for how long CloudWatch has them.

mod below;
mod since;
mod stat;
mod window;

pub use below::Below;
