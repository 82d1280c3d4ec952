//! How a browser is asked for: without a window, unknown to anybody, and asking nobody but the page.

use serde_json::{Value, json};

use super::facts::WatchRequest;

/// Of touchdown's environment, what a browser may need: where its files are, and which proxy to use.
pub(super) const PASSED: [&str; 12] = [
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "LD_LIBRARY_PATH",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "XDG_RUNTIME_DIR",
];

/// What Chromium does by itself, and needn't for one page.
const CHROMIUM: [&str; 8] = [
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// The capabilities of WebDriver: a Chromium, or a Firefox, or whatever the driver has. The page's time is
/// in milliseconds.
pub(super) fn capabilities(request: &WatchRequest, page_load: u128) -> Value {
    let (width, height) = request.window;
    let mut chromium: Vec<String> = CHROMIUM.map(str::to_owned).to_vec();
    chromium.push(format!("--window-size={width},{height}"));
    if is_root() {
        // Chromium's sandbox does not run as root.
        chromium.push("--no-sandbox".into());
    }
    let firefox = [
        "-headless".to_owned(),
        format!("--width={width}"),
        format!("--height={height}"),
    ];
    let with_given = |mut arguments: Vec<String>| {
        arguments.extend(request.arguments.iter().cloned());
        arguments
    };
    json!({ "capabilities": {
        "alwaysMatch": {
            // The scripts draw the page whatever else is still on its way.
            "pageLoadStrategy": "eager",
            // Whoever opens a dialog is told of, and goes on.
            "unhandledPromptBehavior": "dismiss and notify",
            "acceptInsecureCerts": request.insecure,
            "timeouts": { "pageLoad": page_load, "script": page_load },
        },
        "firstMatch": [
            {
                "browserName": "chrome",
                "goog:chromeOptions": { "args": with_given(chromium) },
                "goog:loggingPrefs": { "browser": "ALL" },
            },
            { "browserName": "firefox", "moz:firefoxOptions": { "args": with_given(firefox.to_vec()) } },
            {},
        ],
    } })
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
