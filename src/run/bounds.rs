//! How long the texts of a finding may be. What comes from outside has no end of its own, and each
//! look keeps its headline.
//!
//! The kinds quote less by themselves: 4096 bytes of a log line, 400 characters of each of eight
//! lines of a body. These bounds hold for whatever a kind does, and after secrets were taken out,
//! so that no cut goes through one.

use touchdown_checks::contract::{Body, Finding, Rollout};

use crate::redact::each_text;

/// A headline is one line, in bytes.
const HEADLINE: usize = 1000;
/// Any other text, in bytes.
const TEXT: usize = 8192;

/// The finding with texts of a bounded length.
pub(super) fn bounded(mut finding: Finding) -> Finding {
    cut(&mut finding.headline, HEADLINE);
    each_text(&mut finding, &mut |text| cut(text, TEXT));
    finding.evidence.retain(|evidence| match &evidence.body {
        // A part of a picture is none.
        Body::Picture { data, .. } => data.len() <= Body::LARGEST_PICTURE,
        _ => true,
    });
    for evidence in &mut finding.evidence {
        if let Body::Excerpt { lines, .. } = &mut evidence.body {
            for line in lines {
                cut(&mut line.text, TEXT);
                line.matched.take_if(|part| !line.text.contains(&**part));
            }
        }
    }
    finding
}

/// The rollout with stop reasons of a bounded length; ECS's own have 1024 characters at most.
pub(super) fn bounded_rollout(mut rollout: Rollout) -> Rollout {
    for task in &mut rollout.tasks {
        if let Some(reason) = &mut task.stopped_reason {
            cut(reason, HEADLINE);
        }
    }
    rollout
}

fn cut(text: &mut String, longest: usize) {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest));
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use touchdown_checks::contract::{Evidence, Line, Source};

    use super::*;

    #[test]
    fn no_text_is_longer_than_it_may_be() {
        let long = || "é".repeat(5 << 20);
        let evidence = |body| Evidence {
            source: Source {
                call: long(),
                resource: long(),
                request_id: Some(long()),
            },
            at: jiff::Timestamp::UNIX_EPOCH,
            body,
        };
        let line = Line {
            at: None,
            origin: Some(long()),
            text: long(),
            matched: Some(long()),
        };
        let bodies = [
            Body::compared(long(), long(), long()),
            Body::table(long(), ["x"], [[long()]]),
            Body::Excerpt {
                title: long(),
                lines: vec![line],
                omitted: 0,
            },
        ];
        let finding = Finding::holds(long()).hint(long());
        let mut cut = bounded(finding.all_evidence(bodies.map(evidence)));
        assert_eq!(cut.headline, format!("{}…", "é".repeat(HEADLINE / 2)));
        let mut texts = 0;
        each_text(&mut cut, &mut |text| {
            assert!(text.len() <= TEXT + '…'.len_utf8());
            texts += 1;
        });
        assert_eq!(texts, 2 + 3 * 3 + 3 + 3 + 2);
        let Some(Body::Excerpt { lines, .. }) = cut.evidence.pop().map(|last| last.body) else {
            panic!("the last is an excerpt");
        };
        assert!(lines[0].text.len() <= TEXT + '…'.len_utf8());
        assert_eq!(lines[0].matched, None);
    }

    #[test]
    fn a_picture_that_is_too_large_is_left_out() {
        let evidence = |length| Evidence {
            source: Source {
                call: "browser".into(),
                resource: "http://shop/".into(),
                request_id: None,
            },
            at: jiff::Timestamp::UNIX_EPOCH,
            body: Body::Picture {
                title: "the window".into(),
                media_type: "image/png".into(),
                data: "A".repeat(length),
            },
        };
        let pictures = [Body::LARGEST_PICTURE, Body::LARGEST_PICTURE + 1].map(evidence);
        let kept = bounded(Finding::holds("shown").all_evidence(pictures.clone()));
        assert_eq!(kept.evidence, pictures[..1]);
    }

    #[test]
    fn what_is_short_stays() {
        let finding = Finding::holds("3 of 3 tasks").hint("nothing to do");
        assert_eq!(bounded(finding.clone()), finding);
    }
}
