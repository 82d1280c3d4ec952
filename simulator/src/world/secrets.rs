//! Whether a task gets the secrets that its containers name.

use super::{World, task_definition::TaskDefinition};
use crate::identity;

impl World {
    /// The text with which a task ends that may not read one of its secrets, or names one that is not there.
    pub(super) fn secret_failure(&self, task: &str, definition: &TaskDefinition) -> Option<String> {
        let mut wanted = definition
            .containers
            .iter()
            .flat_map(|container| &container.secrets);
        wanted.find_map(|(_, arn)| self.refusal(task, arn))
    }

    fn refusal(&self, task: &str, arn: &str) -> Option<String> {
        let mut names = self.document.secrets.keys();
        let name = names.find(|name| self.secret_arn(name) == arn);
        let account = &self.document.account;
        let error = match name {
            Some(name) if !self.unreadable.contains(name) => return None,
            Some(_) => format!(
                "AccessDeniedException: User: arn:aws:sts::{account}:assumed-role/ecsTaskExecutionRole/{task} is \
                 not authorized to perform: secretsmanager:GetSecretValue on resource: {arn} because no \
                 identity-based policy allows the secretsmanager:GetSecretValue action"
            ),
            None => "ResourceNotFoundException: Secrets Manager can't find the specified secret."
                .to_owned(),
        };
        Some(format!(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval \
             failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch \
             secret {arn} from secrets manager: operation error Secrets Manager: GetSecretValue, https response \
             error StatusCode: 400, RequestID: {}, api error {error}",
            identity::uuid(&[task, arn])
        ))
    }
}
