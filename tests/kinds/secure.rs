//! A web server over TLS, of rustls, which gives every request the same answer.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

/// An authority that signs certificates, in the file that it is written to.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an issuer"))
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A server whose certificate is for these names, until so many days from now.
    pub fn serve(
        &self,
        names: &[&str],
        days: i32,
        versions: &[&'static SupportedProtocolVersion],
    ) -> u16 {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        let last = jiff::Zoned::now().date() + jiff::Span::new().days(days);
        let month = u8::try_from(last.month()).expect("a month");
        let day = u8::try_from(last.day()).expect("a day");
        params.not_after = rcgen::date_time_ymd(last.year().into(), month, day);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let chain: Vec<CertificateDer<'static>> = vec![certificate.into()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate and its key");
        listen(Arc::new(config))
    }
}

/// The threads end with the tests.
fn listen(config: Arc<ServerConfig>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            thread::spawn(move || answer(config, stream));
        }
    });
    port
}

/// Whoever only shakes hands, or trusts nobody, is gone before the answer.
fn answer(config: Arc<ServerConfig>, stream: TcpStream) {
    let connection = ServerConnection::new(config).expect("a connection");
    let mut stream = StreamOwned::new(connection, stream);
    let mut asked = Vec::new();
    let mut part = [0; 1024];
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") && !asked.starts_with(b"PING") {
        match stream.read(&mut part) {
            Ok(length) if length > 0 => asked.extend_from_slice(&part[..length]),
            _ => return,
        }
    }
    let answer: &[u8] = match asked.starts_with(b"PING") {
        true => b"+PONG\r\n",
        false => b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecure",
    };
    let _ = stream.write_all(answer);
    stream.conn.send_close_notify();
    let _ = stream.flush();
}
