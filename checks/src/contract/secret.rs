//! Which names look as if a secret were behind them, and what of the values is secret.

use std::borrow::Cow;

/// Words that make a name look secret.
const WORDS: &[&str] = &[
    "accesskey",
    "apikey",
    "auth",
    "authorization",
    "bearer",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "jwt",
    "key",
    "keys",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "privatekey",
    "pwd",
    "secret",
    "secrets",
    "token",
    "tokens",
];

/// Endings that make a word look secret, as in `GHTOKEN` and `pgpassword`.
const ENDINGS: &[&str] = &["apikey", "passwd", "password", "secret", "token"];

/// Whether a variable or a header of that name likely holds a secret: `API_KEY`, `dbPassword` and
/// `Set-Cookie` do, `KEYBOARD` doesn't. `PWD` is the shell's working directory.
#[must_use]
pub fn looks_secret(name: &str) -> bool {
    name != "PWD"
        && words(name).iter().any(|word| {
            WORDS.contains(&word.as_str()) || ENDINGS.iter().any(|end| word.ends_with(end))
        })
}

/// Whether a value whose name merely looks secret is worth hiding: `AUTH=true` must not take every
/// `true` out of a report, nor what a check says of a value that isn't there.
#[must_use]
pub fn worth_hiding(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    let common = [
        "true",
        "false",
        "none",
        "null",
        "enabled",
        "disabled",
        "default",
        "nothing",
        "no such header",
    ];
    !common.contains(&value.as_str())
}

/// What is secret of the headers, metadata or query that a check sends, each told as its name and value.
pub(crate) fn sent_secrets<'a>(
    sent: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
) -> impl Iterator<Item = String> {
    let secret = sent.filter(|(name, _)| looks_secret(name));
    secret.flat_map(|(_, value)| secret_parts(&value))
}

/// The secret parts of what is sent under a name that looks secret: the value, and of
/// `Bearer abc` and `sid=abc; theme=dark` also what stands behind the scheme and the names.
fn secret_parts(value: &str) -> Vec<String> {
    let behind_scheme = value.split_once(' ').map(|(_, rest)| rest);
    let cookies = value.split(';').filter_map(|cookie| cookie.split_once('='));
    let parts = cookies.map(|(_, value)| value).chain(behind_scheme);
    let parts = parts.chain([value]).map(str::trim);
    parts
        .filter(|part| worth_hiding(part))
        .map(str::to_owned)
        .collect()
}

/// The words of `SNAKE_CASE` and `camelCase`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for c in name.chars() {
        if !c.is_ascii_alphabetic() || (c.is_ascii_uppercase() && lower_before) {
            words.push(String::new());
        }
        lower_before = c.is_ascii_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphabetic()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_secret_names_from_others() {
        for name in [
            "API_KEY",
            "PRIVATE_KEY",
            "apiKey",
            "TOKEN",
            "GHTOKEN",
            "DB_PASSWORD",
            "PGPASSWORD",
            "MY_PWD",
            "clientSecret",
            "AUTH",
            "SESSION_COOKIE",
            "AWS_CREDENTIALS",
            "KEY2",
            "x-api-key",
            "Set-Cookie",
            "proxy-authorization",
        ] {
            assert!(looks_secret(name), "{name}");
        }
        for name in [
            "KEYBOARD",
            "PWD",
            "HOST",
            "MONKEY",
            "TOKENIZER",
            "GIT_SHA",
            "AUTHOR",
            "",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }
}
