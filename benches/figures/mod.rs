//! Figures of many runs, as the benches tell them: a median, and from least to most.
#![allow(dead_code, reason = "each bench uses its part")]

use std::fmt;
use std::time::Duration;

/// Why a bench could not measure.
pub type Failure = Box<dyn std::error::Error>;

/// The same figure of several runs, sorted.
pub struct Spread(Vec<f64>);

impl Spread {
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        Self(sorted)
    }

    /// The middle one; of an even number, the upper of the two. NaN where there is none.
    pub fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// NaN where there is none.
    pub fn least(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(least), Some(most)) = (self.0.first(), self.0.last()) else {
            return f.write_str("-");
        };
        write!(f, "{:.1} ({least:.1} to {most:.1})", self.median())
    }
}

/// What `cargo bench` was given after `--`, without its own options. None in
/// `cargo test --benches`, which has nothing to test here.
pub fn asked() -> Option<Vec<String>> {
    let (options, given): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    options
        .iter()
        .any(|option| option == "--bench")
        .then_some(given)
}

pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "a file's size fits")]
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[expect(clippy::print_stdout, reason = "a bench is there for its output")]
pub fn say(text: &str) {
    println!("{text}");
}
