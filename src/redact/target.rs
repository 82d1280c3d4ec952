//! Redacting what a report says of a target: names that may come from secret variables, and
//! what AWS says of its tasks.

use touchdown_checks::contract::{DeploymentCourse, Push, Rollout, TaskCourse};

use super::Redactor;
use crate::report::TargetReport;

impl Redactor {
    /// The target without secrets. The digests that are expected of it are none.
    #[must_use]
    pub fn clean_target(&self, mut target: TargetReport) -> TargetReport {
        self.scrub(&mut target.cluster);
        self.scrub(&mut target.service);
        let further = [
            &mut target.region,
            &mut target.deployment,
            &mut target.task_definition,
        ];
        for text in further.into_iter().flatten() {
            self.scrub(text);
        }
        if let Some(rollout) = &mut target.rollout {
            self.scrub_rollout(rollout);
        }
        target
    }

    /// Every text of a rollout. A new field has to be thought of here, or it does not compile.
    fn scrub_rollout(&self, rollout: &mut Rollout) {
        let Rollout {
            pushes,
            deployments,
            tasks,
            omitted_tasks: _,
        } = rollout;
        for Push { image, at: _ } in pushes {
            self.scrub(image);
        }
        for deployment in deployments {
            let DeploymentCourse {
                id,
                task_definition,
                judged: _,
                created_at: _,
            } = deployment;
            self.scrub(id);
            self.scrub(task_definition);
        }
        for task in tasks {
            let TaskCourse {
                id,
                deployment,
                judged: _,
                last_status,
                steps: _,
                stopped_reason,
            } = task;
            let texts = [id, deployment, last_status];
            for text in texts.into_iter().chain(stopped_reason) {
                self.scrub(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn nothing_of_a_target_keeps_a_secret() {
        let text = || "x hunter2 y".to_owned();
        let at = "2025-11-26T11:15:55Z".parse().expect("a time");
        let target = TargetReport {
            cluster: text(),
            service: text(),
            region: Some(text()),
            deployment: Some(text()),
            task_definition: Some(text()),
            rollout: Some(Rollout {
                pushes: vec![Push { image: text(), at }],
                deployments: vec![DeploymentCourse {
                    id: text(),
                    task_definition: text(),
                    judged: true,
                    created_at: None,
                }],
                tasks: vec![TaskCourse {
                    id: text(),
                    deployment: text(),
                    judged: true,
                    last_status: text(),
                    steps: BTreeMap::new(),
                    stopped_reason: Some(text()),
                }],
                omitted_tasks: 0,
            }),
            ..TargetReport::default()
        };
        let cleaned = format!("{:?}", Redactor::new(["hunter2"]).clean_target(target));
        assert!(!cleaned.contains("hunter2"), "{cleaned}");
        assert_eq!(cleaned.matches("x [redacted] y").count(), 12, "{cleaned}");
    }
}
