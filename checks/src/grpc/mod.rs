//! Kinds that look at a gRPC server from outside.

mod address;
mod healthy;

pub use healthy::Healthy;
