//! Kinds that look below the protocols of the web: ports, certificates, names. One file each.

mod accepts;
mod certificate_id;
mod code;
mod conversation;
mod family;
mod record;
mod refuses;
mod resolves;
mod server_name;
mod tls_expectation;
mod tls_files;
mod turn;
mod valid;
mod wanted;

pub use accepts::Accepts;
pub(crate) use family::wrong_ip;
pub use refuses::Refuses;
pub use resolves::Resolves;
pub use tls_expectation::TlsExpectation;
pub(crate) use tls_files::TlsFiles;
pub use valid::Valid;
