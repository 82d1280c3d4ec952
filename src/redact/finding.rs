//! Redacting findings: every text of a headline, a hint and all evidence.

use touchdown_checks::contract::{Body, Evidence, Finding};

use super::Redactor;

impl Redactor {
    /// The finding without secrets.
    #[must_use]
    pub fn clean_finding(&self, mut finding: Finding) -> Finding {
        self.scrub(&mut finding.headline);
        if let Some(hint) = &mut finding.hint {
            self.scrub(hint);
        }
        for evidence in &mut finding.evidence {
            self.scrub_evidence(evidence);
        }
        finding
    }

    fn scrub_evidence(&self, evidence: &mut Evidence) {
        let source = &mut evidence.source;
        self.scrub(&mut source.call);
        self.scrub(&mut source.resource);
        if let Some(request_id) = &mut source.request_id {
            self.scrub(request_id);
        }
        self.scrub_body(&mut evidence.body);
    }

    fn scrub_body(&self, body: &mut Body) {
        match body {
            Body::Compared {
                what,
                expected,
                seen,
            } => {
                for text in [what, expected, seen] {
                    self.scrub(text);
                }
            }
            Body::Table {
                title,
                columns,
                rows,
            } => {
                self.scrub(title);
                let cells = rows.iter_mut().flatten();
                columns.iter_mut().chain(cells).for_each(|c| self.scrub(c));
            }
            Body::Timeline { title, moments } => {
                self.scrub(title);
                moments.iter_mut().for_each(|m| self.scrub(&mut m.what));
            }
            Body::Excerpt { title, lines, .. } => {
                self.scrub(title);
                for line in lines {
                    self.scrub(&mut line.text);
                    for text in [&mut line.origin, &mut line.matched].into_iter().flatten() {
                        self.scrub(text);
                    }
                }
            }
        }
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
