//! Baseline files, read before anything runs.

use std::path::PathBuf;

use touchdown_checks::contract::Baseline;

use super::error::CliError;

/// The baselines of these files.
///
/// # Errors
/// Names the first file that can't be read, is no baseline, or is of a service that another
/// one is of as well.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Baseline>, CliError> {
    let mut baselines: Vec<Baseline> = Vec::with_capacity(paths.len());
    for path in paths {
        let baseline = one(path)?;
        let twin = baselines
            .iter()
            .position(|other| other.service == baseline.service);
        if let Some(first) = twin {
            return Err(CliError::TwoBaselines {
                first: paths[first].clone(),
                second: path.clone(),
                service: baseline.service,
            });
        }
        baselines.push(baseline);
    }
    Ok(baselines)
}

fn one(path: &PathBuf) -> Result<Baseline, CliError> {
    let text = std::fs::read(path).map_err(|error| CliError::Unreadable {
        path: path.clone(),
        error,
    })?;
    Baseline::read(&text).map_err(|reason| CliError::NoBaseline {
        path: path.clone(),
        reason,
    })
}
