//! Reads of pages as a browser draws them, over WebDriver (W3C): a page is opened and watched until it
//! shows enough, or the time is over.

mod facts;
mod flags;
mod session;
mod wire;

use std::path::Path;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};

pub use facts::{ConsoleLine, Driver, Picture, Region, View, WatchError, WatchRequest, Watched};

use super::Reads;
use super::process::{CommandError, CommandRequest, Served, serve};
use crate::contract::Seen;
use session::Session;

/// The most browsers that run at the same time: each takes a few hundred megabytes.
static TURNS: Semaphore = Semaphore::const_new(2);
/// Who has waited so long for a turn, or a quarter of its time, begins all the same.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often the page is asked what it shows.
const PAUSE: Duration = Duration::from_millis(100);

/// How long the picture, the console and the end of the browser may take; a quarter of the look at
/// most.
const AFTERWARDS: Duration = Duration::from_secs(3);

impl Reads {
    /// Opens a page in a browser of its own and watches it: `enough` is told what it shows, again and
    /// again. Each asker has a browser of their own; nothing of one is known to another.
    pub async fn watch(
        &self,
        request: WatchRequest,
        enough: impl Fn(&View) -> bool + Send,
    ) -> Seen<Result<Watched, WatchError>> {
        let (url, began) = (request.url.to_string(), Instant::now());
        let end = began + request.within;
        let patience = PATIENCE.min(request.within / 4);
        let _turn = timeout(patience, TURNS.acquire()).await;
        let watched = watched(&request, end, enough).await;
        self.seen("browser", url, None, watched)
    }
}

async fn watched(
    request: &WatchRequest,
    end: Instant,
    enough: impl Fn(&View) -> bool,
) -> Result<Watched, WatchError> {
    let (served, address) = match &request.driver {
        Driver::At(url) => (None, url.clone()),
        Driver::Program { program, folder } => {
            let started = started(program, folder, request.within);
            let started = timeout_at(end, started).await;
            let (served, port) = started.unwrap_or(Err(WatchError::TimedOut))?;
            let address = format!("http://127.0.0.1:{port}/");
            let address = address.parse().map_err(|_| WatchError::NoDriver(address))?;
            (Some(served), address)
        }
    };
    let watched = in_session(request, &address, end, enough).await;
    if let Some(served) = served {
        served.end().await;
    }
    watched
}

/// Starts a driver on a free port, and waits until it says which.
async fn started(
    program: &str,
    folder: &Path,
    within: Duration,
) -> Result<(Served, u16), WatchError> {
    let request = CommandRequest {
        program: program.to_owned(),
        arguments: vec!["--port=0".into()],
        input: None,
        pass_env: flags::PASSED.map(str::to_owned).to_vec(),
        env: Vec::new(),
        folder: folder.to_owned(),
        within,
    };
    let port = |line: &str| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    };
    let started = serve(request, port).await;
    started.map_err(|why| WatchError::NoDriver(told(why)))
}

fn told(why: CommandError) -> String {
    match why {
        CommandError::NotFound => "there is no such program".into(),
        CommandError::NoInterpreter => {
            "the interpreter that its first line names is not there".into()
        }
        CommandError::NotExecutable => "it may not be run".into(),
        CommandError::Unstartable(reason) => reason,
    }
}

async fn in_session(
    request: &WatchRequest,
    driver: &reqwest::Url,
    end: Instant,
    enough: impl Fn(&View) -> bool,
) -> Result<Watched, WatchError> {
    let began = Instant::now();
    let left = end.saturating_duration_since(began);
    let watching_ends = end - AFTERWARDS.min(left / 4);
    let session = Session::open(driver, request, watching_ends).await?;
    let mut last = None;
    let shown = timeout_at(watching_ends, drawn(&session, request, enough, &mut last)).await;
    let took = began.elapsed();
    // Whatever it showed when the time is over.
    let view = shown.unwrap_or_else(|_| last.ok_or(WatchError::TimedOut));
    let watched = match view {
        Err(why) => Err(why),
        Ok(view) => Ok(told_of(&session, request, (view, took), end - left / 16).await),
    };
    let _ = timeout_at(end, session.close()).await;
    watched
}

/// What there is to tell of a page that was seen, as far as the driver tells it until `end`.
async fn told_of(
    session: &Session,
    request: &WatchRequest,
    (view, took): (View, Duration),
    end: Instant,
) -> Watched {
    let picture = async {
        match request.picture {
            true => session.picture().await,
            false => None,
        }
    };
    Watched {
        view,
        browser: session.browser.clone(),
        picture: timeout_at(end, picture).await.unwrap_or_default(),
        console: timeout_at(end, session.console()).await.unwrap_or_default(),
        took,
    }
}

/// Opens the page, and returns as soon as it shows enough; what it shows until then is the `last` view.
async fn drawn(
    session: &Session,
    request: &WatchRequest,
    enough: impl Fn(&View) -> bool,
    last: &mut Option<View>,
) -> Result<View, WatchError> {
    session.navigate(&request.url).await?;
    loop {
        let view = session.view(&request.selectors).await?;
        if enough(&view) {
            return Ok(view);
        }
        *last = Some(view);
        sleep(PAUSE).await;
    }
}
