//! What a check of the web sends: the request, what of it is secret, and what can't be sent.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::address::Url;
use crate::contract::{Check, Fault, HostPort, IpVersion, Located, Look, Unobserved, sent_secrets};
use crate::net::{TlsFiles, wrong_ip};
use crate::reads::{Authorization, PageRequest, Reads, Redirects};

/// Who asks. What is written here never appears in any output.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Auth {
    /// A name and a password.
    Basic(Basic),
    /// A token.
    Bearer(Token),
    /// A signature by the AWS credentials that touchdown has (Signature Version 4).
    Aws(Aws),
}

/// For what a request is signed: API Gateway, a function's address, a service behind VPC Lattice.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aws {
    /// The service by its name in signatures: `execute-api` of API Gateway, `lambda`, `vpc-lattice-svcs`.
    service: String,
    /// The region. Default: the environment's.
    #[serde(default)]
    region: Option<String>,
}

/// A name and a password.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    /// The name.
    user: String,
    /// The password.
    password: String,
}

/// A token, as it is sent behind `Bearer`.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Token(String);

/// Whether redirects are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Follow {
    /// Follow up to ten.
    #[default]
    Follow,
    /// Take the redirect as the answer.
    Keep,
}

/// What a check sends, from the fields of whatever kind it is.
pub(super) struct Sending<'c> {
    pub url: &'c Url,
    pub method: &'c str,
    pub headers: &'c BTreeMap<String, String>,
    pub auth: Option<&'c Auth>,
    pub body: Option<&'c str>,
    pub body_file: Option<&'c Path>,
    pub json: Option<&'c Value>,
    pub redirects: Follow,
    pub connect_to: Option<&'c HostPort>,
    pub ip: Option<IpVersion>,
    pub files: TlsFiles<'c>,
}

/// The method of a check that names none.
pub(super) fn get() -> String {
    "GET".to_owned()
}

/// How much of a body is read: enough for any health page, and never a download.
pub(super) const BODY_LIMIT: usize = 1 << 20;

/// How much of a file is sent.
const FILE_LIMIT: u64 = 16 << 20;

impl Sending<'_> {
    /// The request of a look, its file read.
    pub async fn request<C: Check>(
        &self,
        look: &Look<'_, C>,
        within: Duration,
    ) -> Result<PageRequest, Unobserved> {
        let mut headers: Vec<(String, String)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let names_type = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
        if self.json.is_some() && !headers.iter().any(names_type) {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let body = match (self.body, self.body_file, self.json) {
            (Some(text), ..) => Some(text.as_bytes().to_vec()),
            (_, Some(path), _) => Some(file_to_send(&look.path(path), look.reads).await?),
            (.., Some(value)) => Some(value.to_string().into_bytes()),
            _ => None,
        };
        Ok(PageRequest {
            method: self.method.to_owned(),
            headers,
            authorization: match self.auth {
                Some(auth) => Some(self.authorization(auth, look.reads).await?),
                None => None,
            },
            body,
            redirects: match self.redirects {
                Follow::Follow => Redirects::Follow,
                Follow::Keep => Redirects::Keep,
            },
            connect_to: self.connect_to.cloned(),
            ip: self.ip,
            tls: self.files.tls(|file| look.path(file)),
            ..PageRequest::get(self.url.0.clone(), within, BODY_LIMIT)
        })
    }

    /// What of it is secret wherever it comes from.
    pub fn secrets(&self) -> Vec<String> {
        let url = &self.url.0;
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (Cow::from(name), Cow::from(value)));
        let secrets = sent_secrets(headers.chain(url.query_pairs()));
        let auth = self.auth.and_then(|auth| match auth {
            Auth::Basic(basic) => Some(basic.password.clone()),
            Auth::Bearer(Token(token)) => Some(token.clone()),
            // What is signed with is hidden wherever it comes from.
            Auth::Aws(_) => None,
        });
        let password = url.password().map(str::to_owned);
        secrets.chain(password).chain(auth).collect()
    }

    /// What can't be sent, or not together.
    pub fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut found: Vec<Fault> = self.wrong_method(fields).into_iter().collect();
        for (name, value) in self.headers {
            let is_name = reqwest::header::HeaderName::try_from(name).is_ok();
            if !is_name || reqwest::header::HeaderValue::try_from(value).is_err() {
                let place = fields
                    .get("headers")
                    .map_or(fields.place, |headers| headers.place_of(name));
                let fault = Fault::new(place, format!("the header `{name}` can't be sent"));
                found.push(if is_name { fault } else { fault.of_name() });
            }
        }
        found.extend(only_one(&["body", "body_file", "json"], fields));
        found.extend(self.names_no_host(fields));
        let host = match self.connect_to {
            Some(there) => there.host.as_str(),
            None => self.url.0.host_str().unwrap_or_default(),
        };
        found.extend(wrong_ip(self.ip, host, fields));
        found.extend(self.files.mistakes(fields));
        found.extend(self.says_nobody(fields));
        found.extend(self.says_it_twice(fields));
        found
    }

    /// Methods are told apart by case (RFC 9110, 9.1), and what is sent with none would be sent with `GET`.
    fn wrong_method(&self, fields: &Located) -> Option<Fault> {
        let (place, method) = (fields.place_of("method"), self.method);
        if reqwest::Method::from_bytes(method.as_bytes()).is_err() {
            return Some(Fault::new(place, format!("`{method}` is no HTTP method")));
        }
        if method.bytes().any(|byte| byte.is_ascii_lowercase()) {
            let upper = method.to_ascii_uppercase();
            let fault = Fault::new(place, format!("`{method}` is no HTTP method"));
            return Some(fault.help(format!("write `{upper}`: methods are told apart by case")));
        }
        let bodies = [
            ("body", self.body.is_some()),
            ("body_file", self.body_file.is_some()),
            ("json", self.json.is_some()),
        ];
        let (name, _) = bodies.into_iter().find(|(_, is_sent)| *is_sent)?;
        fields.entry("method").is_none().then(|| {
            Fault::new(
                fields.place_of(name),
                format!("`{name}` would be sent with GET"),
            )
            .help("write the `method` that sends it: `POST`, `PUT`, `PATCH`")
        })
    }

    /// A token that a variable did not fill, or a signature for no service.
    fn says_nobody(&self, fields: &Located) -> Option<Fault> {
        let auth = fields.get("auth")?;
        let (text, (key, value)) = match self.auth? {
            Auth::Basic(_) => return None,
            Auth::Bearer(Token(token)) => (token, auth.entry("bearer")?),
            Auth::Aws(aws) => (&aws.service, auth.get("aws")?.entry("service")?),
        };
        text.trim().is_empty().then(|| Fault::empty(key, value))
    }

    async fn authorization(&self, auth: &Auth, reads: &Reads) -> Result<Authorization, Unobserved> {
        Ok(match auth {
            Auth::Basic(Basic { user, password }) => Authorization::Basic {
                user: user.clone(),
                password: password.clone(),
            },
            Auth::Bearer(Token(token)) => Authorization::Bearer(token.clone()),
            Auth::Aws(Aws { service, region }) => {
                let asked = self.url.0.as_str();
                let signer = reads.signer(asked, service, region.as_deref()).await?;
                Authorization::Aws(signer)
            }
        })
    }

    /// Who asks, and a header of one's own that says so, too.
    fn says_it_twice(&self, fields: &Located) -> Option<Fault> {
        let Some(Auth::Aws(_)) = self.auth else {
            return None;
        };
        let mut headers = fields.get("headers")?.entries().iter();
        let of_the_signature = ["authorization", "x-amz-date", "x-amz-security-token"];
        let (key, _) = headers.find(|(key, _)| {
            let name = key.as_text().unwrap_or_default();
            of_the_signature
                .iter()
                .any(|own| own.eq_ignore_ascii_case(name))
        })?;
        let name = key.as_text().unwrap_or_default();
        let told = format!("the signature makes the header `{name}` itself");
        Some(Fault::new(key.place, told).help("leave it out"))
    }

    /// An address without a name stands for itself, and can't be connected to elsewhere.
    fn names_no_host(&self, fields: &Located) -> Option<Fault> {
        self.connect_to?;
        let is_name = self.url.0.domain().is_some();
        let why = "`connect_to` stands in for a name, and the host of `url` is an address";
        (!is_name).then(|| Fault::new(fields.place_of("connect_to"), why))
    }
}

/// Fields of which one may be written.
pub(super) fn only_one(names: &[&str], fields: &Located) -> Option<Fault> {
    let mut written = names.iter().filter_map(|name| fields.entry(name));
    let (first, _) = written.next()?;
    let (second, _) = written.next()?;
    let told = |key: &Located| key.as_text().unwrap_or_default().to_owned();
    let message = format!("`{}` and `{}` can't go together", told(first), told(second));
    Some(Fault::new(second.place, message).help("write one of them"))
}

async fn file_to_send(path: &Path, reads: &Reads) -> Result<Vec<u8>, Unobserved> {
    let read = reads.file_to_send(path, FILE_LIMIT).await;
    read.map_err(|why| {
        Unobserved::lasting(format!("the request has no body: {why}"))
            .hint("Correct the check's `body_file`; a relative path counts from the folder of the suite's file.")
    })
}
