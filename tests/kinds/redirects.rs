//! `http.responds` where an answer leads elsewhere, and where somebody stands in for the host.

use crate::http::{says, site};
use crate::place::{Place, assert_tells, hint, verdicts};
use crate::suite::run;

#[test]
fn redirects_are_followed_by_who_stands_in_and_leave_it_for_other_hosts() {
    let (site, other) = (site(), site());
    let port = |site: &str| site.rsplit(':').next().expect("a port").to_owned();
    let (own, others) = (port(&site.url()), port(&other.url()));
    let shop = format!("connect_to: '127.0.0.1:{own}', url: 'http://shop.invalid:8443/to");
    let host = |host: &str| format!("expect: {{ json: {{ $.host: '{host}' }} }}");
    let report = run(
        &Place::new(),
        "http.responds",
        &[
            (
                "relative",
                format!("{shop}?/there', {}", host("shop.invalid:8443")),
            ),
            (
                "absolute",
                format!(
                    "{shop}?http://shop.invalid:8443/there', {}",
                    host("shop.invalid:8443")
                ),
            ),
            (
                "other",
                format!(
                    "{shop}?http://127.0.0.1:{others}/there', {}",
                    host(&format!("127.0.0.1:{others}"))
                ),
            ),
            (
                "port",
                format!(
                    "{shop}?http://shop.invalid:{others}/there', {}",
                    host(&format!("shop.invalid:{others}"))
                ),
            ),
            ("ftp", format!("{shop}?ftp://shop.invalid/there'")),
            ("bad", format!("{shop}?http://[bad'")),
        ],
    );
    assert_eq!(
        verdicts(&report),
        [
            "relative: passed",
            "absolute: passed",
            "other: passed",
            "port: passed",
            "ftp: failed",
            "bad: failed",
        ],
        "{report:#}"
    );
    says(
        &report,
        "absolute",
        &["http://shop.invalid:8443/there answered 200"],
    );
    says(&report, "ftp", &["status 302, expected 2xx"]);
    assert_tells(&hint(&report, "ftp"), &["`ftp`", "can follow"]);
    assert_tells(&hint(&report, "bad"), &["`http://[bad`", "no address"]);
}
