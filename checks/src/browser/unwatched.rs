//! What is told where nothing is known of a page, or nothing yet.

use std::time::Duration;

use super::showing::Showing;
use crate::contract::{Finding, Period};
use crate::reads::browser::WatchError;

/// What to do where there was no browser in time.
const SLOW: &str = "A browser takes seconds to start on a busy machine: raise `timeout`.";

/// Whether the page had less than half of the time that its browser took to start: then what it lacks may be
/// the machine's fault.
pub(super) fn is_hurried(started: Duration, page: Duration) -> bool {
    page < started / 2
}

/// The finding where the page had too little time. `told` is what is known of it.
pub(super) fn hurried(told: &str, started: Duration, page: Duration) -> Finding {
    let [started, page] = [started, page].map(Period::from);
    Finding::unobserved(format!(
        "{told}; but it had only {page}, since its browser took {started}"
    ))
    .hint(SLOW)
}

/// The finding where no page was seen, though there was a driver.
pub(super) fn finding(url: &str, expected: &Showing, why: &WatchError) -> Finding {
    let unseen = |told: &str| Finding::unobserved(format!("{url} could not be looked at: {told}"));
    match why {
        WatchError::NoTurn(waited) => {
            let waited = Period::from(*waited);
            unseen(&format!("it waited {waited}, half of its time, for the browsers of other checks"))
                .hint("touchdown runs two browsers at a time: raise `timeout`, so that each check gets its turn.")
        }
        WatchError::NoDriver(reason) => unseen(reason).hint("Is the WebDriver up?"),
        WatchError::NotStarted { awaited, within } => {
            let within = Period::from(*within);
            unseen(&format!("it waited {within} for {awaited}, in vain")).hint(SLOW)
        }
        WatchError::NoBrowser(reason) => unseen(reason).hint(
            "The driver started no browser: is there one of its version? In a container, `arguments: [--no-sandbox]` may be needed.",
        ),
        WatchError::Lost(reason) => unseen(&format!("the driver or its browser went away: {reason}"))
            .hint("Both are started anew for the next look; see whether the machine runs out of memory or of processes."),
        WatchError::NameNotFound(reason) => unseen(&format!("the name does not resolve ({reason})"))
            .hint("Check the host name, and the DNS of the machine that runs the browser."),
        WatchError::BadSelector(selector) => unseen(&format!("`{selector}` is not a valid selector"))
            .hint("Correct the check's selector: it is CSS, as `document.querySelector` takes it.")
            .lasting(),
        WatchError::Unreadable(reason) => unseen(&format!("the driver's answer can't be read: {reason}"))
            .hint("Is it a WebDriver that answers there?"),
        WatchError::Dialog(text) => Finding::not_yet(format!(
            "{url} does not show {expected}: it opens the dialog `{text}`"
        ))
        .hint("It is dismissed as often as it is opened: what do the page's scripts ask the user for?"),
        WatchError::NoAnswer(reason) => Finding::not_yet(format!("{url} does not open: {reason}"))
            .hint("Is a task registered with the load balancer, and does its container listen on the target group's port?"),
        WatchError::TimedOut { started, page } if is_hurried(*started, *page) => {
            hurried(&format!("{url} did not open"), *started, *page)
        }
        WatchError::TimedOut { page, .. } => {
            Finding::not_yet(format!("{url} did not open within {}", Period::from(*page)))
                .hint("The browser waits for its answer, or for a script that does not end: raise `timeout` if the page may take so long.")
        }
    }
}
