//! Reports to render: one a scenario, told after the incidents that touchdown is for.

use touchdown_checks::contract::{Body, Moment, State};

use crate::report::fixtures::{
    self, HOSTILE, TASKS, at, check, digest, hostile_with, line, looks, report, seen,
};
use crate::report::{CheckReport, Interruption, Report, Verdict};

/// Every scenario with its name.
pub(crate) fn all() -> Vec<(&'static str, Report)> {
    vec![
        ("passed", passed()),
        ("failed", failed()),
        ("inconclusive", inconclusive()),
        ("skipped", skipped()),
        ("interrupted", interrupted()),
        ("hostile", hostile()),
        ("rollout", rollout()),
        ("pictured", pictured()),
    ]
}

/// The scenario of this name.
pub(crate) fn named(name: &str) -> Report {
    let found = all().into_iter().find(|(scenario, _)| *scenario == name);
    found.expect("a scenario").1
}

fn passed() -> Report {
    let mut answers = check(
        "answers",
        "http.responds",
        Verdict::Passed,
        "200 in 84ms; $.entities is 5421",
    );
    answers.name = "the dashboard shows the new run".to_owned();
    answers.evidence = vec![seen(
        "GET",
        "https://dashboard.example.com/health",
        Body::compared("$.entities", "5421", "5421"),
    )];
    let mut warned = check(
        "tag",
        "ecs.immutable-tag",
        Verdict::Failed,
        "container app runs the mutable tag latest-dev",
    );
    warned.required = false;
    warned.hint = Some("deploy by digest, or by a tag made of the commit".to_owned());
    report(vec![
        check(
            "fresh",
            "ecs.tasks-started-after-push",
            Verdict::Passed,
            "3 of 3 tasks started after the push at 23:41:07 UTC",
        ),
        answers,
        warned,
    ])
}

fn failed() -> Report {
    let mut checks = vec![stale(), wrong_digest(), restarts(), old_line()];
    checks.push(check(
        "answers",
        "http.responds",
        Verdict::Passed,
        "200 in 84ms",
    ));
    checks.push(check(
        "new-line",
        "logs.line-seen",
        Verdict::Skipped,
        "needs `old-line`, which failed",
    ));
    report(checks)
}

fn stale() -> CheckReport {
    let headline = "2 of 3 tasks started before the push at 23:41:07 UTC";
    let mut check = check(
        "fresh",
        "ecs.tasks-started-after-push",
        Verdict::Failed,
        headline,
    );
    check.name = "the tasks are newer than the image".to_owned();
    check.hint = Some(
        "force a new deployment, so that the tag is resolved anew:\n  aws ecs update-service --cluster dev-inventory-cluster --service dashboard --force-new-deployment"
            .to_owned(),
    );
    check.took_ms = 302_113;
    check.attempts = looks(40, State::NotYet, "3 of 3 tasks started before the push");
    check.attempts[12].state = State::Holds;
    check.attempts[13].flap = true;
    check.attempts.extend(
        looks(1, State::NotYet, headline)
            .into_iter()
            .map(|mut look| {
                look.number = 41;
                look.at = at("23:51:02");
                look
            }),
    );
    let row = |task: &str, started: &str, lag: &str| [task.into(), started.into(), lag.into()];
    check.evidence = vec![seen(
        "ecs:DescribeTasks",
        TASKS,
        Body::table(
            "tasks of the judged deployment",
            ["task", "started", "against the push"],
            [
                row("0f9a31c27be84d0f", "23:25:14 UTC", "15m53s before"),
                row("77d1c0be41aa4c1e", "23:25:31 UTC", "15m36s before"),
                row("c3e85a90d2f14b77", "23:47:40 UTC", "6m33s after"),
            ],
        ),
    )];
    check
}

fn wrong_digest() -> CheckReport {
    let mut check = check(
        "digest",
        "ecs.digest-running",
        Verdict::Failed,
        "container app of 2 of 3 tasks runs another digest than latest-dev",
    );
    check.evidence = vec![seen(
        "ecs:DescribeTasks",
        TASKS,
        Body::compared(
            "digest of container app",
            digest("9f86d0"),
            format!(
                "{} (2 tasks)\n{} (1 task)",
                digest("2c26b4"),
                digest("9f86d0")
            ),
        ),
    )];
    check
}

fn restarts() -> CheckReport {
    let headline = "CannotPullContainerError: no image for linux/amd64";
    let mut check = check("stable", "ecs.stable", Verdict::Failed, headline);
    check.hint = Some(
        "build for the tasks' platform: docker buildx build --platform linux/amd64".to_owned(),
    );
    let moment = |clock: &str, what: &str| Moment {
        at: at(clock),
        what: what.to_owned(),
    };
    check.evidence = vec![seen(
        "ecs:DescribeServices",
        TASKS,
        Body::Timeline {
            title: "what the service says".to_owned(),
            moments: vec![
                moment(
                    "2025-11-17 18:02:11",
                    "(service dashboard) has reached a steady state.",
                ),
                moment(
                    "23:46:12",
                    "(service dashboard) has started 1 tasks: (task 8e21b7aa).",
                ),
                moment(
                    "23:46:39",
                    "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
                ),
            ],
        },
    )];
    check
}

fn old_line() -> CheckReport {
    let mut check = check(
        "old-line",
        "logs.line-absent",
        Verdict::Failed,
        "the line was seen 14 times, last at 23:50:58 UTC",
    );
    check.required = false;
    check.evidence = vec![seen(
        "logs:FilterLogEvents",
        "/ecs/dashboard",
        Body::Excerpt {
            title: "the last of them".to_owned(),
            lines: vec![
                line(
                    Some(at("23:50:41")),
                    "0f9a31c2/app",
                    "INFO extract platform='linkedin' run=118",
                ),
                line(
                    Some(at("23:50:58")),
                    "77d1c0be/app",
                    "INFO extract platform='linkedin' run=119 with a long tail that goes on about tokens=[1, 2, 3] and more",
                ),
            ],
            omitted: 12,
        },
    )];
    check
}

fn inconclusive() -> Report {
    let mut denied = check(
        "digest",
        "ecs.digest-running",
        Verdict::Inconclusive,
        "ecr:DescribeImages of inventory/dashboard: AccessDeniedException",
    );
    denied.hint = Some("allow ecr:DescribeImages; `touchdown doctor` prints the policy".to_owned());
    report(vec![
        check(
            "fresh",
            "ecs.tasks-started-after-push",
            Verdict::Passed,
            "3 of 3 tasks",
        ),
        denied,
    ])
}

fn skipped() -> Report {
    report(vec![
        check("answers", "http.responds", Verdict::Failed, "503 for 5m"),
        check(
            "line",
            "logs.line-seen",
            Verdict::Skipped,
            "needs `answers`, which failed",
        ),
        check(
            "later",
            "logs.line-seen",
            Verdict::Skipped,
            "needs `line`, which was skipped",
        ),
    ])
}

fn interrupted() -> Report {
    let mut report = report(vec![
        check(
            "fresh",
            "ecs.tasks-started-after-push",
            Verdict::Passed,
            "3 of 3 tasks",
        ),
        check(
            "stable",
            "ecs.stable",
            Verdict::Inconclusive,
            "the run was interrupted; held 3m of 10m",
        ),
    ]);
    report.interrupted = Some(Interruption::Interrupt);
    report.exit_code = 130;
    report.took_ms = 184_000;
    report
}

/// A page that was looked at in a browser. The picture is one grey pixel.
fn pictured() -> Report {
    let headline = "http://dash.example.com/ does not show `5,421`: it shows `0 entities`";
    let mut shows = check("shows", "browser.shows", Verdict::Failed, headline);
    let picture = |media_type: &str, data: &str| Body::Picture {
        title: "the window of chrome 148".to_owned(),
        media_type: media_type.to_owned(),
        data: data.to_owned(),
    };
    let grey = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
    let pictures = [("image/png", grey), ("image/svg+xml", "PHN2Zz4=")];
    let seen = pictures.map(|(media_type, data)| {
        seen(
            "browser",
            "http://dash.example.com/",
            picture(media_type, data),
        )
    });
    shows.evidence = seen.to_vec();
    report(vec![shows])
}

fn hostile() -> Report {
    hostile_with(HOSTILE)
}

/// A rollout that is looked at while it goes wrong: a new task runs out of memory and is
/// replaced, and the old tasks drain.
fn rollout() -> Report {
    let mut stable = check(
        "stable",
        "ecs.stable",
        Verdict::Failed,
        "1 of 2 tasks of the deployment run; 1 stopped: OutOfMemoryError",
    );
    stable.took_ms = 120_000;
    stable.attempts = looks(61, State::NotYet, "1 of 2 tasks run so far");
    for look in &mut stable.attempts[15..40] {
        look.state = State::Holds;
        look.headline = "2 of 2 tasks run".to_owned();
    }
    stable.attempts[40].flap = true;
    stable.attempts[60].state = State::Broken;
    let mut line = line(
        Some(at("23:46:52")),
        "77d1c0be/app",
        "INFO extract requested_platforms=['linkedin'] run=120",
    );
    line.matched = Some("requested_platforms=['linkedin']".to_owned());
    let mut seen_line = check(
        "new-line",
        "logs.line-seen",
        Verdict::Passed,
        "seen 23:46:52 UTC",
    );
    seen_line.took_ms = 54_000;
    seen_line.attempts = looks(28, State::NotYet, "not seen yet");
    seen_line.attempts[27].state = State::Holds;
    let excerpt = Body::Excerpt {
        title: "the first of them".to_owned(),
        lines: vec![line],
        omitted: 0,
    };
    seen_line.evidence = vec![seen("logs:FilterLogEvents", "/ecs/dashboard", excerpt)];
    let answers = check("answers", "http.responds", Verdict::Passed, "200 in 84ms");
    let mut report = report(vec![stable, seen_line, answers]);
    let target = report.targets.get_mut("web").expect("the target");
    target.rollout = Some(fixtures::rollout());
    report
}
