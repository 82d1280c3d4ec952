//! The cookies that an answer sets (RFC 6265), and what is expected of them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{Showing, TextExpectation};
use crate::contract::{Pattern, Written};
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
    /// The domain that it is sent to.
    #[serde(default)]
    pub domain: Option<String>,
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

    /// Everything in which the cookie of that name differs. Its value is never shown.
    pub(super) fn differences(&self, name: &str, page: &Page) -> Vec<Difference> {
        let set = page.headers_named("set-cookie");
        let cookie = set
            .filter_map(Cookie::read)
            .filter(|cookie| cookie.name == name)
            .last();
        let what = format!("cookie {name}");
        let seen: Vec<&str> = cookie.iter().map(|cookie| cookie.value).collect();
        let value = self
            .value()
            .differences(&what, "not set", &seen, Showing::Hidden);
        let attributes = cookie
            .iter()
            .flat_map(|cookie| self.attributes(&what, cookie));
        value.into_iter().chain(attributes).collect()
    }

    fn attributes(&self, what: &str, cookie: &Cookie<'_>) -> Vec<Difference> {
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
        let text = |name: &str, wanted: Option<&str>| {
            let seen = cookie.attribute(name);
            let wanted = wanted
                .filter(|wanted| !seen.is_some_and(|seen| seen.eq_ignore_ascii_case(wanted)))?;
            let seen = seen.map_or(format!("no {name}"), |seen| format!("{name}={seen}"));
            Some(difference(what, format!("{name}={wanted}"), seen))
        };
        let found = [
            flag("Secure", self.secure),
            flag("HttpOnly", self.http_only),
            text("SameSite", self.same_site.map(SameSite::name)),
            text("Path", self.path.as_deref()),
            text("Domain", self.domain.as_deref()),
        ];
        found.into_iter().flatten().collect()
    }
}

/// A cookie as a `Set-Cookie` header writes it.
struct Cookie<'h> {
    name: &'h str,
    value: &'h str,
    attributes: Vec<(&'h str, &'h str)>,
}

impl<'h> Cookie<'h> {
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
