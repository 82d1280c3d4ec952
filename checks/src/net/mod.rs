//! Kinds that look below the protocols of the web: ports, certificates, names. One file each.

mod accepts;
mod record;
mod resolves;
mod tls_expectation;
mod valid;

pub use accepts::Accepts;
pub use resolves::Resolves;
pub use tls_expectation::TlsExpectation;
pub use valid::Valid;
