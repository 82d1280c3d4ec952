//! `browser.shows`: a page that is drawn by scripts shows what it should.

use std::fmt;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;

use super::evidence;
use super::showing::Showing;
use super::unwatched;
use super::window::Window;
use crate::contract::{
    Check, Fault, Finding, LITERAL, Located, Look, Outside, Pattern, Period, Seen, Unobserved,
    sent_secrets,
};
use crate::http::Url;
use crate::reads::browser::{Driver, Region, View, WatchError, WatchRequest, Watched};
use crate::shortened::shortened;

/// **Asks** whether a page shows a text, or an element, once its scripts have drawn it in a browser.
///
/// **Why it matters**: what a server sends of such a page is an empty frame; the numbers that users
/// look at come later, from other requests. A dashboard that shows 0 answers 200 all the same.
///
/// Every look opens a fresh, headless browser, and waits in it until everything is shown; what isn't
/// may still come, so it waits. `broken_when` is something that waiting can't mend, and settles the
/// check at once. The browser is driven over WebDriver, by a `driver` that is started for the look
/// (Chromium's is in Debian's package `chromium-driver`), or by one that is there (`webdriver`). Give
/// it time with `timeout`: a browser takes a second or two to start, and two run at a time. Where there
/// is none in time, or the page had less than half of the time that its browser took to start, nothing
/// is known of the page, and the check stays open. What is transparent or hidden can't be seen; text in frames and shadow
/// trees is not looked at. A page that shows what it should holds whatever its status, which is told
/// where it is an error's; `http.responds` judges that.
///
/// **Evidence**: the page's status, the text around what was looked for, the errors of the console, and a picture of the
/// window, which the HTML report shows. No secret is taken out of a picture; `picture: false` makes none.
///
/// **Example**
/// ```yaml
/// - check: browser.shows
///   url: https://dashboard.example.com/
///   selector: "#entities"
///   text: "5,421"
///   broken_when: { text: Application error }
///   timeout: 20s
/// ```
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shows {
    /// The page, `http://` or `https://`.
    url: Url,
    /// A text that can be seen; blanks count as one space.
    #[serde(default)]
    text: Option<String>,
    /// A regular expression that matches somewhere in what can be seen.
    #[serde(default)]
    regex: Option<Pattern>,
    /// A CSS selector of which an element can be seen; `text` and `regex` are looked for in those.
    #[serde(default)]
    selector: Option<String>,
    /// A page that shows this settles the check: waiting can't help.
    #[serde(default)]
    broken_when: Option<Showing>,
    /// The program that drives the browser, in `PATH` or by its path from the suite's file; it takes `--port=0`, as
    /// `chromedriver` does.
    #[serde(default = "chromedriver")]
    #[schemars(extend("format" = LITERAL))]
    driver: String,
    /// The address of a WebDriver that is there, such as `http://selenium:4444`, instead of a `driver`.
    #[serde(default)]
    webdriver: Option<Url>,
    /// Further arguments for the browser, such as `--no-sandbox` in a container without user namespaces.
    #[serde(default)]
    arguments: Vec<String>,
    /// The size of the window in pixels; by default `1280x800`.
    #[serde(default)]
    window: Window,
    /// Takes any certificate, such as one that a server signed itself, of the page and of what its scripts ask.
    #[serde(default)]
    insecure: bool,
    /// Whether a picture of the window is taken.
    #[serde(default = "yes")]
    picture: bool,
}

fn chromedriver() -> String {
    "chromedriver".into()
}

fn yes() -> bool {
    true
}

/// The address may be secret, so that only the host is shown.
impl fmt::Debug for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shows")
            .field("host", &self.url.0.host_str())
            .finish_non_exhaustive()
    }
}

/// What one look of `browser.shows` brings.
pub struct Facts {
    page: Seen<Result<Watched, WatchError>>,
}

impl Check for Shows {
    const KIND: &'static str = "browser.shows";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let expected = self.expected();
        let broken = self.broken_when.iter();
        let broken = broken.map(|broken| broken.selector.clone());
        let request = WatchRequest {
            url: self.url.0.clone(),
            driver: self.driver(look.folder),
            arguments: self.arguments.clone(),
            window: (self.window.0, self.window.1),
            selectors: [self.selector.clone()].into_iter().chain(broken).collect(),
            insecure: self.insecure,
            picture: self.picture,
            within: look.times.limit,
        };
        let enough = |view: &View| self.is_broken(view) || expected.is_in(&first(view));
        let page = look.reads.watch(request, enough).await;
        Ok(Facts { page })
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        match &facts.page.value {
            Ok(watched) => self.judge_page(watched, &facts.page),
            Err(WatchError::NoDriver(reason)) => self.without_driver(reason),
            Err(why) => unwatched::finding(self.url.0.as_str(), &self.expected(), why),
        }
    }

    fn secrets(&self) -> Vec<String> {
        let url = &self.url.0;
        let driver = self.webdriver.as_ref().and_then(|url| url.0.password());
        let passwords = url.password().into_iter().chain(driver).map(str::to_owned);
        sent_secrets(url.query_pairs()).chain(passwords).collect()
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let mut found = Showing::mistakes(fields, fields);
        if let Some((key, written)) = fields.entry("broken_when") {
            found.extend(Showing::mistakes(key, written));
        }
        if let Some((key, value)) = fields.entry("driver")
            && self.driver.trim().is_empty()
        {
            found.push(Fault::empty(key, value));
        }
        if let (Some((key, _)), Some(_)) = (fields.entry("driver"), &self.webdriver) {
            let told =
                "a `driver` is started, and a `webdriver` is there already: give one of them";
            found.push(Fault::new(key.place, told));
        }
        found
    }
}

/// The region where the expected is looked for.
fn first(view: &View) -> Region {
    view.regions.first().cloned().unwrap_or_default()
}

impl Shows {
    fn expected(&self) -> Showing {
        Showing {
            text: self.text.clone(),
            regex: self.regex.clone(),
            selector: self.selector.clone(),
        }
    }

    fn driver(&self, folder: &Path) -> Driver {
        match &self.webdriver {
            Some(url) => Driver::At(url.0.clone()),
            None => Driver::Program {
                program: self.driver.clone(),
                folder: folder.to_owned(),
            },
        }
    }

    fn is_broken(&self, view: &View) -> bool {
        let broken = self.broken_when.as_ref().zip(view.regions.get(1));
        broken.is_some_and(|(broken, region)| broken.is_in(region))
    }

    fn judge_page(&self, watched: &Watched, page: &Seen<Result<Watched, WatchError>>) -> Finding {
        let view = &watched.view;
        let (url, expected) = (&view.url, self.expected());
        if let (true, Some(broken), Some(region)) =
            (self.is_broken(view), &self.broken_when, view.regions.get(1))
        {
            return Finding::broken(format!("{url} shows {broken}, which is `broken_when`"))
                .hint("The suite names this as something that waiting can't mend.")
                .all_evidence(evidence::of(page, watched, broken, region));
        }
        let region = first(view);
        let (took, answered) = (Period::from(watched.took), answered(view));
        let finding = if expected.is_in(&region) {
            let browser = &watched.browser;
            Finding::holds(format!(
                "{url} shows {expected} after {took} in {browser}{answered}"
            ))
        } else {
            let instead = instead(&expected, &region);
            let told = format!("{url} does not show {expected}: {instead}{answered}");
            match unwatched::is_hurried(watched.started, watched.took) {
                true => unwatched::hurried(&told, watched.started, watched.took),
                false => Finding::not_yet(told).hint(missing(watched)),
            }
        };
        finding.all_evidence(evidence::of(page, watched, &expected, &region))
    }

    fn without_driver(&self, reason: &str) -> Finding {
        let url = &self.url.0;
        match &self.webdriver {
            Some(there) => Finding::unobserved(format!(
                "{url} could not be looked at: {} does not answer: {reason}",
                there.0
            ))
            .hint("Is the WebDriver up, and its address right?"),
            None => Finding::unobserved(format!(
                "{url} could not be looked at: `{}` could not be started: {reason}",
                self.driver
            ))
            .hint("Install it (`apt-get install chromium-driver` on Debian), or name one that is there as `webdriver`.")
            .lasting(),
        }
    }
}

/// The most characters of a page's text in a headline.
const HEADLINE: usize = 60;

/// What is there instead of what is expected.
fn instead(expected: &Showing, region: &Region) -> String {
    match (&expected.selector, region.seen) {
        (Some(selector), 0) => format!("no `{selector}` can be seen"),
        _ if region.text.is_empty() => "no text can be seen".into(),
        _ => format!("it shows `{}`", shortened(&region.text, HEADLINE)),
    }
}

/// The status of a page that came with an error's, whatever it shows.
fn answered(view: &View) -> String {
    let status = view.status.filter(|status| *status >= 400);
    status.map_or(String::new(), |status| format!(", and answered {status}"))
}

fn missing(watched: &Watched) -> String {
    match watched.console.first() {
        Some(first) => format!("The browser's console tells of an error: {}", first.text),
        None => "The page is drawn, but without this: what do the requests of its scripts answer?"
            .into(),
    }
}

#[cfg(test)]
mod tests;
