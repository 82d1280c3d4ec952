//! `http.version-everywhere`: one old target among many answers.

use crate::http::{says, site};
use crate::place::{Place, assert_tells, check, verdicts};
use crate::server::closed_port;
use crate::suite::run;

#[test]
fn an_old_target_behind_the_same_name_is_counted() {
    let (site, another) = (site(), site());
    let (url, counted_apart) = (site.url(), another.url());
    let expect = "expect: 41ab9fe";
    let report = run(
        &Place::new(),
        "http.version-everywhere",
        &[
            (
                "mixed",
                format!("url: {url}/version, json: $.commit, {expect}"),
            ),
            (
                "new",
                format!("url: {url}/new, header: x-version, {expect}, times: 8"),
            ),
            (
                "none",
                format!("url: {url}/new, header: x-nothing, {expect}, times: 3"),
            ),
            (
                "gone",
                format!("url: {url}/gone, json: $.commit, {expect}, times: 3"),
            ),
            (
                "refused",
                format!(
                    "url: 'http://127.0.0.1:{}/', json: $.commit, {expect}, times: 3",
                    closed_port()
                ),
            ),
            (
                "nameless",
                format!("url: 'http://no-such-host.invalid/', json: $.commit, {expect}, times: 2"),
            ),
            (
                "withdrawn",
                format!(
                    "url: {counted_apart}/version, json: $.commit, {expect}, broken_when: {{ json: {{ $.commit: 0ldc0de }} }}"
                ),
            ),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "mixed: failed",
            "new: passed",
            "none: inconclusive",
            "gone: failed",
            "refused: failed",
            "nameless: inconclusive",
            "withdrawn: failed"
        ],
        "{report:#}"
    );
    says(
        &report,
        "mixed",
        &[
            "5 of 20 answers of ",
            "another version than 41ab9fe: 5 from 0ldc0de",
        ],
    );
    says(
        &report,
        "new",
        &[
            "8 of 8 answers of ",
            "from 41ab9fe0c3d2b1a09f8e7d6c5b4a39281706f5e4, expected 41ab9fe",
        ],
    );
    says(
        &report,
        "withdrawn",
        &["5 of 20 answers of ", "`broken_when`"],
    );
    let looks = check(&report, "withdrawn")["attempts"].as_array();
    assert_eq!(looks.map(Vec::len), Some(1), "it settles");
    says(&report, "none", &["3 of 3 answers", "no header x-nothing"]);
    says(&report, "gone", &["3 of 3 requests", "status 410"]);
    says(&report, "refused", &["Connection refused"]);
    says(&report, "nameless", &["the name does not resolve"]);
    let table = check(&report, "mixed")["evidence"][0].to_string();
    assert_tells(
        &table,
        &[
            "versions of 20 answers",
            "[\"0ldc0de\",\"5\",\"127.0.0.1\"]",
        ],
    );
}
