//! `touchdown confirm`: is it really deployed? The chain from the push to the load balancer.

use std::sync::Arc;
use std::time::Duration;

use touchdown_checks::contract::Clock;
use touchdown_checks::reads::Connections;

use super::arguments::{Arguments, Confirm};
use super::error::CliError;
use super::run::{self, View};
use super::{baselines, ci, looking, signals};
use crate::report::Report;
use crate::run::{Observer, Options};
use crate::{confirm as chain, exit};

pub(super) fn confirm(asked: &Confirm, all: &Arguments) -> Result<u8, CliError> {
    let mut spec = asked.service.spec()?;
    spec.image = asked.image.clone();
    spec.not_before = asked.since;
    let wait = asked.wait.map_or(Duration::ZERO, |wait| wait.get());
    let options = Options {
        timeout: None,
        baselines: baselines::read(&asked.baselines.files)?,
    };
    let plan = chain::plan(spec, wait, &options)?;
    let outputs = run::open(&asked.reports)?;
    let endpoint_url = asked.service.endpoint_url.clone();
    let report: Result<Report, CliError> = looking::runtime()?.block_on(async {
        let stop = signals::stop().map_err(CliError::Start)?;
        let connections = Arc::new(Connections::from_environment(Clock::system(), endpoint_url));
        let mut observer = observer(asked, all);
        Ok(chain::confirm(plan, connections, options, stop, &mut *observer).await)
    });
    let report = report?;
    let written = run::tell(&report, outputs, &asked.reports, all, View::Chain);
    ci::tell(&asked.ci.system(), &report);
    Ok(exit::of_run(&report, asked.reports.format, written))
}

/// One look is over before there is any progress to show.
fn observer(asked: &Confirm, all: &Arguments) -> Box<dyn Observer> {
    match asked.wait {
        Some(_) => run::observer(all, &asked.reports),
        None => Box::new(()),
    }
}
