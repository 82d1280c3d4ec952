//! Texts that no other row knows: quoted whole, and nothing is made of them.

use crate::diagnosis::signature::Certainty::Quoted;
use crate::diagnosis::signature::Place::{Reason, StopCode};
use crate::diagnosis::signature::Waiting::{MayHelp, UselessWhenRepeated};
use crate::diagnosis::signature::{Sign, Signature};

const REMEDY: &str = "That is all AWS says of it:\n  {describe}";

pub(super) static ROWS: &[Signature] = &[
    // By their codes these tasks failed by themselves, whatever the text means.
    Signature {
        signs: &[Sign(
            StopCode,
            r"^(?:TaskFailedToStart|EssentialContainerExited)$",
        )],
        cause: "{told}",
        remedy: REMEDY,
        certainty: Quoted,
        waiting: UselessWhenRepeated,
    },
    Signature {
        signs: &[Sign(Reason, r"")],
        cause: "{told}",
        remedy: REMEDY,
        certainty: Quoted,
        waiting: MayHelp,
    },
    Signature {
        signs: &[Sign(StopCode, r"")],
        cause: "{told}",
        remedy: REMEDY,
        certainty: Quoted,
        waiting: MayHelp,
    },
    Signature {
        signs: &[],
        cause: "AWS tells no reason",
        remedy: REMEDY,
        certainty: Quoted,
        waiting: MayHelp,
    },
];
