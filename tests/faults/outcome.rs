//! What a run under a fault must leave behind: whole reports, and the verdicts of calm weather or none.

use scraper::{Html, Selector};
use serde_json::Value;

use crate::place::text;

/// The reports of one run.
pub struct Reports {
    pub json: String,
    pub junit: String,
    pub html: String,
}

/// What a run found.
pub struct Outcome(Value);

impl Outcome {
    /// The outcome that the reports tell; or what is wrong with them.
    pub fn of(reports: &Reports) -> Result<Self, String> {
        let report = serde_json::from_str(&reports.json);
        let outcome = Self(report.map_err(|error| format!("the JSON report: {error}"))?);
        let body = Selector::parse("html > body").map_err(|error| error.to_string())?;
        let html = Html::parse_document(&reports.html);
        let page: String = html.select(&body).flat_map(|body| body.text()).collect();
        let cases = junit_cases(&reports.junit)?;
        for check in outcome.checks() {
            let id = text(&check["id"]);
            if !cases.iter().any(|case| case.contains(id)) {
                return Err(format!("the JUnit report lacks `{id}`: {cases:?}"));
            }
            if !page.contains(id) {
                return Err(format!("the HTML report lacks `{id}`"));
            }
        }
        Ok(outcome)
    }

    pub fn code(&self) -> Option<i64> {
        self.0["exit_code"].as_i64()
    }

    fn checks(&self) -> impl Iterator<Item = &Value> {
        self.0["checks"].as_array().into_iter().flatten()
    }

    /// The id, the verdict and the headline of each check.
    pub fn told(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.checks().map(|check| {
            (
                text(&check["id"]),
                text(&check["verdict"]),
                text(&check["headline"]),
            )
        })
    }

    /// Holds every verdict against the one in calm weather.
    pub fn compare(&self, calm: &Self, causes: &[&str]) -> Result<(), String> {
        let mut wrong = Vec::new();
        let calm: Vec<&Value> = calm.checks().collect();
        if calm.len() != self.checks().count() {
            wrong.push("  the report lacks checks".to_owned());
        }
        for (check, calm) in self.checks().zip(calm) {
            let right = text(&calm["verdict"]);
            let told = format!("{} | {}", text(&check["headline"]), text(&check["hint"]));
            let excused = causes.iter().any(|cause| told.contains(cause));
            let fine = match text(&check["verdict"]) {
                "inconclusive" => right == "inconclusive" || excused,
                verdict => verdict == right,
            };
            if !fine {
                let (id, verdict) = (text(&check["id"]), text(&check["verdict"]));
                wrong.push(format!("  {id}: {verdict} instead of {right}: {told}"));
            }
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(wrong.join("\n")),
        }
    }
}

/// The names of the test cases of a JUnit report.
fn junit_cases(xml: &str) -> Result<Vec<String>, String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut cases = Vec::new();
    loop {
        let event = reader
            .read_event()
            .map_err(|error| format!("the JUnit report: {error}"))?;
        match event {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag)
                if tag.name().as_ref() == b"testcase" =>
            {
                cases.push(String::from_utf8_lossy(&tag).into_owned());
            }
            quick_xml::events::Event::Eof => return Ok(cases),
            _ => {}
        }
    }
}
