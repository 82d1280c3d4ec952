//! A check of your own, in a program that has all the others too:
//! `cargo run --example custom_check -- run SUITE`, and so with `checks` and `schema`.

use std::process::ExitCode;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use touchdown::catalog::Catalog;
use touchdown::checks::contract::{Body, Check, Finding, Kind, Look, Seen, Target, Unobserved};
use touchdown::checks::reads::Service;

/// **Asks** whether the service wants at least so many tasks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityReserved {
    /// The least number of tasks.
    at_least: i32,
}

impl Check for CapacityReserved {
    const KIND: &'static str = "acme.capacity-reserved";
    type Subject = Target;
    type Facts = Arc<Seen<Service>>;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Self::Facts, Unobserved> {
        let target = look.subject;
        look.reads.service(target.scope(), &target.service).await
    }

    fn judge(&self, _: &Target, service: &Self::Facts) -> Finding {
        let (wanted, least) = (service.value.desired, self.at_least);
        let told = format!("{wanted} tasks are wanted, at least {least} should be");
        let finding = match wanted >= least {
            true => Finding::holds(told),
            false => Finding::not_yet(told).hint("Raise the service's desired count."),
        };
        let compared = Body::compared("desired count", least.to_string(), wanted.to_string());
        finding.evidence(service.evidence(compared))
    }
}

fn main() -> ExitCode {
    touchdown::cli::main(Catalog::built_in().with(Kind::of::<CapacityReserved>()))
}
