//! Reads of Amazon ECR, and the plain types they bring.

mod config;
mod images;
mod listing;
mod manifest;
mod platform;
mod repository;

pub use config::{ImageConfig, Instruction};
pub use images::{ImageDetail, ImageId};
pub use manifest::{ChildManifest, Layer, Manifest};
pub use repository::Repository;
