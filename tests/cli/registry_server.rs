//! Debian's docker-registry on loopback: the server of the OCI distribution specification that most
//! registries are made of, with images of a test's own and a server of tokens.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_smithy_types::base64;
use rcgen::{CertificateParams, KeyPair, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use touchdown::checks::reads::{Fetch, Page, PageRequest, Redirects, Web};

/// Whom the registry lets in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Open,
    /// `ci` with the password `s3cret`, by HTTP's own authentication.
    Password,
    /// Whoever brings a token; the server of tokens gives them to `ci`, and to nobody else.
    Token,
}

/// `s3cret`, as bcrypt has it.
const PASSWORDS: &str = "ci:$2b$12$.I1zNPBm5ZKlx6YeqS79.eA6nwQkqBs29fuII/Lkr5hlq/1CzW84O\n";

/// `ci:s3cret`.
pub const LOGIN: &str = "Y2k6czNjcmV0";

/// A registry that runs until it is dropped.
pub struct Registry {
    process: Child,
    pub host: String,
    authorization: Option<String>,
    _folder: TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Registry {
    /// Starts one; none, which is told, where the machine has no docker-registry.
    pub fn start(door: Door) -> Option<Self> {
        let folder = TempDir::new().expect("a temporary directory");
        let host = format!("127.0.0.1:{}", free_port());
        let auth = match door {
            Door::Open => String::new(),
            Door::Password => {
                let file = folder.path().join("passwords");
                std::fs::write(&file, PASSWORDS).expect("a file");
                format!(
                    "auth:\n  htpasswd: {{ realm: here, path: {} }}\n",
                    file.display()
                )
            }
            Door::Token => {
                let tokens = Tokens::new(&folder.path().join("tokens.pem"));
                let realm = tokens.serve();
                let file = folder.path().join("tokens.pem");
                format!(
                    "auth:\n  token: {{ realm: \"{realm}\", service: here, issuer: tokens, rootcertbundle: {} }}\n",
                    file.display()
                )
            }
        };
        let config = format!(
            "version: 0.1\nlog: {{ level: error, accesslog: {{ disabled: true }} }}\n\
             storage: {{ filesystem: {{ rootdirectory: {} }} }}\nhttp: {{ addr: \"{host}\" }}\n{auth}",
            folder.path().join("data").display()
        );
        let file = folder.path().join("config.yml");
        std::fs::write(&file, config).expect("a file");
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(&file);
        let started = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let Ok(process) = started else {
            // Written past the capture of output, so that it is seen of a test that passes.
            let told = "\nSKIPPED registries: docker-registry is not there\n";
            let _ = std::io::stderr().write_all(told.as_bytes());
            return None;
        };
        let mut registry = Self {
            process,
            authorization: None,
            _folder: folder,
            host,
        };
        registry.await_answers();
        registry.authorization = match door {
            Door::Open => None,
            Door::Password => Some(format!("Basic {LOGIN}")),
            Door::Token => Some(registry.pushing_token()),
        };
        Some(registry)
    }

    fn await_answers(&self) {
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&self.host).is_err() {
            assert!(Instant::now() < until, "docker-registry does not listen");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What a push needs, as the registry's own challenge has it.
    fn pushing_token(&self) -> String {
        let challenged = self.ask("GET", "/v2/", "", None);
        let challenge = challenged.header("www-authenticate").expect("a challenge");
        let realm = challenge.split('"').nth(1).expect("a realm");
        let (name, scope) = ("shop/web", "pull,push");
        let url = format!("{realm}?service=here&scope=repository:{name}:{scope}");
        let headers = [("authorization", format!("Basic {LOGIN}"))];
        let answer = fetch("GET", &url, "", &headers);
        let granted: Value = serde_json::from_str(&answer.body).expect("JSON");
        format!("Bearer {}", granted["token"].as_str().expect("a token"))
    }

    /// Pushes an index of images for amd64 and arm64 under a tag; gives the digests of the index and of
    /// its image for amd64.
    pub fn push(&self, tag: &str) -> (String, String) {
        let images = ["amd64", "arm64"].map(|architecture| {
            let config = json!({ "os": "linux", "architecture": architecture, "tag": tag });
            let config = self.push_blob(&config.to_string());
            let config = json!({ "mediaType": "application/vnd.oci.image.config.v1+json", "digest": config.0, "size": config.1 });
            let manifest = json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": [] });
            let manifest = manifest.to_string();
            let digest = self.push_manifest(&sha256(&manifest), "image.manifest", &manifest);
            json!({ "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": manifest.len(), "platform": { "os": "linux", "architecture": architecture } })
        });
        let index = json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": images });
        let digest = self.push_manifest(tag, "image.index", &index.to_string());
        let amd64 = images[0]["digest"].as_str().expect("a digest");
        (digest, amd64.to_owned())
    }

    fn push_blob(&self, content: &str) -> (String, usize) {
        let begun = self.ask("POST", "/v2/shop/web/blobs/uploads/", "", None);
        let place = begun.header("location").expect("a place to upload to");
        let digest = sha256(content);
        let url = format!("{place}&digest={digest}");
        let octets = ("content-type", "application/octet-stream".to_owned());
        let done = self.ask("PUT", &url, content, Some(octets));
        assert_eq!(done.status, 201, "{done:?}");
        (digest, content.len())
    }

    fn push_manifest(&self, reference: &str, media_type: &str, content: &str) -> String {
        let media_type = format!("application/vnd.oci.{media_type}.v1+json");
        let path = format!("/v2/shop/web/manifests/{reference}");
        let done = self.ask("PUT", &path, content, Some(("content-type", media_type)));
        assert_eq!(done.status, 201, "{done:?}");
        sha256(content)
    }

    fn ask(&self, method: &str, path: &str, body: &str, header: Option<(&str, String)>) -> Page {
        let url = match path.starts_with('/') {
            true => format!("http://{}{path}", self.host),
            false => path.to_owned(),
        };
        let authorization = self
            .authorization
            .clone()
            .map(|value| ("authorization", value));
        let headers: Vec<_> = authorization.into_iter().chain(header).collect();
        fetch(method, &url, body, &headers)
    }
}

fn fetch(method: &str, url: &str, body: &str, headers: &[(&str, String)]) -> Page {
    let url = url.parse().expect("an address");
    let request = PageRequest {
        method: method.into(),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        body: Some(body.into()),
        redirects: Redirects::Keep,
        ..PageRequest::get(url, Duration::from_secs(20), 1 << 20)
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let fetched = runtime
        .expect("a runtime")
        .block_on(Web::default().fetch(request));
    fetched.expect("an answer")
}

/// The digest of a content, as registries write it.
pub fn sha256(content: &str) -> String {
    let hash = Sha256::digest(content.as_bytes());
    let hex = hash.iter().map(|byte| format!("{byte:02x}"));
    format!("sha256:{}", hex.collect::<String>())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Who gives tokens, by the distribution project's specification of them.
struct Tokens {
    key: KeyPair,
    certificate: String,
}

impl Tokens {
    fn new(file: &Path) -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["tokens".to_owned()]).expect("names");
        let certificate = params.self_signed(&key).expect("a certificate");
        std::fs::write(file, certificate.pem()).expect("a file");
        Self {
            key,
            certificate: base64::encode(certificate.der()),
        }
    }

    /// Serves tokens for as long as the test runs; gives the address to ask.
    fn serve(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let realm = format!(
            "http://{}/token",
            listener.local_addr().expect("an address")
        );
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
                let asked = lines.next().expect("a request").expect("a line");
                let mut headers = lines
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty());
                let known = headers.any(|line| line.ends_with(&format!("Basic {LOGIN}")));
                let answer = match known {
                    true => {
                        let body = json!({ "token": self.token(&asked) }).to_string();
                        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                    }
                    false => "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
                };
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        realm
    }

    /// A JSON Web Token for what is asked: `repository:NAME:ACTIONS`.
    fn token(&self, asked: &str) -> String {
        let scope = asked.split("scope=").nth(1).expect("a scope");
        let scope = scope.split([' ', '&']).next().expect("a scope");
        let scope = scope
            .replace("%3A", ":")
            .replace("%2F", "/")
            .replace("%2C", ",");
        let [_, name, actions] = scope.split(':').collect::<Vec<_>>()[..] else {
            panic!("{scope} is no scope");
        };
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a time")
            .as_secs();
        let access = json!([{ "type": "repository", "name": name, "actions": actions.split(',').collect::<Vec<_>>() }]);
        let header = json!({ "typ": "JWT", "alg": "ES256", "x5c": [self.certificate] });
        let claims = json!({ "iss": "tokens", "sub": "ci", "aud": "here", "exp": now + 300, "nbf": now - 10, "iat": now, "jti": "1", "access": access });
        let signed = format!(
            "{}.{}",
            for_url(header.to_string()),
            for_url(claims.to_string())
        );
        let signature = self.key.sign(signed.as_bytes()).expect("a signature");
        format!("{signed}.{}", for_url(raw(&signature)))
    }
}

fn for_url(bytes: impl AsRef<[u8]>) -> String {
    let text = base64::encode(bytes).replace('+', "-").replace('/', "_");
    text.trim_end_matches('=').to_owned()
}

/// The two numbers of an ECDSA signature, 32 bytes each, out of their DER.
fn raw(der: &[u8]) -> Vec<u8> {
    let mut numbers = Vec::new();
    let mut rest = &der[2..];
    while let [2, length, number @ ..] = rest {
        let (number, after) = number.split_at(usize::from(*length));
        let significant = &number[number.len().saturating_sub(32)..];
        numbers.extend(std::iter::repeat_n(0, 32 - significant.len()));
        numbers.extend(significant);
        rest = after;
    }
    numbers
}
