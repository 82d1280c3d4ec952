//! What touchdown says of every incident, before and after its fix.
#![allow(dead_code, reason = "each test file uses its part")]

use std::time::Duration;

use touchdown_simulator::Simulator;

/// An incident, with the suite that judges it and what comes of it.
pub struct Incident {
    pub name: &'static str,
    pub suite: Suite,
    /// The service that is judged, as its place among the scenario's.
    pub service: usize,
    pub moments: &'static [Moment],
}

/// The suite that judges an incident.
pub enum Suite {
    /// `examples/<incident>/touchdown.yaml`.
    Example(&'static str),
    /// What can be asked of any service, with these further lines of the target and of the
    /// checks.
    Standard(&'static str, &'static str),
}

/// One run, some time after the incident's start or after an action.
pub struct Moment {
    /// What is done before, by the incident's name for it.
    pub action: Option<&'static str>,
    /// How much later the run begins.
    pub later: Duration,
    /// The exit code.
    pub code: u8,
    /// The kinds whose checks do not pass, in the order of the suite; those that are skipped
    /// for want of them aside.
    pub kinds: &'static [&'static str],
    /// What one of their headlines says.
    pub says: &'static str,
}

/// The checks that any service with images in ECR can have.
pub const STANDARD: &str = include_str!("standard.yaml");

impl Incident {
    /// Whether its suite is one of the examples.
    pub fn has_its_own_suite(&self) -> bool {
        matches!(self.suite, Suite::Example(_))
    }

    /// The text of the suite.
    pub fn suite(&self) -> String {
        match self.suite {
            Suite::Example(text) => text.to_owned(),
            Suite::Standard(target, checks) => {
                let (targets, standard) = STANDARD.split_once("checks:").expect("its checks");
                format!("{targets}{target}checks:{standard}{checks}")
            }
        }
    }

    /// The variables of the suite.
    pub fn variables(&self, simulator: &Simulator, within: &str) -> Vec<String> {
        let scenario = simulator.scenario();
        vec![
            format!("CLUSTER={}", scenario.cluster()),
            format!("SERVICE={}", scenario.services()[self.service]),
            format!("REGION={}", scenario.region()),
            format!("WITHIN={within}"),
            "HOLD=2s".to_owned(),
            "EVERY=500ms".to_owned(),
            "QUIET_FOR=1s".to_owned(),
        ]
    }
}

/// What is found wrong when nothing was done.
const fn at_first(later: u64, kinds: &'static [&'static str], says: &'static str) -> Moment {
    Moment {
        action: None,
        later: Duration::from_secs(later),
        code: 1,
        kinds,
        says,
    }
}

/// All is well, so long after an action.
const fn mended_by(action: &'static str, later: u64) -> Moment {
    Moment {
        action: Some(action),
        later: Duration::from_secs(later),
        code: 0,
        kinds: &[],
        says: "",
    }
}

/// All is well from the start.
const fn well(later: u64) -> Moment {
    Moment {
        action: None,
        later: Duration::from_secs(later),
        code: 0,
        kinds: &[],
        says: "",
    }
}

impl Moment {
    /// It is found after an action, which does not mend it.
    const fn after(self, action: &'static str) -> Self {
        Self {
            action: Some(action),
            ..self
        }
    }

    const fn inconclusive(self) -> Self {
        Self { code: 3, ..self }
    }
}

const fn example(name: &'static str, text: &'static str, moments: &'static [Moment]) -> Incident {
    Incident {
        name,
        suite: Suite::Example(text),
        service: 0,
        moments,
    }
}

const fn standard(
    name: &'static str,
    checks: &'static str,
    moments: &'static [Moment],
) -> Incident {
    Incident {
        name,
        suite: Suite::Standard("", checks),
        service: 0,
        moments,
    }
}

const PUSHED: &str = "ecr.image-pushed";
const PLATFORM: &str = "ecr.platform-matches";
const FRESH: &str = "ecs.tasks-started-after-push";
const DIGEST: &str = "ecs.digest-running";
const COMPLETE: &str = "ecs.rollout-complete";
const STABLE: &str = "ecs.stable";
const HEALTHY: &str = "ecs.containers-healthy";
const LINE_SEEN: &str = "logs.line-seen";
/// What can't hold where no task runs.
const TASKS: &[&str] = &[FRESH, DIGEST, COMPLETE, STABLE];
/// A rollback fails whatever is said of the service.
const ALL: &[&str] = &[PUSHED, PLATFORM, FRESH, DIGEST, COMPLETE, STABLE];

/// The five incidents that touchdown was made for, then those that fool other tools, then those
/// that are well and look as if they weren't.
pub const TABLE: &[Incident] = &[
    Incident {
        name: "stale-tag",
        suite: Suite::Example(include_str!("../../examples/stale-tag/touchdown.yaml")),
        // Its dashboard.
        service: 1,
        moments: &[
            at_first(0, &[FRESH, DIGEST], "16m9s before the push"),
            at_first(600, &[FRESH, DIGEST], "only as a replacement").after("stop-tasks"),
        ],
    },
    example(
        "same-revision",
        include_str!("../../examples/same-revision/touchdown.yaml"),
        &[
            at_first(
                0,
                &["ecs.image-pinned", "ecs.revision-advanced"],
                "still dev-location-service:4",
            ),
            at_first(
                300,
                &["ecs.image-pinned", "ecs.revision-advanced"],
                "still dev-location-service:4",
            )
            .after("force-again"),
            mended_by("fix", 300),
        ],
    ),
    example(
        "old-log-line",
        include_str!("../../examples/old-log-line/touchdown.yaml"),
        &[
            at_first(0, &["logs.line-absent", LINE_SEEN], "platform='linkedin'"),
            mended_by("fix", 300),
        ],
    ),
    example(
        "restart-loop",
        include_str!("../../examples/restart-loop/touchdown.yaml"),
        &[
            at_first(0, &[PLATFORM, COMPLETE, HEALTHY], "linux/amd64"),
            at_first(400, &[COMPLETE, HEALTHY], "curl").after("fix-platform"),
            at_first(400, &[COMPLETE, HEALTHY], "startPeriod").after("fix-curl"),
            mended_by("fix", 400),
        ],
    ),
    example(
        "cached-layers",
        include_str!("../../examples/cached-layers/touchdown.yaml"),
        &[
            at_first(0, &["ecr.layers-changed", LINE_SEEN], "COPY app/"),
            at_first(
                300,
                &["ecr.layers-changed", LINE_SEEN],
                "the same image as before",
            )
            .after("force-again"),
            mended_by("fix", 300),
        ],
    ),
    standard(
        "rollback-completed",
        "",
        &[
            at_first(240, ALL, "rolled back to payments-api:118"),
            mended_by("fix", 400),
        ],
    ),
    standard(
        "completed-with-zero",
        "",
        &[
            at_first(1_100, ALL, "rolled back to booking-web:1"),
            mended_by("fix", 400),
        ],
    ),
    standard(
        "slow-drain",
        "  - check: ecs.old-tasks-gone\n",
        &[
            at_first(
                0,
                &[FRESH, DIGEST, COMPLETE, STABLE, "ecs.old-tasks-gone"],
                "old task",
            ),
            well(600),
        ],
    ),
    standard(
        "overtaken",
        "  - { id: stays, check: ecs.digest-running, hold: 6s }\n",
        &[
            at_first(
                17,
                &[FRESH, DIGEST, COMPLETE, STABLE, DIGEST],
                "was overtaken by",
            )
            .inconclusive(),
            mended_by("fix", 400),
        ],
    ),
    standard(
        "old-replacement-after-push",
        "",
        &[
            at_first(0, &[FRESH, DIGEST], "only as a replacement"),
            mended_by("fix", 300),
        ],
    ),
    standard(
        "oom",
        "",
        &[
            at_first(
                300,
                TASKS,
                "used more memory than it may (1024 MiB for the whole task)",
            ),
            mended_by("fix", 400),
        ],
    ),
    standard(
        "secrets",
        "",
        &[
            at_first(
                120,
                TASKS,
                "the execution role may not secretsmanager:GetSecretValue",
            ),
            mended_by("fix", 400),
        ],
    ),
    standard(
        "no-capacity",
        "",
        &[
            at_first(60, TASKS, "no container instance"),
            mended_by("fix", 400),
        ],
    ),
    standard(
        "exec-format-error",
        "",
        &[
            at_first(
                120,
                &[PLATFORM, FRESH, DIGEST, COMPLETE, STABLE],
                "exec format error",
            ),
            mended_by("fix", 400),
        ],
    ),
    standard(
        "cause-only-in-container",
        "",
        &[
            at_first(120, ALL, "image claims-api:rc-88 is not in the registry"),
            mended_by("fix", 400),
        ],
    ),
    standard(
        "breaker-off-forever",
        "",
        &[at_first(400, TASKS, "exited with"), mended_by("fix", 400)],
    ),
    standard(
        "blue-green-paused",
        "",
        &[
            at_first(
                0,
                &[FRESH, DIGEST, COMPLETE],
                "waits at the hook of POST_TEST_TRAFFIC_SHIFT",
            ),
            mended_by("fix", 900),
        ],
    ),
    standard(
        "code-deploy",
        "",
        &[
            at_first(
                0,
                &[FRESH, DIGEST, COMPLETE],
                "basket:42 (ecs-svc/2943463430776251932) waits for traffic",
            ),
            mended_by("fix", 900),
        ],
    ),
    standard(
        "errors-after-deploy",
        "  - check: alarms.quiet\n    alarms: [orders-5xx]\n",
        &[
            at_first(0, &["alarms.quiet"], "orders-5xx"),
            mended_by("roll-back", 900),
        ],
    ),
    example(
        "healthy",
        include_str!("../../examples/healthy/touchdown.yaml"),
        &[well(0)],
    ),
    standard("task-vanishes", "", &[well(20)]),
    standard("multi-platform-index", "", &[well(0)]),
    standard("promoted-old-digest", "", &[well(0)]),
    standard(
        "cross-region-logs",
        "  - { check: logs.line-seen, regex: \".\" }\n",
        &[well(0)],
    ),
    Incident {
        name: "firelens",
        suite: Suite::Standard(
            // The log router's image is in a registry that tells no push times.
            "    containers: [app]\n",
            "  - { check: logs.line-seen, regex: \".\" }\n",
        ),
        service: 0,
        moments: &[well(0)],
    },
];
