//! Runs a suite of scripted checks, and says what became of it in a line a check.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use touchdown::catalog::Catalog;
use touchdown::checks::contract::{Clock, Kind, Period};
use touchdown::checks::reads::Connections;
use touchdown::plan::Plan;
use touchdown::report::{CheckReport, Interruption, Report, Verdict};
use touchdown::run::{Event, Observer, Options, run};
use touchdown::suite::{Sources, Suite};

use super::memory::Counting;
use super::needs::Following;
use super::scripted::{Forbids, Scripted};
use super::values::Answers;

/// A finished run, and everything that was told meanwhile.
pub struct Ran {
    pub report: Report,
    pub seen: Seen,
}

/// What an observer sees of a run.
#[derive(Default)]
pub struct Seen {
    pub events: Vec<Event>,
    pub ticks: Vec<Duration>,
}

impl Observer for Seen {
    fn event(&mut self, event: &Event) {
        self.events.push(event.clone());
    }

    fn tick(&mut self, elapsed: Duration) {
        self.ticks.push(elapsed);
    }
}

/// Runs checks, each given by its fields: `id: a, says: holds`. The kind is `scripted`
/// where they name none.
pub async fn ran(checks: &[&str]) -> Ran {
    ran_with(checks, Options::default(), std::future::pending()).await
}

pub async fn ran_with(
    checks: &[&str],
    options: Options,
    stop: impl Future<Output = Interruption>,
) -> Ran {
    let clock = Clock::starting_at("2025-11-18T23:46:00Z".parse().expect("a time"));
    let connections = Arc::new(Connections::from_environment(clock, None));
    let mut seen = Seen::default();
    let report = run(&plan(checks), connections, options, stop, &mut seen).await;
    Ran { report, seen }
}

fn plan(checks: &[&str]) -> Plan {
    let check = |fields: &&str| match fields.starts_with("check: ") {
        true => format!("  - {{ {fields} }}\n"),
        false => format!("  - {{ check: scripted, {fields} }}\n"),
    };
    let checks: String = checks.iter().map(check).collect();
    let text = format!("version: 1\nname: semantics\nchecks:\n{checks}");
    let catalog = Catalog::empty()
        .with(Kind::of::<Scripted>())
        .with(Kind::of::<Forbids>())
        .with(Kind::of::<Counting>())
        .with(Kind::of::<Following>())
        .with(Kind::of::<Answers>());
    let suite = Suite::parse("suite.yaml", text.as_bytes(), &Sources::none(), &catalog);
    Plan::of(&suite.expect("a suite without mistakes"))
}

impl Ran {
    pub fn check(&self, id: &str) -> &CheckReport {
        let mut checks = self.report.checks.iter();
        checks
            .find(|check| check.id == id)
            .expect("a check of the suite")
    }

    /// Milliseconds from the run's start.
    fn since(&self, at: Timestamp) -> u64 {
        let since = at.duration_since(self.report.started_at);
        u64::try_from(since.as_millis()).expect("a time after the run's start")
    }

    /// When a check's window opened.
    pub fn opened(&self, id: &str) -> u64 {
        self.since(self.check(id).started_at)
    }

    /// When a check got its verdict.
    pub fn settled(&self, id: &str) -> u64 {
        self.opened(id) + self.check(id).took_ms
    }

    /// When each look of a check began.
    pub fn looks(&self, id: &str) -> Vec<u64> {
        let attempts = self.check(id).attempts.iter();
        attempts.map(|attempt| self.since(attempt.at)).collect()
    }

    /// The time from each look of a check to the next.
    pub fn pauses(&self, id: &str) -> Vec<u64> {
        self.looks(id)
            .windows(2)
            .map(|two| two[1] - two[0])
            .collect()
    }

    /// Expects `passed at 10s: 3 of 3 tasks`, by the run's time; `about 10s` allows for a pause
    /// of 2s with its jitter, a `*` stands for any text, and without a time any will do.
    #[track_caller]
    pub fn expect(&self, case: &str, id: &str, expected: &str) {
        let check = self.check(id);
        let (outcome, headline) = expected
            .split_once(": ")
            .expect("an outcome and a headline");
        let (verdict, when) = outcome.split_once(' ').unwrap_or((outcome, ""));
        let found = format!(
            "{case}: `{id}` {} at {}ms: {}",
            name(check.verdict),
            self.settled(id),
            check.headline
        );
        assert_eq!(name(check.verdict), verdict, "{found}");
        let like = match headline.split_once('*') {
            Some((start, end)) => {
                check.headline.starts_with(start) && check.headline.ends_with(end)
            }
            None => check.headline == headline,
        };
        assert!(like, "{found}, not {headline}");
        if let Some((how, time)) = when.split_once(' ') {
            let time = time.parse::<Period>().expect("a time").get().as_millis();
            let late = u128::from(self.settled(id)).checked_sub(time);
            let latest = if how == "about" { 2_200 } else { 0 };
            assert!(
                late.is_some_and(|late| late <= latest),
                "{found}, not {when}"
            );
        }
    }
}

pub fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Skipped => "skipped",
    }
}

/// Runs each case for itself: the fields of a check, and what it must end in.
pub async fn expect_each(cases: &[(&str, &str)]) {
    for (fields, expected) in cases {
        let check = match fields.strip_prefix("forbids ") {
            Some(fields) => format!("check: forbids, id: it, {fields}"),
            None => format!("id: it, {fields}"),
        };
        ran(&[&check]).await.expect(fields, "it", expected);
    }
}
