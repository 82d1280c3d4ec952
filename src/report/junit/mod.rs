//! The JUnit report, for a CI system's view of tests.
//!
//! One flat suite, a testcase a check. The `classname` is `touchdown.` and the kind; the name
//! is the check's id, with the name for people behind it where there is one, so that names
//! are unique and stay the same from run to run.
//!
//! | check | testcase |
//! |---|---|
//! | passed | no child element |
//! | failed | `<failure type="failed">` |
//! | inconclusive | `<error type="inconclusive">` |
//! | skipped | `<skipped type="skipped">` |
//! | failed or inconclusive, `required: false` | `<skipped type="not-required">` |
//!
//! A check that is not required must not turn a pipeline red when the run passed, and GitLab,
//! Jenkins and the GitHub actions that read JUnit turn red at any `<failure>` or `<error>`.
//! As a passed testcase it would be a green light for a statement that did not hold, and those
//! tools show nothing of the output of passed tests. So it is a skipped one, as pytest writes
//! an expected failure and JUnit 5 an assumption that did not hold: it is listed and counted
//! apart, with its message (`not required: failed: …`) and the whole body.
//!
//! The headline is the message and the first line of the body; the hint is the second, because
//! some readers show two lines only. A check whose looks did not all say the same has them in
//! its `<system-out>`. The document follows Jenkins's `junit-10.xsd`, which
//! knows no `file`, no `line` and no properties of a testcase.

mod layout;
mod render;

pub use render::render;
