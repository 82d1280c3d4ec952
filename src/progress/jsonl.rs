//! The events of a run as lines of JSON, for programs that follow it (docs/events.md).

use std::io::{self, Write};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use touchdown_checks::contract::{Clock, State, TaskCounts, rfc3339};

use crate::report::{Counts, Interruption, Report, Verdict, json};
use crate::run::{Announced, Event, Observer};

/// The version of the events that this build writes.
const VERSION: u32 = 1;

/// Writes each event as it happens: one JSON object a line, and at once.
///
/// Whoever reads may go at any time; the run goes on without them.
#[derive(Debug)]
pub struct Jsonl<W> {
    output: W,
    clock: Clock,
    checks: Vec<Announced>,
    ended: Option<io::Error>,
}

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    #[serde(with = "rfc3339")]
    at: Timestamp,
    #[serde(flatten)]
    check: Option<Named<'a>>,
    #[serde(flatten)]
    said: Said<'a>,
}

/// The check that an event is about.
#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
}

/// What an event says beside that.
#[derive(Serialize)]
#[serde(untagged)]
enum Said<'a> {
    Started {
        version: u32,
        suite: &'a str,
        checks: &'a [Announced],
    },
    Opened {
        within_ms: u64,
    },
    Looked {
        number: u32,
        state: State,
        headline: &'a str,
        took_ms: u64,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        flap: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        held_ms: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        hold_ms: Option<u64>,
    },
    Tasks {
        target: &'a str,
        #[serde(flatten)]
        counts: TaskCounts,
    },
    Settled {
        verdict: Verdict,
        headline: &'a str,
        took_ms: u64,
    },
    Stopping {
        reason: &'a str,
    },
    Finished {
        verdict: Verdict,
        exit_code: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        interrupted: Option<Interruption>,
        took_ms: u64,
        counts: Counts,
    },
}

impl<W: Write> Jsonl<W> {
    /// Writes to `output`, with times by `clock`.
    pub fn new(output: W, clock: Clock) -> Self {
        Self {
            output,
            clock,
            checks: Vec::new(),
            ended: None,
        }
    }

    /// The last line: the run is over, its reports are written, and the process ends with
    /// `exit_code`.
    pub fn finished(&mut self, report: &Report, exit_code: u8) {
        let said = Said::Finished {
            verdict: report.verdict,
            exit_code,
            interrupted: report.interrupted,
            took_ms: report.took_ms,
            counts: report.counts,
        };
        let line = self.line("finished", None, said);
        self.write(&line);
    }

    /// Why not every line could be written, where that is not because the reader has gone.
    pub fn problem(&self) -> Option<&io::Error> {
        let gone = |error: &&io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        self.ended.as_ref().filter(|error| !gone(error))
    }

    /// An event as a line, without its end.
    fn told(&self, event: &Event) -> String {
        let millis = |duration: &Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        match event {
            Event::Started { suite, checks } => {
                let version = VERSION;
                let said = Said::Started {
                    version,
                    suite,
                    checks,
                };
                self.line("started", None, said)
            }
            Event::Opened { check, within } => {
                let within_ms = millis(within);
                self.line("opened", Some(*check), Said::Opened { within_ms })
            }
            Event::Looked {
                check,
                attempt,
                held,
            } => {
                let said = Said::Looked {
                    number: attempt.number,
                    state: attempt.state,
                    headline: &attempt.headline,
                    took_ms: attempt.took_ms,
                    flap: attempt.flap,
                    held_ms: held.map(|held| millis(&held.since)),
                    hold_ms: held.map(|held| millis(&held.of)),
                };
                self.line("looked", Some(*check), said)
            }
            Event::Tasks { target, counts } => {
                let counts = *counts;
                self.line("tasks", None, Said::Tasks { target, counts })
            }
            Event::Settled {
                check,
                verdict,
                headline,
                took,
            } => {
                let said = Said::Settled {
                    verdict: *verdict,
                    headline,
                    took_ms: millis(took),
                };
                self.line("settled", Some(*check), said)
            }
            Event::Stopping { reason } => self.line("stopping", None, Said::Stopping { reason }),
        }
    }

    fn line(&self, event: &'static str, check: Option<usize>, said: Said<'_>) -> String {
        let named = check.and_then(|check| self.checks.get(check));
        let line = Line {
            event,
            at: self.clock.now(),
            check: named.map(|check| Named {
                id: &check.id,
                kind: &check.kind,
                target: check.target.as_deref(),
            }),
            said,
        };
        let text = serde_json::to_string(&line).expect("an event is always valid JSON");
        json::without_commands(&text)
    }

    fn write(&mut self, line: &str) {
        if self.ended.is_some() {
            return;
        }
        // In one piece, so that no reader ever sees half a line.
        let written = self.output.write_all(format!("{line}\n").as_bytes());
        self.ended = written.and_then(|()| self.output.flush()).err();
    }
}

impl<W: Write> Observer for Jsonl<W> {
    fn event(&mut self, event: &Event) {
        if let Event::Started { checks, .. } = event {
            self.checks.clone_from(checks);
        }
        let line = self.told(event);
        self.write(&line);
    }
}
