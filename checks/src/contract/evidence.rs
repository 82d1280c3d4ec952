//! Evidence: what was seen, where, and when. Data, never prose pasted together.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rfc3339;

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The call that brought it, `ecs:DescribeTasks` or `GET`.
    pub call: String,
    /// What was asked about: an ARN, a name, a URL.
    pub resource: String,
    /// The request id that AWS support asks for, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// A value with the place and the time it was read at.
#[derive(Clone, Debug)]
pub struct Seen<T> {
    /// What was read.
    pub value: T,
    /// Where it was read.
    pub source: Source,
    /// When the answer arrived, by the run's clock.
    pub at: Timestamp,
}

impl<T> Seen<T> {
    /// Evidence of this reading, shown as `body`.
    pub fn evidence(&self, body: Body) -> Evidence {
        Evidence {
            source: self.source.clone(),
            at: self.at,
            body,
        }
    }

    /// Something that was made of this reading.
    pub fn with<U>(&self, value: U) -> Seen<U> {
        Seen {
            value,
            source: self.source.clone(),
            at: self.at,
        }
    }

    /// The same reading, of a part of what was read.
    pub fn map<U>(self, part: impl FnOnce(T) -> U) -> Seen<U> {
        Seen {
            value: part(self.value),
            source: self.source,
            at: self.at,
        }
    }
}

impl<T> Seen<Option<T>> {
    /// The same reading of what is there; none where it isn't.
    pub fn there(self) -> Option<Seen<T>> {
        Some(Seen {
            value: self.value?,
            source: self.source,
            at: self.at,
        })
    }
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where it was seen.
    pub source: Source,
    /// When it was seen, by the run's clock.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    /// What was seen.
    pub body: Body,
}

/// The shapes that evidence comes in. The list is closed: a new shape has to be drawn by
/// every reporter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// What was expected of something, beside what was seen.
    Compared {
        /// What is compared: `digest of container app`.
        what: String,
        /// What should have been seen.
        expected: String,
        /// What was seen.
        seen: String,
    },
    /// Rows of like things, such as tasks.
    Table {
        /// What the rows are: `tasks of the judged deployment`.
        title: String,
        /// The heading of each column.
        columns: Vec<String>,
        /// A cell for each column in each row.
        rows: Vec<Vec<String>>,
    },
    /// What happened, in the order of time.
    Timeline {
        /// What the moments belong to.
        title: String,
        /// The moments, earliest first.
        moments: Vec<Moment>,
    },
    /// Text from outside, quoted: log lines, a body.
    Excerpt {
        /// What is quoted: `last lines of 2 tasks`.
        title: String,
        /// The lines quoted.
        lines: Vec<Line>,
        /// How many further lines were left out.
        omitted: usize,
    },
    /// A picture of what was seen.
    Picture {
        /// What it shows: `the window of chrome 148`.
        title: String,
        /// `image/jpeg` or `image/png`; no other is shown.
        media_type: String,
        /// The picture in base64 (RFC 4648, with padding), at most [`Body::LARGEST_PICTURE`].
        data: String,
    },
}

/// One moment of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When it happened, by the clock of its source.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    /// What happened.
    pub what: String,
}

/// One quoted line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The line's own time stamp, where it has one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rfc3339::optional"
    )]
    pub at: Option<Timestamp>,
    /// Where the line comes from, such as a task and container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The line as it was, without its line end.
    pub text: String,
    /// The part of it that was looked for, where it is quoted for that. Reports mark it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
}

impl Body {
    /// The largest picture that a report keeps, in characters of base64: 384 KiB of a picture.
    pub const LARGEST_PICTURE: usize = 512 << 10;

    /// A table from anything that can be shown as text.
    pub fn table<const N: usize>(
        title: impl Into<String>,
        columns: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Self {
        Self::Table {
            title: title.into(),
            columns: columns.map(str::to_owned).to_vec(),
            rows: rows.into_iter().map(Vec::from).collect(),
        }
    }

    /// The same with at most so many rows, moments or lines; its title tells how many there were.
    #[must_use]
    pub fn of_at_most(mut self, most: usize) -> Self {
        let cut = |title: &mut String, all: usize, what: &str| {
            if all > most {
                *title = format!("{title}: the first {most} of {all} {what}");
            }
        };
        match &mut self {
            Self::Table { title, rows, .. } => {
                cut(title, rows.len(), "rows");
                rows.truncate(most);
            }
            Self::Timeline { title, moments } => {
                cut(title, moments.len(), "moments");
                moments.truncate(most);
            }
            Self::Excerpt { lines, omitted, .. } => {
                *omitted += lines.len().saturating_sub(most);
                lines.truncate(most);
            }
            Self::Compared { .. } | Self::Picture { .. } => {}
        }
        self
    }

    /// Expected beside seen.
    pub fn compared(
        what: impl Into<String>,
        expected: impl Into<String>,
        seen: impl Into<String>,
    ) -> Self {
        Self::Compared {
            what: what.into(),
            expected: expected.into(),
            seen: seen.into(),
        }
    }
}
