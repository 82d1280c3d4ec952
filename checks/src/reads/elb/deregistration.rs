//! The deregistration delay of a target group: how long a target that leaves keeps what it has.

use aws_types::request_id::RequestId;

use super::name_in;
use crate::contract::{Period, Seen, Unobserved};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::failed;

const CALL: &str = "elasticloadbalancing:DescribeTargetGroupAttributes";
const DELAY: &str = "deregistration_delay.timeout_seconds";

impl Reads {
    /// The deregistration delay of a target group; none where AWS doesn't tell it.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails.
    pub async fn deregistration_delay(
        &self,
        region: &str,
        target_group: &str,
    ) -> Result<Seen<Option<Period>>, Unobserved> {
        let key = (region.to_owned(), target_group.to_owned());
        let delays = &self.round.deregistration_delays;
        delays
            .once(key, || {
                Box::pin(self.describe_attributes(region, target_group))
            })
            .await
    }

    async fn describe_attributes(
        &self,
        region: &str,
        target_group: &str,
    ) -> Result<Seen<Option<Period>>, Unobserved> {
        let clients = self.connections.clients(Some(region)).await?;
        let resource = name_in(target_group);
        let call = clients.elb.describe_target_group_attributes();
        let call = call.target_group_arn(target_group);
        let bucket = Bucket::LoadBalancing;
        let sent = self.within_budget(bucket, region, || call.send()).await;
        let output = sent.map_err(|error| failed(error, CALL, resource))?;
        let mut attributes = output.attributes().iter();
        let delay = attributes.find(|attribute| attribute.key() == Some(DELAY));
        let seconds = delay.and_then(|delay| delay.value()?.parse().ok());
        let delay = seconds.map(Period::seconds);
        Ok(self.seen(CALL, resource, output.request_id(), delay))
    }
}
