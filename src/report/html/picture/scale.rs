//! The time axis: linear where things happen, broken where nothing does.
//!
//! A push of yesterday and a look of a second don't fit on one ruler. The longest pauses are
//! cut out, and each stretch between them has a ruler of its own, wide enough to be read.

use jiff::{SignedDuration, Timestamp};

/// From left to right, in the drawing's units.
pub(super) type Extent = (f64, f64);

/// A pause shorter than this is always drawn.
const LEAST_PAUSE: i64 = 60_000;
/// The most pauses that are cut out.
const MOST_BREAKS: usize = 4;
/// How wide the place of a pause is.
const BREAK: f64 = 62.0;
/// How wide a stretch is at least.
const LEAST_STRETCH: f64 = 76.0;
/// What is left free at both ends of a stretch.
const INSET: f64 = 12.0;

/// The time axis.
#[derive(Debug)]
pub(super) struct Scale {
    stretches: Vec<Stretch>,
}

/// Time without a long pause in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// Where its first and last moments are drawn.
    pub(super) extent: Extent,
}

/// A pause that was cut out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Break {
    pub(super) x: f64,
    pub(super) lasted: SignedDuration,
}

impl Scale {
    /// A scale on which each of `moments` has its place.
    pub(super) fn of(mut moments: Vec<Timestamp>, (left, right): Extent) -> Self {
        moments.sort_unstable();
        moments.dedup();
        let cuts = cuts(&moments);
        let mut ranges = Vec::new();
        let mut rest = moments.as_slice();
        let mut done = 0;
        for cut in cuts {
            let (range, after) = rest.split_at(cut - done);
            ranges.push(range);
            (rest, done) = (after, cut);
        }
        ranges.push(rest);
        let ends = ranges
            .iter()
            .filter_map(|range| Some((*range.first()?, *range.last()?)));
        Self {
            stretches: laid_out(&ends.collect::<Vec<_>>(), (left, right)),
        }
    }

    /// Where a moment is drawn. What is before the first is drawn at the first.
    pub(super) fn x(&self, at: Timestamp) -> f64 {
        let mut edge = self.stretches.first().map_or(0.0, |first| first.extent.0);
        for stretch in &self.stretches {
            if at < stretch.from {
                return f64::midpoint(edge, stretch.extent.0);
            }
            if at <= stretch.to {
                return stretch.x(at);
            }
            edge = stretch.extent.1;
        }
        edge
    }

    /// How long before the first moment of the scale this was, where it was.
    pub(super) fn before(&self, at: Timestamp) -> Option<SignedDuration> {
        let first = self.stretches.first()?.from;
        (at < first).then(|| first.duration_since(at))
    }

    /// The stretches, earliest first.
    pub(super) fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The pauses between the stretches.
    pub(super) fn breaks(&self) -> impl Iterator<Item = Break> + '_ {
        self.stretches.windows(2).filter_map(|pair| match pair {
            [before, after] => Some(Break {
                x: f64::midpoint(before.extent.1, after.extent.0),
                lasted: after.from.duration_since(before.to),
            }),
            _ => None,
        })
    }
}

impl Stretch {
    fn x(&self, at: Timestamp) -> f64 {
        let (left, right) = self.extent;
        let whole = millis(self.from, self.to);
        if whole == 0 {
            return f64::midpoint(left, right);
        }
        left + (right - left) * fraction(millis(self.from, at), whole)
    }
}

/// Where to cut: before the moments at these places. A pause is cut out where it takes room
/// from what would remain: it is nearly as long as all of it, and twice as long as any other
/// pause in it. Pauses of like length are a rhythm, which is worth seeing.
fn cuts(moments: &[Timestamp]) -> Vec<usize> {
    let pauses = moments.windows(2).enumerate();
    let mut pauses: Vec<(i64, usize)> = pauses
        .filter_map(|(place, pair)| Some((millis(*pair.first()?, *pair.last()?), place + 1)))
        .collect();
    pauses.sort_by_key(|&(pause, place)| (std::cmp::Reverse(pause), place));
    let mut remaining: i64 = pauses.iter().map(|(pause, _)| pause).sum();
    let mut cuts = Vec::new();
    for (number, &(pause, place)) in pauses.iter().enumerate().take(MOST_BREAKS) {
        remaining -= pause;
        let next = pauses.get(number + 1).map_or(0, |(pause, _)| *pause);
        let takes_room = pause / 3 > remaining / 4 && pause > 2 * next;
        if pause < LEAST_PAUSE || remaining == 0 || !takes_room {
            break;
        }
        cuts.push(place);
    }
    cuts.sort_unstable();
    cuts
}

/// The stretches side by side. A longer one is wider, but not so much that a short one could
/// not be read: its width beyond the least goes by the root of its length.
fn laid_out(ranges: &[(Timestamp, Timestamp)], (left, right): Extent) -> Vec<Stretch> {
    let count = ranges.len();
    let weights: Vec<f64> = ranges
        .iter()
        .map(|&(from, to)| fraction(millis(from, to), 1).sqrt())
        .collect();
    let fixed: f64 = ranges.iter().map(|_| LEAST_STRETCH + BREAK).sum::<f64>() - BREAK;
    let free = (right - left - fixed).max(0.0);
    let all: f64 = weights.iter().sum();
    let mut edge = left;
    let mut stretches = Vec::with_capacity(count);
    for (&(from, to), weight) in ranges.iter().zip(weights) {
        // With nothing that lasts, all have the same share.
        let share = match all > 0.0 {
            true => weight / all,
            false => fraction(1, i64::try_from(count).unwrap_or(1)),
        };
        let end = edge + LEAST_STRETCH + free * share;
        let extent = (edge + INSET, end - INSET);
        stretches.push(Stretch { from, to, extent });
        edge = end + BREAK;
    }
    stretches
}

fn millis(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millisecond() - from.as_millisecond()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a place in a drawing needs no more digits than it has"
)]
fn fraction(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests;
