//! Reads below the protocols of the web: names, connections, TLS.

mod addresses;
mod certificate;
mod tls;

pub use certificate::Certificate;
pub use tls::{Handshake, HandshakeRequest, Trust};
pub(super) use tls::{Noted, Tell, config};
