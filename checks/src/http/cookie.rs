//! The cookies that an answer sets (RFC 6265), and what is expected of them.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{Showing, TextExpectation};
use crate::contract::{Pattern, Period, Written};
use crate::difference::{Difference, difference};
use crate::reads::Page;

/// What a cookie should be like, of which all counts; a text is what its value contains.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CookieExpectation {
    /// A part of its value.
    #[serde(default)]
    pub contains: Option<String>,
    /// Its value.
    #[serde(default)]
    pub equals: Option<String>,
    /// A regular expression that matches somewhere in its value.
    #[serde(default)]
    pub regex: Option<Pattern>,
    /// Whether it must not be set at all.
    #[serde(default)]
    pub absent: bool,
    /// Whether it is sent over TLS alone.
    #[serde(default)]
    pub secure: Option<bool>,
    /// Whether scripts can't read it.
    #[serde(default)]
    pub http_only: Option<bool>,
    /// With which requests from other sites it is sent.
    #[serde(default)]
    pub same_site: Option<SameSite>,
    /// The paths that it is sent to.
    #[serde(default)]
    pub path: Option<String>,
    /// The domain that it is sent to; a dot before it means nothing (RFC 6265, 5.2.3).
    #[serde(default)]
    pub domain: Option<String>,
    /// For how long at least it is kept, by its `Max-Age` or else its `Expires`: one that has neither ends
    /// with the browser.
    #[serde(default)]
    pub valid_for: Option<Period>,
}

/// With which requests from other sites a cookie is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SameSite {
    /// With none.
    #[serde(alias = "Strict")]
    Strict,
    /// With those that a person follows.
    #[serde(alias = "Lax")]
    Lax,
    /// With all.
    #[serde(alias = "None")]
    None,
}

impl SameSite {
    fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Lax => "lax",
            Self::None => "none",
        }
    }
}

impl From<&Written<CookieExpectation>> for CookieExpectation {
    fn from(written: &Written<CookieExpectation>) -> Self {
        match written {
            Written::Text(text) => Self {
                contains: Some(text.clone()),
                ..Self::default()
            },
            Written::Fields(fields) => fields.clone(),
        }
    }
}

impl CookieExpectation {
    fn value(&self) -> TextExpectation {
        TextExpectation {
            contains: self.contains.clone(),
            equals: self.equals.clone(),
            regex: self.regex.clone(),
            absent: self.absent,
        }
    }

    /// Everything in which the cookie of that name differs, in an answer that was seen `at` that time. Of
    /// several, for other paths or domains, the one that is most alike counts. Its value is never shown.
    pub(super) fn differences(&self, name: &str, page: &Page, at: Timestamp) -> Vec<Difference> {
        let what = format!("cookie {name}");
        let of = |cookie: Option<&Cookie<'_>>| {
            let seen: Vec<&str> = cookie.iter().map(|cookie| cookie.value).collect();
            let value = self
                .value()
                .differences(&what, "not set", &seen, Showing::Hidden);
            let attributes = cookie.map(|cookie| self.attributes(&what, cookie, at));
            let attributes = attributes.into_iter().flatten();
            value.into_iter().chain(attributes).collect::<Vec<_>>()
        };
        let set = Cookie::set_as(name, page);
        let each = set.iter().map(|cookie| of(Some(cookie)));
        each.min_by_key(Vec::len).unwrap_or_else(|| of(None))
    }

    fn attributes(&self, what: &str, cookie: &Cookie<'_>, at: Timestamp) -> Vec<Difference> {
        let flag = |name: &str, wanted: Option<bool>| {
            let seen = cookie.attribute(name).is_some();
            let said = |is: bool| {
                if is {
                    name.to_owned()
                } else {
                    format!("not {name}")
                }
            };
            let wanted = wanted.filter(|wanted| *wanted != seen)?;
            Some(difference(what, said(wanted), said(seen)))
        };
        let text = |name: &str, wanted: Option<&str>, is_same: fn(&str, &str) -> bool| {
            let seen = cookie.attribute(name);
            let wanted = wanted.filter(|wanted| !seen.is_some_and(|seen| is_same(seen, wanted)))?;
            let seen = seen.map_or(format!("no {name}"), |seen| format!("{name}={seen}"));
            Some(difference(what, format!("{name}={wanted}"), seen))
        };
        let found = [
            flag("Secure", self.secure),
            flag("HttpOnly", self.http_only),
            text(
                "SameSite",
                self.same_site.map(SameSite::name),
                str::eq_ignore_ascii_case,
            ),
            text("Path", self.path.as_deref(), |seen, wanted| seen == wanted),
            text("Domain", self.domain.as_deref(), is_same_domain),
            self.end(what, cookie, at),
        ];
        found.into_iter().flatten().collect()
    }

    /// The difference where the cookie is not kept for so long.
    fn end(&self, what: &str, cookie: &Cookie<'_>, at: Timestamp) -> Option<Difference> {
        let wanted = self.valid_for?;
        let kept = cookie.kept_for(at);
        let seen = match kept {
            Some(kept) if kept >= wanted.get() => return None,
            Some(kept) if kept.is_zero() => "ended already".to_owned(),
            Some(kept) => format!("valid for {}", Period::from(kept)),
            None => "valid until the browser ends".to_owned(),
        };
        let expected = format!("valid for at least {wanted}");
        Some(difference(what, expected, seen))
    }
}

fn is_same_domain(one: &str, other: &str) -> bool {
    let bare = |domain: &str| {
        domain
            .strip_prefix('.')
            .unwrap_or(domain)
            .to_ascii_lowercase()
    };
    bare(one) == bare(other)
}

/// A cookie as a `Set-Cookie` header writes it.
struct Cookie<'h> {
    name: &'h str,
    value: &'h str,
    attributes: Vec<(&'h str, &'h str)>,
}

impl<'h> Cookie<'h> {
    /// The cookies of that name that a browser keeps: of those for the same path and domain, the last.
    fn set_as(name: &str, page: &'h Page) -> Vec<Self> {
        let mut kept: Vec<Self> = Vec::new();
        let set = page.headers_named("set-cookie").filter_map(Self::read);
        for cookie in set.filter(|cookie| cookie.name == name) {
            kept.retain(|earlier| !earlier.is_replaced_by(&cookie));
            kept.push(cookie);
        }
        kept
    }

    fn is_replaced_by(&self, later: &Self) -> bool {
        let of = |name| (self.attribute(name), later.attribute(name));
        let (one, other) = of("Domain");
        let (one, other) = (one.unwrap_or_default(), other.unwrap_or_default());
        let (path, later_path) = of("Path");
        path == later_path && is_same_domain(one, other)
    }

    /// How long it is kept; none where it ends with the browser.
    fn kept_for(&self, at: Timestamp) -> Option<Duration> {
        let seconds = self
            .attribute("Max-Age")
            .and_then(|age| age.parse::<i64>().ok());
        let until_it_expires = || {
            // Some still write the date with hyphens, as RFC 850 did.
            let date = self.attribute("Expires")?.replace('-', " ");
            let end = rfc2822::DateTimeParser::new().parse_timestamp(&date).ok()?;
            Some(end.as_second() - at.as_second())
        };
        let seconds = seconds.or_else(until_it_expires)?;
        Some(Duration::from_secs(
            u64::try_from(seconds).unwrap_or_default(),
        ))
    }

    fn read(header: &'h str) -> Option<Self> {
        let mut parts = header.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let attribute = |part: &'h str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.trim(), value.trim())
        };
        Some(Self {
            name: name.trim(),
            value: value.trim().trim_matches('"'),
            attributes: parts.map(attribute).collect(),
        })
    }

    fn attribute(&self, name: &str) -> Option<&'h str> {
        let mut known = self.attributes.iter();
        let found = known.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }
}
