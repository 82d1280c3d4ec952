//! The only place that talks to AWS.
#[derive(Debug)]
pub struct Reads {}
