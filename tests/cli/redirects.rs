//! `http.responds` where an answer leads to another one: what goes along, and what stays.

use std::sync::{Arc, Mutex};

use crate::pages::judged;
use crate::place::{assert_tells, hint, told};
use crate::web::{Server, answer, write};

/// A server that redirects to `/here` on its own host, or to whatever stands behind `/away?`.
fn redirecting() -> Server {
    Server::start(|asked, stream| {
        let (status, location) = match (asked.uri().path(), asked.uri().query()) {
            ("/away", Some(to)) => ("307 Temporary Redirect", format!("location: {to}\r\n")),
            ("/near", _) => ("307 Temporary Redirect", "location: /here\r\n".into()),
            _ => ("200 OK", String::new()),
        };
        write(stream, &answer(status, &location, "fine"));
    })
}

#[test]
fn a_redirect_to_another_host_gets_no_key_no_body_and_no_address() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    let other = Server::start(move |asked, stream| {
        let text = format!("{} {:?} {:?}", asked.uri(), asked.headers(), asked.body());
        ears.lock().expect("no panic").push(text);
        write(stream, &answer("200 OK", "", "fine"));
    });
    let away = format!("url: 'HERE/away?{}/there?token=SECRET1'", other.url());
    let (code, report) = judged(
        &redirecting(),
        &[
            &format!("id: plain, {away}, headers: {{ accept: text/html }}"),
            &format!("id: key, {away}, headers: {{ x-api-key: SECRET2 }}"),
            &format!("id: body, {away}, method: POST, body: SECRET3"),
            &format!("id: login, {away}, headers: {{ authorization: SECRET4 }}"),
            "id: near, url: HERE/near, method: POST, body: SECRET3, headers: { x-api-key: SECRET2 }",
        ],
    );
    assert_eq!(code, 1);
    assert_tells(&told(&report, "plain"), &["passed: ", "/there"]);
    assert_tells(&told(&report, "near"), &["passed: ", "/here answered 200"]);
    for id in ["key", "body", "login"] {
        assert_tells(&told(&report, id), &["failed: ", "status 307"]);
        assert_tells(&hint(&report, id), &["It redirects to ", "on another host"]);
    }
    let heard = heard.lock().expect("no panic").join("\n");
    assert_eq!(heard.lines().count(), 1, "the plain one alone: {heard}");
    assert!(
        !heard.contains("referer") && !heard.contains("/away"),
        "{heard}"
    );
}
