//! What is shown of an exchange: how many messages fit what, the one that came nearest, and all of them.

use super::tally::{Counted, Tally};
use crate::contract::{Body, Evidence, Line, Seen};
use crate::reads::websocket::{End, Exchange, ExchangeError, Message};
use crate::shortened::shortened;

/// The most messages that are quoted.
const LINES: usize = 40;
/// The most characters of a message that are quoted.
const WIDTH: usize = 400;
/// The most differences of one message that are told.
const DIFFERENCES: usize = 5;

/// Each statement beside how many messages fit it, with its turn where there are several.
pub(super) fn counts(tally: &Tally<'_>) -> Option<Body> {
    let row = |one: Counted<'_>| {
        let found = one.found.map(|found| found.to_string());
        let found = found.unwrap_or_else(|| "the turn did not begin".into());
        [one.statement.to_string(), one.statement.number(), found]
    };
    let mut rows = tally.counted().map(|one| (one.turn, row(one))).peekable();
    rows.peek()?;
    let title = "messages that were received";
    let columns = ["like", "expected", "seen"];
    // Where all is one turn, nobody wrote of any.
    Some(match tally.turns() {
        1 => Body::table(title, columns, rows.map(|(_, row)| row)),
        _ => {
            let rows = rows.map(|(turn, [like, expected, seen])| {
                [(turn + 1).to_string(), like, expected, seen]
            });
            let [like, expected, seen] = columns;
            Body::table(title, ["turn", like, expected, seen], rows)
        }
    })
}

/// In what the message of its turn differs that comes nearest to a statement.
pub(super) fn nearest(exchange: &Exchange, unmet: &Counted<'_>) -> Vec<Body> {
    let messages = exchange.messages.iter();
    let received = messages.filter(|message| message.received && message.turn == unmet.turn);
    let others = received.map(|message| unmet.statement.differences(&message.text));
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
    tally: &Tally<'_>,
) -> Evidence {
    let omitted = of.messages.len().saturating_sub(LINES);
    // The last messages tell how it ended.
    let quoted = of.messages.iter().skip(omitted);
    let mut lines: Vec<Line> = quoted.map(|message| line(message, tally)).collect();
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

fn line(message: &Message, tally: &Tally<'_>) -> Line {
    let text = in_one_line(&message.text);
    let of_its_turn = |one: &Counted<'_>| message.received && one.turn == message.turn;
    let statements = tally.counted().filter(of_its_turn);
    let mut fitting = statements.filter(|one| one.statement.fits(&message.text));
    let matched = fitting.find_map(|one| one.statement.matched(&text));
    let who = if message.received { "received" } else { "sent" };
    let origin = match tally.turns() {
        1 => who.to_owned(),
        _ => format!("{who} in turn {}", message.turn + 1),
    };
    Line {
        at: Some(message.at),
        origin: Some(origin),
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

pub(super) fn in_one_line(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(&one_line, WIDTH)
}
