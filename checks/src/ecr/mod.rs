//! Kinds that look at images in Amazon ECR, one file each, and what they share: which images
//! are judged, the platforms they offer, and the layers they are made of.

mod before;
mod compared;
mod image_pushed;
mod judged;
mod layers;
mod layers_changed;
mod offered;
mod platform_matches;

pub use image_pushed::ImagePushed;
pub use layers_changed::LayersChanged;
pub use platform_matches::PlatformMatches;
