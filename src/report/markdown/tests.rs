//! The page as a Markdown parser reads it: what is on it, and what must never be.

mod limits;
mod parsed;
mod shape;

/// The elements of a page, in order.
pub(in crate::report) fn structure_of(page: &str) -> Vec<String> {
    parsed::parsed(page).structure
}
