//! What servers say before TLS, and what is made of it.

use tokio::io::duplex;

use super::*;

/// A server that says all of this, whatever it hears; and what it heard.
async fn agreed(protocol: StartTls, says: &[u8]) -> (Result<(), String>, Vec<u8>) {
    let (mut own, mut server) = duplex(1 << 16);
    server.write_all(says).await.expect("room");
    let (mut heard, mut speaker) = tokio::io::split(server);
    speaker.shutdown().await.expect("an end");
    let agreed = protocol.agree(&mut own).await;
    drop(own);
    let mut said = Vec::new();
    heard.read_to_end(&mut said).await.expect("what was said");
    (agreed.map_err(|why| why.to_string()), said)
}

#[tokio::test]
async fn each_protocol_asks_in_its_own_words() {
    for (protocol, says, asks) in [
        (
            StartTls::Smtp,
            "220-mail\r\n220 ready\r\n250-mail\r\n250-STARTTLS\r\n250 DSN\r\n220 go\r\n",
            "EHLO touchdown.invalid\r\nSTARTTLS\r\n",
        ),
        (
            StartTls::Imap,
            "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n* CAPABILITY IMAP4rev1\r\na OK begin\r\n",
            "a STARTTLS\r\n",
        ),
        (StartTls::Pop3, "+OK ready\r\n+OK begin\r\n", "STLS\r\n"),
        (
            StartTls::Ftp,
            "220-Welcome\r\n to 1999\r\n220 ready\r\n234 go\r\n",
            "AUTH TLS\r\n",
        ),
        (StartTls::Postgres, "S", "\0\0\0\u{8}\u{4}"),
    ] {
        let (agreed, asked) = agreed(protocol, says.as_bytes()).await;
        assert_eq!(agreed, Ok(()), "{protocol:?}");
        assert!(
            asked.starts_with(asks.as_bytes()),
            "{protocol:?}: {asked:?}"
        );
    }
}

/// A greeting of MySQL 8 that can do this.
fn greeting(can: u16) -> Vec<u8> {
    let mut payload = vec![10];
    payload.extend(b"8.0.40\0");
    payload.extend([7, 0, 0, 0]);
    payload.extend(b"scramble\0");
    payload.extend(can.to_le_bytes());
    let length = u8::try_from(payload.len()).expect("a short one");
    [vec![length, 0, 0, 0], payload].concat()
}

#[tokio::test]
async fn mysql_greets_with_what_it_can_do() {
    let (agreed_to, asked) = agreed(StartTls::Mysql, &greeting(0xffff)).await;
    assert_eq!((agreed_to, asked.len()), (Ok(()), 36));
    assert_eq!(
        asked[..6],
        [32, 0, 0, 1, 0, 0x8a],
        "TLS is what it asks for"
    );
    let (agreed_to, asked) = agreed(StartTls::Mysql, &greeting(0xf7ff)).await;
    let told = agreed_to.expect_err("none");
    assert!(told.contains("offers no TLS") && asked.is_empty(), "{told}");
    let blocked = b"\x18\0\0\0\xff\x69\x04Host is blocked, wait";
    let (agreed_to, _) = agreed(StartTls::Mysql, blocked).await;
    let told = agreed_to.expect_err("none");
    assert_eq!(told, "it lets nobody in: `Host is blocked, wait`");
}

#[tokio::test]
async fn a_server_that_offers_none_is_told_with_what_it_says() {
    for (protocol, says, told) in [
        (
            StartTls::Smtp,
            "220 ready\r\n250 mail\r\n502 5.5.1 not implemented\r\n",
            "it offers no TLS in SMTP: `502 5.5.1 not implemented`",
        ),
        (
            StartTls::Smtp,
            "554 no service\r\n",
            "it does not greet as a server of SMTP that lets one in: `554 no service`",
        ),
        (
            StartTls::Smtp,
            "220 ready\r\n421 too busy\r\n",
            "it answers `421 too busy` to `EHLO touchdown.invalid`",
        ),
        (
            StartTls::Imap,
            "* OK ready\r\na BAD what?\r\n",
            "it offers no TLS in IMAP: `a BAD what?`",
        ),
        (
            StartTls::Imap,
            "* PREAUTH you are in\r\n",
            "it does not greet as a server of IMAP that lets one in: `* PREAUTH you are in`",
        ),
        (
            StartTls::Pop3,
            "+OK ready\r\n-ERR what?\r\n",
            "it offers no TLS in POP3: `-ERR what?`",
        ),
        (
            StartTls::Ftp,
            "220 ready\r\n534 no\r\n",
            "it offers no TLS in FTP: `534 no`",
        ),
        (
            StartTls::Postgres,
            "N",
            "it offers no TLS: its `ssl` is off",
        ),
        (
            StartTls::Postgres,
            "220 mail\r\n",
            "it does not answer as PostgreSQL does",
        ),
        (
            StartTls::Mysql,
            "SSH-2.0-x\r\n",
            "it does not greet as MySQL does",
        ),
    ] {
        let (agreed, _) = agreed(protocol, says.as_bytes()).await;
        assert_eq!(agreed, Err(told.to_owned()), "{protocol:?}");
    }
}

#[tokio::test]
async fn what_comes_behind_the_consent_is_left_to_tls() {
    for (protocol, says) in [
        (
            StartTls::Pop3,
            &b"+OK ready\r\n+OK begin\r\n+OK you are in\r\n"[..],
        ),
        (StartTls::Postgres, b"SE"),
    ] {
        let (mut own, mut server) = duplex(1 << 16);
        server.write_all(says).await.expect("room");
        protocol.agree(&mut own).await.expect("consent");
        let mut left = [0; 1];
        own.read_exact(&mut left).await.expect("what is left");
        assert!(b"+E".contains(&left[0]), "{protocol:?}");
    }
}
