//! What is shown of an exchange: how many messages fit what, the one that came nearest, and all of them.

use super::statement::Statement;
use super::tally::Tally;
use crate::contract::{Body, Evidence, Line, Seen};
use crate::reads::websocket::{End, Exchange, ExchangeError, Message};
use crate::shortened::shortened;

/// The most messages that are quoted.
const LINES: usize = 40;
/// The most characters of a message that are quoted.
const WIDTH: usize = 400;
/// The most differences of one message that are told.
const DIFFERENCES: usize = 5;

/// Each statement beside how many messages fit it.
pub(super) fn counts(tally: &Tally<'_>) -> Option<Body> {
    let rows: Vec<[String; 3]> = tally
        .counted()
        .map(|(statement, found)| [statement.to_string(), statement.number(), found.to_string()])
        .collect();
    let title = "messages that were received";
    (!rows.is_empty()).then(|| Body::table(title, ["like", "expected", "seen"], rows))
}

/// In what the message differs that comes nearest to a statement.
pub(super) fn nearest(exchange: &Exchange, statement: &Statement) -> Vec<Body> {
    let received = exchange.messages.iter().filter(|message| message.received);
    let others = received.map(|message| statement.differences(&message.text));
    let nearest = others.filter(|differences| !differences.is_empty());
    let nearest = nearest.min_by_key(Vec::len).unwrap_or_default();
    let told = nearest.iter().take(DIFFERENCES).map(|difference| {
        let what = format!("{} of the nearest message", difference.what);
        Body::compared(what, &difference.expected, &difference.seen)
    });
    told.collect()
}

/// The messages of both sides in order, with what is looked for marked, and how the connection ended.
pub(super) fn messages(
    exchange: &Seen<Result<Exchange, ExchangeError>>,
    of: &Exchange,
    statements: &[Statement],
) -> Evidence {
    let omitted = of.messages.len().saturating_sub(LINES);
    // The last messages tell how it ended.
    let quoted = of.messages.iter().skip(omitted);
    let mut lines: Vec<Line> = quoted.map(|message| line(message, statements)).collect();
    if let Some(text) = ending(&of.end) {
        lines.push(Line {
            at: None,
            origin: Some("ended".into()),
            text,
            matched: None,
        });
    }
    exchange.evidence(Body::Excerpt {
        title: match &of.subprotocol {
            Some(name) => format!("messages over {name}"),
            None => "messages".into(),
        },
        lines,
        omitted,
    })
}

fn line(message: &Message, statements: &[Statement]) -> Line {
    let text = in_one_line(&message.text);
    let fitting = statements.iter().filter(|_| message.received);
    let matched = fitting.filter(|statement| statement.fits(&message.text));
    let matched = matched
        .filter_map(|statement| statement.matched(&text))
        .next();
    Line {
        at: Some(message.at),
        origin: Some(if message.received { "received" } else { "sent" }.into()),
        text,
        matched,
    }
}

fn ending(end: &End) -> Option<String> {
    match end {
        End::Enough => None,
        End::Closed(told) => Some(format!(
            "closed by the server{}",
            in_brackets(told.as_ref())
        )),
        End::Broke(reason) => Some(format!("the connection broke: {reason}")),
        End::TimedOut => Some("the time was over".into()),
        End::TooMuch => Some("more than is read".into()),
    }
}

/// ` (1011 internal error)`, where the server gave a code.
pub(super) fn in_brackets(told: Option<&(u16, String)>) -> String {
    match told {
        None => String::new(),
        Some((code, reason)) if reason.is_empty() => format!(" ({code})"),
        Some((code, reason)) => format!(" ({code} {reason})"),
    }
}

fn in_one_line(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(&one_line, WIDTH)
}
