//! How the report for people looks.

use super::Folding;
use crate::report::Charset;

/// Narrower than this nothing is readable; lines then stand over instead.
const NARROWEST: usize = 40;

/// How the report for people looks. Nothing else decides it: no environment, no terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// How many columns there are.
    pub width: usize,
    /// Whether to show what passed in full, every look, and what was asked of AWS.
    pub verbose: bool,
    /// Which characters can be shown.
    pub charset: Charset,
    /// What whoever shows it can fold away.
    pub folding: Folding,
}

impl Style {
    /// How the report is written into a file: no colour, a hundred columns, the short
    /// form, UTF-8.
    pub const FILE: Self = Self {
        color: false,
        width: 100,
        verbose: false,
        charset: Charset::Utf8,
        folding: Folding::None,
    };

    pub(super) fn columns(self) -> usize {
        self.width.max(NARROWEST)
    }
}
