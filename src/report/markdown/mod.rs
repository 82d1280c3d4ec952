//! The report as GitHub-flavoured Markdown: for a pull request, a CI system's summary of a job,
//! a chat.
//!
//! First the verdict with the first broken check and what to do about it, then every check in a
//! row of a table, what was judged, and the evidence of each check, folded away but for the
//! first broken one's. Whatever is worst comes first, so that a page that is cut for its length
//! loses what passed.
//!
//! Text from outside becomes Markdown in two ways only, and both are types: as an [`Inline`]
//! ([`inline`]), in which a word is either harmless or stands in a code span, and as a [`Run`]
//! of a preformatted block ([`block`]), which is HTML that a template library escapes. There is
//! no way to put a text on the page as it is, except for texts of the program itself.
//!
//! [`Inline`]: inline::Inline
//! [`Run`]: block::Run

mod block;
mod check;
mod evidence;
mod inline;
mod page;
mod plain;
mod render;
#[cfg(test)]
pub(super) mod tests;

pub use render::{LIMIT, render, render_within};
