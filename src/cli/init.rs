//! `touchdown init`: a starter suite from what a service is now.

use std::path::Path;

use touchdown_checks::reads::Reads;
use touchdown_checks::starter::Starter;

use super::arguments::{Arguments, Init};
use super::error::CliError;
use super::{looking, stdout};
use crate::exit;
use crate::report::output::{Destination, WholeFile};

pub(super) fn init(asked: &Init, all: &Arguments) -> Result<u8, CliError> {
    let spec = asked.service.spec()?;
    let to: Destination = asked.output.clone().into();
    if let Some(path) = in_the_way(&to, asked.force) {
        return Err(CliError::Exists(path.to_owned()));
    }
    let unwritable = |problem| CliError::Unwritable(to.to_string(), problem);
    let file = WholeFile::open(&to).map_err(unwritable)?;
    let endpoint_url = asked.service.endpoint_url.as_deref();
    let starter = looking::look(endpoint_url, async |connections| {
        Starter::observe(&spec, &Reads::of_round(connections)).await
    })??;
    file.write(&starter.suite(), &mut std::io::stdout().lock())
        .map_err(|error| unwritable(error.into()))?;
    if !all.quiet {
        let (cluster, service) = (&starter.cluster, &starter.service);
        stdout::complain(&format!("wrote a suite for {cluster}/{service} to {to}"));
    }
    if let Some(gap) = &starter.gap {
        stdout::complain(&format!("warning: the load balancer is left out: {gap}"));
    }
    Ok(exit::OK)
}

/// A file that somebody has written already.
fn in_the_way(to: &Destination, force: bool) -> Option<&Path> {
    match to {
        Destination::Path(path) if !force && path.is_file() => Some(path),
        _ => None,
    }
}
