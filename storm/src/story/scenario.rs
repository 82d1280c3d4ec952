//! A story as a scenario of the simulator.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use touchdown_simulator::{Scenario, ScenarioError};

use super::{
    Breaker, Build, Fate, Incident, Naming, Pipeline, Platforms, Push, Reported, Sidecars, Story,
    Strategy,
};

/// When the run begins.
const RUN: Timestamp = Timestamp::constant(1_763_640_000, 0);

/// The cluster, the service and their place.
pub(crate) const CLUSTER: &str = "prod";
/// The service that every story is about.
pub const SERVICE: &str = "web";
pub(crate) const REGION: &str = "us-east-1";
const ACCOUNT: &str = "210987654321";

/// The application's container and repository.
pub(crate) const APP: &str = "app";
/// The essential sidecar.
pub(crate) const PROXY: &str = "proxy";

/// What a pipeline calls the image of a version.
pub(crate) fn tagged(version: u32) -> String {
    format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{APP}:{version}")
}

/// The line that an image of a version writes when it is ready.
pub(crate) fn line(version: u32) -> String {
    format!("ready version={version};")
}

impl Story {
    /// The simulator's scenario, drawn with the story's seed.
    pub fn scenario(&self) -> Result<Scenario, ScenarioError> {
        Scenario::parse(&self.scenario_text()).map(|scenario| scenario.drawn(self.seed))
    }

    /// The same story from so long before the run on.
    pub fn scenario_from_before(&self, lead: SignedDuration) -> Result<Scenario, ScenarioError> {
        let text = self.scenario_text();
        let starts = |at: Timestamp| format!("starts_at: {at}\n");
        let earlier = text.replacen(&starts(RUN), &starts(RUN - lead), 1);
        Scenario::parse(&earlier).map(|scenario| scenario.drawn(self.seed))
    }

    /// Its text.
    pub fn scenario_text(&self) -> String {
        let mut text = format!(
            "about: \"{}, seed {}\"\nstarts_at: {RUN}\naccount: \"{ACCOUNT}\"\nregion: {REGION}\ncluster: {CLUSTER}\n",
            self.kind(),
            self.seed
        );
        let immutable = self.naming == Naming::Version;
        let mut tell = |part: &str| {
            text.push_str(part);
            text.push('\n');
        };
        tell("\nrepositories:");
        tell(&format!(
            "  {APP}: {{ created_at: 2025-01-01T00:00:00Z, immutable: {immutable} }}"
        ));
        tell(&format!(
            "  {PROXY}: {{ created_at: 2025-01-01T00:00:00Z }}"
        ));
        tell("\nimages:");
        for version in 1..=3 {
            tell(&self.image(version));
        }
        tell(&sidecar_image());
        tell("\ntask_definitions:");
        for version in 1..=3 {
            tell(&self.task_definition(version));
        }
        tell("\nservices:");
        tell(&self.service());
        if matches!(self.fate, Fate::Secrets(_)) {
            tell("\nsecrets: { token: { readable: false } }");
        }
        let logs = &self.logs;
        tell(&format!(
            "\nlogs: {{ least_lag: {}ms, most_lag: {}ms, empty_pages: {} }}",
            logs.least_lag, logs.most_lag, logs.empty_pages
        ));
        tell("\nhistory:");
        for (at, event) in self.history() {
            tell(&format!("  - {{ at: {at}, {event} }}"));
        }
        text
    }

    fn image(&self, version: u32) -> String {
        let is_new = version == 2;
        // Old code says so in its layer, its page and its lines.
        let code = match self.build {
            Build::CachedLayer if is_new => 1,
            _ => version,
        };
        let mut text = format!(
            "  {APP}-{version}:\n    repository: {APP}\n    built_at: 2025-11-{:02}T08:00:00Z\n",
            10 + version
        );
        let mut tell = |part: String| {
            text.push_str("    ");
            text.push_str(&part);
            text.push('\n');
        };
        tell(format!("platforms: {}", self.platforms_of(is_new)));
        let attested =
            self.platforms == Platforms::Attested || is_new && self.fate == Fate::NoPlatform;
        let attested = attested && !(is_new && self.fate == Fate::ExecFormat);
        tell(format!("attestations: {attested}"));
        tell("layers:".to_owned());
        tell("  - { made_by: \"FROM python:3.12\", content: python 3.12 }".to_owned());
        tell(format!(
            "  - {{ made_by: \"COPY app/ /app\", content: app {code} }}"
        ));
        tell(format!(
            "  - {{ made_by: \"RUN echo {version} > /build\", content: build {version} }}"
        ));
        tell("  - { made_by: 'CMD [\"python\", \"/app/main.py\"]' }".to_owned());
        tell(format!("boots_in: {}ms", self.boots_in_ms));
        let health = match self.fate {
            Fate::HealthStatus if is_new => 500,
            _ => 200,
        };
        let target = match self.fate {
            Fate::TargetStatus if is_new => 500,
            _ => 200,
        };
        tell("pages:".to_owned());
        tell(format!("  /version: {{ json: {{ version: \"{code}\" }} }}"));
        tell(format!("  /health: {{ status: {health}, body: health }}"));
        tell(format!("  /up: {{ status: {target}, body: up }}"));
        if is_new && self.fate == Fate::HealthProgram {
            tell("programs: [python]".to_owned());
        }
        self.tell_logs(is_new, code, &mut tell);
        if is_new {
            self.tell_end(&mut tell);
        }
        text
    }

    fn platforms_of(&self, is_new: bool) -> &'static str {
        match (self.fate, self.platforms) {
            (Fate::NoPlatform | Fate::ExecFormat, _) if is_new => "[linux/arm64]",
            (_, Platforms::Index) => "[linux/amd64, linux/arm64]",
            (_, Platforms::Plain | Platforms::Attested) => "[linux/amd64]",
        }
    }

    fn tell_logs(&self, is_new: bool, code: u32, tell: &mut impl FnMut(String)) {
        if is_new && self.logs.silent {
            return;
        }
        tell("logs:".to_owned());
        tell("  - { after: -10ms, line: booting }".to_owned());
        let after = match (is_new, self.logs.line_after) {
            (true, None) => return,
            (true, Some(after)) => after,
            (false, _) => 500,
        };
        tell(format!(
            "  - {{ after: {after}ms, line: \"{}\" }}",
            line(code)
        ));
        if is_new {
            tell("  - { after: 11s, every: 45s, line: \"request {n} served\" }".to_owned());
        }
    }

    /// How containers of the new image end.
    fn tell_end(&self, tell: &mut impl FnMut(String)) {
        match self.fate {
            Fate::Exits(after, code) => tell(format!(
                "exit: {{ after: {after}ms, code: {code}, last_lines: [\"fatal: no table settlements\"] }}"
            )),
            Fate::OutOfMemory(after) => {
                tell(format!("memory: {{ peak: 4096, after: {after}ms }}"));
            }
            _ => {}
        }
    }

    fn task_definition(&self, version: u32) -> String {
        let tag = match self.naming {
            Naming::Version => version.to_string(),
            Naming::Latest => "latest".to_owned(),
        };
        let reports = match self.reported {
            Reported::Index => "index",
            Reported::Platform => "platform",
            Reported::Nothing => "none",
        };
        let mut text = format!(
            "  {APP}:{version}:\n    registered_at: {}\n    containers:\n      - name: {APP}\n        image: \"{APP}:{tag}\"\n        port: 8000\n        reports_digest: {reports}\n        log: {{ group: /ecs/web, prefix: web }}\n",
            match version {
                1 => before(SignedDuration::from_hours(5)),
                2 => before(SignedDuration::from_secs(2)).min(self.deployed_at()),
                _ => before(SignedDuration::from_secs(1)),
            },
        );
        if self.health_check {
            text.push_str(
                "        health_check: { command: \"curl -f http://localhost:8000/health || exit 1\", interval: 5s, timeout: 3s, retries: 3, start_period: 15s }\n",
            );
        }
        if self.unpinned {
            text.push_str("        version_consistency: disabled\n");
        }
        if version == 2 && matches!(self.fate, Fate::Secrets(_)) {
            text.push_str("        secrets: { TOKEN: token }\n");
        }
        let sidecars: &[(&str, bool)] = match self.sidecars {
            Sidecars::None => &[],
            Sidecars::Proxy => &[(PROXY, true)],
            Sidecars::ProxyAndAgent => &[(PROXY, true), ("agent", false)],
        };
        for (name, essential) in sidecars {
            let _ = writeln!(
                text,
                "      - {{ name: {name}, image: \"{PROXY}:1\", essential: {essential}, log: {{ group: /ecs/web, prefix: web }} }}"
            );
        }
        text
    }

    fn service(&self) -> String {
        let mut text = format!(
            "  web:\n    name: {SERVICE}\n    desired: {}\n    created_at: 2025-01-01T00:00:00Z\n",
            self.desired
        );
        let mut tell = |part: String| {
            text.push_str("    ");
            text.push_str(&part);
            text.push('\n');
        };
        match self.strategy {
            Strategy::Rolling(breaker, (least, most)) => {
                tell(format!("minimum_healthy_percent: {least}"));
                tell(format!("maximum_percent: {most}"));
                if breaker != Breaker::Off {
                    let back = breaker == Breaker::RollsBack;
                    tell(format!("circuit_breaker: {{ rollback: {back} }}"));
                }
            }
            Strategy::BlueGreen(bakes) => {
                tell(format!(
                    "strategy: BLUE_GREEN\n    shifting: {{ bake_time: {bakes}s }}"
                ));
            }
            Strategy::Paused => {
                tell("strategy: BLUE_GREEN\n    shifting: { waits_at: POST_TEST_TRAFFIC_SHIFT, bake_time: 10s }".to_owned());
            }
            Strategy::Canary(bakes) => {
                tell(format!(
                    "strategy: CANARY\n    shifting: {{ step_percent: 10, step_bake_time: {bakes}s, bake_time: 5s }}"
                ));
            }
            Strategy::Linear(bakes) => {
                tell(format!(
                    "strategy: LINEAR\n    shifting: {{ step_percent: 40, step_bake_time: {bakes}s, bake_time: 5s }}"
                ));
            }
        }
        if let Some(balancer) = &self.balancer {
            tell(format!("health_check_grace_period: {}s", balancer.grace));
            tell("load_balancer:".to_owned());
            tell(
                "  target_group: web-blue/73e2d6bc24d8a067\n      name: prod/fe9eefe40a51a8ca"
                    .to_owned(),
            );
            if self.shifts() {
                tell("  alternate_target_group: web-green/943f017f100becff".to_owned());
            }
            tell(format!(
                "  container: {APP}\n      port: 8000\n      health_path: /up\n      health_interval: 10s\n      healthy_after: {}s\n      deregistration_delay: {}s",
                balancer.healthy_after, balancer.deregistration_delay
            ));
        }
        text
    }

    /// When the new deployment began, or would have.
    pub(crate) fn deployed_at(&self) -> Timestamp {
        before(millis(self.lead_ms))
    }

    /// What happened and will happen, in the order of time.
    fn history(&self) -> Vec<(Timestamp, String)> {
        let old = |hours| before(SignedDuration::from_hours(hours));
        let mut events = vec![
            (
                old(9),
                format!("push: {{ image: {PROXY}-1, tags: [\"1\"] }}"),
            ),
            (old(6), self.pushed(1)),
        ];
        let deployed = self.deployed_at();
        let created = |revision| {
            format!("create_service: {{ service: web, task_definition: \"{APP}:{revision}\" }}")
        };
        match self.pipeline {
            Pipeline::First => events.push((deployed, created(2))),
            _ => events.push((old(4), created(1))),
        }
        let pushed_at = match self.push {
            Push::Before(seconds) => Some(deployed - secs(seconds)),
            Push::After(seconds) => Some(deployed + secs(seconds)),
            Push::Never => None,
        };
        events.extend(pushed_at.map(|at| (at, self.pushed(2))));
        match self.pipeline {
            Pipeline::NewRevision => events.push((
                deployed,
                format!("update_service: {{ service: web, task_definition: \"{APP}:2\" }}"),
            )),
            Pipeline::Forced => events.push((
                deployed,
                "update_service: { service: web, force_new_deployment: true }".to_owned(),
            )),
            Pipeline::Forgot | Pipeline::First => {}
        }
        events.extend(self.mending(deployed));
        events.extend(self.incident());
        events.sort_by_key(|(at, _)| *at);
        events
    }

    fn pushed(&self, version: u32) -> String {
        let tags = match self.naming {
            Naming::Version => format!("\"{version}\""),
            Naming::Latest => format!("latest, \"{version}\""),
        };
        format!("push: {{ image: {APP}-{version}, tags: [{tags}] }}")
    }

    /// What takes a way out of the world, and brings it back.
    fn mending(&self, deployed: Timestamp) -> Vec<(Timestamp, String)> {
        let mut events = Vec::new();
        match self.fate {
            Fate::Secrets(after) if after > 0 => {
                events.push((
                    deployed + secs(after),
                    "allow_secret: { secret: token }".to_owned(),
                ));
            }
            Fate::NoCapacity(after) => {
                let room = |available| format!("set_capacity: {{ available: {available} }}");
                events.push((deployed - secs(1), room(false)));
                if after > 0 {
                    events.push((deployed + secs(after), room(true)));
                }
            }
            _ => {}
        }
        events
    }

    fn incident(&self) -> Vec<(Timestamp, String)> {
        let after = |milliseconds| RUN + millis(milliseconds);
        match self.incident {
            Some(Incident::Stopped(at, of)) => {
                vec![(
                    after(at),
                    format!("stop_tasks: {{ service: web, at_most: {of} }}"),
                )]
            }
            Some(Incident::Spot(at, of)) => {
                vec![(
                    after(at),
                    format!("interrupt_tasks: {{ service: web, at_most: {of} }}"),
                )]
            }
            Some(Incident::Scaled(at, to)) => {
                vec![(
                    after(at),
                    format!("update_service: {{ service: web, desired: {to} }}"),
                )]
            }
            Some(Incident::Overtaken(at)) => vec![
                (after(at.saturating_sub(400)), self.pushed(3)),
                (
                    after(at),
                    format!("update_service: {{ service: web, task_definition: \"{APP}:3\" }}"),
                ),
            ],
            Some(Incident::PushedAgain(at)) => vec![(after(at), self.pushed(3))],
            None => Vec::new(),
        }
    }
}

fn sidecar_image() -> String {
    format!(
        "  {PROXY}-1:\n    repository: {PROXY}\n    built_at: 2025-06-01T00:00:00Z\n    layers: [{{ made_by: \"FROM envoyproxy/envoy:v1.32\", content: envoy 1.32 }}]\n    logs: [{{ after: 300ms, line: \"starting main dispatch loop\" }}]"
    )
}

fn before(span: SignedDuration) -> Timestamp {
    RUN - span
}

fn secs(seconds: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn millis(milliseconds: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}
