//! The table: what AWS's texts mean. The first row whose signs are all found tells the cause, so
//! the more telling ones come first.
//!
//! The texts are those of the ECS developer guide ("stopped task error messages"), of the ECS
//! agent's source and of public incident reports; Fargate cuts long ones off at the end, so a row
//! asks for no more than it needs. A text that no row knows is quoted whole.

mod end;
mod pull;
mod service;
mod start;
mod unknown;

use std::sync::LazyLock;

use super::signature::{Compiled, Signature};

/// Why a task stopped.
static OF_TASKS: [&[Signature]; 5] = [
    end::ROWS,
    pull::ROWS,
    start::ROWS,
    service::STOPS,
    unknown::ROWS,
];

/// Why a service starts no task.
static OF_SERVICES: [&[Signature]; 1] = [service::EVENTS];

/// A row with its expressions compiled.
pub(super) struct Row {
    pub signature: &'static Signature,
    pub signs: Vec<Compiled>,
}

pub(super) static TASKS: LazyLock<Vec<Row>> = LazyLock::new(|| compiled(&OF_TASKS));
pub(super) static SERVICES: LazyLock<Vec<Row>> = LazyLock::new(|| compiled(&OF_SERVICES));

/// An expression that is none would take its row away; a test sees to it that there is none.
fn compiled(tables: &[&'static [Signature]]) -> Vec<Row> {
    let row = |signature: &'static Signature| {
        let signs = signature.compile()?;
        Some(Row { signature, signs })
    };
    tables.iter().copied().flatten().filter_map(row).collect()
}

#[cfg(test)]
mod tests;
