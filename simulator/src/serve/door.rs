//! The door: connections come in, can be reset, and are refused while a fault says that nobody listens.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{sleep, timeout},
};

use super::socket;
use crate::simulator::Simulator;

/// How soon it is seen that a fault has begun or is over.
const GLANCE: Duration = Duration::from_millis(20);

/// Listens, unless a fault strikes every call with `refused`: then the port is closed.
pub(super) struct Door {
    listener: Option<TcpListener>,
    address: SocketAddr,
    simulator: Simulator,
    /// Those who ask over HTTP, as they come from where WebSockets are told from them.
    visitors: (mpsc::Sender<TcpStream>, mpsc::Receiver<TcpStream>),
}

/// How many may wait between both.
const WAITING: usize = 128;

impl Door {
    pub(super) fn open(listener: TcpListener, simulator: Simulator) -> io::Result<Self> {
        Ok(Self {
            address: listener.local_addr()?,
            listener: Some(listener),
            simulator,
            visitors: mpsc::channel(WAITING),
        })
    }

    /// The next connection, unless none came for a moment or nobody may come.
    async fn glance(&mut self) -> Option<TcpStream> {
        if self.simulator.refuses_all() {
            self.listener = None;
        } else if self.listener.is_none() {
            self.listener = TcpListener::bind(self.address).await.ok();
        }
        let Some(listener) = &self.listener else {
            sleep(GLANCE).await;
            return None;
        };
        let accepted = tokio::select! {
            visitor = self.visitors.1.recv() => return visitor,
            accepted = timeout(GLANCE, listener.accept()) => accepted,
        };
        let (stream, _) = accepted.ok()?.ok()?;
        tokio::spawn(lead(
            stream,
            self.simulator.clone(),
            self.visitors.0.clone(),
        ));
        None
    }
}

/// Leads a connection to where it wants.
async fn lead(stream: TcpStream, simulator: Simulator, visitors: mpsc::Sender<TcpStream>) {
    // Without this, the second small packet of an answer waits 40 ms for the first to be
    // acknowledged.
    let _ = stream.set_nodelay(true);
    if socket::is_asked_for(&stream).await {
        socket::talk(stream, simulator).await;
    } else {
        // Nobody is there to answer once the door is closed for good.
        let _ = visitors.send(stream).await;
    }
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            if let Some(stream) = self.glance().await {
                let cut = Cut::default();
                return (Connection { stream, cut }, self.address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Whether a connection is to be reset, for whoever answers on it.
#[derive(Debug, Clone, Default)]
pub(super) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// The next byte that is written resets the connection instead.
    pub(super) fn reset(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_reset(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Connected<IncomingStream<'_, Door>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().cut.clone()
    }
}

/// A connection that can be reset.
pub(super) struct Connection {
    stream: TcpStream,
    cut: Cut,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.cut.is_reset() {
            // A socket that does not linger is closed by a reset.
            self.stream.set_zero_linger()?;
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
