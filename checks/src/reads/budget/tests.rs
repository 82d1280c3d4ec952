//! What a run may ask of each quota.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use futures_util::future::join_all;

use super::*;
use crate::reads::Scope;
use crate::reads::canned::Canned;

/// Asks, and tells how long the request has to wait. It is sent when that is over, and answered at once.
fn wait(budget: &Arc<Budget>, bucket: Bucket, region: &str) -> Duration {
    let turn = budget.enlist(bucket, region);
    turn.wait(Instant::now())
}

#[tokio::test(start_paused = true)]
async fn a_burst_passes_and_then_the_rate_holds() {
    let budget = Arc::new(Budget::default());
    let wait = |region| wait(&budget, Bucket::EcsServices, region);
    let burst: Duration = (0..50).map(|_| wait("eu-west-1")).sum();
    assert_eq!(burst, Duration::ZERO);
    let waits: Vec<Duration> = (0..20).map(|_| wait("eu-west-1")).collect();
    assert_eq!(waits[19], Duration::from_secs(2), "20 more at 10 a second");
    assert_eq!(wait("us-east-1"), Duration::ZERO, "each region has its own");
}

#[tokio::test(start_paused = true)]
async fn what_comes_back_can_be_told_before() {
    let budget = Arc::new(Budget::default());
    let began = Instant::now();
    let short = |requests, after| {
        let now = began + Duration::from_secs(after);
        budget.short_of(Bucket::EcsServices, "eu-west-1", requests, now)
    };
    assert_eq!(short(500, 0), Duration::ZERO, "the bucket is full");
    for _ in 0..60 {
        wait(&budget, Bucket::EcsServices, "eu-west-1");
    }
    assert_eq!(short(0, 0), Duration::from_secs(1), "its debt");
    assert_eq!(short(10, 0), Duration::from_secs(2));
    assert_eq!(short(10, 2), Duration::ZERO);
    assert_eq!(short(500, 2), Duration::from_secs(4), "until it is full");
}

#[tokio::test(start_paused = true)]
async fn runs_at_the_same_time_share_the_allowance() {
    let eight = NonZeroU32::new(8).expect("not zero");
    let ten = Duration::from_secs(10);
    let mut asked = 0;
    for _ in 0..8 {
        let budget = Arc::new(Budget::of_one_of(eight));
        while wait(&budget, Bucket::EcrImages, "eu-west-1") < ten {
            asked += 1;
        }
    }
    let alone = Arc::new(Budget::default());
    let mut allowed = 0;
    while wait(&alone, Bucket::EcrImages, "eu-west-1") < ten {
        allowed += 1;
    }
    assert_eq!(allowed, 59, "a burst of 10, and 5 a second");
    assert!((allowed - 8..=allowed).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_token_grows_to_one() {
    let twenty = NonZeroU32::new(20).expect("not zero");
    let budget = Arc::new(Budget::of_one_of(twenty));
    for _ in 0..3 {
        let turn = budget.enlist(Bucket::Alarms, "eu-west-1");
        let wait = turn.wait(Instant::now());
        assert!(wait < Duration::from_secs(5), "{wait:?}");
        tokio::time::sleep(wait).await;
        assert_eq!(turn.wait(Instant::now()), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_sdk_asks_once_more_is_taken_out_too() {
    const THROTTLED: &str = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
    let canned = Canned::of(&[("DescribeServices", 400, THROTTLED)]);
    let reads = canned.reads();
    let scope = Scope {
        region: Some("eu-west-1".into()),
        cluster: "prod".into(),
    };
    let answer = reads.service(&scope, "web").await;
    assert!(answer.is_err_and(|unobserved| unobserved.throttled));
    assert_eq!(canned.asked().len(), 2);
    let budget = &reads.connections.budget;
    let full = budget.short_of(Bucket::EcsServices, "eu-west-1", 50, Instant::now());
    assert_eq!(full, Duration::from_millis(200), "two tokens");
}

#[tokio::test(start_paused = true)]
async fn few_are_on_their_way_at_the_same_time() {
    let reads = Canned::of(&[]).reads();
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let ask = async || {
        most.fetch_max(now.fetch_add(1, Relaxed) + 1, Relaxed);
        tokio::time::sleep(Duration::from_millis(100)).await;
        now.fetch_sub(1, Relaxed);
    };
    let began = Instant::now();
    let all = (0..50).map(|_| reads.within_budget(Bucket::EcsServices, "eu-west-1", ask));
    join_all(all).await;
    assert_eq!(most.load(Relaxed), AT_ONCE);
    assert_eq!(began.elapsed(), Duration::from_millis(500));
}
