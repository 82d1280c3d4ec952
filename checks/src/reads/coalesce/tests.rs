//! Questions are asked once, and ids travel together.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;

use super::*;

#[tokio::test(start_paused = true)]
async fn equal_questions_are_asked_once() {
    let asked: Asked<&str, u32> = Asked::default();
    let times = AtomicUsize::new(0);
    let ask = || async {
        times.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(7)
    };
    let (one, two) = tokio::join!(
        asked.once("q", || Box::pin(ask())),
        asked.once("q", || Box::pin(ask()))
    );
    assert_eq!((one, two), (Ok(7), Ok(7)));
    assert_eq!(times.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn ids_travel_together_in_calls_of_the_right_size() {
    let batch: Batch<&str, u32, u32> = Batch::of(10);
    let calls = Arc::new(Mutex::new(Vec::new()));
    let call = |calls: &Arc<Mutex<Vec<usize>>>| {
        let calls = Arc::clone(calls);
        move |keys: Vec<u32>| {
            calls.lock().expect("not poisoned").push(keys.len());
            async move { Ok(keys.into_iter().map(|key| key * 2).collect()) }.boxed()
        }
    };
    let early: Vec<u32> = (0..8).collect();
    let late: Vec<u32> = (4..12).collect();
    let (one, two) = tokio::join!(
        batch.get("web", &early, call(&calls)),
        batch.get("web", &late, call(&calls)),
    );
    assert_eq!(one, (0..8).map(|key| Ok(key * 2)).collect::<Vec<_>>());
    assert_eq!(two, (4..12).map(|key| Ok(key * 2)).collect::<Vec<_>>());
    assert_eq!(*calls.lock().expect("not poisoned"), [10, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_reaches_everybody_and_a_short_answer_is_one() {
    let batch: Batch<(), u32, u32> = Batch::of(10);
    let failed = batch
        .get((), &[1, 2], |_| {
            Box::pin(async { Err(Unobserved::for_now("no")) })
        })
        .await;
    assert!(failed.iter().all(Result::is_err));
    let short = batch
        .get((), &[3, 4], |_| Box::pin(async { Ok(vec![3]) }))
        .await;
    assert_eq!(short[0], Ok(3));
    assert!(short[1].is_err());
}

#[tokio::test(start_paused = true)]
async fn what_is_known_is_told_without_asking() {
    let asked: Asked<&str, u32> = Asked::default();
    assert_eq!(asked.known(&"q"), None);
    let failed = Unobserved::for_now("no");
    let _ = asked.once("q", || async { Ok(7) }.boxed()).await;
    let _ = asked.once("r", || async { Err(failed) }.boxed()).await;
    assert_eq!((asked.known(&"q"), asked.known(&"r")), (Some(7), None));

    let batch: Batch<&str, u32, u32> = Batch::of(10);
    let call = |keys: Vec<u32>| async move { Ok(keys) }.boxed();
    assert_eq!(batch.known("web", 1), None);
    batch.get("web", &[1], call).await;
    assert_eq!(
        (batch.known("web", 1), batch.known("api", 1)),
        (Some(1), None)
    );
}
