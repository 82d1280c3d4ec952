//! What is told of a cluster that isn't there.

use super::*;
use crate::contract::Source;

#[test]
fn a_missing_cluster_names_call_and_code() {
    let scope = Scope {
        region: None,
        cluster: "arn:aws:ecs:eu-west-1:1:cluster/prod-shop".into(),
    };
    let failed = Failed {
        code: "ClusterNotFoundException".into(),
        unobserved: Unobserved::lasting("failed").origin(Source {
            call: "ecs:ListTasks".into(),
            resource: "prod-shop".into(),
            request_id: None,
        }),
    };
    assert_eq!(
        no_cluster(failed, &scope).headline,
        "there is no cluster `prod-shop` (ecs:ListTasks: ClusterNotFoundException)"
    );
}
