//! WebSockets of what is deployed, as the load balancer passes them on: a connection stays with one task.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::{Response, StatusCode};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use crate::{simulator::Simulator, world::NoPage};

/// More than the head of any handshake has.
const HEAD: usize = 4096;
/// How often it is looked whether a head is whole, which mostly comes in one packet.
const LOOKS: usize = 100;
const PAUSE: Duration = Duration::from_millis(2);

/// Whether a connection begins with the handshake of a WebSocket. Nothing of it is taken off.
pub(super) async fn is_asked_for(stream: &TcpStream) -> bool {
    let mut bytes = [0; HEAD];
    for _ in 0..LOOKS {
        let Ok(read) = stream.peek(&mut bytes).await else {
            return false;
        };
        let head = String::from_utf8_lossy(&bytes[..read]).to_ascii_lowercase();
        let is_whole = head.contains("\r\n\r\n") || read == HEAD;
        if is_whole || read == 0 || !"get ".starts_with(head.get(..4).unwrap_or(&head)) {
            return head.contains("\r\nupgrade: websocket");
        }
        sleep(PAUSE).await;
    }
    false
}

/// Talks until one side has enough.
#[expect(
    clippy::result_large_err,
    reason = "a refusal of the handshake is a whole answer"
)]
pub(super) async fn talk(stream: TcpStream, simulator: Simulator) {
    let mut chosen = None;
    let admit = |request: &Request, answer| {
        let path = request.uri().path().to_owned();
        match simulator.opens_socket(&path) {
            Ok(task) => {
                chosen = Some((task, path));
                Ok(answer)
            }
            Err(why) => Err(refusal(why)),
        }
    };
    let opened = accept_hdr_async(stream, admit).await;
    if let (Ok(socket), Some((task, path))) = (opened, chosen) {
        converse(socket, &simulator, &task, &path).await;
    }
}

fn refusal(why: NoPage) -> ErrorResponse {
    let (status, body) = match why {
        NoPage::NoTarget => (
            StatusCode::SERVICE_UNAVAILABLE,
            "503 Service Temporarily Unavailable",
        ),
        NoPage::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
    };
    let mut refusal = Response::new(Some(body.to_owned()));
    *refusal.status_mut() = status;
    refusal
}

async fn converse(
    mut socket: WebSocketStream<TcpStream>,
    simulator: &Simulator,
    task: &str,
    path: &str,
) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        let Some(answers) = simulator.hears(task, path, &text) else {
            let gone = CloseFrame {
                code: CloseCode::Away,
                reason: "the task is gone".into(),
            };
            let _ = socket.close(Some(gone)).await;
            return;
        };
        for answer in answers {
            if socket.send(Message::text(answer)).await.is_err() {
                return;
            }
        }
    }
}
