//! One check as Markdown: its row in the table, and what is folded away below it.

use super::block::{Block, Run};
use super::evidence;
use super::inline::Inline;
use crate::report::clip::clip;
use crate::report::text::Times;
use crate::report::{CheckReport, Verdict, looks, words};

/// A verdict as a sign that has a colour, since Markdown itself has none.
pub(super) fn sign(verdict: Verdict) -> Inline {
    Inline::ours(match verdict {
        Verdict::Passed => "✅",
        Verdict::Failed => "❌",
        Verdict::Inconclusive => "⚠️",
        Verdict::Skipped => "⏭️",
    })
}

/// The headings of [`row`].
pub(super) fn headings() -> [Inline; 3] {
    ["verdict", "check", "what was found"].map(Inline::ours)
}

/// A check in a row of the table.
pub(super) fn row(check: &CheckReport) -> Vec<Inline> {
    let word = Inline::ours(words::verdict(check.verdict));
    let mut verdict = sign(check.verdict).then(Inline::ours(" ")).then(word);
    if words::waived(check) {
        verdict = verdict.then(Inline::ours(" (not required)"));
    }
    vec![verdict, title(check), Inline::prose(&check.headline)]
}

/// The id, and the name for people where that says more.
fn title(check: &CheckReport) -> Inline {
    let id = Inline::code(&check.id);
    match words::telling_name(&check.id, &check.name) {
        Some(name) => id.then(Inline::ours(": ")).then(Inline::prose(name)),
        None => id,
    }
}

/// Whether there is more to say of a check than its row in the table does.
pub(super) fn has_more(check: &CheckReport) -> bool {
    !check.evidence.is_empty() || check.hint.is_some()
}

/// What is known of a check, folded away. Evidence for which there is no room is left out and
/// counted; where there is no room even for the rest, there is nothing.
pub(super) fn details(check: &CheckReport, open: bool, times: Times, room: usize) -> Option<Block> {
    /// For the sentence that counts what is left out.
    const NOTE: usize = 100;
    let summary = sign(check.verdict)
        .then(Inline::ours(" "))
        .then(Inline::code(&check.id).strong())
        .then(Inline::ours(" "))
        .then(Inline::prose(&check.headline));
    let mut blocks = vec![Block::paragraph(&about(check, times))];
    blocks.extend(check.hint.iter().flat_map(|hint| next(hint)));
    let empty = Block::details(open, &summary, &blocks);
    let mut room = room.checked_sub(empty.cost() + NOTE)?;
    let mut left_out = 0_usize;
    for evidence in &check.evidence {
        let seen = evidence::blocks(evidence, times);
        let cost: usize = seen.iter().map(Block::cost).sum();
        match room.checked_sub(cost) {
            Some(rest) => {
                room = rest;
                blocks.extend(seen);
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        let all = check.evidence.len();
        let note = format!("({left_out} of {all} pieces of evidence are left out here.)");
        blocks.push(Block::paragraph(&Inline::prose(&note)));
    }
    Some(Block::details(open, &summary, &blocks))
}

/// `ecs.digest-running` on `web` (the new image runs), looked 31 times in 5m2s.
fn about(check: &CheckReport, times: Times) -> Inline {
    let mut text = Inline::code(&check.kind);
    if let Some(target) = &check.target {
        text = text.then(Inline::ours(" on ")).then(Inline::code(target));
    }
    if let Some(name) = words::telling_name(&check.id, &check.name) {
        let name = Inline::ours(" (").then(Inline::prose(name));
        text = text.then(name).then(Inline::ours(")"));
    }
    let mut looked = format!(", {}", words::looks(check));
    if let [_, .., last] = check.attempts.as_slice() {
        looked.push_str(&format!(", last at {}", times.text(last.at)));
    }
    if let Some(flaps) = looks::flaps(check, times) {
        looked.push_str(&format!("; {flaps}"));
    }
    text.then(Inline::prose(&looked))
}

/// What to do next. Lines of a hint that are indented are commands, to be copied as they are.
pub(super) fn next(hint: &str) -> Vec<Block> {
    let hint = clip(hint);
    let lines: Vec<&str> = hint.lines().collect();
    let is_command = |line: &&str| line.starts_with("  ");
    let mut blocks = Vec::new();
    for part in lines.chunk_by(|one, other| is_command(one) == is_command(other)) {
        let first = blocks.is_empty();
        if is_command(&part[0]) {
            let commands = part.iter().map(|line| vec![Run::plain(line.trim())]);
            blocks.push(Block::preformatted(&commands.collect::<Vec<_>>()));
        } else {
            let text = Inline::prose(&part.join(" "));
            let text = match first {
                true => Inline::ours("Next:")
                    .strong()
                    .then(Inline::ours(" "))
                    .then(text),
                false => text,
            };
            blocks.push(Block::paragraph(&text));
        }
    }
    blocks
}
