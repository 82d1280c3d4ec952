//! Reading services, and saying which there are where one is missing.

use std::sync::{Arc, PoisonError};

use aws_sdk_ecs::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;

use super::{Scope, Service};
use crate::contract::{Seen, Unobserved, last_segment};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::{Failed, failed, lacking};

const CALL: &str = "ecs:DescribeServices";

impl Reads {
    /// A service; whoever asks in this round shares it.
    ///
    /// # Errors
    /// [`Unobserved`] where the call fails, and where its answer is older than one before; lasting
    /// where the cluster or the service doesn't exist, with the names that do.
    pub async fn service(
        &self,
        scope: &Scope,
        service: &str,
    ) -> Result<Arc<Seen<Service>>, Unobserved> {
        let (reads, group) = (self.clone(), scope.clone());
        let call = move |names: Vec<String>| {
            let (reads, scope) = (reads.clone(), group.clone());
            async move { reads.describe_services(&scope, names).await }.boxed()
        };
        let answers = self
            .round
            .services
            .get(scope.clone(), &[service.to_owned()], call)
            .await;
        let answer = answers
            .into_iter()
            .next()
            .unwrap_or_else(|| Err(missing(scope, service)));
        match answer? {
            Some(found) => {
                self.connections.freshest.service(&found)?;
                Ok(found)
            }
            None => Err(Box::pin(self.missing_service(scope, service)).await),
        }
    }

    /// The service as this round has read it already; none where it hasn't. It costs no call.
    #[must_use]
    pub fn known_service(&self, scope: &Scope, service: &str) -> Option<Arc<Seen<Service>>> {
        let services = &self.round.services;
        services.known(scope.clone(), service.to_owned())?
    }

    async fn describe_services(
        &self,
        scope: &Scope,
        names: Vec<String>,
    ) -> Result<Vec<Option<Arc<Seen<Service>>>>, Unobserved> {
        let clients = self.connections.clients(scope.region.as_deref()).await?;
        let resource = format!("{}/{}", last_segment(&scope.cluster), shown(&names));
        let call = clients
            .ecs
            .describe_services()
            .cluster(&scope.cluster)
            .set_services(Some(names.clone()));
        let (bucket, region) = (Bucket::EcsServices, &clients.region);
        let sent = self.within_budget(bucket, region, || call.send()).await;
        let output = match sent {
            Ok(output) => output,
            Err(error) => return Err(self.explained(failed(error, CALL, &resource), scope).await),
        };
        let request_id = output.request_id().map(str::to_owned);
        let services = output.services().iter().map(Service::from);
        let services: Vec<Service> = services.map(|one| self.sharing_events(one)).collect();
        let found = |name: &String| {
            let is_it =
                |service: &&Service| service.arn == *name || service.name == last_segment(name);
            services.iter().find(is_it)
        };
        let is_missing = |name: &String| {
            let mut missing = output.failures().iter().filter_map(sdk::Failure::arn);
            missing.any(|arn| last_segment(arn) == last_segment(name))
        };
        // What is neither there nor said to be missing is not told at all.
        if !names
            .iter()
            .all(|name| found(name).is_some() || is_missing(name))
        {
            return Err(lacking(CALL, &resource, "services"));
        }
        let of_name = |name: &String| {
            let service = found(name)?;
            let request_id = request_id.as_deref();
            Some(Arc::new(self.seen(
                CALL,
                &service.arn,
                request_id,
                service.clone(),
            )))
        };
        Ok(names.iter().map(of_name).collect())
    }

    /// The service with the events of the answer before, where they are the same: they seldom change
    /// from one round to the next, and are most of what is told of it.
    fn sharing_events(&self, mut service: Service) -> Service {
        let kept = &self.connections.kept.service_events;
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.get(&service.arn) {
            Some(known) if *known == service.events => service.events = Arc::clone(known),
            _ => {
                kept.insert(service.arn.clone(), Arc::clone(&service.events));
            }
        }
        service
    }

    /// A failure in a cluster; where the cluster doesn't exist, with the clusters that do.
    pub(in crate::reads) async fn explained(&self, failed: Failed, scope: &Scope) -> Unobserved {
        if failed.code != "ClusterNotFoundException" {
            return failed.unobserved;
        }
        let existing = self
            .clusters(scope.region.as_deref())
            .await
            .unwrap_or_default();
        no_cluster(failed, scope).hint(there_are("clusters", &existing))
    }

    async fn missing_service(&self, scope: &Scope, service: &str) -> Unobserved {
        let existing = self.services_of(scope).await.unwrap_or_default();
        let is_it = |arn: &String| last_segment(arn) == last_segment(service);
        if existing.iter().any(is_it) {
            return listed_all_the_same(scope, service);
        }
        missing(scope, service).hint(there_are("services", &existing))
    }
}

fn no_cluster(failed: Failed, scope: &Scope) -> Unobserved {
    let cluster = last_segment(&scope.cluster);
    let call = failed.unobserved.origin.as_deref();
    let call = call.map_or(CALL, |origin| origin.call.as_str());
    Unobserved {
        headline: format!("there is no cluster `{cluster}` ({call}: {})", failed.code),
        ..failed.unobserved
    }
}

/// What ECS says of a service that it doesn't know.
pub(crate) const MISSING: &str = "MISSING";

fn missing(scope: &Scope, service: &str) -> Unobserved {
    let cluster = last_segment(&scope.cluster);
    Unobserved {
        code: Some(MISSING.into()),
        ..Unobserved::lasting(format!(
            "there is no service `{}` in cluster `{cluster}` (ecs:DescribeServices: {MISSING})",
            last_segment(service)
        ))
    }
}

/// One of AWS's two answers is of another moment, so a later look tells which.
fn listed_all_the_same(scope: &Scope, service: &str) -> Unobserved {
    let cluster = last_segment(&scope.cluster);
    Unobserved::for_now(format!(
        "ecs:DescribeServices says MISSING of service `{}` in cluster `{cluster}`, which ecs:ListServices lists",
        last_segment(service)
    ))
    .hint("It was created or deleted just now, or AWS answers from an older state; a later look may succeed.")
}

/// Which names there are, as a hint; at most ten.
pub(crate) fn there_are(what: &str, arns: &[String]) -> String {
    const MOST: usize = 10;
    if arns.is_empty() {
        return format!(
            "There are no {what} here that this identity may list; check region and account."
        );
    }
    let mut names: Vec<&str> = arns.iter().map(|arn| last_segment(arn)).collect();
    names.sort_unstable();
    let further = match names.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    names.truncate(MOST);
    format!("These {what} exist: {}{further}.", names.join(", "))
}

fn shown(names: &[String]) -> String {
    match names {
        [one] => last_segment(one).to_owned(),
        many => format!("{} services", many.len()),
    }
}

#[cfg(test)]
mod tests;
