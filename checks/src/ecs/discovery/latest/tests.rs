//! When the deployment to judge is shown, with literal facts.

use super::super::judged;
use super::*;
use crate::ecs::picture::literal::{deployment, seen, service};

#[test]
fn the_lag_ends_20_s_after_the_deploy_and_20_s_after_the_run_began() {
    let at = |seconds: i64| Timestamp::from_second(1_763_640_000 + seconds).expect("a time");
    let within = |now, began| is_within_lag(at(0), at(now), SignedDuration::from_secs(began));
    assert!(within(5, 0));
    assert!(within(19, 14));
    assert!(
        !within(20, 15),
        "whatever was deployed then is visible by now"
    );
    // A clock that is an hour ahead of AWS's told the time.
    assert!(within(-3_600, 19));
    assert!(!within(-3_600, 20));
}

#[test]
fn a_task_set_since_then_is_waited_for_until_it_has_the_traffic() {
    let at = |time: &str| time.parse::<Timestamp>().expect("a time");
    let set = |id: &str, status: &str, created: &str| Deployment {
        created_at: Some(at(created)),
        ..deployment(id, status)
    };
    let mut blue_green = service(vec![
        set("ecs-svc/1", "PRIMARY", "2025-11-18T20:00:00Z"),
        set("ecs-svc/2", "ACTIVE", "2025-11-18T23:40:00Z"),
    ]);
    blue_green.controller = "CODE_DEPLOY".into();
    let primary = judged(&seen(blue_green.clone())).expect("a PRIMARY");
    let waiting = |service: &Service, time| {
        waiting_for_traffic(service, &primary, at(time)).map(|waiting| waiting.id.clone())
    };
    let deployed = "2025-11-18T23:39:50Z";
    assert_eq!(waiting(&blue_green, deployed).as_deref(), Some("ecs-svc/2"));
    assert_eq!(
        waiting(&blue_green, "2025-11-18T19:00:00Z"),
        None,
        "PRIMARY is of then"
    );
    assert_eq!(
        waiting(&blue_green, "2025-11-18T23:50:00Z"),
        None,
        "both are older"
    );
    blue_green.controller = "ECS".into();
    assert_eq!(
        waiting(&blue_green, deployed),
        None,
        "the newer one is PRIMARY at once"
    );
}
