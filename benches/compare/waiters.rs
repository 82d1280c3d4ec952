//! Time to red and to green, in real time: `touchdown confirm --wait` beside the real
//! `aws ecs wait services-stable` and the real ecs-deploy, each on a simulated AWS of its own whose
//! time passes as ours, with the same draw of the same story.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use touchdown_simulator::{Clock, Scenario, Simulator};

use crate::figures::{Failure, Spread, say};
use crate::program::{against, quiet};
use crate::watched::{Truth, Watched};

/// Programs are started one after the other, so that their starts don't wait for each other.
const APART: Duration = Duration::from_millis(1500);

/// How often is looked whether the truth is there, or a program has ended.
const LOOK: Duration = Duration::from_millis(250);
const FINE_LOOK: Duration = Duration::from_millis(10);

/// A deploy, made by ecs-deploy for every program, so that all wait for the same.
struct Story {
    name: &'static str,
    incident: &'static str,
    change: &'static [&'static str],
    truth: Truth,
}

const STORIES: &[Story] = &[
    Story {
        name: "a tag that isn't there",
        incident: "healthy",
        change: &[
            "--image",
            "app",
            "210987654321.dkr.ecr.eu-west-1.amazonaws.com/checkout:2.4.1",
        ],
        truth: Truth::Stopped(1),
    },
    Story {
        name: "tasks that exit",
        incident: "breaker-off-forever",
        change: &[],
        truth: Truth::Stopped(2),
    },
    Story {
        name: "the same version again",
        incident: "healthy",
        change: &[],
        truth: Truth::Deployed,
    },
    Story {
        name: "a tag that has moved",
        incident: "stale-tag",
        change: &[],
        truth: Truth::Deployed,
    },
];

/// Who waits for the deploy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiter {
    Touchdown,
    ServicesStable,
    EcsDeploy,
}

const WAITERS: [Waiter; 3] = [Waiter::Touchdown, Waiter::ServicesStable, Waiter::EcsDeploy];

struct Programs {
    touchdown: PathBuf,
    aws: PathBuf,
    ecs: PathBuf,
}

/// When the truth was there and the program had ended, in seconds after the deploy.
struct Told {
    truth: f64,
    ended: f64,
    code: Option<i32>,
}

/// `draws` is how often each story is drawn for each program.
pub fn compare(touchdown: &Path, aws: &Path, ecs: &Path, draws: u64) -> Result<(), Failure> {
    let programs = Arc::new(Programs {
        touchdown: touchdown.to_owned(),
        aws: aws.to_owned(),
        ecs: ecs.to_owned(),
    });
    let mut waiting = Vec::new();
    for draw in 1..=draws {
        for (place, story) in STORIES.iter().enumerate() {
            for waiter in WAITERS {
                let programs = Arc::clone(&programs);
                let run = move || {
                    story
                        .told(draw, waiter, &programs)
                        .map_err(|e| e.to_string())
                };
                waiting.push((place, waiter, thread::spawn(run)));
                thread::sleep(APART);
            }
        }
    }
    let mut told: Vec<(usize, Waiter, Told)> = Vec::new();
    for (place, waiter, thread) in waiting {
        let ended = thread.join().map_err(|_| "a run panicked")??;
        told.push((place, waiter, ended));
    }
    say(&format!(
        "{draws} draws each; median (least to most); later: than the truth\n\n\
         | story | program | right | after the deploy, s | later, s |\n|---|---|---|---|---|"
    ));
    for (place, story) in STORIES.iter().enumerate() {
        for waiter in WAITERS {
            let these = told
                .iter()
                .filter(|(of, who, _)| (*of, *who) == (place, waiter));
            let these: Vec<&Told> = these.map(|(_, _, told)| told).collect();
            say(&story.row(waiter, &these));
        }
    }
    Ok(())
}

impl Story {
    fn told(&self, draw: u64, waiter: Waiter, programs: &Programs) -> Result<Told, Failure> {
        let scenario = Scenario::named(self.incident)?.drawn(draw);
        let place = Place::of(&scenario);
        let simulator = Simulator::new(scenario, Clock::at_speed(1.0))?;
        let served = simulator.start_on(0)?;
        let mut deploy = place.asks(&programs.ecs, &served.url());
        deploy.args(["deploy", &place.cluster, &place.service, "--no-deregister"]);
        deploy.args(self.change);
        let mut waits = match waiter {
            // It waits for its own deploy, five minutes by default.
            Waiter::EcsDeploy => deploy,
            other => {
                let deployed = deploy.args(["--timeout", "-1"]).status()?;
                if !deployed.success() {
                    return Err(format!("{}: ecs-deploy ended with {deployed}", self.name).into());
                }
                place.waiting(other, programs, &served.url())
            }
        };
        let mut child = waits.spawn()?;
        let watched = Watched::new(simulator.clone());
        let (mut truth, mut ended, mut next_look) = (None, None, Instant::now());
        while truth.is_none() || ended.is_none() {
            if ended.is_none()
                && let Some(status) = child.try_wait()?
            {
                ended = Some((simulator.now(), status.code()));
            }
            if truth.is_none() && Instant::now() >= next_look && deployed_at(&simulator).is_some() {
                truth = watched.is(self.truth).then(|| simulator.now());
                next_look = Instant::now() + LOOK;
            }
            thread::sleep(FINE_LOOK);
        }
        let (Some(truth), Some((ended, code)), Some(began)) =
            (truth, ended, deployed_at(&simulator))
        else {
            return Err(format!("{}: nothing was deployed", self.name).into());
        };
        let since = |at: Timestamp| at.duration_since(began).as_secs_f64();
        Ok(Told {
            truth: since(truth),
            ended: since(ended),
            code,
        })
    }

    /// The figures of the runs that ended with what is right, and no sooner than that was known.
    fn row(&self, waiter: Waiter, told: &[&Told]) -> String {
        let right: Vec<&&Told> = told.iter().filter(|told| self.is_right(told)).collect();
        format!(
            "| {} | {} | {} of {} | {} | {} |",
            self.name,
            waiter.name(),
            right.len(),
            told.len(),
            Spread::of(told.iter().map(|told| told.ended)),
            Spread::of(right.iter().map(|told| told.ended - told.truth)),
        )
    }

    fn is_right(&self, told: &Told) -> bool {
        let green = told.code == Some(0);
        // The truth is dated a look too late at most.
        let known = told.ended >= told.truth - LOOK.as_secs_f64();
        known && green == (self.truth == Truth::Deployed)
    }
}

/// When ECS was told to deploy.
fn deployed_at(simulator: &Simulator) -> Option<Timestamp> {
    let requests = simulator.requests();
    let updated = requests
        .iter()
        .find(|asked| asked.call == "ecs:UpdateService");
    updated.map(|asked| asked.at)
}

/// The service that is deployed.
struct Place {
    cluster: String,
    service: String,
    region: String,
}

impl Place {
    fn of(scenario: &Scenario) -> Self {
        Self {
            cluster: scenario.cluster().to_owned(),
            service: scenario.services()[0].to_owned(),
            region: scenario.region().to_owned(),
        }
    }

    fn asks(&self, program: &Path, url: &str) -> Command {
        let mut command = against(program, url, &self.region);
        quiet(&mut command);
        command
    }

    fn waiting(&self, waiter: Waiter, programs: &Programs, url: &str) -> Command {
        let Self {
            cluster, service, ..
        } = self;
        if waiter == Waiter::Touchdown {
            let mut command = self.asks(&programs.touchdown, url);
            command.args(["confirm", &format!("{cluster}/{service}"), "--wait", "20m"]);
            return command;
        }
        let mut command = self.asks(&programs.aws, url);
        command.args(["ecs", "wait", "services-stable"]);
        command.args(["--cluster", cluster, "--services", service]);
        command
    }
}

impl Waiter {
    fn name(self) -> &'static str {
        match self {
            Self::Touchdown => "touchdown",
            Self::ServicesStable => "services-stable",
            Self::EcsDeploy => "ecs-deploy",
        }
    }
}
