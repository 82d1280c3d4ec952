//! What to watch in a browser, and what was seen there.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;

/// What to watch. The address may hold secrets, so that it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct WatchRequest {
    /// The page.
    pub url: Url,
    /// Who drives the browser.
    pub driver: Driver,
    /// Further arguments for the browser.
    pub arguments: Vec<String>,
    /// How wide and high the window is, in pixels.
    pub window: (u32, u32),
    /// The CSS selectors whose elements are looked at, each a region; none is the whole page.
    pub selectors: Vec<Option<String>>,
    /// Whether any certificate is taken.
    pub insecure: bool,
    /// Whether a picture of the window is taken.
    pub picture: bool,
    /// How long everything may take.
    pub within: Duration,
}

/// Who drives the browser, by WebDriver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Driver {
    /// A program that is started for the look.
    Program {
        /// `chromedriver`, in `PATH`; or a path, which counts from the folder.
        program: String,
        /// Where it runs.
        folder: PathBuf,
    },
    /// One that is there: `http://selenium:4444`.
    At(Url),
}

/// What a page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Its address, after redirects.
    pub url: String,
    /// Its title.
    pub title: String,
    /// The status that it came with, where the browser tells it.
    pub status: Option<u16>,
    /// What is in each region that was asked about, in that order.
    pub regions: Vec<Region>,
}

/// What of a region can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// How many of its elements.
    pub seen: usize,
    /// Their text, as it is shown; each blank is one space.
    pub text: String,
}

/// A page that was watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// What it showed last.
    pub view: View,
    /// The browser's name and version: `chrome 148.0.7778.167`.
    pub browser: String,
    /// The errors of its console.
    pub console: Vec<ConsoleLine>,
    /// A picture of the window, unless it is too large or the driver makes none.
    pub picture: Option<Picture>,
    /// From the beginning of the look until there was a browser for the page.
    pub started: Duration,
    /// From when the page was asked for until it showed enough, or was given up.
    pub took: Duration,
}

/// An error of the browser's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleLine {
    /// When it happened, by the browser's clock.
    pub at: Option<Timestamp>,
    /// Who tells it: `network`, `console-api`, `javascript`.
    pub source: String,
    /// What it says.
    pub text: String,
}

/// A picture of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// `image/jpeg` or `image/png`.
    pub media_type: &'static str,
    /// The picture in base64.
    pub data: String,
}

/// Why nothing was watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchError {
    /// Other browsers ran for so long, and no further one was started.
    NoTurn(Duration),
    /// There is no driver: its program is not there, or nobody answers at its address.
    NoDriver(String),
    /// The driver has no browser for us.
    NoBrowser(String),
    /// There was no browser in time.
    NotStarted {
        /// What was waited for: `a browser from its driver`.
        awaited: &'static str,
        /// How long.
        within: Duration,
    },
    /// The driver or its browser went away.
    Lost(String),
    /// The page's name could not be resolved.
    NameNotFound(String),
    /// The page did not open.
    NoAnswer(String),
    /// This is no selector.
    BadSelector(String),
    /// The page shows a dialog with this text, and another one where that is dismissed.
    Dialog(String),
    /// The driver answered in a way that nothing can be made of.
    Unreadable(String),
    /// The page was not open in time.
    TimedOut {
        /// From the beginning of the look until there was a browser for it.
        started: Duration,
        /// How long it had since.
        page: Duration,
    },
}
