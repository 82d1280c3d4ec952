//! What a secret looks like, wherever it turns up: a log line, a body, a stop reason.
//!
//! Each shape is a regular expression whose groups are hidden; the rest, such as a header's
//! name, stays and tells what was there. Shapes err on the side of hiding: a word too many is
//! lost evidence, a word too few is a leak.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::{Regex, RegexSet};
use touchdown_checks::contract::worth_hiding;

use super::REDACTED;

/// One shape: what it is called, and its expression. `«word»` stands for one of [`WORDS`].
struct Shape(&'static str, &'static str);

/// The shapes.
const SHAPES: &[Shape] = &[
    Shape(
        "authorization header",
        r#"(?i)authorization«to»(?:(digest[ \t][^\r\n]+)|«credentials»)"#,
    ),
    Shape("bearer token", r"(?i)\bbearer[ \t]+([a-z0-9._~+/=-]{20,})"),
    Shape(
        "basic credentials",
        r"\b[Bb]asic[ \t]+([A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{6,}={1,2})",
    ),
    Shape("cookie header", r"(?i)cookie«to»«header»"),
    Shape(
        "assignment",
        r"(?i)«name»\\*[\x22']?[ \t]*(?:=>|:?==?)[ \t]*«value»",
    ),
    Shape("field of JSON", r"(?i)«name»\\*[\x22'][ \t]*:[ \t]*«json»"),
    Shape(
        "field of YAML, or a header",
        r"(?i)(?:^|[^a-z0-9_:/.-])[a-z0-9_.-]*(?:«strong»|[-_]«weak»):[ \t]+«value»",
    ),
    Shape(
        "field without a space",
        r"(?i)(?:^|[\s,;{(])«strong»:«value»",
    ),
    Shape(
        "field of an everyday name",
        r"(?i)(?:^|[\s,;{(])«weak»:[ \t]+([a-z0-9+/=._~-]{16,})",
    ),
    Shape("element of XML", r"(?i)<[a-z0-9_.:-]*«name»>([^<\r\n]+)<"),
    Shape(
        "option of a command",
        r"(?i)--[a-z0-9-]*«name»[ \t]+([^\s\x22'-][^\s\x22']{3,}|\x22[^\x22\r\n]+|'[^'\r\n]+)",
    ),
    Shape("credentials in an address", r"://([^\s/?#\x22'<>\\]+)@"),
    // What begins with a digit is a port.
    Shape(
        "password in an address, not encoded",
        r"://([^\s/:?#@\x22'<>\\]+:[^\s\d@\x22'<>][^\s@\x22'<>]*)@",
    ),
    Shape(
        "password of a database",
        r"(?i)(?:(?:postgres(?:ql)?|mysql|mariadb|mssql|sqlserver|rediss?|amqps?|mongodb(?:\+srv)?|clickhouse|s?ftp|smtps?|ldaps?)://([^\s\x22'<>:@/]*:[^\s\x22'<>]+)@|\b[a-z0-9_.-]+:([^\s\x22'<>:@]+)@(?:tcp|unix)\()",
    ),
    Shape(
        "password of a connection string",
        r"(?i);[ \t]*pwd=([^;\s\x22']+)",
    ),
    Shape(
        "password in JSON, by its short name",
        r#"(?i)"(?:pwd|pass)\\*"[ \t]*:[ \t]*\\*"([^"\\\r\n]+)"#,
    ),
    Shape(
        "presigned address",
        r"(?i)(?:(?:\b|u0026)x-(?:amz|goog)-(?:signature|credential|security-token)|(?:[?&;]|u0026)(?:sig|signature|sas))=([^&\s\x22'<>\\]+)",
    ),
    Shape("signature", r"\bSignature=([A-Za-z0-9%+/=_-]{16,})"),
    Shape("AWS access key id", r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b"),
    Shape(
        "AWS secret key beside its id",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{16}[^A-Za-z0-9+/=]{1,8}([A-Za-z0-9+/]{40})\b",
    ),
    Shape(
        "AWS session token",
        r"\b((?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/=%]{16,})",
    ),
    Shape("JWT", r"\b(eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4})"),
    Shape(
        "private key",
        r"(?s)(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$))",
    ),
    Shape(
        "end of a private key",
        r"((?:[A-Za-z0-9+/=]{16,}(?:\s|\\[rn])+)*(?:[A-Za-z0-9+/=]+(?:\s|\\[rn])+)?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)",
    ),
    Shape(
        "token of a known service",
        concat!(
            r"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}",
            r"|gl(?:pat|dt|rt|ptt|cbt|oas|soat|ft|imt|agent|ffct)-[A-Za-z0-9_.-]{16,}",
            r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}",
            r"|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|dckr_pat_[A-Za-z0-9_-]{20,}",
            r"|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|sk-(?:proj|ant|svcacct)-[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{35}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
        ),
    ),
    Shape(
        "web hook",
        r"\bhooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9/_-]+)",
    ),
];

/// What the words of the shapes stand for; each may hold those below it.
const WORDS: &[(&str, &str)] = &[
    (
        "«credentials»",
        r"(?:\\+\x22«scheme»([^\x22\\\r\n]+)|\x22«scheme»((?:[^\x22\\\r\n]|\\.)+)|'«scheme»([^'\r\n]+)|«scheme»([^\s\x22'\\]«rest»))",
    ),
    (
        "«header»",
        r"(?:\\+\x22([^\x22\\\r\n]+)|\x22((?:[^\x22\\\r\n]|\\.)+)|'([^'\r\n]+)|([^\s\x22'\\]«rest»))",
    ),
    (
        "«value»",
        r"(?:\\+\x22([^\x22\\\r\n]+)|\x22((?:[^\x22\\\r\n]|\\.)+)|'([^'\r\n]+)|([^\s\x22'&`\\][^\s\x22'&`]*))",
    ),
    (
        "«json»",
        r"(?:\\+\x22([^\x22\\\r\n]+)|\x22((?:[^\x22\\\r\n]|\\.)+)|'((?:[^'\\\r\n]|\\.)+)|([a-z0-9_.+-]+))",
    ),
    // A bare header's value goes on to the end of its line, or to the next header of a list.
    (
        "«rest»",
        r"(?:[^\r\n\x22',]|,[^\s\x22']|,[ \t]+[^\s:,\x22'=]+=|,[ \t]+\d)*",
    ),
    // The schemes of an Authorization header, which are no secret.
    (
        "«scheme»",
        r"(?:(?:bearer|basic|token|negotiate|apikey)[ \t]+)?",
    ),
    // From a header's name to its value: `: `, `=`, `": `, `\":`.
    ("«to»", r"\\*[\x22']?[ \t]*(?:=>|==?|:)[ \t]*"),
    ("«name»", "(?:«strong»|«weak»)"),
    // How names of secrets end.
    (
        "«strong»",
        "(?:passw(?:or)?d|passphrase|(?:api|access|account|auth|encryption|master|private|secret|shared|signing)[_-]?key|secret[_-]?key[_-]?base|(?:app|client)[_-]?secret|(?:access|api|auth|authorization|id|refresh|security|session)[_-]?token)",
    ),
    // Names that are words of prose too.
    ("«weak»", "(?:token|secret|credentials?)"),
];

/// Tells with one pass which shapes are in a text.
static ANY: LazyLock<RegexSet> = LazyLock::new(|| {
    let patterns = SHAPES.iter().map(Shape::pattern);
    RegexSet::new(patterns).expect("every shape is an expression")
});

/// Tells where a shape is. Most runs never see most of them.
static EACH: LazyLock<Vec<OnceLock<Regex>>> =
    LazyLock::new(|| SHAPES.iter().map(|_| OnceLock::new()).collect());

impl Shape {
    fn pattern(&self) -> String {
        let expand =
            |pattern: String, (word, meaning): &(&str, &str)| pattern.replace(word, meaning);
        let pattern = WORDS.iter().fold(self.1.to_owned(), expand);
        // Without Unicode's word boundaries an automaton can take any text, in one pass.
        pattern.replace(r"\b", r"(?-u:\b)")
    }

    fn regex(&self) -> Regex {
        let Self(name, _) = self;
        Regex::new(&self.pattern()).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

/// The shortest word that is a secret by itself, without a sign beside it: a JWT's beginning,
/// `eyJ`, eight characters and a dot.
const SHORTEST_WORD: usize = 12;

/// Whether a text has nothing that every shape has: a sign between a name and its value, or a long
/// word. Most names are like that, and spare the first request the making of the automaton.
fn is_prose(text: &str) -> bool {
    let sign = text.contains([':', '=', '<']) || text.contains("--");
    !sign
        && text
            .split_whitespace()
            .all(|word| word.len() < SHORTEST_WORD)
}

/// Where a text has secrets by their shape, in no order, and with overlaps.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if is_prose(text) {
        return found;
    }
    for index in ANY.matches(text) {
        let regex = EACH[index].get_or_init(|| SHAPES[index].regex());
        for captures in regex.captures_iter(text) {
            let groups = captures.iter().skip(1).flatten();
            let secret = groups.filter(|group| !is_known_harmless(text, group.range()));
            found.extend(secret.map(|group| group.range()));
        }
    }
    found
}

/// Whether what stands where a secret would is none: a reference, a mask, a digest, an ARN.
fn is_known_harmless(text: &str, place: Range<usize>) -> bool {
    let value = text[place.clone()].trim_end_matches([',', ';', ')', '.']);
    let is_mask = value.chars().all(|c| matches!(c, '*' | '•' | '.'));
    let is_image = text[place.end..].starts_with("@sha256:");
    is_mask
        || is_image
        || !worth_hiding(value)
        || is_reference(value)
        || value == REDACTED
        || is_placeholder(value)
        || value.starts_with("arn:aws")
        || value.starts_with("sha256:")
}

/// `VALUE`, and what is left of `${NAME:-VALUE}`: what touchdown's own advice writes.
fn is_placeholder(value: &str) -> bool {
    value.trim_matches(['-', '}', '`']) == "VALUE"
}

/// `$NAME`, `${NAME}`.
fn is_reference(value: &str) -> bool {
    let Some(name) = value.strip_prefix('$') else {
        return false;
    };
    let name = name.trim_start_matches('{').trim_end_matches('}');
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests;
