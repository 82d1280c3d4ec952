//! How far AWS's clock is ahead of the run's, as far as the `Date` of its answers tells.

use jiff::{SignedDuration, Timestamp};

/// The bounds that the answers so far set.
///
/// AWS writes the `Date` at some moment between the request's sending and the answer's
/// arrival, in whole seconds. One slow answer therefore tells little, but all of them bound
/// the same quantity, and each can only narrow it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Skew(Option<Bounds>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Bounds {
    least: SignedDuration,
    most: SignedDuration,
}

/// The precision of the header.
const WHOLE: SignedDuration = SignedDuration::from_secs(1);

/// Less than this is not worth telling from none: no time stamp is compared that closely.
const WORTH: SignedDuration = SignedDuration::from_secs(2);

impl Skew {
    /// Takes in an answer that AWS dated `date`, both times by the run's clock.
    pub fn note(&mut self, date: Timestamp, sent: Timestamp, arrived: Timestamp) {
        let new = Bounds {
            least: date.duration_since(arrived),
            most: date.duration_since(sent) + WHOLE,
        };
        let narrowed = self.0.map(|old| Bounds {
            least: old.least.max(new.least),
            most: old.most.min(new.most),
        });
        // Where they contradict each other, a clock was set, and the latest tells.
        self.0 = Some(
            narrowed
                .filter(|both| both.least <= both.most)
                .unwrap_or(new),
        );
    }

    /// The best guess, and none where AWS's clock may well be right by the run's.
    pub fn ahead(&self) -> SignedDuration {
        let Some(Bounds { least, most }) = self.0 else {
            return SignedDuration::ZERO;
        };
        let may_agree = !least.is_positive() && !most.is_negative();
        let middle = least + (most - least) / 2;
        if may_agree || middle.abs() < WORTH {
            SignedDuration::ZERO
        } else {
            middle
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is guessed after answers of a clock that is `offset` ahead, each sent at one
    /// moment and taking some milliseconds, the `Date` written in the middle.
    fn guessed(offset: i64, answers: &[(i64, i64)]) -> f64 {
        let at = |millisecond| Timestamp::from_millisecond(millisecond).expect("a time");
        let mut skew = Skew::default();
        for (sent, took) in answers {
            let written = (sent + took / 2 + offset).div_euclid(1000) * 1000;
            skew.note(at(written), at(*sent), at(sent + took));
        }
        skew.ahead().as_secs_f64()
    }

    #[test]
    fn a_right_clock_stays_right_however_slow_the_answers() {
        for answers in [
            &[(1_900, 4_000)][..],
            &[(1_900, 30)],
            &[(1_000, 60), (3_500, 9_000), (20_999, 4_000)],
        ] {
            assert_eq!(guessed(0, answers), 0.0, "{answers:?}");
        }
        assert_eq!(guessed(1_500, &[(0, 20)]), 0.0, "not worth telling");
        assert_eq!(Skew::default().ahead(), SignedDuration::ZERO);
    }

    #[test]
    fn a_wrong_clock_is_found_and_slow_answers_do_not_move_it() {
        for offset in [-3_600_000, -60_000, -5_000, 5_000, 90_000] {
            let quick = guessed(offset, &[(100, 80), (2_600, 60)]);
            let off = quick - offset as f64 / 1000.0;
            assert!(off.abs() <= 1.0, "{offset}: {quick}");
            let slow = [(100, 80), (2_600, 60), (5_000, 9_000), (20_000, 4_000)];
            assert_eq!(guessed(offset, &slow), quick, "{offset}");
        }
    }

    #[test]
    fn a_clock_that_is_set_is_followed() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let mut skew = Skew::default();
        skew.note(at(100), at(100), at(100));
        assert_eq!(skew.ahead(), SignedDuration::ZERO);
        skew.note(at(201), at(101), at(101));
        assert_eq!(skew.ahead().as_secs(), 100);
    }
}
