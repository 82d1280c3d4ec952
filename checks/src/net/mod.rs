//! What is expected below the protocols of the web.

mod tls_expectation;

pub use tls_expectation::TlsExpectation;
