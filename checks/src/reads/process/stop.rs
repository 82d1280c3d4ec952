//! The signals that ask to stop.

use std::future::pending;
use std::io;
use std::sync::OnceLock;

use tokio::signal::unix::{SignalKind, signal};

/// Who asks to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// SIGINT, as Ctrl-C sends it.
    Interrupt,
    /// SIGTERM, as a CI system sends it to a cancelled job, or SIGHUP, as a terminal leaves behind that is gone.
    Terminate,
}

/// Who asked while a program ran alone, when nobody else hears signals.
static HEARD: OnceLock<Stop> = OnceLock::new();

/// Waits for the first signal that asks to stop. Handlers are in place when this returns. SIGHUP is left to
/// whoever had it ignored, as `nohup` does.
///
/// # Errors
/// Where the system refuses a handler.
pub fn stop() -> io::Result<impl Future<Output = Stop>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let hangup = SignalKind::hangup();
    let mut hangup = match is_ignored(hangup) {
        true => None,
        false => Some(signal(hangup)?),
    };
    Ok(async move {
        let hung_up = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => Stop::Interrupt,
            _ = terminate.recv() => Stop::Terminate,
            _ = hung_up => Stop::Terminate,
        }
    })
}

/// Who asked to stop while a program ran alone. Touchdown is to end then, as if it had heard the signal itself.
#[must_use]
pub fn stopped() -> Option<Stop> {
    HEARD.get().copied()
}

pub(super) fn heard(stop: Stop) {
    let _ = HEARD.set(stop);
}

/// Whether the process has a signal ignored, as `proc(5)` tells it. Where nothing tells, none is heard but those
/// that always are.
fn is_ignored(kind: SignalKind) -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return true;
    };
    ignores(&status, kind.as_raw_value())
}

fn ignores(status: &str, number: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let bit = number
        .checked_sub(1)
        .and_then(|bit| 1_u64.checked_shl(bit.cast_unsigned()));
    mask.zip(bit).is_none_or(|(mask, bit)| mask & bit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_ignored_by_its_bit() {
        let status = "Name:\ttouchdown\nSigBlk:\t0000000000000001\nSigIgn:\t0000000000001001\n";
        assert_eq!(
            [1, 2, 13].map(|number| ignores(status, number)),
            [true, false, true]
        );
        assert!(ignores("Name:\ttouchdown\n", 1), "nothing tells");
    }
}
