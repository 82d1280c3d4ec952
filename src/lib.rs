//! touchdown: is it really deployed? A post-deploy verification runner.

pub mod report;
pub mod run;

pub use touchdown_checks as checks;
