//! Tasks that ran, and ended: memory, exits, health checks.

use crate::diagnosis::signature::Certainty::{Certain, Likely};
use crate::diagnosis::signature::Place::{Event, ExitCode, HealthLog, Life, Log, Reason, StopCode};
use crate::diagnosis::signature::Waiting::{Useless, UselessWhenRepeated};
use crate::diagnosis::signature::{Sign, Signature};

/// An essential container that exited with a code.
macro_rules! exit {
    ($code:literal, $cause:literal, $certainty:expr $(,)?) => {
        Signature {
            signs: &[ESSENTIAL, Sign(ExitCode, $code)],
            cause: $cause,
            remedy: EXIT_REMEDY,
            certainty: $certainty,
            waiting: UselessWhenRepeated,
        }
    };
}

pub(super) static ROWS: &[Signature] = &[
    // The reason is the container's, or the task's beside a container that was killed.
    Signature {
        signs: &[OUT_OF_MEMORY, Sign(ExitCode, r"^137$")],
        cause: MEMORY,
        remedy: MEMORY_REMEDY,
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[OUT_OF_MEMORY],
        cause: MEMORY,
        remedy: MEMORY_REMEDY,
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    // The image's manifest names no platform, or the wrong one: the pull succeeds.
    Signature {
        signs: &[
            ESSENTIAL,
            Sign(
                Log,
                r#"^(?:exec (?P<program>\S+): |.*exec user process caused:? "?)exec format error"#,
            ),
        ],
        cause: FORMAT,
        remedy: FORMAT_REMEDY,
        certainty: Certain,
        waiting: Useless,
    },
    Signature {
        signs: &[Sign(Reason, r"CannotStart(?s).*exec format error")],
        cause: FORMAT,
        remedy: FORMAT_REMEDY,
        certainty: Certain,
        waiting: Useless,
    },
    // The health check itself can't work.
    Signature {
        signs: &[
            UNHEALTHY,
            Sign(
                HealthLog,
                r#"(?P<program>[\w./-]+)"?: (?:command not found|not found|executable file not found)"#,
            ),
        ],
        cause: "the health check of {the_container} calls `{program}`, which is not in {the_image}",
        remedy: "Call something that the image has (python, wget, the application itself), or install {program} in it, and deploy anew.[ The health check: {health_command}]",
        certainty: Certain,
        waiting: Useless,
    },
    Signature {
        signs: &[UNHEALTHY, Sign(Life, r"^never healthy")],
        cause: "{the_container} was never healthy: stopped {lived} after its start, when startPeriod {start_period}s + {retries} retries × interval {interval}s = {window}s were over",
        remedy: "It boots slower than that, or its health check can't work: raise `startPeriod` (at most 300), and try the command in the image, where curl is often missing. The health check: {health_command}",
        certainty: Likely,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[UNHEALTHY, Sign(Life, r"")],
        cause: "the health check of {the_container} fails (stopped {lived} after its start)",
        remedy: UNHEALTHY_REMEDY,
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[UNHEALTHY],
        cause: "the health check of {the_container} fails[ (stopped {lived} after its start)]",
        remedy: UNHEALTHY_REMEDY,
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[
            ELB_UNHEALTHY,
            Sign(
                Event,
                r"is unhealthy in .*due to \(reason (?P<why>[^)]*)\)?",
            ),
        ],
        cause: "the load balancer's health checks of target group {group|'…'} fail: {why}",
        remedy: ELB_REMEDY,
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[ELB_UNHEALTHY],
        cause: "the load balancer's health checks of target group {group|'…'} fail",
        remedy: ELB_REMEDY,
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    exit!(
        r"^0$",
        "{the_container} exited with 0: its process came to an end, though a service's must go on[; it wrote {line}]",
        Certain,
    ),
    exit!(
        r"^126$",
        "{the_container} exited with 126: its command may not be executed[: {line}]",
        Certain,
    ),
    exit!(
        r"^127$",
        "{the_container} exited with 127: its command is not in {the_image}[: {line}]",
        Certain,
    ),
    exit!(
        r"^137$",
        "{the_container} exited with 137: killed (SIGKILL), out of memory[ ({limit})] or not stopped in time[; it wrote {line}]",
        Likely,
    ),
    exit!(
        r"^139$",
        "{the_container} exited with 139: it crashed (SIGSEGV)[; it wrote {line}]",
        Certain,
    ),
    exit!(
        r"^143$",
        "{the_container} exited with 143: it was told to stop (SIGTERM)[; it wrote {line}]",
        Certain,
    ),
    exit!(
        r"^(?P<code>-?\d+)$",
        "{the_container} exited with {code}[: {line}]",
        Certain,
    ),
    Signature {
        signs: &[ESSENTIAL],
        cause: "an essential container of {revision} exited, and no exit code is told",
        remedy: "See why:\n  {describe}",
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
];

const ESSENTIAL: Sign = Sign(StopCode, r"^EssentialContainerExited$");
const OUT_OF_MEMORY: Sign = Sign(Reason, r"OutOfMemory");
const UNHEALTHY: Sign = Sign(Reason, r"failed container health checks");
const ELB_UNHEALTHY: Sign = Sign(
    Reason,
    r"failed ELB health checks(?: in \(target-group (?:[^\s)]*targetgroup/)?(?P<group>[^\s/)]+))?",
);

const UNHEALTHY_REMEDY: &str = "Run the health check's command in the image, and see the last lines.[ The health check: {health_command}]\n  {describe}";
const ELB_REMEDY: &str = "Does the application answer on the health check's path and port with the codes that the target group expects, within healthCheckGracePeriodSeconds? See the last lines, and:\n  {target_health|describe}";
const EXIT_REMEDY: &str = "See its last lines; what they say must be mended in the image or the task definition, and deployed anew.[ All lines:\n  {tail}]";
const MEMORY: &str = "{the_container} used more memory than it may[ ({limit})]";
const MEMORY_REMEDY: &str = "Give it more `memory` in the task definition, or find what takes it, and deploy anew.[ It wrote {line}]";
const FORMAT: &str = "{the_image} is built for another platform than {the_platform}: `[exec {program}: ]exec format error`";
const FORMAT_REMEDY: &str = "Build it for that platform, push it, and deploy anew: this deployment keeps the digest that it began with. (A script without a `#!` line fails likewise.)\n  docker buildx build --platform {the_platform} --tag {image|'IMAGE'} --push .\n  {redeploy}";
