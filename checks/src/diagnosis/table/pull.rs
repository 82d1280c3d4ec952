//! Images that could not be pulled.

use crate::diagnosis::signature::Certainty::{Certain, Likely};
use crate::diagnosis::signature::Place::Reason;
use crate::diagnosis::signature::Waiting::{MayHelp, Useless, UselessWhenRepeated};
use crate::diagnosis::signature::{Sign, Signature};

pub(super) static ROWS: &[Signature] = &[
    // Fargate's words, then those of Docker on EC2. The platform may be cut off.
    Signature {
        signs: &[Sign(
            Reason,
            r"(?:does not contain descriptor(?: matching platform ')?|no matching manifest for )(?:(?P<platform>\w+/\w[\w/]*)[' ])?",
        )],
        cause: "{the_image} has no {platform|the_platform}",
        remedy: "Build it for that platform, push it, and deploy anew: this deployment keeps the digest that it began with.\n  docker buildx build --platform {platform|the_platform} --tag {image|'IMAGE'} --push .\n  {redeploy}",
        certainty: Certain,
        waiting: Useless,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r"(?s)CannotPull.*(?:toomanyrequests|429 Too Many Requests|pull rate limit)",
        )],
        cause: "the registry limits how often {the_image} may be pulled (toomanyrequests)",
        remedy: "ECS tries again. To be rid of it, log in to the registry (`repositoryCredentials`), or keep the image in ECR (a pull-through cache does that).",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(Reason, r"no space left on device")],
        cause: "no space was left on the disk for {the_image}",
        remedy: "Make the image smaller or the disk larger: `ephemeralStorage.sizeInGiB` in the task definition (Fargate, 21 to 200), or the instance's volume (EC2).",
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    // Docker doesn't tell a private repository from one that isn't there.
    Signature {
        signs: &[Sign(
            Reason,
            r"(?s)CannotPull.*does not exist or (?:may require|no pull access)",
        )],
        cause: "{the_image} is not in the registry, or the execution role may not pull it",
        remedy: "Check the name in the task definition, and that the execution role may ecr:BatchGetImage on its repository.[\n  {find_image}]",
        certainty: Likely,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r"(?s)CannotPull.*(?:403 Forbidden|401 Unauthorized|[Aa]ccess ?[Dd]enied|not authorized|no basic auth credentials|denied: )",
        )],
        cause: "ECS may not pull {the_image}",
        remedy: "Give the execution role ecr:GetAuthorizationToken, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer and ecr:BatchCheckLayerAvailability (AmazonECSTaskExecutionRolePolicy), and where the repository is another account's, let its policy allow this one.",
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r"(?s)CannotPull.*(?:i/o timeout|context deadline exceeded|request canceled|Client\.Timeout|TLS handshake timeout|connection (?:refused|reset)|no such host|connection issue|unexpected EOF|network is unreachable|50[0234] \w+)",
        )],
        cause: "the registry of {the_image} could not be reached",
        remedy: "If it stays so: a task in a private subnet needs a NAT gateway, or the VPC endpoints ecr.api, ecr.dkr and s3; one in a public subnet needs assignPublicIp ENABLED. Its security group must allow 443 outward.",
        certainty: Certain,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r#"(?s)CannotPull.*failed to resolve ref(?:erence)? "?(?P<ref>[^\s"]+?)"?: .*(?:not found|manifest unknown|name unknown)"#,
        )],
        cause: "image {ref} is not in the registry",
        remedy: ABSENT,
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[Sign(
            Reason,
            r"(?s)CannotPull.*(?:manifest unknown|[Ii]mage not found|name unknown|not found|does not exist)",
        )],
        cause: "{the_image} is not in the registry",
        remedy: ABSENT,
        certainty: Certain,
        waiting: UselessWhenRepeated,
    },
];

const ABSENT: &str = "Push it, or name an image that is there in the task definition, and deploy anew.[\n  {find_image}]";
