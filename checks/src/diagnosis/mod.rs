//! Diagnosis: from what AWS tells of tasks that stopped (codes, reasons, exit codes, events, last
//! log lines) to a cause, how certain it is, and what to do about it.
//!
//! The knowledge is data: the rows of [`table`]. [`Troubles`] are the facts that it is held
//! against, and pure words about them.

mod clues;
mod evidence;
mod facts;
mod known;
mod observe;
mod signature;
mod stopped;
mod table;
mod template;
mod troubles;

pub(crate) use stopped::{given_up, has_failed, is_its_own_doing, reasons};
pub(crate) use troubles::Troubles;

#[cfg(test)]
pub(crate) mod literal;
#[cfg(test)]
mod tests;
