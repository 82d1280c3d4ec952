//! The ticks of the time axis, and how they are labelled.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::scale::{Scale, Stretch};

/// How far labels are apart at least, in the drawing's units.
const LEAST_GAP: f64 = 76.0;
/// The distances that ticks may have, in seconds.
const STEPS: [i64; 17] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400,
];

/// A tick.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) x: f64,
    /// The time of day.
    pub(super) clock: String,
    /// The day, where it is another than that of the tick before.
    pub(super) day: Option<String>,
}

/// The ticks of every stretch: one at its beginning, and then at round times.
pub(super) fn ticks(scale: &Scale) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = Vec::new();
    let mut today = None;
    for stretch in scale.stretches() {
        for at in times(stretch, scale) {
            let day = at.to_zoned(TimeZone::UTC).date();
            let is_new = today.replace(day) != Some(day);
            ticks.push(Tick {
                x: scale.x(at),
                clock: at.strftime("%H:%M:%S").to_string(),
                day: is_new.then(|| day.strftime("%Y-%m-%d").to_string()),
            });
        }
    }
    ticks
}

fn times(stretch: &Stretch, scale: &Scale) -> Vec<Timestamp> {
    let mut times = vec![stretch.from];
    let (left, right) = stretch.extent;
    let seconds = stretch.to.duration_since(stretch.from).as_secs_f64();
    let wide_enough = |step: i64| {
        let step = SignedDuration::from_secs(step).as_secs_f64();
        step * (right - left) >= seconds * LEAST_GAP
    };
    let Some(step) = STEPS.into_iter().find(|&step| wide_enough(step)) else {
        return times;
    };
    let first = stretch.from.as_second().div_euclid(step) + 1;
    let round = (first..).map_while(|count| Timestamp::from_second(count * step).ok());
    let round = round.take_while(|at| *at <= stretch.to);
    times.extend(round.filter(|&at| scale.x(at) - left >= LEAST_GAP));
    times
}

/// About how long it was: `8d`, `5h`, `16m`, `40s`.
pub(super) fn roughly(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let unit = units.into_iter().find(|(unit, _)| seconds >= 2 * unit);
    let (unit, letter) = unit.unwrap_or((1, "s"));
    format!("{}{letter}", seconds / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("{text}Z").parse().expect("a time")
    }

    #[test]
    fn ticks_are_at_round_times_and_say_the_day_once() {
        let moments = ["2025-11-18T23:58:07", "2025-11-19T00:03:07"].map(at);
        let scale = Scale::of(moments.to_vec(), (0.0, 500.0));
        let told: Vec<(String, Option<String>)> = ticks(&scale)
            .into_iter()
            .map(|tick| (tick.clock, tick.day))
            .collect();
        let clock = |clock: &str, day: Option<&str>| (clock.to_owned(), day.map(str::to_owned));
        assert_eq!(
            told,
            [
                clock("23:58:07", Some("2025-11-18")),
                clock("23:59:00", None),
                clock("00:00:00", Some("2025-11-19")),
                clock("00:01:00", None),
                clock("00:02:00", None),
                clock("00:03:00", None),
            ]
        );
    }

    #[test]
    fn a_moment_alone_has_one_tick() {
        let scale = Scale::of(vec![at("2025-11-18T23:58:07.5")], (0.0, 500.0));
        assert_eq!(ticks(&scale).len(), 1);
        assert_eq!(ticks(&scale)[0].clock, "23:58:07");
    }

    #[test]
    fn durations_are_told_in_one_unit() {
        for (seconds, told) in [(40, "40s"), (119, "119s"), (970, "16m"), (760_065, "8d")] {
            assert_eq!(roughly(SignedDuration::from_secs(seconds)), told);
        }
    }
}
