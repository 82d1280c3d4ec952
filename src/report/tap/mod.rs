//! The report in the Test Anything Protocol, version 14
//! (<https://testanything.org/tap-version-14-specification.html>).
//!
//! | check | test point |
//! |---|---|
//! | passed | `ok` |
//! | failed or inconclusive | `not ok`; the diagnostics say which |
//! | the same, `required: false` | `not ok … # TODO not required`, which no harness counts |
//! | skipped | `ok … # SKIP`, with the reason |
//!
//! Whatever is not a passed test point has a block of diagnostics in YAML. A run that was
//! interrupted ends with `Bail out!`, so that no harness takes what is known for all there is.

mod render;
mod writer;

pub use render::render;
