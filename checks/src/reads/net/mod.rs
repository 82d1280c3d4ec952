//! Reads below the protocols of the web: names, connections, TLS.

mod addresses;
mod certificate;
mod connection;
mod dns;
mod knock;
mod mistrust;
mod starttls;
mod talk;
mod tcp;
mod tls;
mod trust;
mod witness;

pub use certificate::Certificate;
pub(super) use connection::connected;
pub(crate) use dns::is_dns_name;
pub use dns::{DnsAnswer, DnsError, DnsRequest, RECORD_TYPES, Record, RecordType, Resolver};
pub use knock::{Knock, KnockRequest};
pub use mistrust::Mistrust;
pub use starttls::StartTls;
pub use talk::{Ended, Turn};
pub use tcp::{BeginTls, TcpAnswer, TcpRequest};
pub(super) use tls::begin;
pub(crate) use tls::is_server_name;
pub use tls::{Handshake, HandshakeRequest};
pub use trust::{ClientCertificate, Tls, TlsVersion, Trust};
pub(super) use trust::{config, verifier};
pub(super) use witness::{Noted, Tell};
