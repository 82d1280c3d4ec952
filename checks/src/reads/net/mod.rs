//! Reads below the protocols of the web: names, connections, TLS.

mod addresses;
mod certificate;
mod dns;
mod tcp;
mod tls;

pub use certificate::Certificate;
pub use dns::{DnsAnswer, DnsError, DnsRequest, Record, RecordType, Resolver};
pub use tcp::{TcpAnswer, TcpRequest};
pub use tls::{Handshake, HandshakeRequest, Trust};
pub(super) use tls::{Noted, Tell, config};
