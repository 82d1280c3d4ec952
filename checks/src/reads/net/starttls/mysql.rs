//! MySQL and MariaDB: the server greets with what it can do, TLS among it
//! (<https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html>).

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::{LONGEST, broken, sent};
use crate::reads::error::one_line;
use crate::reads::unreached::Unreached;

const PROTOCOL_41: u32 = 0x0200;
const SSL: u32 = 0x0800;
const SECURE_CONNECTION: u32 = 0x8000;

/// The first byte of an error instead of a greeting; behind it the number of the error.
const ERROR: u8 = 0xff;
/// The version of the protocol, the first byte of a greeting.
const VERSION: u8 = 10;
/// Between the version of the server and what it can do: the number of the connection, eight bytes of the
/// scramble, and a zero.
const BETWEEN: usize = 4 + 8 + 1;

pub(super) async fn agree(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
) -> Result<(), Unreached> {
    let greeting = greeting(stream).await?;
    match greeting.split_first() {
        Some((&VERSION, rest)) if offers_tls(rest) => sent(stream, &ssl_request()).await,
        Some((&VERSION, _)) => Err(Unreached::NoStartTls(
            "offers no TLS: it has no certificate, or `ssl` is off".to_owned(),
        )),
        Some((&ERROR, rest)) => {
            let text = String::from_utf8_lossy(rest.get(2..).unwrap_or_default());
            let told = format!("lets nobody in: `{}`", one_line(&text));
            Err(Unreached::NoStartTls(told))
        }
        _ => Err(unlike()),
    }
}

fn unlike() -> Unreached {
    Unreached::NoStartTls("does not greet as MySQL does".to_owned())
}

/// The first packet: three bytes of length, the least first, one of its number, and what it says.
async fn greeting(stream: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, Unreached> {
    let mut head = [0; 4];
    stream
        .read_exact(&mut head)
        .await
        .map_err(|error| broken(&error))?;
    let [low, middle, high, _] = head;
    let length = u32::from_le_bytes([low, middle, high, 0]) as usize;
    if length > LONGEST {
        return Err(unlike());
    }
    let mut greeting = vec![0; length];
    stream
        .read_exact(&mut greeting)
        .await
        .map_err(|error| broken(&error))?;
    Ok(greeting)
}

/// Of what a greeting says behind the version of the protocol: the server's version, which a zero ends,
/// and in two bytes the lower half of what it can do.
fn offers_tls(rest: &[u8]) -> bool {
    let end = rest.iter().position(|byte| *byte == 0);
    let at = end.map_or(usize::MAX, |end| end + 1 + BETWEEN);
    let can = rest.get(at..).and_then(|rest| rest.first_chunk::<2>());
    can.is_some_and(|can| u32::from(u16::from_le_bytes(*can)) & SSL != 0)
}

/// What the client can do, how long packets may be, its character set, and 23 zeros.
fn ssl_request() -> Vec<u8> {
    const LARGEST_PACKET: u32 = 1 << 24;
    const UTF8: u8 = 33;
    const LENGTH: u8 = 32;
    const SECOND: u8 = 1;
    let mut packet = vec![LENGTH, 0, 0, SECOND];
    packet.extend((PROTOCOL_41 | SSL | SECURE_CONNECTION).to_le_bytes());
    packet.extend(LARGEST_PACKET.to_le_bytes());
    packet.push(UTF8);
    packet.extend([0; 23]);
    packet
}
