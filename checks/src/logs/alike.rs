//! What both kinds ask and tell alike.

use jiff::Timestamp;

use super::lines::Lines;
use crate::contract::{Body, Finding, Period};
use crate::shortened::shortened;

/// What the looks of a `logs` kind bring.
#[derive(Debug)]
pub struct Facts(pub(super) Lines);

/// What is usual: lines arrive 5 to 10 s late, at most 20 s.
pub(super) fn ingestion() -> Period {
    Period::seconds(20)
}

/// Where a log group isn't there, or not everything has been read yet, nothing can be said
/// of a line that wasn't seen.
pub(super) fn unread(lines: &Lines) -> Option<Finding> {
    if let Some(none) = &lines.no_group {
        let (group, region) = (&none.value.group, &none.value.region);
        let call = &none.source.call;
        let compared = Body::compared(format!("{group} in {region}"), "a log group", "none");
        return Some(
            Finding::unobserved(format!(
                "there is no log group `{group}` in {region} ({call})"
            ))
            .hint("The task definition names it: check its `awslogs-group` and `awslogs-region`.")
            .evidence(none.evidence(compared)),
        );
    }
    let to: Timestamp = lines.read_to?;
    let to = to.strftime("%Y-%m-%d %H:%M:%S UTC");
    Some(
        Finding::unobserved(format!(
            "still reading: read up to {to}, {} so far",
            lines.count()
        ))
        .hint("There are more lines than one look can read, and the next one reads on. If that never ends, narrow `since` or `container`, or give it more time with `timeout` and `within`.")
        .evidence(lines.last_lines()),
    )
}

/// Where no task has ever run, there is nothing to read.
pub(super) fn none_ran(lines: &Lines) -> Option<Finding> {
    if lines.ever_ran || !lines.staying.is_empty() || lines.total() > 0 {
        return None;
    }
    Some(
        Finding::not_yet(format!(
            "0 of {} tasks of the deployment run so far, so there are no lines",
            lines.desired
        ))
        .hint(STARTING),
    )
}

pub(super) const STARTING: &str =
    "ECS is still starting tasks, or can't: see the service's events.";

pub(super) const SILENT: &str = "Does the application write to standard output, and may the execution role write to the log group?";

/// A line as far as it fits into a headline.
pub(crate) fn clipped(line: &str) -> String {
    const WIDTH: usize = 120;
    shortened(line, WIDTH)
}
