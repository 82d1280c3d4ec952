//! The turns of a conversation, as a suite writes them.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::contract::{Fault, Located, Pattern};
use crate::reads;

/// A turn of a conversation: what is sent first, and what is listened for then.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Turn {
    /// A text to send, such as `"EHLO me\r\n"` (in double quotes, so that YAML reads the line end).
    #[serde(default)]
    pub send: Option<String>,
    /// A regular expression that must match somewhere in what comes back.
    #[serde(default)]
    pub expect: Option<LinePattern>,
    /// Whether TLS begins then.
    #[serde(default)]
    pub starttls: bool,
}

/// A regular expression whose `^` and `$` are those of lines.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "Pattern")]
pub(super) struct LinePattern(pub Pattern);

impl<'de> Deserialize<'de> for LinePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Pattern::of_lines(&text)
            .map(Self)
            .map_err(de::Error::custom)
    }
}

impl Turn {
    pub fn read(&self) -> reads::Turn {
        reads::Turn {
            send: self.send.clone(),
            expect: self
                .expect
                .as_ref()
                .map(|LinePattern(pattern)| pattern.clone()),
            starttls: self.starttls,
        }
    }

    /// What of it can't be meant, where `written` is the mapping.
    pub fn mistakes(&self, written: &Located) -> Vec<Fault> {
        let idle = self.send.is_none() && self.expect.is_none() && !self.starttls;
        let idle = idle.then(|| {
            Fault::new(
                written.place,
                "the turn says nothing and listens for nothing",
            )
            .help("write `send`, `expect` or `starttls: true`")
        });
        let unanswered = self.starttls && self.send.is_some() && self.expect.is_none();
        let unanswered = unanswered.then(|| {
            let told = "TLS begins once the server has agreed, and its answer is not listened for";
            Fault::new(written.place_of("starttls"), told).help("`expect` the answer: `^220 `")
        });
        let said = said(self.expect.as_ref(), written);
        idle.into_iter().chain(unanswered).chain(said).collect()
    }
}

/// What is expected and would match silence, and what is sent and is nothing.
pub(super) fn said(expect: Option<&LinePattern>, written: &Located) -> Vec<Fault> {
    let silent = expect.filter(|LinePattern(expect)| expect.is_match(""));
    let silent = silent.map(|LinePattern(expect)| {
        let told = format!("/{}/ would match silence, too", expect.as_str());
        Fault::new(written.place_of("expect"), told)
            .help("write what must come back, at least one character of it")
    });
    let empty = written
        .entry("send")
        .filter(|(_, text)| text.as_text() == Some(""));
    let empty = empty.map(|(key, value)| Fault::empty(key, value));
    silent.into_iter().chain(empty).collect()
}
