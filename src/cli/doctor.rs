//! `touchdown doctor`: credentials, region, permissions, and the policy that would do.

use std::time::Duration;

use super::arguments::{Arguments, Doctor};
use super::error::CliError;
use super::style::style;
use super::{looking, stdout, validate};
use crate::catalog::Catalog;
use crate::plan::Plan;
use crate::suite::NoProfile;
use crate::{doctor as checkups, exit, fleet};

pub(super) fn doctor(asked: &Doctor, all: &Arguments, catalog: &Catalog) -> Result<u8, CliError> {
    let endpoint_url = asked.endpoint_url.as_deref();
    let suite = validate::load(&asked.suite, endpoint_url, catalog)?;
    let profile = asked.suite.profile.as_deref();
    let (plan, checkup) = looking::look(endpoint_url, async |connections| {
        let unfound = Plan::of_profile(&suite, profile)?;
        let suite = fleet::found(suite, &unfound, &connections, Some(Duration::ZERO)).await;
        let plan = Plan::of_profile(&suite, profile)?;
        let checkup = checkups::examine(&plan, connections).await;
        Ok::<_, NoProfile>((plan, checkup))
    })??;
    let text = match asked.policy {
        true => checkups::policy_text(&checkup),
        false => checkups::render(&checkup, &style(all)),
    };
    // The policy names what the suite names.
    stdout::print(&plan.redactor.clean(&text))?;
    Ok(exit::code(checkup.verdict(), None))
}
