//! Where what was seen differs from what was expected, for reports that mark it.
//!
//! Texts are compared word by word, a word being a run of letters and digits, so that of two
//! digests or two times the part that differs is found, and half a number is never marked.

use similar::{Algorithm, DiffOp};

/// A stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch<'a> {
    /// The stretch.
    pub(crate) text: &'a str,
    /// Whether the other text has something else in its place, or nothing.
    pub(crate) differs: bool,
}

/// Both texts, whole, cut where they begin or cease to differ. No stretch is empty.
pub(crate) fn stretches<'a>(
    expected: &'a str,
    seen: &'a str,
) -> (Vec<Stretch<'a>>, Vec<Stretch<'a>>) {
    let (left, right) = (words(expected), words(seen));
    let (mut left_shared, mut right_shared) = shared(&left, &right);
    begin_at_words(&left, &mut left_shared);
    begin_at_words(&right, &mut right_shared);
    (
        joined(expected, &left, &left_shared),
        joined(seen, &right, &right_shared),
    )
}

/// Whether two texts say the same kind of thing, so that marking what differs tells something:
/// both are a single word, as `200` and `503`, or they have a word in common. `before every
/// task started` and a time are not alike, and no part of either is the wrong one.
pub(crate) fn are_alike(expected: &str, seen: &str) -> bool {
    let is_single = |text: &str| !text.trim().contains(char::is_whitespace);
    let is_telling = |word: &&str| word.starts_with(char::is_alphanumeric);
    let seen_words = words(seen);
    let mut expected_words = words(expected).into_iter().filter(is_telling);
    (is_single(expected) && is_single(seen))
        || expected_words.any(|word| seen_words.contains(&word))
}

/// Runs of letters and digits, runs of white space, and every other character by itself.
fn words(text: &str) -> Vec<&str> {
    let mut rest = text;
    std::iter::from_fn(|| {
        let first = rest.chars().next()?;
        let end = match class(first) {
            Class::Other => first.len_utf8(),
            class_of_run => rest
                .find(|c| class(c) != class_of_run)
                .unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
    .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Blank,
    Other,
}

fn class(c: char) -> Class {
    match c {
        _ if c.is_alphanumeric() => Class::Word,
        _ if c.is_whitespace() => Class::Blank,
        _ => Class::Other,
    }
}

/// The most pairs of words that are looked at between the common ends. Beyond that, all
/// between them counts as different: nobody reads marks word by word in so long a text.
const MOST_PAIRS: usize = 40_000;

/// Which words of each text the other has too, in the same order.
fn shared(left: &[&str], right: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let start = left.iter().zip(right).take_while(same).count();
    let backwards = left[start..].iter().rev().zip(right[start..].iter().rev());
    let end = backwards.take_while(same).count();
    let (left_end, right_end) = (left.len() - end, right.len() - end);

    let mut found = (vec![true; left.len()], vec![true; right.len()]);
    found.0[start..left_end].fill(false);
    found.1[start..right_end].fill(false);
    let (left, right) = (&left[start..left_end], &right[start..right_end]);
    if left.len().saturating_mul(right.len()) <= MOST_PAIRS {
        for both in similar::capture_diff_slices(Algorithm::Myers, left, right) {
            if let DiffOp::Equal {
                old_index,
                new_index,
                len,
            } = both
            {
                found.0[start + old_index..][..len].fill(true);
                found.1[start + new_index..][..len].fill(true);
            }
        }
    }
    found
}

/// What one text has more than the other can often be told in several ways: of `a:1 a:2`
/// beside `a:2`, it is `a:1 ` or `1 a:`. This chooses the one that begins behind a blank.
fn begin_at_words(words: &[&str], shared: &mut [bool]) {
    let mut end = 0;
    while let Some(start) = (end..words.len()).find(|&at| !shared[at]) {
        end = (start..words.len())
            .find(|&at| shared[at])
            .unwrap_or(words.len());
        let length = end - start;
        let can_begin = |at: &usize| {
            *at == 0 || (shared[at - 1] && words[at - 1].starts_with(char::is_whitespace))
        };
        let same_when_begun = |at: &usize| shared[*at] && words[*at] == words[at + length];
        let earlier = (0..start).rev().take_while(same_when_begun);
        if can_begin(&start) {
            continue;
        }
        if let Some(begin) = earlier.into_iter().find(can_begin) {
            shared[begin..begin + length].fill(false);
            shared[begin + length..end].fill(true);
        }
    }
}

/// The words put together again. Blanks and signs that both have between two words that
/// differ belong to the difference: `41:07` is one time, not two numbers.
fn joined<'a>(text: &'a str, words: &[&str], shared: &[bool]) -> Vec<Stretch<'a>> {
    let mut differs: Vec<bool> = shared.iter().map(|shared| !shared).collect();
    let mut last_different: Option<usize> = None;
    for at in 0..words.len() {
        if !shared[at] {
            if let Some(before) = last_different {
                differs[before..at].fill(true);
            }
            last_different = Some(at);
        } else if words[at].starts_with(char::is_alphanumeric) {
            last_different = None;
        }
    }
    let mut stretches: Vec<Stretch<'a>> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (word, differs) in words.iter().zip(differs) {
        match stretches.last_mut() {
            Some(last) if last.differs == differs => last.text = &text[start..end + word.len()],
            _ => {
                start = end;
                let text = &text[start..end + word.len()];
                stretches.push(Stretch { text, differs });
            }
        }
        end += word.len();
    }
    stretches
}

#[cfg(test)]
mod tests;
