//! The report as one HTML file, for people: it loads nothing, runs nothing, and reads on a
//! phone and on paper.
//!
//! Text from outside comes into the page as text alone: every template escapes what it is
//! given, and [`finish`] makes visible whatever would act or hide in the finished document.

mod anchors;
mod checks;
mod document;
mod evidence;
mod finish;
mod page;
mod picture;
mod summary;
#[cfg(test)]
pub(super) mod tests;

pub use document::render;
