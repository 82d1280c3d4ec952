//! What AWS tells of tasks that stopped, and of the service, in any words. Input: the task's reason, a
//! container's reason, the stop code, an exit code, a message of the service's events, the line of the log.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::parts;
use crate::wire::Answer;
use crate::world::passed;
use crate::worlds;

pub(crate) fn explained(data: &[u8]) {
    let [reason, of_container, code, exit, event, line] = parts::of(data);
    let exit: Option<i64> = exit.trim().parse().ok();
    // None of its tasks ever starts.
    let wrong = worlds::named("restart-loop").expect("an incident");
    let report = wrong
        .world
        .judged(Arc::new(move |asked, answer: &mut Answer| {
            let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
                return;
            };
            match asked {
                "DescribeTasks" => for_each(&mut body, "tasks", &mut |task| {
                    task["stoppedReason"] = json!(reason);
                    task["stopCode"] = json!(code);
                    for_each(task, "containers", &mut |container| {
                        container["reason"] = json!(of_container);
                        container["exitCode"] = json!(exit);
                    });
                }),
                "DescribeServices" => for_each(&mut body, "services", &mut |service| {
                    for_each(service, "events", &mut |told| {
                        told["message"] = json!(event)
                    });
                }),
                "FilterLogEvents" | "GetLogEvents" => {
                    for_each(&mut body, "events", &mut |written| {
                        written["message"] = json!(line);
                    })
                }
                _ => return,
            }
            answer.body = body.to_string().into_bytes();
        }));
    let passed = passed(&report);
    let none = !wrong.never.iter().any(|id| passed.contains(id));
    assert!(none, "{passed:?} passed: {report:#?}");
}

fn for_each(value: &mut Value, list: &str, with: &mut dyn FnMut(&mut Value)) {
    let items = value.get_mut(list).and_then(Value::as_array_mut);
    items.into_iter().flatten().for_each(with);
}
