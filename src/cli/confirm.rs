//! `touchdown confirm`: is it really deployed? The chain from the push to the load balancer.

use std::sync::Arc;
use std::time::Duration;

use touchdown_checks::contract::Clock;
use touchdown_checks::reads::Connections;

use super::arguments::{Arguments, Confirm};
use super::error::CliError;
use super::run::{self, View};
use super::watchers::Watchers;
use super::{baselines, looking, signals};
use crate::confirm as chain;
use crate::run::Options;

pub(super) fn confirm(asked: &Confirm, all: &Arguments) -> Result<u8, CliError> {
    let mut spec = asked.service.spec()?;
    spec.image = asked.image.clone();
    spec.not_before = asked.since;
    let wait = asked.wait.map_or(Duration::ZERO, |wait| wait.get());
    let options = Options {
        baselines: baselines::read(&asked.baselines.files)?,
        ..Options::default()
    };
    let plan = chain::plan(spec, wait, &options)?;
    let outputs = run::open(&asked.reports)?;
    let endpoint_url = asked.service.endpoint_url.clone();
    let clock = Clock::system();
    let mut watchers = match asked.wait {
        Some(_) => Watchers::of(all, &asked.reports, clock),
        None => Watchers::programs_alone(&asked.reports, clock),
    };
    let report = looking::to_the_end(async {
        let stop = signals::stop().map_err(CliError::Start)?;
        let connections = Arc::new(Connections::from_environment(clock, endpoint_url));
        let confirmed = chain::confirm(plan, connections, options, stop, &mut watchers);
        Ok::<_, CliError>(confirmed.await)
    })??;
    let programs = watchers.run_is_over();
    let system = asked.ci.system();
    let written = run::tell(&report, outputs, &asked.reports, all, View::Chain, &system);
    Ok(run::end(&report, programs, &asked.reports, written))
}
