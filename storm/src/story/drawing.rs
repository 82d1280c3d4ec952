//! Drawing a story: how often each choice comes up.

use super::{
    Balancer, Breaker, Build, Fate, Incident, Logs, Naming, Pipeline, Platforms, Push, Reported,
    Sidecars, Story, Strategy,
};
use crate::draw::Draw;

impl Story {
    /// The story of a seed.
    pub fn drawn(seed: u64) -> Self {
        let draw = Draw::of(seed);
        let story = Self {
            seed,
            pipeline: draw.weighed(
                "pipeline",
                &[
                    (69, Pipeline::NewRevision),
                    (17, Pipeline::Forced),
                    (8, Pipeline::Forgot),
                    (6, Pipeline::First),
                ],
            ),
            naming: draw.weighed("naming", &[(65, Naming::Version), (35, Naming::Latest)]),
            push: push(draw),
            expects_tag: draw.happens("expects tag", 40),
            says_when: draw.happens("says when", 30),
            build: draw.weighed("build", &[(90, Build::Fresh), (10, Build::CachedLayer)]),
            platforms: draw.weighed(
                "platforms",
                &[
                    (50, Platforms::Plain),
                    (30, Platforms::Index),
                    (20, Platforms::Attested),
                ],
            ),
            reported: draw.weighed(
                "reported",
                &[
                    (55, Reported::Index),
                    (40, Reported::Platform),
                    (5, Reported::Nothing),
                ],
            ),
            fate: fate(draw),
            unpinned: draw.happens("unpinned", 7),
            sidecars: draw.weighed(
                "sidecars",
                &[
                    (60, Sidecars::None),
                    (25, Sidecars::Proxy),
                    (15, Sidecars::ProxyAndAgent),
                ],
            ),
            desired: draw.between("desired", 1, 4),
            strategy: strategy(draw),
            balancer: draw.happens("balancer", 60).then(|| balancer(draw)),
            health_check: draw.happens("health check", 55),
            boots_in_ms: draw.between("boots in", 0, 15_000),
            incident: incident(draw),
            logs: logs(draw),
            lead_ms: lead(draw),
            within: draw.between("within", 60, 240),
            hold: draw.weighed("hold", &[(35, 0), (25, 20), (25, 60), (15, 150)]),
            without: Vec::new(),
        };
        story.sound()
    }

    /// The same story where it is one that can be: what a choice needs is there, and what it rules out is
    /// not.
    #[must_use]
    pub fn sound(mut self) -> Self {
        let shifts = self.shifts();
        if (shifts || self.fate == Fate::TargetStatus) && self.balancer.is_none() {
            self.balancer = Some(balancer(Draw::of(self.seed)));
        }
        if matches!(self.fate, Fate::HealthProgram | Fate::HealthStatus) {
            self.health_check = true;
        }
        // Only a new revision can name another image under tags that don't move, or a new secret.
        let same_revision = matches!(self.pipeline, Pipeline::Forced | Pipeline::Forgot);
        let same_image = self.naming == Naming::Version && same_revision;
        let dies_by_revision = matches!(self.fate, Fate::Secrets(_));
        let dies_by_deploying = matches!(self.fate, Fate::NoCapacity(_));
        if same_image && !dies_by_deploying
            || same_revision && dies_by_revision
            || self.pipeline == Pipeline::Forgot
        {
            self.fate = Fate::Lives;
        }
        if self.naming == Naming::Version && matches!(self.incident, Some(Incident::PushedAgain(_)))
        {
            self.incident = None;
        }
        self
    }
}

fn push(draw: Draw) -> Push {
    let before = draw.between("pushed before", 5, 900);
    let after = draw.between("pushed after", 1, 120);
    draw.weighed(
        "push",
        &[
            (88, Push::Before(before)),
            (6, Push::After(after)),
            (6, Push::Never),
        ],
    )
}

fn fate(draw: Draw) -> Fate {
    let mended = match draw.happens("mended", 40) {
        true => draw.between("mended after", 5, 150),
        false => 0,
    };
    let lives_for = match draw.happens("lives long", 40) {
        true => draw.between("long life", 20_000, 200_000),
        false => draw.between("short life", 300, 20_000),
    };
    let code = draw.weighed(
        "code",
        &[(50, 1), (10, 0), (10, 127), (10, 137), (10, 139), (10, 143)],
    );
    draw.weighed(
        "fate",
        &[
            (60, Fate::Lives),
            (4, Fate::NoPlatform),
            (4, Fate::ExecFormat),
            (4, Fate::Secrets(mended)),
            (8, Fate::Exits(lives_for, code)),
            (4, Fate::OutOfMemory(lives_for)),
            (4, Fate::HealthProgram),
            (3, Fate::HealthStatus),
            (5, Fate::TargetStatus),
            (4, Fate::NoCapacity(mended)),
        ],
    )
}

fn strategy(draw: Draw) -> Strategy {
    let breaker = draw.weighed(
        "breaker",
        &[
            (40, Breaker::Off),
            (20, Breaker::Fails),
            (40, Breaker::RollsBack),
        ],
    );
    let percents = draw.weighed(
        "percents",
        &[
            (60, (100, 200)),
            (10, (100, 400)),
            (15, (50, 150)),
            (15, (0, 100)),
        ],
    );
    let bakes = draw.between("bakes", 0, 90);
    draw.weighed(
        "strategy",
        &[
            (70, Strategy::Rolling(breaker, percents)),
            (10, Strategy::BlueGreen(bakes)),
            (8, Strategy::Canary(bakes)),
            (8, Strategy::Linear(bakes)),
            (4, Strategy::Paused),
        ],
    )
}

fn balancer(draw: Draw) -> Balancer {
    Balancer {
        deregistration_delay: draw
            .weighed("deregistration", &[(30, 5), (40, 30), (20, 90), (10, 300)]),
        healthy_after: draw.between("healthy after", 5, 40),
        grace: draw.weighed("grace", &[(30, 0), (50, 60), (20, 120)]),
    }
}

fn incident(draw: Draw) -> Option<Incident> {
    let at = draw.between("incident at", 500, 240_000);
    let count = draw.between("scaled to", 1, 5);
    let of = draw.weighed("of tasks", &[(50, 9), (35, 1), (15, 2)]);
    draw.weighed(
        "incident",
        &[
            (76, None),
            (6, Some(Incident::Stopped(at, of))),
            (3, Some(Incident::Spot(at, of))),
            (6, Some(Incident::Scaled(at, count))),
            (6, Some(Incident::Overtaken(at))),
            (3, Some(Incident::PushedAgain(at))),
        ],
    )
}

fn logs(draw: Draw) -> Logs {
    let (least_lag, most_lag) = draw.weighed(
        "lag",
        &[
            (30, (0, 1_000)),
            (50, (3_000, 9_000)),
            (20, (12_000, 19_900)),
        ],
    );
    Logs {
        least_lag,
        most_lag,
        empty_pages: draw.weighed("empty pages", &[(60, 0), (30, 1), (10, 3)]),
        line_after: (!draw.happens("line missing", 6))
            .then(|| draw.between("line after", 0, 30_000)),
        silent: draw.happens("silent", 4),
    }
}

fn lead(draw: Draw) -> u64 {
    let short = draw.between("short lead", 200, 20_000);
    let long = draw.between("long lead", 20_000, 400_000);
    draw.weighed("lead", &[(60, short), (40, long)])
}
