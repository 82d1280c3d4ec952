//! What is told of an address at which nothing answered, for every kind that looks from outside.

use std::time::Duration;

use crate::contract::{Finding, Period};
use crate::reads::Unreached;

/// The finding where nothing answered: it may still come up, unless it could not be asked at all.
/// `fields` are those of the check that say what is sent.
pub(crate) fn finding(address: &str, why: &Unreached, within: Duration, fields: &str) -> Finding {
    match why {
        Unreached::NameNotFound(reason) => Finding::unobserved(format!(
            "{address} could not be asked: the name does not resolve ({reason})"
        ))
        .hint("Check the host name, and the DNS of the machine that runs touchdown."),
        Unreached::Unsendable(reason) => {
            Finding::unobserved(format!("{address} can't be asked: {reason}"))
                .hint(format!("Correct the check's {fields}."))
                .lasting()
        }
        Unreached::NoAnswer(reason) => Finding::not_yet(format!("{address} does not answer: {reason}"))
            .hint("Is a task registered with the load balancer, and does its container listen on the target group's port?"),
        Unreached::TimedOut => Finding::not_yet(format!(
            "{address} did not answer within {}",
            Period::from(within)
        ))
        .hint("The name and port are reachable or filtered: check security groups, and whether the application hangs."),
    }
}
