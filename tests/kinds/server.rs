//! Servers in Python, each a process of its own on a free port of loopback.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpSocket;

use crate::secure::Authority;

/// A server, until it is dropped.
pub struct Server {
    process: Child,
    /// The port that it tells on its first line.
    pub port: u16,
}

impl Server {
    /// Starts a script of `tests/kinds/servers` that needs a module of Python. None where that is not
    /// installed; `.ci/run` installs it, and fails where it reads of something skipped.
    pub fn python(script: &str, module: &str, arguments: &[&str]) -> Option<Self> {
        let import = format!("import {module}");
        let imported = Command::new("python3").args(["-c", &import]).output();
        if !imported.is_ok_and(|output| output.status.success()) {
            skipped(script, &format!("Python's {module} is not there"));
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/kinds/servers")
            .join(script);
        let mut process = Command::new("python3")
            .env("GRPC_VERBOSITY", "NONE")
            .arg("-B")
            .arg(script)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3");
        let mut said = String::new();
        let stdout = process.stdout.take().expect("a pipe");
        let read = BufReader::new(stdout).read_line(&mut said);
        read.expect("a line");
        let port = said.trim().parse().expect("the port, on the first line");
        Some(Self { process, port })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Written past the test harness, which would keep it to itself.
pub fn skipped(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "\nSKIPPED {what}: {why}\n");
}

/// A port of loopback at which nothing listens.
pub fn closed_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A port that swallows connections: nobody takes them, and those that may wait are there already.
pub struct Swallowing {
    pub address: SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl Swallowing {
    /// One at this address, with a free port for 0.
    pub fn at(address: SocketAddr) -> std::io::Result<Self> {
        let listener = with_the_shortest_queue(address)?;
        let address = listener.local_addr()?;
        let mut waiting = Vec::new();
        // A loaded machine may be slow once, and still have room.
        let mut silent = 0;
        while silent < 2 {
            match TcpStream::connect_timeout(&address, Duration::from_millis(500)) {
                Ok(stream) => waiting.push(stream),
                Err(_) => silent += 1,
            }
        }
        Ok(Self {
            address,
            _listener: listener,
            _waiting: waiting,
        })
    }
}

/// The standard library's listeners have room for thousands.
fn with_the_shortest_queue(address: SocketAddr) -> std::io::Result<TcpListener> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let _entered = runtime.enter();
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.bind(address)?;
    socket.listen(0)?.into_std()
}

/// A certificate for `localhost`, and who signed it, as files.
pub struct Certificates {
    folder: tempfile::TempDir,
}

impl Certificates {
    pub fn new() -> Self {
        let authority = Authority::new();
        let own = authority.sign(&["localhost"], 0..30);
        let these = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        these.write("ca.pem", &authority.pem());
        these.write("cert.pem", &own.pem());
        these.write("key.pem", &own.key_pem());
        these
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
