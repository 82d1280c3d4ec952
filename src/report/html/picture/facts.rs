//! What the picture shows, as a table.

use maud::{Markup, html};

use super::lane::{Lane, Mark};
use super::limit::Limited;
use crate::report::clip::clip;
use crate::report::html::page::{self, Page};

/// What happened, in the order of time.
pub(super) fn table(groups: &[Limited<Lane<'_>>], page: &Page<'_>) -> Markup {
    let lanes = groups.iter().flat_map(|group| &group.kept);
    let marks = lanes.flat_map(|lane| lane.marks.iter().map(move |mark| (lane, mark)));
    let mut marks: Vec<(&Lane<'_>, &Mark<'_>)> = marks.collect();
    marks.sort_by_key(|(_, mark)| mark.at);
    html! {
        details.facts-of-picture {
            summary { "The same as a table" }
            div.scroll tabindex="0" {
                table {
                    tr { @for heading in ["at", "of", "", "what"] { th scope="col" { (heading) } } }
                    @for (lane, mark) in marks {
                        tr {
                            td { (page.time(mark.at)) }
                            td {
                                @if let Some(anchor) = lane.anchor {
                                    a href={ "#" (anchor) } { (clip(&lane.label)) }
                                } @else {
                                    (clip(&lane.label))
                                }
                            }
                            td { (lane.note) }
                            (page::cell(&mark.what))
                        }
                    }
                }
            }
        }
    }
}
