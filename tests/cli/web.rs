//! A small web server, whose answers a test writes byte by byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use touchdown_simulator::Simulator;

/// What a client asked.
pub type Asked = http::Request<Bytes>;

/// A server on a port of its own. Each connection gets one answer; the threads end with the
/// tests.
pub struct Server {
    address: SocketAddr,
}

impl Server {
    /// A server that answers as `answer` does, which may write whatever it likes.
    pub fn start(answer: impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = Arc::clone(&answer);
                thread::spawn(move || exchange(stream, &*answer));
            }
        });
        Self { address }
    }

    /// The simulator, with some of its answers replaced.
    pub fn before(
        simulator: &Simulator,
        instead: impl Fn(&str, &Asked) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let simulator = simulator.clone();
        Self::start(move |asked, stream| {
            let target = asked.headers().get("x-amz-target");
            let operation = target.and_then(|target| target.to_str().ok()?.rsplit('.').next());
            match instead(operation.unwrap_or_default(), asked) {
                Some(answer) => write(stream, &answer),
                None => pass_on(&simulator, asked, stream, &|body| body),
            }
        })
    }

    /// The simulator, whose answers are changed on their way.
    pub fn changing(
        simulator: &Simulator,
        change: impl Fn(String) -> String + Send + Sync + 'static,
    ) -> Self {
        let simulator = simulator.clone();
        Self::start(move |asked, stream| pass_on(&simulator, asked, stream, &change))
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// An answer of HTTP, with further headers, each ending in a line end.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

/// An error as AWS's JSON services write it.
pub fn aws_error(kind: &str, message: &str) -> String {
    let body = serde_json::json!({ "__type": kind, "message": message });
    answer(
        "400 Bad Request",
        "content-type: application/x-amz-json-1.1\r\n",
        &body.to_string(),
    )
}

/// Whoever asked may have gone, which is theirs to tell.
pub fn write(stream: &mut TcpStream, text: &str) {
    let _ = stream.write_all(text.as_bytes());
    let _ = stream.flush();
}

fn pass_on(
    simulator: &Simulator,
    asked: &Asked,
    stream: &mut TcpStream,
    change: &dyn Fn(String) -> String,
) {
    let answered = simulator.answer(asked.clone());
    let mut headers = String::new();
    for (name, value) in answered.headers() {
        headers.push_str(&format!(
            "{name}: {}\r\n",
            value.to_str().unwrap_or_default()
        ));
    }
    let body = change(String::from_utf8_lossy(answered.body()).into_owned());
    write(stream, &answer(answered.status().as_str(), &headers, &body));
}

fn exchange(mut stream: TcpStream, answer: &dyn Fn(&Asked, &mut TcpStream)) {
    // A client that speaks no HTTP gets what a web server says to it.
    match read(&stream) {
        Some(asked) => answer(&asked, &mut stream),
        None => write(&mut stream, &self::answer("400 Bad Request", "", "what?\n")),
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let mut asked = http::Request::builder()
        .method(words.next()?)
        .uri(words.next()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        }
        asked = asked.header(name, value);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    asked.body(Bytes::from(body)).ok()
}
