//! A web server that costs next to nothing, so that what is measured is who asks: every request is
//! answered with the same JSON, on connections that stay for as long as the client wants.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const BODY: &str = r#"{"status":"ok","version":"cloud-latest","entities":5421}"#;

/// A server, and what it has seen since it was last asked.
pub struct Page {
    pub address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl Page {
    pub fn serve() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen::default());
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&shared);
                thread::spawn(move || {
                    seen.opened();
                    // A client that goes away has what it wanted.
                    let _ = converse(&stream);
                    seen.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        Ok(Self { address, seen })
    }

    /// How many connections there were since the last time, and the most at once.
    pub fn take(&self) -> (usize, usize) {
        let Seen {
            connections,
            most_open,
            ..
        } = &*self.seen;
        (
            connections.swap(0, Ordering::Relaxed),
            most_open.swap(0, Ordering::Relaxed),
        )
    }
}

impl Seen {
    fn opened(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_open.fetch_max(open, Ordering::Relaxed);
    }
}

fn converse(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        // The empty line ends the request; none has a body.
        if line == "\r\n" {
            let mut answering = stream;
            answering.write_all(answer.as_bytes())?;
        }
    }
}
