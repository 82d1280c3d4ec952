//! Reads of pages as a browser draws them, over WebDriver (W3C): a page is opened and watched until it
//! shows enough, or the time is over.

mod driver;
mod elsewhere;
mod facts;
mod flags;
mod session;
mod told;
mod wire;

use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};

pub use facts::{ConsoleLine, Driver, Picture, Region, View, WatchError, WatchRequest, Watched};

use super::Reads;
use crate::contract::Seen;
use elsewhere::Elsewhere;
use session::Session;
use session::Timely::{InTime, Late};

/// The most browsers that run at the same time: each takes a few hundred megabytes.
const AT_ONCE: usize = 2;

/// How often the page is asked what it shows.
const PAUSE: Duration = Duration::from_millis(100);

/// How long the picture, the console and the end of the browser may take; a quarter of the look at
/// most.
const AFTERWARDS: Duration = Duration::from_secs(3);

/// How long a run waits, when it is over, for browsers on other machines to be ended.
const PARTING: Duration = Duration::from_secs(10);

/// The browsers of a run.
#[derive(Debug)]
pub(super) struct Browsers {
    turns: Semaphore,
    /// Each browser on another machine holds a receiver of this, until it has been ended there.
    elsewhere: watch::Sender<()>,
}

impl Default for Browsers {
    fn default() -> Self {
        Self {
            turns: Semaphore::new(AT_ONCE),
            elsewhere: watch::Sender::default(),
        }
    }
}

impl Reads {
    /// Opens a page in a browser of its own and watches it: `enough` is told what it shows, again and
    /// again. Each asker has a browser of their own; nothing of one is known to another.
    pub async fn watch(
        &self,
        request: WatchRequest,
        enough: impl Fn(&View) -> bool + Send,
    ) -> Seen<Result<Watched, WatchError>> {
        let url = request.url.to_string();
        let watched = self.connections.browsers.watched(&request, enough).await;
        self.seen("browser", url, None, watched)
    }
}

impl Browsers {
    /// Waits until whatever was opened on other machines has been ended there, but not for long. Nobody may
    /// look any more.
    pub async fn parted(&self) {
        let _ = timeout(PARTING, self.elsewhere.closed()).await;
    }

    async fn watched(
        &self,
        request: &WatchRequest,
        enough: impl Fn(&View) -> bool,
    ) -> Result<Watched, WatchError> {
        let began = Instant::now();
        let end = began + request.within;
        // Whoever begins later leaves the page too little time.
        let patience = request.within / 2;
        let turn = timeout(patience, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| WatchError::NoTurn(patience))?;
        let look = LookTime { began, end };
        match &request.driver {
            Driver::At(url) => {
                let elsewhere = Some(self.elsewhere.subscribe());
                in_session(request, (url, elsewhere), look, enough).await
            }
            Driver::Program { program, folder } => {
                let started = driver::start(program, folder, request.within);
                let started = timeout_at(end, started).await;
                let silent = |_| look.not_started("where its driver listens");
                let (served, address) = started.map_err(silent)??;
                let watched = in_session(request, (&address, None), look, enough).await;
                served.end().await;
                watched.map_err(gone)
            }
        }
    }
}

/// A driver that was started and answers no more was lost.
fn gone(why: WatchError) -> WatchError {
    match why {
        WatchError::NoDriver(reason) => WatchError::Lost(reason),
        other => other,
    }
}

/// When a look began, and when it ends.
#[derive(Clone, Copy)]
struct LookTime {
    began: Instant,
    end: Instant,
}

impl LookTime {
    fn not_started(self, awaited: &'static str) -> WatchError {
        WatchError::NotStarted {
            awaited,
            within: self.began.elapsed(),
        }
    }

    /// Until when a page may be watched, so that there is time for what comes afterwards.
    fn watching_ends(self) -> Instant {
        let left = self.end.saturating_duration_since(Instant::now());
        self.end - AFTERWARDS.min(left / 4)
    }
}

async fn in_session(
    request: &WatchRequest,
    driver: (&reqwest::Url, Option<Elsewhere>),
    look: LookTime,
    enough: impl Fn(&View) -> bool,
) -> Result<Watched, WatchError> {
    let until = look.watching_ends();
    let opened = timeout_at(until, async {
        let session = Session::open(driver, request, until).await?;
        session.must_know(&request.selectors).await?;
        Ok(session)
    });
    let opened = opened.await;
    let session = opened.map_err(|_| look.not_started("a browser from its driver"))??;
    let watched = in_browser(&session, request, (look, until), enough).await;
    let _ = timeout_at(look.end, session.close()).await;
    watched
}

async fn in_browser(
    session: &Session,
    request: &WatchRequest,
    (look, until): (LookTime, Instant),
    enough: impl Fn(&View) -> bool,
) -> Result<Watched, WatchError> {
    let ready = Instant::now();
    let mut last = None;
    let shown = timeout_at(until, drawn(session, request, enough, &mut last)).await;
    let (started, took) = (ready - look.began, ready.elapsed());
    let timed_out = WatchError::TimedOut {
        started,
        page: took,
    };
    // Whatever it showed when the time is over.
    let view = match shown.ok().transpose()?.flatten() {
        Some(view) => view,
        None => last.unwrap_or(Err(timed_out))?,
    };
    let left = look.end.saturating_duration_since(ready);
    let afterwards = look.end - left / 16;
    let picture = async {
        match request.picture {
            true => session.picture().await,
            false => None,
        }
    };
    let picture = timeout_at(afterwards, picture).await;
    let console = timeout_at(afterwards, session.console()).await;
    Ok(Watched {
        view,
        browser: session.browser.clone(),
        picture: picture.unwrap_or_default(),
        console: console.unwrap_or_default(),
        started,
        took,
    })
}

/// Opens the page, and returns as soon as it shows enough, or where the browser says that its time is over. What
/// there is until then is the `last`.
async fn drawn(
    session: &Session,
    request: &WatchRequest,
    enough: impl Fn(&View) -> bool,
    last: &mut Option<Result<View, WatchError>>,
) -> Result<Option<View>, WatchError> {
    match session.navigate(&request.url).await {
        Ok(InTime(())) => {}
        Ok(Late) => return Ok(None),
        Err(dialog @ WatchError::Dialog(_)) => *last = Some(Err(dialog)),
        Err(why) => return Err(why),
    }
    loop {
        match session.view(&request.selectors).await {
            Ok(InTime(view)) if enough(&view) => return Ok(Some(view)),
            Ok(InTime(view)) => *last = Some(Ok(view)),
            Ok(Late) => return Ok(None),
            Err(dialog @ WatchError::Dialog(_)) => *last = Some(Err(dialog)),
            // A page that goes elsewhere at this moment can't be read.
            Err(why @ WatchError::Unreadable(_)) => drop(last.get_or_insert(Err(why))),
            Err(why) => return Err(why),
        }
        sleep(PAUSE).await;
    }
}
