//! Reading the tasks of a service: both lists, and what is on them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use aws_sdk_ecs::operation::describe_tasks::DescribeTasksOutput;
use aws_sdk_ecs::types as sdk;
use aws_types::request_id::RequestId;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::listing::{Page, all_pages};
use super::{Scope, Task};
use crate::contract::{Seen, Unobserved, last_segment};
use crate::reads::Reads;
use crate::reads::budget::Bucket;
use crate::reads::coalesce::unanswered;
use crate::reads::connections::Clients;
use crate::reads::error::{failed, lacking};

pub(super) const LIST: &str = "ecs:ListTasks";
const DESCRIBE: &str = "ecs:DescribeTasks";

/// The ARNs of a service's tasks, by where they should be.
#[derive(Clone, Debug, Default)]
pub(in crate::reads) struct Listed {
    pub(super) running: Vec<String>,
    pub(super) stopped: Vec<String>,
}

/// The tasks of a service that have stopped, by ARN. A stopped task changes no more, so that it
/// is described once in a run.
pub(in crate::reads) type Stopped = HashMap<String, Seen<Arc<Task>>>;

impl Reads {
    /// Every task of a service that AWS still tells of: those that run, of whatever
    /// deployment, and those that stopped within about an hour. A task that drains is
    /// listed among the stopped ones while it still runs, so both lists are always asked.
    /// Whoever asks in this round shares them.
    ///
    /// # Errors
    /// [`Unobserved`] where a call fails, where a task that should be told of vanished twice between the
    /// list and its description, and where the answer is older than one before.
    pub async fn tasks(
        &self,
        scope: &Scope,
        service: &str,
    ) -> Result<Arc<Seen<Vec<Task>>>, Unobserved> {
        let key = (scope.clone(), service.to_owned());
        let tasks = self
            .round
            .tasks_of
            .once(key, || Box::pin(self.tasks_now(scope, service)))
            .await?;
        self.connections.freshest.tasks(scope, service, &tasks)?;
        Ok(tasks)
    }

    async fn tasks_now(
        &self,
        scope: &Scope,
        service: &str,
    ) -> Result<Arc<Seen<Vec<Task>>>, Unobserved> {
        let described = self.list_and_describe(scope, service).await?;
        if described.value.vanished.is_none() {
            return Ok(Arc::new(described.map(|described| described.tasks)));
        }
        // Tasks come and go between the two calls; one more look tells whether it was that.
        let again = self.afresh();
        let again = Box::pin(again.list_and_describe(scope, service)).await?;
        match again.value.vanished {
            None => Ok(Arc::new(again.map(|described| described.tasks))),
            Some(Vanished { arn, listed }) => Err(Unobserved::for_now(format!(
                "task {} is listed as {listed}, but ecs:DescribeTasks says MISSING",
                last_segment(&arn)
            ))
            .origin(again.source)),
        }
    }

    /// The tasks of a service as this round has read them already; none where it hasn't. It costs
    /// no call.
    #[must_use]
    pub fn known_tasks(&self, scope: &Scope, service: &str) -> Option<Arc<Seen<Vec<Task>>>> {
        let key = (scope.clone(), service.to_owned());
        self.round.tasks_of.known(&key)
    }

    async fn list_and_describe(
        &self,
        scope: &Scope,
        service: &str,
    ) -> Result<Seen<Described>, Unobserved> {
        let key = (scope.clone(), service.to_owned());
        let listed = self.listed(scope, service).await?;
        let kept = self.kept_stopped(&key);
        let asked = listed.all().filter(|arn| !kept.contains_key(*arn));
        let asked: Vec<String> = asked.cloned().collect();
        let mut answers = self.described(scope, &asked).await.into_iter();
        let resource = format!("{}/{service}", last_segment(&scope.cluster));
        let mut seen = self.seen(DESCRIBE, resource, None, Described::default());
        let mut stopped = Stopped::new();
        for arn in listed.all() {
            let answer = match kept.get(arn) {
                Some(task) => task.clone().map(Some),
                None => {
                    let answer = answers.next().unwrap_or_else(|| Err(unanswered()))?;
                    seen.source.request_id.clone_from(&answer.source.request_id);
                    answer
                }
            };
            match answer.there() {
                Some(task) => {
                    seen.value.tasks.push(Task::clone(&task.value));
                    if task.value.last_status == "STOPPED" && task.value.stopped_at.is_some() {
                        stopped.insert(arn.clone(), task);
                    }
                }
                None => {
                    let vanished = self.vanished(&key, &listed, arn, seen.at);
                    seen.value.vanished = vanished.or(seen.value.vanished);
                }
            }
        }
        self.keep_stopped(key, stopped);
        Ok(seen)
    }

    /// What AWS lists, and tells nothing of though it has to. A task that the run has only seen stopped, or
    /// not at all, may be forgotten at any moment.
    fn vanished(
        &self,
        key: &(Scope, String),
        listed: &Listed,
        arn: &String,
        at: Timestamp,
    ) -> Option<Vanished> {
        let as_what = match listed.running.contains(arn) {
            true => "running",
            false if self.connections.freshest.awaits(key, arn, at) => "stopped",
            false => return None,
        };
        Some(Vanished {
            arn: arn.clone(),
            listed: as_what,
        })
    }

    /// What the tasks are, in the order of their ARNs.
    pub(super) async fn described(
        &self,
        scope: &Scope,
        arns: &[String],
    ) -> Vec<Result<Seen<Option<Arc<Task>>>, Unobserved>> {
        let (reads, group) = (self.clone(), scope.clone());
        let call = move |arns: Vec<String>| {
            let (reads, scope) = (reads.clone(), group.clone());
            async move { reads.describe_tasks(&scope, arns).await }.boxed()
        };
        self.round.tasks.get(scope.clone(), arns, call).await
    }

    fn kept_stopped(&self, key: &(Scope, String)) -> Arc<Stopped> {
        let kept = &self.connections.kept.stopped_tasks;
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).cloned().unwrap_or_default()
    }

    fn keep_stopped(&self, key: (Scope, String), stopped: Stopped) {
        let kept = &self.connections.kept.stopped_tasks;
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(key, Arc::new(stopped));
    }

    /// The tasks of a service by their ARNs: from the list of its cluster where that is cheaper.
    async fn listed(&self, scope: &Scope, service: &str) -> Result<Listed, Unobserved> {
        match self.tasks_of_cluster(scope).await? {
            Some(of_cluster) => Ok(of_cluster.get(service).cloned().unwrap_or_default()),
            None => Box::pin(self.list_both(scope, service)).await,
        }
    }

    async fn describe_tasks(
        &self,
        scope: &Scope,
        arns: Vec<String>,
    ) -> Result<Vec<Seen<Option<Arc<Task>>>>, Unobserved> {
        let clients = self.connections.clients(scope.region.as_deref()).await?;
        let resource = format!("{} tasks of {}", arns.len(), last_segment(&scope.cluster));
        let call = clients
            .ecs
            .describe_tasks()
            .cluster(&scope.cluster)
            .set_tasks(Some(arns.clone()));
        let (bucket, region) = (Bucket::EcsClusterResources, &clients.region);
        let sent = self.within_budget(bucket, region, || call.send()).await;
        let output = match sent {
            Ok(output) => output,
            Err(error) => {
                return Err(self
                    .explained(failed(error, DESCRIBE, &resource), scope)
                    .await);
            }
        };
        if let Some(field) = untold(&arns, &output) {
            return Err(lacking(DESCRIBE, &resource, field));
        }
        let tasks = output.tasks().iter().map(Task::from);
        let mut tasks: HashMap<String, Task> = tasks.map(|task| (task.arn.clone(), task)).collect();
        let mut of_arn = |arn: &String| {
            let task = tasks.remove(arn).map(Arc::new);
            self.seen(DESCRIBE, arn, output.request_id(), task)
        };
        Ok(arns.iter().map(&mut of_arn).collect())
    }

    async fn list_both(&self, scope: &Scope, service: &str) -> Result<Listed, Unobserved> {
        let clients = &self.connections.clients(scope.region.as_deref()).await?;
        let list = async |status| {
            let page = self.page_of_tasks(clients, scope, Some(service), status);
            all_pages(LIST, page).await
        };
        let (running, stopped) = futures_util::try_join!(
            list(sdk::DesiredStatus::Running),
            list(sdk::DesiredStatus::Stopped),
        )?;
        Ok(Listed::of(running, stopped))
    }

    /// Lists a page of the tasks of a service, or of the whole cluster.
    pub(super) fn page_of_tasks<'p>(
        &'p self,
        clients: &'p Clients,
        scope: &'p Scope,
        service: Option<&'p str>,
        status: sdk::DesiredStatus,
    ) -> impl Fn(Option<String>) -> BoxFuture<'p, Result<Page, Unobserved>> + 'p {
        move |token| {
            let status = status.clone();
            async move {
                let listing = clients.ecs.list_tasks().cluster(&scope.cluster);
                let listing = listing.set_service_name(service.map(str::to_owned));
                let listing = listing.desired_status(status).max_results(100);
                let cluster = last_segment(&scope.cluster);
                let resource = match service {
                    Some(service) => format!("{cluster}/{service}"),
                    None => cluster.to_owned(),
                };
                let listing = listing.set_next_token(token);
                let (bucket, region) = (Bucket::EcsClusterResources, &clients.region);
                match self.within_budget(bucket, region, || listing.send()).await {
                    // An empty list is no tasks; no list is no answer.
                    Ok(page) => Ok(Page {
                        next: page.next_token().map(str::to_owned),
                        items: page
                            .task_arns
                            .ok_or_else(|| lacking(LIST, &resource, "taskArns"))?,
                    }),
                    Err(error) => {
                        let failed = failed(error, LIST, &resource);
                        Err(self.explained(failed, scope).await)
                    }
                }
            }
            .boxed()
        }
    }
}

impl Listed {
    /// A task on its way out may be on both lists; it counts where it still should run.
    pub(super) fn of(running: Vec<String>, mut stopped: Vec<String>) -> Self {
        let known: HashSet<&String> = running.iter().collect();
        stopped.retain(|arn| !known.contains(arn));
        Self { running, stopped }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.running.iter().chain(&self.stopped)
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

/// Tasks as described, and one that should be told of but is not to be found.
#[derive(Clone, Debug, Default)]
struct Described {
    tasks: Vec<Task>,
    vanished: Option<Vanished>,
}

/// A task that is listed, and not described.
#[derive(Clone, Debug)]
struct Vanished {
    arn: String,
    /// As what: `running`.
    listed: &'static str,
}
