//! Redacting findings: every text of a headline, a hint and all evidence.

use std::collections::BTreeSet;
use std::ops::Range;

use touchdown_checks::contract::{Body, Evidence, Finding, Line, Source, Unobserved};

use super::redactor::{Redactor, merged, replaced};
use super::{SHORTEST, shapes};

/// A secret that is known by its shape in one text of a finding is looked for in the others too,
/// if it has so many characters; a shorter one would be found by chance.
const TELLING: usize = 8;
/// And so many at most, since the text that holds them comes from outside.
const LEARNED: usize = 64;

impl Redactor {
    /// The finding without secrets.
    #[must_use]
    pub fn clean_finding(&self, mut finding: Finding) -> Finding {
        let learned = learned(&mut finding);
        let knowing = self.with_needles(learned);
        each_text(&mut finding, &mut |text| knowing.scrub(text));
        for evidence in &mut finding.evidence {
            if let Body::Excerpt { lines, .. } = &mut evidence.body {
                knowing.scrub_lines(lines);
            }
        }
        finding
    }

    /// Takes in what a finding has saved and calls secret.
    pub(crate) fn learn_saved(&mut self, finding: &Finding) {
        let secret = finding.saved.values().filter(|saved| saved.secret);
        let new = secret.filter(|saved| !self.knows(&saved.text));
        let new: Vec<&String> = new.map(|saved| &saved.text).collect();
        if !new.is_empty() {
            *self = self.knowing(new);
        }
    }

    /// What could not be looked at, without secrets.
    #[must_use]
    pub fn clean_unobserved(&self, mut unobserved: Unobserved) -> Unobserved {
        self.scrub(&mut unobserved.headline);
        if let Some(hint) = &mut unobserved.hint {
            self.scrub(hint);
        }
        if let Some(origin) = &mut unobserved.origin {
            each_text_of_source(origin, &mut |text| self.scrub(text));
        }
        unobserved
    }

    /// Cleans quoted lines together: a private key goes over many of them.
    fn scrub_lines(&self, lines: &mut [Line]) {
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        let joined = texts.join("\n");
        let spanning = shapes::find(&joined).into_iter();
        let spanning: Vec<Range<usize>> = spanning
            .filter(|range| joined[range.clone()].contains('\n'))
            .collect();
        let mut start = 0;
        for line in lines {
            let end = start + line.text.len();
            let part = |range: &Range<usize>| {
                let part = range.start.max(start)..range.end.min(end);
                (part.start < part.end).then(|| part.start - start..part.end - start)
            };
            let parts = spanning.iter().filter_map(part);
            let hidden = merged(parts.chain(self.find(&line.text)).collect());
            line.text = replaced(&line.text, &hidden).into_owned();
            start = end + 1;
            if let Some(matched) = &mut line.matched {
                self.scrub(matched);
            }
            // What is marked is a part of the line as it is shown, or nothing.
            line.matched.take_if(|part| !line.text.contains(&**part));
        }
    }
}

/// The secrets that have a shape in some text of a finding.
fn learned(finding: &mut Finding) -> BTreeSet<String> {
    let mut learned = BTreeSet::new();
    let mut learn = |text: &str, shortest: usize| {
        let secrets = shapes::find(text).into_iter().map(|place| &text[place]);
        let telling = secrets.filter(|secret| secret.chars().count() >= shortest);
        for secret in telling.take(LEARNED.saturating_sub(learned.len())) {
            learned.insert(secret.to_owned());
        }
    };
    for evidence in &finding.evidence {
        match &evidence.body {
            // `header set-cookie` says what its value is.
            Body::Compared {
                what,
                expected,
                seen,
            } => {
                for value in [seen, expected] {
                    learn(&format!("{what}={value}"), SHORTEST);
                }
            }
            Body::Excerpt { lines, .. } => {
                lines.iter().for_each(|line| learn(&line.text, TELLING));
            }
            Body::Table { .. } | Body::Timeline { .. } | Body::Picture { .. } => {}
        }
    }
    each_text(finding, &mut |text| learn(text, TELLING));
    learned
}

/// Every text of a finding but for quoted lines and their marks; a new field has to be thought of
/// here, or it does not compile.
pub(crate) fn each_text(finding: &mut Finding, with: &mut dyn FnMut(&mut String)) {
    let Finding {
        state: _,
        headline,
        hint,
        evidence,
        lasting: _,
        saved: _,
    } = finding;
    with(headline);
    hint.iter_mut().for_each(&mut *with);
    for Evidence {
        source,
        at: _,
        body,
    } in evidence
    {
        each_text_of_source(source, with);
        each_text_of_body(body, with);
    }
}

fn each_text_of_source(source: &mut Source, with: &mut dyn FnMut(&mut String)) {
    let Source {
        call,
        resource,
        request_id,
    } = source;
    with(call);
    with(resource);
    request_id.iter_mut().for_each(with);
}

fn each_text_of_body(body: &mut Body, with: &mut dyn FnMut(&mut String)) {
    match body {
        Body::Compared {
            what,
            expected,
            seen,
        } => [what, expected, seen].into_iter().for_each(with),
        Body::Table {
            title,
            columns,
            rows,
        } => {
            with(title);
            let cells = rows.iter_mut().flatten();
            columns.iter_mut().chain(cells).for_each(with);
        }
        Body::Timeline { title, moments } => {
            with(title);
            moments.iter_mut().for_each(|moment| with(&mut moment.what));
        }
        Body::Excerpt {
            title,
            lines,
            omitted: _,
        } => {
            with(title);
            let origins = lines.iter_mut().filter_map(|line| line.origin.as_mut());
            origins.for_each(with);
        }
        // What is drawn in it is no text, and its letters mean nothing.
        Body::Picture {
            title,
            media_type,
            data: _,
        } => [title, media_type].into_iter().for_each(with),
    }
}

#[cfg(test)]
mod tests {
    use touchdown_checks::contract::{Line, Moment, Source};

    use super::*;

    #[test]
    fn nothing_of_a_finding_keeps_a_secret() {
        let text = || "x hunter2 y".to_owned();
        let at = "2025-11-26T11:15:55Z".parse().expect("a time");
        let bodies = [
            Body::compared(text(), text(), text()),
            Body::table(text(), ["x hunter2 y"], [[text()]]),
            Body::Timeline {
                title: text(),
                moments: vec![Moment { at, what: text() }],
            },
            Body::Excerpt {
                title: text(),
                lines: vec![Line {
                    at: None,
                    origin: Some(text()),
                    text: text(),
                    matched: Some(text()),
                }],
                omitted: 0,
            },
            Body::Picture {
                title: text(),
                media_type: text(),
                data: "iVBO".into(),
            },
        ];
        let evidence = bodies.map(|body| Evidence {
            source: Source {
                call: text(),
                resource: text(),
                request_id: Some(text()),
            },
            at,
            body,
        });
        let finding = Finding::holds(text()).hint(text()).all_evidence(evidence);
        let cleaned = format!("{:?}", Redactor::new(["hunter2"]).clean_finding(finding));
        assert!(!cleaned.contains("hunter2"), "{cleaned}");
        assert!(cleaned.contains("x [redacted] y"));
    }
}
