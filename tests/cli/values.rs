//! From cause to effect: a request carries `${run.id}`, and the log line that it led to shows it.

use std::sync::{Arc, Mutex};

use crate::aws::{Aws, checkout};
use crate::place::{Place, check, verdicts};
use crate::web::{Server, answer, write};

const CHECKS: &str =
    "  - { id: asked, check: http.responds, url: '${PAGE}/generate?run=${run.id}' }
  - id: logged
    check: logs.line-seen
    since: check:asked
    contains: generated run=${run.id}
    within: 20s
  - id: of-another-run
    check: logs.line-seen
    since: check:asked
    contains: generated run=x${run.id}
    within: 2s
    required: false";

#[test]
fn what_a_server_answers_stays_data_in_whatever_asks_with_it() {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&asked);
    let page = Server::start(move |request, stream| {
        seen.lock().expect("a lock").push(request.uri().to_string());
        let said = match request.uri().path() {
            "/first" => r#"{"up": "../../admin?x=1#f", "all": ".*", "none": ""}"#,
            _ => "job=other",
        };
        write(stream, &answer("200 OK", "", said));
    });
    let url = page.url();
    let place = Place::with_suite(&format!(
        "version: 1\ndefaults: {{ within: 0s }}\nchecks:\n\
         - {{ id: first, check: http.responds, url: '{url}/first', save: {{ up: $.up, all: $.all }} }}\n\
         - {{ id: path, check: http.responds, url: '{url}/jobs/${{first.up}}' }}\n\
         - {{ id: any, check: http.responds, url: '{url}/', expect: {{ body: {{ regex: '^job=${{first.all}}$' }} }} }}\n\
         - {{ id: empty, check: http.responds, url: '{url}/first', save: {{ none: $.none }} }}\n\
         - {{ id: vacuous, check: http.responds, url: '{url}/', expect: {{ body: {{ contains: 'job=${{empty.none}}' }} }} }}\n"
    ));
    place.run(&["run", "--json", "report.json"]).expect_code(1);
    let report = place.json("report.json");
    assert_eq!(
        verdicts(&report),
        [
            "first: passed",
            "path: passed",
            "any: failed",
            "empty: failed",
            "vacuous: skipped"
        ]
    );
    let asked = asked.lock().expect("a lock").clone();
    assert!(
        asked.contains(&"/jobs/..%2F..%2Fadmin%3Fx%3D1%23f".to_owned()),
        "{asked:?}"
    );
    let headline = check(&report, "empty")["headline"].to_string();
    assert!(headline.contains("is an empty text"), "{headline}");
}

#[test]
fn the_line_of_this_runs_own_request_is_found() {
    let aws = Aws::of("healthy");
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&asked);
    let page = Server::start(move |request, stream| {
        let query = request.uri().query().unwrap_or_default();
        let run = query.strip_prefix("run=").unwrap_or_default();
        seen.lock().expect("a lock").push(run.to_owned());
        write(stream, &answer("200 OK", "", "started"));
    });
    // What the application logs from then on.
    let known = Arc::clone(&asked);
    let logging = Server::changing(&aws.simulator, move |body| {
        let known = known.lock().expect("a lock");
        let run = known.last().map_or("none", String::as_str);
        body.replace("heartbeat", &format!("generated run={run}"))
    });
    let place = Place::with_suite(&checkout("", CHECKS));
    let ran = place.run(&[
        "run",
        "--endpoint-url",
        &logging.url(),
        "--var",
        &format!("PAGE={}", page.url()),
        "--json",
        "report.json",
    ]);
    ran.expect_code(0);
    let report = place.json("report.json");
    assert_eq!(
        verdicts(&report),
        ["asked: passed", "logged: passed", "of-another-run: failed"]
    );
    let asked = asked.lock().expect("a lock").clone();
    let run = asked.first().expect("a request");
    assert!(
        run.len() == 32 && asked.iter().all(|one| one == run),
        "{asked:?}"
    );
    assert_eq!(report["run_id"], run.as_str(), "to look for it by hand");
    let headline = check(&report, "logged")["headline"].to_string();
    assert!(headline.contains(run.as_str()), "{headline}");
}
