//! What ECS itself does to tasks, and why a service starts none.

use crate::diagnosis::signature::Certainty::{Certain, Likely};
use crate::diagnosis::signature::Place::{Event, Reason, StopCode};
use crate::diagnosis::signature::Waiting::{MayHelp, NotAFailure};
use crate::diagnosis::signature::{Sign, Signature};

/// Stops that the task did nothing for.
pub(super) static STOPS: &[Signature] = &[
    Signature {
        signs: &[Sign(
            Reason,
            r"^Scaling activity initiated by \(deployment [^)]*\)?",
        )],
        cause: "ECS scaled the deployment in",
        remedy: "",
        certainty: Certain,
        waiting: NotAFailure,
    },
    Signature {
        signs: &[Sign(Reason, r"Spot Task was interrupted|Spot interruption")],
        cause: "AWS took the Spot capacity back",
        remedy: "ECS starts another task as soon as there is Spot capacity. For a service that must stay, give FARGATE a base in its capacity provider strategy.",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(StopCode, r"^(?:SpotInterruption|TerminationNotice)$")],
        cause: "AWS took the capacity back ({told})",
        remedy: "ECS starts another task elsewhere.",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(StopCode, r"^UserInitiated$")],
        cause: "someone called StopTask ({told})",
        remedy: "ECS starts another task. CloudTrail knows who it was.",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(StopCode, r"^InfrastructureHealth$")],
        cause: "AWS found the host unhealthy ({told})",
        remedy: "ECS starts another task on another host.",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r"(?P<why>Host EC2 \(instance [^)]*\) \w+|[Cc]apacity is unavailable at this time|Timeout waiting for (?:network interface|EphemeralStorage) provisioning)",
        )],
        cause: "there was no place to run it ({why})",
        remedy: "ECS tries again. If it stays so: more subnets in other availability zones, free addresses in them, or more instances.",
        certainty: Certain,
        waiting: MayHelp,
    },
];

/// Events that tell why a service has no tasks, while none stops either.
pub(super) static EVENTS: &[Signature] = &[
    Signature {
        signs: &[Sign(
            Event,
            r"was unable to place a task(?: because|\. Reason:|[.:]) (?P<why>.+?)\.?(?: The closest matching.*| For more information.*)?$",
        )],
        cause: "ECS can't place a task: {why}",
        remedy: "ECS tries again. If it stays so: more capacity (instances, or subnets in other availability zones), a task that asks for less cpu and memory, or constraints that something fulfils.",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(
            Event,
            r"operations are being throttled(?: on (?P<of>[^.]+?))?(?:\.| Will|$)",
        )],
        cause: "ECS is throttled[ on {of}] and will try again",
        remedy: "It passes by itself; many deployments at once make it last.",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(
            Event,
            r"is unhealthy in \(target-group (?:[^\s)]*targetgroup/)?(?P<group>[^\s/)]+)[^)]*\).*due to \(reason (?P<why>[^)]*)\)?",
        )],
        cause: "the load balancer's health checks of target group {group} fail: {why}",
        remedy: "That may pass while the application boots. If it does not:\n  {target_health|describe}",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(Event, r"failed container health checks")],
        cause: "a task failed its container health checks",
        remedy: "See why:\n  {describe}",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(
            Event,
            r"is unable to consistently start tasks successfully",
        )],
        cause: "ECS says that it is unable to consistently start tasks, and waits longer before each try",
        remedy: "Its stopped tasks tell why, where they are still visible (about an hour):\n  {stopped}",
        certainty: Likely,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(Event, r"deployment failed: (?P<why>.+?)\.?$")],
        cause: "the deployment circuit breaker gave it up: {why}",
        remedy: "Its stopped tasks tell why, where they are still visible (about an hour):\n  {stopped}",
        certainty: Certain,
        waiting: MayHelp,
    },
];
