//! `touchdown snapshot`: what a service runs now, to compare with after a deploy.

use touchdown_checks::contract::BaselineImage;
use touchdown_checks::ecs::{self, Snapshot};
use touchdown_checks::reads::Reads;

use super::arguments::{Arguments, Snapshot as Asked};
use super::error::CliError;
use super::{looking, stdout};
use crate::exit;
use crate::report::output::{Destination, WholeFile};

pub(super) fn snapshot(asked: &Asked, all: &Arguments) -> Result<u8, CliError> {
    let spec = asked.service.spec()?;
    let to: Destination = asked.output.clone().into();
    let unwritable = |problem| CliError::Unwritable(to.to_string(), problem);
    let file = WholeFile::open(&to).map_err(unwritable)?;
    let endpoint_url = asked.service.endpoint_url.as_deref();
    let taken = looking::look(endpoint_url, async |connections| {
        ecs::snapshot(&spec, &Reads::of_round(connections)).await
    })??;
    file.write(&taken.baseline.write(), &mut std::io::stdout().lock())
        .map_err(|error| unwritable(error.into()))?;
    if !all.quiet {
        stdout::complain(&recorded(&taken, &to));
    }
    for gap in &taken.gaps {
        stdout::complain(&format!("warning: {gap}"));
    }
    Ok(exit::OK)
}

/// `recorded prod-shop/checkout: checkout:42, 2 tasks, app sha256:80bf…; to before.json`.
fn recorded(taken: &Snapshot, to: &Destination) -> String {
    let baseline = &taken.baseline;
    let image = |(container, image): (&String, &BaselineImage)| {
        let digest = image.digest.as_deref().unwrap_or("an unknown digest");
        format!("{container} runs {digest}")
    };
    let tasks = match baseline.tasks.len() {
        1 => "1 task".to_owned(),
        number => format!("{number} tasks"),
    };
    let last = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
    let mut parts = vec![
        format!("deployment {}", baseline.deployment),
        last(&baseline.task_definition),
        tasks,
    ];
    parts.extend(baseline.images.iter().map(image));
    format!(
        "recorded {}/{}: {}; written to {to}",
        last(&baseline.cluster),
        last(&baseline.service),
        parts.join(", ")
    )
}
