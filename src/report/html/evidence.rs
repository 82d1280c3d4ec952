//! Evidence: what was expected and seen, and where.

use maud::{Markup, html};
use touchdown_checks::contract::{Body, Evidence, Line, Moment};

use super::page::{self, Page};
use crate::report::Verdict;
use crate::report::clip::{clip, clip_start};
use crate::report::difference::{Stretch, are_alike, stretches};
use crate::report::image;

/// One piece of evidence of a check that ended in `verdict`.
pub(super) fn evidence(evidence: &Evidence, verdict: Verdict, page: &Page<'_>) -> Markup {
    let (title, body) = match &evidence.body {
        Body::Compared {
            what,
            expected,
            seen,
        } => (what, compared(expected, seen, verdict)),
        Body::Table {
            title,
            columns,
            rows,
        } => (title, table(columns, rows)),
        Body::Timeline { title, moments } => (title, timeline(moments, page)),
        Body::Excerpt {
            title,
            lines,
            omitted,
        } => (title, excerpt(lines, *omitted, page)),
        Body::Picture {
            title,
            media_type,
            data,
        } => (title, picture(title, media_type, data)),
    };
    html! {
        div.evidence {
            h4 { (clip(title)) }
            (body)
            (place(evidence, page))
        }
    }
}

/// Expected above seen, in letters of one width, so that what differs stands below its like.
///
/// What differs is marked where the check did not pass: what passed may well be told in other
/// words than it was expected in.
pub(super) fn compared(expected: &str, seen: &str, verdict: Verdict) -> Markup {
    let (expected, seen) = (clip(expected), clip(seen));
    let (left, right) = if verdict != Verdict::Passed && are_alike(&expected, &seen) {
        stretches(&expected, &seen)
    } else {
        (vec![whole(&expected)], vec![whole(&seen)])
    };
    html! {
        dl.compared tabindex="0" {
            dt { "expected" }
            dd { (marked(&left)) }
            dt { "seen" }
            dd { (marked(&right)) }
        }
    }
}

fn whole(text: &str) -> Stretch<'_> {
    Stretch {
        text,
        differs: false,
    }
}

fn marked(stretches: &[Stretch<'_>]) -> Markup {
    html! {
        @for stretch in stretches {
            @if stretch.differs { mark { (stretch.text) } } @else { (stretch.text) }
        }
    }
}

fn table(columns: &[String], rows: &[Vec<String>]) -> Markup {
    html! {
        div.scroll tabindex="0" {
            table {
                tr { @for column in columns { th scope="col" { (clip(column)) } } }
                @for row in rows {
                    tr { @for cell in row { (page::cell(cell)) } }
                }
            }
        }
        @if rows.is_empty() { p.none { "none" } }
    }
}

fn timeline(moments: &[Moment], page: &Page<'_>) -> Markup {
    html! {
        ol.moments {
            @for moment in moments {
                li { (page.time(moment.at)) " " span { (clip(&moment.what)) } }
            }
        }
        @if moments.is_empty() { p.none { "nothing happened" } }
    }
}

/// Quoted lines, each behind a bar, so that none can pass for one of ours.
fn excerpt(lines: &[Line], omitted: usize, page: &Page<'_>) -> Markup {
    html! {
        ol.excerpt {
            @for line in lines {
                li {
                    @if line.at.is_some() || line.origin.is_some() {
                        p.origin {
                            @if let Some(at) = line.at { (page.time(at)) " " }
                            @if let Some(origin) = &line.origin { (clip(origin)) }
                        }
                    }
                    code { (quoted(line)) }
                }
            }
        }
        @match omitted {
            0 if lines.is_empty() => p.none { "no lines" },
            0 => {},
            1 => p.none { "… and 1 more line" },
            more => p.none { "… and " (more) " more lines" },
        }
    }
}

/// The picture itself, where it is of a kind that can't act.
fn picture(title: &str, media_type: &str, data: &str) -> Markup {
    html! {
        @match image::address(media_type, data) {
            Some(address) => img.seen src=(address) alt=(clip(title));,
            None => p.none { (clip(&image::told(media_type, data))) }
        }
    }
}

/// The line, with what was looked for marked.
fn quoted(line: &Line) -> Markup {
    let sought = line.matched.as_deref().filter(|part| !part.is_empty());
    let found = sought.and_then(|part| Some((line.text.split_once(part)?, part)));
    html! {
        @if let Some(((before, after), part)) = found {
            (clip_start(before)) mark { (clip(part)) } (clip(after))
        } @else {
            (clip(&line.text))
        }
    }
}

/// Where and when it was seen.
fn place(evidence: &Evidence, page: &Page<'_>) -> Markup {
    let source = &evidence.source;
    html! {
        p.source {
            (clip(&source.call)) " of " span { (clip(&source.resource)) } " at " (page.time(evidence.at))
            @if let Some(id) = &source.request_id { ", request id " span { (clip(id)) } }
        }
    }
}
