//! What a look at a program brings, whichever kind runs it.

use std::time::Duration;

use super::{not_started, not_told, outputs, with_unset};
use crate::contract::{Finding, Seen, Unobserved};
use crate::reads::{CommandError, CommandRequest, Ending, Ran, Reads};

/// What one look of `exec` or `nagios` brings.
pub struct Facts {
    pub(super) ran: Seen<Result<Ran, CommandError>>,
    pub(super) within: Duration,
}

impl Facts {
    /// Runs the program; an error where it can't be started.
    pub(super) async fn observe(
        reads: &Reads,
        request: CommandRequest,
    ) -> Result<Self, Unobserved> {
        let (program, within) = (request.program.clone(), request.within);
        let ran = reads.command(request).await;
        match &ran.value {
            Err(error) => Err(not_started(&program, error).origin(ran.source)),
            Ok(_) => Ok(Self { ran, within }),
        }
    }

    /// What `by_code` says of a program that ended by itself, or how it ended; with its last lines.
    pub(super) fn judged(
        &self,
        program: &str,
        by_code: impl FnOnce(i32, &Ran, &Seen<()>) -> Finding,
    ) -> Finding {
        let ran = match &self.ran.value {
            Ok(ran) => ran,
            Err(error) => return not_started(program, error).into_finding(self.ran.at),
        };
        let seen = self.ran.with(());
        let finding = match ran.ending {
            Ending::Code(code) => by_code(code, ran, &seen),
            ending => not_told(program, ending, self.within)
                .unwrap_or_else(|| Finding::unobserved("it did not end")),
        };
        with_unset(finding, ran).all_evidence(outputs(&seen, ran))
    }
}
