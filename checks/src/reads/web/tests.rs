//! Several pages in the time of one.

use std::sync::Arc;

use aws_config::SdkConfig;

use super::*;
use crate::contract::Clock;
use crate::reads::Connections;

/// A web that answers each request after so long.
struct Slow(Duration);

impl Fetch for Slow {
    fn fetch(
        &self,
        request: PageRequest,
    ) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + '_>> {
        Box::pin(async move {
            let answered = tokio::time::timeout(request.within, tokio::time::sleep(self.0));
            let answered = answered.await;
            answered.map_or(Err(Unreached::TimedOut.into()), |()| Ok(Page::default()))
        })
    }
}

/// How many of so many pages answered, were silent, and were not asked in time.
async fn asked(times: usize, answers_after: Duration) -> [usize; 3] {
    let within = Duration::from_secs(2);
    let clock = Clock::starting_at("2025-11-18T23:46:00Z".parse().expect("a time"));
    let config = SdkConfig::builder().build();
    let connections = Connections::given(clock, config, Arc::new(Slow(answers_after)));
    let reads = Reads::of_round(Arc::new(connections));
    let url: Url = "http://shop/".parse().expect("an address");
    let requests = vec![PageRequest::get(url, within, 1); times];
    let pages = reads.pages(requests, within).await;
    let of = |wanted: Result<(), FetchError>| {
        let pages = pages.iter().map(|page| page.value.clone().map(|_| ()));
        pages.filter(|page| *page == wanted).count()
    };
    [
        Ok(()),
        Err(Unreached::TimedOut.into()),
        Err(FetchError::NoTime),
    ]
    .map(of)
}

#[tokio::test(start_paused = true)]
async fn what_was_not_asked_in_time_is_no_silence_of_the_server() {
    let second = Duration::from_secs(1);
    assert_eq!(asked(8, second).await, [8, 0, 0]);
    assert_eq!(asked(40, second).await, [16, 0, 24]);
    assert_eq!(
        asked(40, second * 4 / 5).await,
        [16, 0, 24],
        "0.4 s are too short"
    );
    assert_eq!(asked(40, second * 3).await, [0, 8, 32]);
}
