//! What counts for which turn, however it comes in parts.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;

use super::super::{Tls, Trust, config};
use super::*;

/// A conversation whose other side writes each of these parts once it is told to.
fn talk(until: Duration) -> (Talk, DuplexStream) {
    let (own, other) = duplex(1 << 16);
    (Talk::over(own, Instant::now() + until), other)
}

fn expecting(expression: &str) -> Turn {
    Turn {
        expect: Some(Pattern::of_lines(expression).expect("an expression")),
        ..Turn::default()
    }
}

/// Takes these turns while the parts come one by one, each once all before it were read.
async fn taken(parts: &[&[u8]], expressions: &[&str]) -> Vec<(String, bool)> {
    let (mut talk, mut other) = talk(Duration::from_secs(5));
    let (write, mut written) = mpsc::unbounded_channel();
    for part in parts {
        write.send(part.to_vec()).expect("a reader");
    }
    drop(write);
    tokio::spawn(async move {
        while let Some(part) = written.recv().await {
            other.write_all(&part).await.expect("it listens");
            // The clock stands still until whoever reads has nothing left to do.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    let mut all = Vec::new();
    for expression in expressions {
        let turn = talk.turn(&expecting(expression)).await.expect("a turn");
        all.push((turn.received, turn.is_answered));
    }
    all
}

fn answers(all: &[(String, bool)]) -> Vec<bool> {
    all.iter().map(|(_, is_answered)| *is_answered).collect()
}

#[tokio::test(start_paused = true)]
async fn a_line_that_was_answered_to_counts_for_no_later_turn() {
    for parts in [
        &[&b"220 mail 250 ready\r\n250 next\r\n"[..]][..],
        // The rest of a line belongs to it, whenever it comes.
        &[&b"220 mail"[..], b" 250 ready\r\n", b"250 next\r\n"],
    ] {
        let all = taken(parts, &["^220 ", "250"]).await;
        assert_eq!(answers(&all), [true, true]);
        assert_eq!(all[1].0, "250 next\r\n");
    }
    let all = taken(&[b"220 mail 250 ready\r\n"], &["^220 ", "250"]).await;
    assert_eq!(answers(&all), [true, false]);
}

#[tokio::test(start_paused = true)]
async fn lines_are_passed_over_until_one_is_like_it() {
    let ehlo: &[u8] = b"250-SIZE\r\n250-STARTTLS\r\n250 DSN\r\n";
    let all = taken(&[ehlo, b"220 go\r\n"], &["^250-STARTTLS$", "^220 "]).await;
    assert_eq!(answers(&all), [true, true]);
    assert_eq!(all[1].0, "250 DSN\r\n220 go\r\n");
}

#[tokio::test(start_paused = true)]
async fn a_prompt_needs_no_end_of_a_line_and_bytes_may_be_any() {
    let all = taken(&[b"\xff\xfblogin: "], &["login: $"]).await;
    assert_eq!(answers(&all), [true]);
    // A character that comes in two parts, each of which is none.
    let all = taken(&[b"caf\xc3", b"\xa9\nnext\n"], &["^caf", "^next$"]).await;
    assert_eq!(answers(&all), [true, true]);
}

#[tokio::test(start_paused = true)]
async fn nothing_that_came_before_tls_is_used_behind_it() {
    let anyone = Tls {
        trust: Trust::Anyone,
        own: None,
    };
    let config = config(&anyone, Arc::new(drop)).await;
    let config = config.expect("a configuration");
    let (mut talk, mut other) = talk(Duration::from_secs(5));
    let slipped_in = b"220 go\r\n250 hello\r\n";
    other.write_all(slipped_in).await.expect("it listens");
    talk.turn(&expecting("^220 ")).await.expect("a turn");
    let why = talk.secured(config, "localhost").await.err();
    let told = "sent 11 bytes more before TLS began, which are not to be trusted";
    assert_eq!(why, Some(Unreached::NoStartTls(told.into())));
}
