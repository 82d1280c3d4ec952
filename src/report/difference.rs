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
    let (left_shared, right_shared) = shared(&left, &right);
    (
        joined(expected, &left, &left_shared),
        joined(seen, &right, &right_shared),
    )
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
