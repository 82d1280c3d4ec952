//! Reads of Amazon ECR, and the plain types they bring.

mod images;
mod manifest;
mod repository;

pub use images::{ImageDetail, ImageId};
pub use manifest::{ChildManifest, Manifest};
pub use repository::Repository;
