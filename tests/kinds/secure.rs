//! Certificates, and servers over TLS, of rustls, which give every request the same answer.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SerialNumber,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
};
use sha2::{Digest, Sha256};

use crate::place::{Place, argument};

/// Both versions of TLS.
pub const BOTH: &[&SupportedProtocolVersion] = &[&TLS12, &TLS13];

/// What a server waits for before it says something in plain text.
#[derive(Clone, Copy)]
pub enum Hears {
    Nothing,
    Line,
    Bytes(usize),
}

/// What a server hears, and what it says to that.
pub type Said = (Hears, &'static [u8]);

/// The serial number of every certificate here.
const SERIAL: u64 = 0x03a1_b2c3;

/// An authority that signs certificates.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// The certificates of this one and of those above it, but for the root.
    vouching: Vec<CertificateDer<'static>>,
}

/// A certificate, those that vouch for it, and its key.
pub struct Own {
    chain: Vec<CertificateDer<'static>>,
    pem: String,
    key: KeyPair,
}

/// A name for the subject, those that it is for, and from which to which day, counted from today.
fn params(subject: &str, names: &[&str], days: &Range<i32>) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name.push(DnType::CommonName, subject);
    params.serial_number = Some(SerialNumber::from(SERIAL));
    let (year, month, first) = day(days.start);
    params.not_before = rcgen::date_time_ymd(year, month, first);
    let (year, month, last) = day(days.end);
    params.not_after = rcgen::date_time_ymd(year, month, last);
    params
}

fn day(days: i32) -> (i32, u8, u8) {
    let date = jiff::Zoned::now().date() + jiff::Span::new().days(days);
    let small = |number: i8| u8::try_from(number).expect("a month or a day");
    (date.year().into(), small(date.month()), small(date.day()))
}

impl Authority {
    pub fn new() -> Self {
        Self::named("Root")
    }

    pub fn named(subject: &str) -> Self {
        let mut params = params(subject, &[], &(-30..3000));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self {
            issuer: CertifiedIssuer::self_signed(params, key).expect("an issuer"),
            vouching: Vec::new(),
        }
    }

    /// One that this one vouches for.
    pub fn below(&self, subject: &str, days: Range<i32>) -> Self {
        let mut params = params(subject, &[], &days);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::signed_by(params, key, &self.issuer).expect("an issuer");
        let own = issuer.der().clone();
        let vouching = std::iter::once(own).chain(self.vouching.clone());
        Self {
            vouching: vouching.collect(),
            issuer,
        }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for these names.
    pub fn sign(&self, names: &[&str], days: Range<i32>) -> Own {
        let params = params(names[0], names, &days);
        let key = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&key, &self.issuer).expect("signed");
        let own = signed.der().clone();
        Own {
            chain: std::iter::once(own).chain(self.vouching.clone()).collect(),
            pem: signed.pem(),
            key,
        }
    }

    /// A server whose certificate is for these names, until so many days from now.
    pub fn serve(
        &self,
        names: &[&str],
        days: i32,
        versions: &[&'static SupportedProtocolVersion],
    ) -> u16 {
        listen(config(
            versions,
            Chosen::Always(self.sign(names, -30..days).certified()),
        ))
    }

    /// A server for `localhost` that speaks nothing but HTTP/2.
    pub fn serve_http2(&self) -> u16 {
        let own = self.sign(&["localhost"], -30..10).certified();
        let mut config = config(&[&TLS13], Chosen::Always(own));
        config.alpn_protocols = vec![b"h2".to_vec()];
        listen(config)
    }
}

impl Own {
    /// One that signed itself as `openssl req -x509` lets it: for a server, and an authority in one.
    pub fn signed_by_itself(names: &[&str], days: Range<i32>) -> Self {
        let mut params = params(names[0], names, &days);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let signed = params.self_signed(&key).expect("signed");
        Self {
            chain: vec![signed.der().clone()],
            pem: signed.pem(),
            key,
        }
    }

    pub fn pem(&self) -> String {
        self.pem.clone()
    }

    /// Its fingerprint as openssl prints it.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.chain[0]);
        let bytes = digest.iter().map(|byte| format!("{byte:02X}"));
        let colons = bytes.collect::<Vec<_>>().join(":");
        format!("sha256 Fingerprint={colons}")
    }

    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    fn certified(&self) -> Arc<CertifiedKey> {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).expect("a key");
        let provider = aws_lc_rs::default_provider();
        let certified = CertifiedKey::from_der(self.chain.clone(), key, &provider);
        Arc::new(certified.expect("a certificate and its key"))
    }

    /// A server that shows it.
    pub fn serve(&self) -> u16 {
        listen(config(BOTH, Chosen::Always(self.certified())))
    }

    /// A server that begins TLS once all of this is heard and said in plain text.
    pub fn serve_behind(&self, says: &'static [Said]) -> u16 {
        let config = Arc::new(config(BOTH, Chosen::Always(self.certified())));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let config = Arc::clone(&config);
                thread::spawn(move || {
                    if said(&mut stream, says).is_ok() {
                        answer(config, stream);
                    }
                });
            }
        });
        port
    }

    /// A server that shows it to whoever has a certificate of this authority.
    pub fn serve_those_of(
        &self,
        authority: &Authority,
        versions: &[&'static SupportedProtocolVersion],
    ) -> u16 {
        let mut roots = RootCertStore::empty();
        let added = roots.add(authority.issuer.der().clone());
        added.expect("an authority");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .expect("a verifier");
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("versions")
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(Chosen::Always(self.certified())));
        listen(config)
    }
}

/// Certificates of one authority (`ca.pem`) for a server on `localhost` (`server.*`) and for whoever asks it
/// (`own.*`), as files of a place: the arguments of a server that wants both.
pub fn both_known(place: &Place) -> [String; 3] {
    let authority = Authority::new();
    place.write("ca.pem", &authority.pem());
    for (name, subject) in [("server", "localhost"), ("own", "touchdown")] {
        let signed = authority.sign(&[subject], -1..30);
        place.write(&format!("{name}.pem"), &signed.pem());
        place.write(&format!("{name}.key"), &signed.key_pem());
    }
    ["server.pem", "server.key", "ca.pem"].map(|name| argument(&place.path(name)).to_owned())
}

/// A server that shows the second of these from its third connection on.
pub fn serve_in_turn(first: &Own, second: &Own) -> u16 {
    let both = [first.certified(), second.certified()];
    listen(config(BOTH, Chosen::InTurn(both, AtomicUsize::new(0))))
}

/// A server with a certificate for each of these names, and none for others.
pub fn serve_by_name(each: &[(&str, &Own)]) -> u16 {
    let each = each
        .iter()
        .map(|(name, own)| ((*name).to_owned(), own.certified()));
    listen(config(BOTH, Chosen::ByName(each.collect())))
}

/// Which certificate is shown.
#[derive(Debug)]
enum Chosen {
    Always(Arc<CertifiedKey>),
    InTurn([Arc<CertifiedKey>; 2], AtomicUsize),
    ByName(Vec<(String, Arc<CertifiedKey>)>),
}

impl ResolvesServerCert for Chosen {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        match self {
            Self::Always(own) => Some(Arc::clone(own)),
            Self::InTurn([first, second], asked) => {
                let is_early = asked.fetch_add(1, Ordering::Relaxed) < 2;
                Some(Arc::clone(if is_early { first } else { second }))
            }
            Self::ByName(each) => {
                let name = hello.server_name()?;
                let found = each.iter().find(|(known, _)| known == name);
                found.map(|(_, own)| Arc::clone(own))
            }
        }
    }
}

fn config(versions: &[&'static SupportedProtocolVersion], chosen: Chosen) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(chosen))
}

/// Hears exactly what it is told to, since TLS may follow at once, and says what it says to that.
fn said(stream: &mut TcpStream, says: &[Said]) -> std::io::Result<()> {
    for (hears, says) in says {
        let mut byte = [0];
        match hears {
            Hears::Nothing => {}
            Hears::Bytes(length) => stream.read_exact(&mut vec![0; *length])?,
            Hears::Line => {
                while byte != *b"\n" {
                    stream.read_exact(&mut byte)?;
                }
            }
        }
        stream.write_all(says)?;
    }
    Ok(())
}

/// The threads end with the tests.
fn listen(config: ServerConfig) -> u16 {
    let config = Arc::new(config);
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
    if stream.flush().is_ok() && stream.conn.alpn_protocol() == Some(b"h2") {
        let _ = answer_http2(&mut stream);
        return;
    }
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

/// Answers every request of a connection with status 200, in frames of HTTP/2 (RFC 9113, 4.1).
fn answer_http2(stream: &mut (impl Read + Write)) -> std::io::Result<()> {
    const PREFACE: usize = 24;
    const SETTINGS: u8 = 4;
    const HEADERS: u8 = 1;
    const ACKNOWLEDGED: u8 = 1;
    const END_OF_STREAM_AND_HEADERS: u8 = 5;
    /// `:status: 200` in the static table of RFC 7541.
    const STATUS_200: u8 = 0x88;
    stream.read_exact(&mut [0; PREFACE])?;
    stream.write_all(&[0, 0, 0, SETTINGS, 0, 0, 0, 0, 0])?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let [long, middle, short, kind, flags, id @ ..] = head;
        let length = usize::from(long) << 16 | usize::from(middle) << 8 | usize::from(short);
        stream.read_exact(&mut vec![0; length])?;
        let frame = match kind {
            SETTINGS if flags != ACKNOWLEDGED => vec![0, 0, 0, SETTINGS, ACKNOWLEDGED],
            HEADERS => vec![0, 0, 1, HEADERS, END_OF_STREAM_AND_HEADERS],
            _ => continue,
        };
        let payload: &[u8] = if kind == HEADERS { &[STATUS_200] } else { &[] };
        stream.write_all(&[&frame, &id[..], payload].concat())?;
        stream.flush()?;
    }
}
