//! What to do next, where an answer is not as expected or there is none.

use std::ops::RangeInclusive;

use super::body::compression;
use crate::difference::Difference;
use crate::reads::Page;

/// What a status asks for.
const STATUSES: &[(RangeInclusive<u16>, &str)] = &[
    (
        300..=399,
        "It redirects: look at its `location`, and expect this status or leave `redirects: keep` out.",
    ),
    (
        401..=401,
        "It wants to know who asks: give the check `auth`, or ask an address that anyone may see.",
    ),
    (
        403..=403,
        "Who asks may not see it: look at `auth`, and at rules in front of it (AWS WAF, the load balancer's).",
    ),
    (
        404..=404,
        "Does this version serve the path? A load balancer answers 404, too, where no rule of its listener matches host and path.",
    ),
    (
        405..=405,
        "It is not asked by this method there: correct `method`.",
    ),
    (
        429..=429,
        "It is asked too often: give the check a longer `every`, or fewer `times`.",
    ),
    (
        502..=504,
        "A load balancer answers so where no healthy target does: `elb.targets-healthy` says which and why. So does an application that is still starting.",
    ),
    (
        500..=599,
        "The application failed at it: its logs say at what (`logs.line-seen`, `logs.line-absent`).",
    ),
];

/// What to do about a difference other than the status, by how what differs begins.
const PARTS: &[(&str, &str)] = &[
    (
        "time",
        "The table of times shows where it went: `first byte` is the application's, `connect` the network's.",
    ),
    (
        "final address",
        "The table of redirects shows each step: one to a login asks for `auth`, one to another host is a rule of the load balancer's or the application's.",
    ),
    (
        "redirects",
        "The table of redirects shows each step; `redirects: keep` takes the first as the answer.",
    ),
    (
        "SHA-256",
        "Another build's file is served, or a cache in front has the old one still: `curl -sI` shows its `age` and `etag`. One that is compressed has another hash.",
    ),
    (
        "HTTP",
        "The version is chosen by whoever ends the connection: the load balancer's listener, a proxy, the application.",
    ),
    (
        "TLS",
        "`tls.valid` shows the certificates, and what the server speaks.",
    ),
    ("certificate", "`tls.valid` shows the certificates."),
    (
        "header",
        "Who answers, the application or something in front of it? `curl -i` shows all headers.",
    ),
    (
        "cookie",
        "Who answers, the application or something in front of it? `curl -i` shows all headers.",
    ),
];

const OTHER_CONTENT: &str = "Does the new version answer? `http.version-everywhere` and `ecs.old-tasks-gone` say so; the body is below.";

const NO_JSON: &str = "The body is below: instead of JSON, a page of HTML is often that of a login, a proxy or a web application.";

const COMPRESSED: &str = "A check asks for no compression, unless its `headers` have `accept-encoding`: correct the server, or the cache in front of it.";

/// What to do about the difference that is told first.
pub(super) fn after(first: &Difference, page: &Page) -> &'static str {
    let told = match first.what.as_str() {
        "status" => {
            let step = STATUSES
                .iter()
                .find(|(those, _)| those.contains(&page.status));
            step.map(|(_, step)| *step)
        }
        "body" if compression(page).is_some() => Some(COMPRESSED),
        "body" if first.expected == "JSON" => Some(NO_JSON),
        what => {
            let step = PARTS.iter().find(|(part, _)| what.starts_with(part));
            step.map(|(_, step)| *step)
        }
    };
    told.unwrap_or(OTHER_CONTENT)
}

/// What to do where a connection brought no answer, by what the reason mentions.
const SILENCES: &[(&[&str], &str)] = &[
    (
        &["tls handshake eof"],
        "The port speaks no TLS, or nothing is behind it yet: write `http://` where it is meant to speak none.",
    ),
    (
        &["invalid HTTP"],
        "What listens there speaks no HTTP: is it the right port? One that speaks TLS wants `https://`.",
    ),
    (
        &["message head is too large"],
        "The answer has more than 100 headers, or more than 400 KiB of them: look at the cookies that it sets.",
    ),
    (
        &[
            "before message completed",
            "end of file",
            "unexpected EOF",
            "reset by peer",
        ],
        "The server broke off: did its process end, or has it not started yet? Its logs say (`logs.line-seen`), and `ecs.stable` whether tasks stop.",
    ),
];

const NOBODY: &str = "Is a task registered with the load balancer, and does its container listen on the target group's port?";

/// What to do where there was no answer for that reason.
pub(super) fn after_silence(reason: &str) -> &'static str {
    let is_told = |texts: &[&str]| texts.iter().any(|text| reason.contains(text));
    let known = SILENCES.iter().find(|(texts, _)| is_told(texts));
    known.map_or(NOBODY, |(_, step)| step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::difference::difference;

    #[test]
    fn each_status_has_a_next_step_of_its_own() {
        let step = |status| {
            let page = Page {
                status,
                ..Page::default()
            };
            after(&difference("status", "2xx", status.to_string()), &page)
        };
        let told = [301, 401, 403, 404, 405, 429, 500, 503, 418].map(step);
        let different: std::collections::BTreeSet<_> = told.iter().collect();
        assert_eq!(different.len(), told.len(), "{told:#?}");
        assert_eq!(step(501), step(500));
        assert!(step(502).contains("`elb.targets-healthy`"));
    }

    #[test]
    fn reasons_as_hyper_and_rustls_word_them_have_their_next_steps() {
        for (reason, told) in [
            ("Connection refused (os error 111)", "target group's port"),
            ("invalid HTTP version parsed", "speaks no HTTP"),
            ("message head is too large", "cookies"),
            ("connection closed before message completed", "broke off"),
            ("Connection reset by peer (os error 104)", "broke off"),
            ("tls handshake eof", "`http://`"),
        ] {
            let step = after_silence(reason);
            assert!(step.contains(told), "{reason}: {step}");
        }
    }
}
