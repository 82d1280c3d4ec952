//! Questions to DNS, of the system's resolvers or of a certain one.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::str::FromStr;
use std::time::Duration;

use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError as Answered, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr;
use hickory_resolver::{ResolverBuilder, TokioResolver};
use tokio::time::timeout;

use crate::contract::Seen;
use crate::reads::Reads;

mod refusal;

/// What to ask DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsRequest {
    /// The name; of an address, the name that stands for it in the reverse zone is asked.
    pub name: String,
    /// What of it.
    pub record: RecordType,
    /// Whom to ask; by default as the system is configured.
    pub resolver: Option<Resolver>,
    /// How long the answer may take.
    pub within: Duration,
}

/// A kind of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordType(rr::RecordType);

/// A resolver by its address; its port is 53 where none is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolver(pub SocketAddr);

/// A record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose it is; behind an alias, another name than the one that was asked for.
    pub name: String,
    /// Its kind: `A`.
    pub kind: String,
    /// What it says, as zone files write it, names without the last dot: `10.0.0.7`, `10 mail.example.com`.
    pub data: String,
    /// How long it may be kept.
    pub ttl: Duration,
}

/// The records of an answer, in its order: those that were asked for, and the aliases before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DnsAnswer {
    /// The records of the kind that was asked for.
    pub records: Vec<Record>,
    /// The aliases (CNAME) that led to them.
    pub aliases: Vec<Record>,
}

/// Why there is no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnsError {
    /// There is no such name.
    #[error("NXDOMAIN")]
    NoSuchName,
    /// The name is there, and has no record of that kind.
    #[error("no such record")]
    NoRecord,
    /// The resolver could not, or would not, tell, by the code of its answer: `SERVFAIL`, `REFUSED`.
    #[error("{0}")]
    Refused(String),
    /// Nothing came in time.
    #[error("timed out")]
    TimedOut,
    /// The resolver could not be asked.
    #[error("{0}")]
    Unasked(String),
}

/// The kinds of records that can be asked for.
pub const RECORD_TYPES: [&str; 10] = [
    "A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT",
];

/// How long an answer is waited for before it is asked whether anything listens there.
const PATIENCE: Duration = Duration::from_millis(250);

impl DnsRequest {
    /// Who is asked, in words.
    #[must_use]
    pub fn whom(&self) -> String {
        let resolver = self.resolver.map(|Resolver(address)| address.to_string());
        resolver.unwrap_or_else(|| "the system's resolvers".to_owned())
    }
}

/// Whether something can be a name of DNS: labels of at most 63 bytes, in all at most 255.
pub(crate) fn is_dns_name(name: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || "/:".contains(c);
    !name.is_empty() && !name.contains(is_odd) && rr::Name::from_utf8(name).is_ok()
}

impl FromStr for RecordType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let known = RECORD_TYPES.contains(&text).then_some(text);
        known.and_then(|text| text.parse().ok()).map(Self).ok_or(())
    }
}

impl Default for RecordType {
    fn default() -> Self {
        Self(rr::RecordType::A)
    }
}

impl std::fmt::Display for RecordType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Resolver {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let address = text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53));
        address.or_else(|_| text.parse()).map(Self).map_err(drop)
    }
}

impl Reads {
    /// Asks for the records of a name. Nothing is kept between two questions.
    pub async fn dns(&self, request: DnsRequest) -> Seen<Result<DnsAnswer, DnsError>> {
        let asked = timeout(request.within, answered(&request)).await;
        let answer = asked.unwrap_or(Err(DnsError::TimedOut));
        let call = format!("DNS {}", request.record);
        let resource = format!("{} by {}", request.name, request.whom());
        self.seen(&call, resource, None, answer)
    }
}

async fn answered(request: &DnsRequest) -> Result<DnsAnswer, DnsError> {
    let mut answer = pin!(looked_up(request));
    let Some(Resolver(address)) = request.resolver else {
        return answer.await;
    };
    if let Ok(answer) = timeout(PATIENCE, &mut answer).await {
        return answer;
    }
    tokio::select! {
        answer = answer => answer,
        why = refusal::refusal(address) => Err(DnsError::Unasked(why)),
    }
}

async fn looked_up(request: &DnsRequest) -> Result<DnsAnswer, DnsError> {
    let unasked = |error: NetError| DnsError::Unasked(error.to_string());
    let resolver = builder(request)
        .map_err(unasked)?
        .build()
        .map_err(unasked)?;
    let name = match request.name.parse::<IpAddr>() {
        Ok(address) => rr::Name::from(address).to_string(),
        Err(_) => request.name.clone(),
    };
    // A name with a dot at its end is not looked for in the domains of this machine.
    let name = format!("{}.", name.trim_end_matches('.'));
    let found = resolver.lookup(name, request.record.0).await;
    let found = found.map_err(error)?;
    let mut answer = DnsAnswer::default();
    for record in found.answers() {
        let kind = record.record_type();
        let read = Record {
            name: without_dot(&record.name.to_string()),
            kind: kind.to_string(),
            data: data(&record.data),
            ttl: Duration::from_secs(record.ttl.into()),
        };
        if kind == request.record.0 {
            answer.records.push(read);
        } else if kind == rr::RecordType::CNAME {
            answer.aliases.push(read);
        }
    }
    match answer.records.is_empty() {
        true => Err(DnsError::NoRecord),
        false => Ok(answer),
    }
}

fn builder(request: &DnsRequest) -> Result<ResolverBuilder<TokioRuntimeProvider>, NetError> {
    let mut builder = match request.resolver {
        None => TokioResolver::builder_tokio()?,
        Some(Resolver(address)) => {
            let mut server = NameServerConfig::udp_and_tcp(address.ip());
            for connection in &mut server.connections {
                connection.port = address.port();
            }
            let config = ResolverConfig::from_name_servers(vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    let options = builder.options_mut();
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.preserve_intermediates = true;
    // One question more where a datagram was lost.
    options.attempts = 1;
    options.timeout = request.within / 2;
    Ok(builder)
}

fn error(error: NetError) -> DnsError {
    match error {
        NetError::Dns(Answered::NoRecordsFound(none)) => match none.response_code {
            ResponseCode::NXDomain => DnsError::NoSuchName,
            ResponseCode::NoError => DnsError::NoRecord,
            other => DnsError::Refused(written(other)),
        },
        NetError::Dns(Answered::ResponseCode(ResponseCode::NXDomain)) => DnsError::NoSuchName,
        NetError::Dns(Answered::ResponseCode(code)) => DnsError::Refused(written(code)),
        NetError::Timeout => DnsError::TimedOut,
        other => DnsError::Unasked(crate::reads::error::one_line(&other.to_string())),
    }
}

/// A code as `dig` writes it (<https://www.iana.org/assignments/dns-parameters>, DNS RCODEs).
fn written(code: ResponseCode) -> String {
    match code {
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        ResponseCode::NotAuth => "NOTAUTH".to_owned(),
        other => other.to_string(),
    }
}

fn data(data: &rr::RData) -> String {
    match data {
        // Long texts are sent in parts, which mean one text.
        rr::RData::TXT(text) => {
            let parts = text
                .txt_data
                .iter()
                .map(|part| String::from_utf8_lossy(part));
            parts.collect()
        }
        other => {
            let words = other.to_string();
            words
                .split(' ')
                .map(without_dot)
                .collect::<Vec<_>>()
                .join(" ")
        }
    }
}

fn without_dot(name: &str) -> String {
    match name.strip_suffix('.') {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => name.to_owned(),
    }
}
