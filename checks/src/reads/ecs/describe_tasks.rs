//! Reading the tasks of a service: both lists, and what is on them.

use aws_sdk_ecs::operation::describe_tasks::DescribeTasksOutput;
use aws_sdk_ecs::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;

use super::listing::Page;
use super::{Scope, Task};
use crate::contract::{Seen, Unobserved, last_segment};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::error::{failed, lacking};

const LIST: &str = "ecs:ListTasks";
const DESCRIBE: &str = "ecs:DescribeTasks";

/// The ARNs of a service's tasks, by where they should be.
#[derive(Clone, Debug, Default)]
pub(in crate::reads) struct Listed {
    running: Vec<String>,
    stopped: Vec<String>,
}

impl Reads {
    /// Every task of a service that AWS still tells of: those that run, of whatever
    /// deployment, and those that stopped within about an hour. A task that drains is
    /// listed among the stopped ones while it still runs, so both lists are always asked.
    ///
    /// # Errors
    /// [`Unobserved`] where a call fails, where a task that should run vanished twice between the
    /// list and its description, and where the answer is older than one before.
    pub async fn tasks(&self, scope: &Scope, service: &str) -> Result<Seen<Vec<Task>>, Unobserved> {
        let tasks = self.tasks_now(scope, service).await?;
        self.connections.freshest.tasks(scope, service, tasks)
    }

    async fn tasks_now(&self, scope: &Scope, service: &str) -> Result<Seen<Vec<Task>>, Unobserved> {
        let described = Box::pin(self.list_and_describe(scope, service)).await?;
        if described.value.vanished.is_none() {
            return Ok(described.map(|described| described.tasks));
        }
        // Tasks come and go between the two calls; one more look tells whether it was that.
        let again = Self::of_round(self.connections.clone())
            .list_and_describe(scope, service)
            .await?;
        match again.value.vanished {
            None => Ok(again.map(|described| described.tasks)),
            Some(arn) => Err(Unobserved::for_now(format!(
                "task {} is listed as running, but ecs:DescribeTasks says MISSING",
                last_segment(&arn)
            ))
            .origin(again.source)),
        }
    }

    /// The tasks of a service as this round has read them already; none where it hasn't, or not
    /// all of them. It costs no call.
    #[must_use]
    pub fn known_tasks(&self, scope: &Scope, service: &str) -> Option<Seen<Vec<Task>>> {
        let key = (scope.clone(), service.to_owned());
        let listed = self.round.task_lists.known(&key)?;
        let resource = format!("{}/{service}", last_segment(&scope.cluster));
        let mut tasks = self.seen(DESCRIBE, resource, None, Vec::new());
        let mut latest = None;
        for arn in listed.running.into_iter().chain(listed.stopped) {
            let answer = self.round.tasks.known(scope.clone(), arn)?;
            latest = latest.max(Some(answer.at));
            tasks.value.extend(answer.value);
        }
        tasks.at = latest.unwrap_or(tasks.at);
        Some(tasks)
    }

    async fn list_and_describe(
        &self,
        scope: &Scope,
        service: &str,
    ) -> Result<Seen<Described>, Unobserved> {
        let key = (scope.clone(), service.to_owned());
        let listed = self
            .round
            .task_lists
            .once(key, Box::pin(self.list_both(scope, service)))
            .await?;
        let arns: Vec<String> = listed
            .running
            .iter()
            .chain(&listed.stopped)
            .cloned()
            .collect();
        let (reads, group) = (self.clone(), scope.clone());
        let call = move |arns: Vec<String>| {
            let (reads, scope) = (reads.clone(), group.clone());
            async move { reads.describe_tasks(&scope, arns).await }.boxed()
        };
        let answers = self.round.tasks.get(scope.clone(), &arns, call).await;
        let resource = format!("{}/{service}", last_segment(&scope.cluster));
        let mut seen = self.seen(DESCRIBE, resource, None, Described::default());
        for (arn, answer) in arns.into_iter().zip(answers) {
            let answer = answer?;
            seen.source.request_id = answer.source.request_id;
            match answer.value {
                Some(task) => seen.value.tasks.push(task),
                None if listed.running.contains(&arn) => seen.value.vanished = Some(arn),
                // A stopped task may be forgotten at any moment.
                None => {}
            }
        }
        Ok(seen)
    }

    async fn describe_tasks(
        &self,
        scope: &Scope,
        arns: Vec<String>,
    ) -> Result<Vec<Seen<Option<Task>>>, Unobserved> {
        let clients = self.connections.clients(scope.region.as_deref()).await?;
        self.connections
            .afford(Bucket::EcsClusterResources, &clients.region)
            .await;
        let resource = format!("{} tasks of {}", arns.len(), last_segment(&scope.cluster));
        let sent = clients
            .ecs
            .describe_tasks()
            .cluster(&scope.cluster)
            .set_tasks(Some(arns.clone()))
            .send()
            .await;
        let output = match sent {
            Ok(output) => output,
            Err(error) => {
                return Err(self
                    .explained(failed(error, DESCRIBE, &resource), scope)
                    .await);
            }
        };
        let tasks: Vec<Task> = output.tasks().iter().map(Task::from).collect();
        if let Some(field) = untold(&arns, &output) {
            return Err(lacking(DESCRIBE, &resource, field));
        }
        let of_arn = |arn: &String| {
            let task = tasks.iter().find(|task| task.arn == *arn).cloned();
            self.seen(DESCRIBE, arn, output.request_id(), task)
        };
        Ok(arns.iter().map(of_arn).collect())
    }

    async fn list_both(&self, scope: &Scope, service: &str) -> Result<Listed, Unobserved> {
        let (running, mut stopped) = futures_util::try_join!(
            self.list_tasks(scope, service, sdk::DesiredStatus::Running),
            self.list_tasks(scope, service, sdk::DesiredStatus::Stopped),
        )?;
        stopped.retain(|arn| !running.contains(arn));
        Ok(Listed { running, stopped })
    }

    async fn list_tasks(
        &self,
        scope: &Scope,
        service: &str,
        status: sdk::DesiredStatus,
    ) -> Result<Vec<String>, Unobserved> {
        let clients = &self.connections.clients(scope.region.as_deref()).await?;
        let resource = format!("{}/{service}", last_segment(&scope.cluster));
        let (resource, status) = (&resource, &status);
        let page = |token| {
            async move {
                let listing = clients.ecs.list_tasks().cluster(&scope.cluster);
                let listing = listing.service_name(service).desired_status(status.clone());
                let listing = listing.max_results(100).set_next_token(token);
                match listing.send().await {
                    // An empty list is no tasks; no list is no answer.
                    Ok(page) => Ok(Page {
                        next: page.next_token().map(str::to_owned),
                        items: page
                            .task_arns
                            .ok_or_else(|| lacking(LIST, resource, "taskArns"))?,
                    }),
                    Err(error) => {
                        let failed = failed(error, LIST, resource);
                        Err(self.explained(failed, scope).await)
                    }
                }
            }
            .boxed()
        };
        self.all_pages(LIST, Bucket::EcsClusterResources, &clients.region, page)
            .await
    }
}

/// What the answer lacks: a task that is neither there nor said to be missing, or what is told
/// of every task of a service and decides whether it counts.
fn untold(arns: &[String], output: &DescribeTasksOutput) -> Option<&'static str> {
    let told = |arn: &String| {
        let mut tasks = output.tasks().iter();
        let mut failures = output.failures().iter();
        tasks.any(|task| task.task_arn() == Some(arn))
            || failures.any(|failure| failure.arn() == Some(arn))
    };
    if !arns.iter().all(told) {
        return Some("tasks");
    }
    let needed = output.tasks().iter().flat_map(|task| {
        [
            ("startedBy", task.started_by()),
            ("lastStatus", task.last_status()),
            ("desiredStatus", task.desired_status()),
        ]
    });
    let mut lacking = needed.filter(|(_, value)| value.is_none_or(str::is_empty));
    lacking.next().map(|(field, _)| field)
}

/// Tasks as described, and one that should run but is not to be found.
#[derive(Clone, Debug, Default)]
struct Described {
    tasks: Vec<Task>,
    vanished: Option<String>,
}
