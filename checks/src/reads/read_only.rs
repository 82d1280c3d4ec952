//! The promise that AWS is only ever read, kept where requests are made: whatever isn't known to
//! read is refused before anything is sent.

use std::fmt;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::listener::action;
use crate::permissions;

/// Lets those requests pass whose actions are in the table of permissions.
#[derive(Debug)]
pub(super) struct ReadOnly;

/// A request that nobody said touchdown may make.
#[derive(Debug)]
struct Refused(Option<String>);

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.0.as_deref().unwrap_or("a request without a name");
        write!(f, "touchdown only reads AWS, and refuses to send {action}")
    }
}

impl Intercept for ReadOnly {
    fn name(&self) -> &'static str {
        "touchdown only reads"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let action = cfg.load::<Metadata>().map(action);
        match action {
            Some(action) if permissions::may_ask(&action) => Ok(()),
            other => Err(Refused(other).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::error::display::DisplayErrorContext;

    use crate::reads::canned::Canned;

    #[tokio::test(start_paused = true)]
    async fn what_changes_something_is_not_sent() {
        let canned = Canned::of(&[
            ("UpdateService", 200, "{}"),
            ("DescribeServices", 200, "{}"),
        ]);
        let clients = canned.reads().connections.clients(None).await;
        let ecs = &clients.expect("clients").ecs;
        let refused = ecs.update_service().service("web").send().await;
        let told = DisplayErrorContext(refused.expect_err("no change")).to_string();
        assert!(told.contains("refuses to send ecs:UpdateService"), "{told}");
        assert_eq!(canned.asked(), [""; 0], "nothing was sent");
        let read = ecs.describe_services().services("web").send().await;
        read.expect("a look");
        assert_eq!(canned.asked().len(), 1);
    }
}
