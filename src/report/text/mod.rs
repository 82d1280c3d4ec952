//! Plain text, laid out: what the terminal and the JUnit bodies have in common.

mod evidence;
mod found;
mod looks;
mod paint;
mod sheet;
mod table;
mod times;
mod wrap;

pub(crate) use evidence::{margins, rows as evidence_rows};
pub(crate) use looks::rows as look_rows;
pub(crate) use paint::{Ink, Paint};
pub(crate) use sheet::{Sheet, indented};
pub(crate) use table::table;
pub(crate) use times::Times;
pub(crate) use wrap::{clip, width, wrap};
