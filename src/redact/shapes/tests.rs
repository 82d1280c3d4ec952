//! What has the shape of a secret, and what must stay readable.

use proptest::prelude::*;
use proptest::sample::select;

use super::{ANY, is_prose};
use crate::redact::Redactor;

const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const JWT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

#[track_caller]
fn assert_shown(text: &str, shown: &str) {
    let redactor = Redactor::default();
    let cleaned = redactor.clean(text);
    assert_eq!(cleaned, shown, "of `{text}`");
    assert_eq!(redactor.clean(&cleaned), shown, "cleaned twice");
}

/// Each text as it is shown, `#` standing for what is hidden.
#[track_caller]
fn assert_hidden(table: &[(&str, &str)]) {
    for (text, shown) in table {
        assert_shown(text, &shown.replace('#', "[redacted]"));
    }
}

#[test]
fn headers_keep_their_name_and_scheme() {
    assert_hidden(&[
        ("Authorization: Bearer abc.def", "Authorization: Bearer #"),
        (
            "proxy-authorization: Basic dXNlcjpwYXNz",
            "proxy-authorization: Basic #",
        ),
        (
            "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=5d672d79",
            "Authorization: #",
        ),
        (
            "Authorization: Digest username=\"Mufasa\", response=\"6629fae4\"",
            "Authorization: #",
        ),
        (
            "{\"authorization\": \"Bearer abc\", \"host\": \"x\"}",
            "{\"authorization\": \"Bearer #\", \"host\": \"x\"}",
        ),
        (
            "{\\\"authorization\\\":\\\"Basic abc\\\",\\\"host\\\":1}",
            "{\\\"authorization\\\":\\\"Basic #\\\",\\\"host\\\":1}",
        ),
        (
            "{'Authorization': 'Token abc', 'a': 'b'}",
            "{'Authorization': 'Token #', 'a': 'b'}",
        ),
        (
            "curl -H 'Authorization: abc def' https://a.example",
            "curl -H 'Authorization: #' https://a.example",
        ),
        (
            "map[Authorization:[Bearer abc] Accept:[*/*]]",
            "map[Authorization:#",
        ),
        (
            "got Bearer 0123456789abcdefghij, and left",
            "got Bearer #, and left",
        ),
        ("got Basic dXNlcjpwYXNzd29yZA==", "got Basic #"),
        (
            "Set-Cookie: sid=31d4d96e; Path=/; HttpOnly\nAge: 1",
            "Set-Cookie: #\nAge: 1",
        ),
        ("> Cookie: a=b; c=d", "> Cookie: #"),
        ("Cookie: a=b, c=d, Host: x", "Cookie: #, Host: x"),
        (
            "\"cookie\": \"a=b; c=d\", \"x\": 1",
            "\"cookie\": \"#\", \"x\": 1",
        ),
        ("x-api-key: abc", "x-api-key: #"),
        ("X-Auth-Token: abc", "X-Auth-Token: #"),
    ]);
}

#[test]
fn credentials_of_aws_are_known_in_every_spelling() {
    let token = format!("IQoJb3JpZ2lu{}", "X2VjEA0aCXVzLWVhc3QtMSJHMEUC".repeat(2));
    assert_hidden(&[
        ("id AKIAIOSFODNN7EXAMPLE used", "id # used"),
        ("ASIAIOSFODNN7EXAMPLE", "#"),
        (&format!("AKIAIOSFODNN7EXAMPLE:{KEY}"), "#:#"),
        (&format!("AKIAIOSFODNN7EXAMPLE,{KEY}"), "#,#"),
        (
            &format!("aws_secret_access_key = {KEY}"),
            "aws_secret_access_key = #",
        ),
        (
            &format!("AWS_SECRET_ACCESS_KEY={KEY} next"),
            "AWS_SECRET_ACCESS_KEY=# next",
        ),
        (
            &format!("\"SecretAccessKey\": \"{KEY}\","),
            "\"SecretAccessKey\": \"#\",",
        ),
        (
            &format!("\\\"SecretAccessKey\\\":\\\"{KEY}\\\","),
            "\\\"SecretAccessKey\\\":\\\"#\\\",",
        ),
        (
            &format!("<SecretAccessKey>{KEY}</SecretAccessKey>"),
            "<SecretAccessKey>#</SecretAccessKey>",
        ),
        (
            "export AWS_SESSION_TOKEN='a b'",
            "export AWS_SESSION_TOKEN='#'",
        ),
        (
            "<SessionToken>ab/c=</SessionToken>",
            "<SessionToken>#</SessionToken>",
        ),
        (&format!("seen {token} there"), "seen # there"),
        (
            "{\"authorizationToken\":\"QVdTOmV5\"}",
            "{\"authorizationToken\":\"#\"}",
        ),
    ]);
}

#[test]
fn addresses_lose_their_users_and_signatures() {
    assert_hidden(&[
        ("https://user:pass@shop.example.com/a", "https://#@shop.example.com/a"),
        ("https://ghtoken@github.com/a.git", "https://#@github.com/a.git"),
        ("http://user:p/s?s@shop:80", "http://#@shop:80"),
        ("http://user:p@ss@shop:80", "http://#@shop:80"),
        ("postgres://app:p/a?s#s@db:5432/shop", "postgres://#@db:5432/shop"),
        ("redis://:hunter2@cache:6379", "redis://#@cache:6379"),
        ("dial app:hunter2@tcp(db:3306)/shop", "dial app:#@tcp(db:3306)/shop"),
        (
            "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F2025&X-Amz-Date=1&X-Amz-Security-Token=I%2Fq&X-Amz-Signature=5d67 x",
            "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=#&X-Amz-Date=1&X-Amz-Security-Token=#&X-Amz-Signature=# x",
        ),
        ("?a=1\\u0026X-Amz-Signature=5d67\\u0026b=2", "?a=1\\u0026X-Amz-Signature=#\\u0026b=2"),
        ("?Expires=1&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D&a=1", "?Expires=1&Signature=#&a=1"),
        ("?sv=2024&sig=a%2Bb%3D&se=2", "?sv=2024&sig=#&se=2"),
        ("/callback?token=abc&x=1", "/callback?token=#&x=1"),
        ("#access_token=abc&state=1", "#access_token=#&state=1"),
        ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/services/#"),
    ]
    .map(|(text, shown): (&str, &str)| match text.starts_with('#') {
        // The mark of what is hidden is no fragment.
        true => (&text[1..], &shown[1..]),
        false => (text, shown),
    }));
}

#[test]
fn assignments_are_known_by_the_name() {
    assert_hidden(&[
        ("password=hunter2 user=x", "password=# user=x"),
        ("DB_PASSWORD=hunter2", "DB_PASSWORD=#"),
        ("db.password: hunter2", "db.password: #"),
        ("passwd='it is secret' x", "passwd='#' x"),
        ("api_key=abc&x=1", "api_key=#&x=1"),
        ("apiKey => \"abc\"", "apiKey => \"#\""),
        ("client-secret := abc", "client-secret := #"),
        (
            "{\"password\":\"a\\\"b\",\"user\":\"x\"}",
            "{\"password\":\"#\",\"user\":\"x\"}",
        ),
        (
            "{\\\"password\\\":\\\"ab\\\"}",
            "{\\\"password\\\":\\\"#\\\"}",
        ),
        ("{'secret': 'abc', 'n': 1}", "{'secret': '#', 'n': 1}"),
        ("{\"token\": 1234}", "{\"token\": #}"),
        ("token: 0123456789abcdef01", "token: #"),
        (
            "pg_dump --password hunter2 shop",
            "pg_dump --password # shop",
        ),
        ("login --token=abcd x", "login --token=# x"),
        (
            "<connection><password>ab c</password>",
            "<connection><password>#</password>",
        ),
        ("Server=db;Password=abc;Encrypt=yes", "Server=db;Password=#"),
    ]);
}

#[test]
fn tokens_of_known_services_need_no_name() {
    for token in [
        JWT,
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "gho_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ",
        "glpat-abcdefghijklmnop1234",
        "xoxb-123456789012-abcdefGHIJKL",
        "npm_abcdefghijklmnopqrstuvwxyz0123456789",
    ] {
        assert_shown(&format!("<{token}>"), "<[redacted]>");
    }
    assert_shown(&format!("{}…", &JWT[..60]), "[redacted]…");
}

#[test]
fn private_keys_are_hidden_whole() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    for kind in ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        let key = format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----");
        assert_shown(&format!("a {key} b"), "a [redacted] b");
        assert_shown(
            &format!("\"{}\"", key.replace('\n', "\\n")),
            "\"[redacted]\"",
        );
    }
    assert_shown(
        &format!("-----BEGIN PRIVATE KEY-----\n{body}"),
        "[redacted]",
    );
    assert_shown(
        &format!("log\n{body}\n-----END PRIVATE KEY-----\nmore"),
        "log\n[redacted]\nmore",
    );
    let public =
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----";
    assert_shown(public, public);
}

#[test]
fn what_tells_the_truth_stays_readable() {
    for text in [
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "docker://alpine@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "commit 7f3a9c1e5b2d4f6a8c0e1b3d5f7a9c1e3b5d7f90",
        "task 0f1e2d3c4b5a69788796a5b4c3d2e1f0 stopped",
        "arn:aws:ecs:us-east-1:123456789012:task/dev/0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "arn:aws:secretsmanager:us-east-1:1:secret:prod/billing/mailgun-AbCdEf",
        "arn:aws:secretsmanager:us-east-1:1:secret:mydb-password:password::",
        "failed to fetch secret arn:aws:secretsmanager:us-east-1:1:secret:prod/api-key: AccessDenied",
        "unable to retrieve secret from asm: service call has been retried",
        "request id 4c1f2a9e-7d30-4f6b-9a55-0e8d1c2b3a49",
        "ecs-svc/4817263549201837465",
        "unexpected token: `}` at line 3",
        "Error: invalid token, expected one of",
        "the token is a word; so is a secret, and the password too",
        "tokens=4096 max_tokens: 12",
        "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_PROFILE.",
        "basic authentication required, or bearer authentication",
        "password=${DB_PASSWORD} token=$TOKEN secret=*** api_key=[redacted]",
        "{\"token\": null, \"password\": true}",
        "auth: { password: '${DB}' }",
        "https://shop.example.com:8443/a@b?c=d",
        "platform='linkedin' requested_platforms=['linkedin', 'twitter']",
        "key=value monkey=1 keyboard: us",
        "eyJrZXkiOiAxfQ==",
        "docker login --password-stdin",
        "me@example.com, http://example.com and you@example.com",
        "cookies are off, authorization is on",
    ] {
        assert_shown(text, text);
    }
}

/// The redactor runs on every look, so that a megabyte of log may not take long. The bound is far
/// from what is measured (a few milliseconds, optimized), and near what one regular expression
/// that tries every start would take.
#[test]
fn a_megabyte_is_looked_through_in_one_pass() {
    let line =
        "2025-11-18T23:46:12.101Z INFO request GET /api/v1/orders/8f14e45f status=200 took=12ms\n";
    let quiet = line.repeat((1 << 20) / line.len());
    assert!(super::find(&quiet).is_empty());
    let hostile = "eyJ".repeat(1 << 18) + &"A".repeat(1 << 18) + &"://a".repeat(1 << 16);
    assert!(super::find(&hostile).is_empty());
}

#[test]
fn passwords_go_by_short_names_too() {
    assert_hidden(&[
        (
            "Server=db;User Id=sa;Pwd=hunter22;Encrypt=yes",
            "Server=db;User Id=sa;Pwd=#;Encrypt=yes",
        ),
        (
            r#"{"pwd":"hunter22","pass": "x1y2"}"#,
            r##"{"pwd":"#","pass": "#"}"##,
        ),
        ("pass=3 fail=0, PWD=/app", "pass=3 fail=0, PWD=/app"),
        ("key sk-proj-Abcdefghijklmnop0123", "key #"),
    ]);
}

#[test]
fn our_own_advice_stays_whole() {
    let advice = "pass `--var API_TOKEN=VALUE`, set it in the environment, or give a default: `${API_TOKEN:-VALUE}`";
    assert_shown(advice, advice);
}

/// What shapes are made of, and what stands between.
const FRAGMENTS: &[&str] = &[
    "Authorization",
    "Bearer ",
    "Basic ",
    "cookie",
    "password",
    "api_key",
    "token",
    "pwd",
    "pass",
    "Signature",
    "sig",
    "x-amz-signature",
    "invalid value '",
    "AKIA",
    "eyJ",
    "xoxb-",
    "gh",
    "p_",
    "npm_",
    "SG.",
    "IQoJb3JpZ2lu",
    "postgres",
    "tcp(",
    "hooks.slack.com/",
    "services/",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "0123456789",
    "ABCDEFGH",
    "abc",
    "a",
    " ",
    "\t",
    "\n",
    "\u{a0}",
    ":",
    "://",
    "=",
    "=>",
    "<",
    ">",
    "-",
    "--",
    "@",
    "&",
    "?",
    "/",
    ".",
    ",",
    ";",
    "'",
    "\"",
    "\\",
    "{",
    "é",
];

proptest! {
    #[test]
    fn prose_has_no_shape(parts in prop::collection::vec(select(FRAGMENTS), 1..10)) {
        let text = parts.concat();
        prop_assert!(!is_prose(&text) || !ANY.is_match(&text), "{text:?}");
    }
}

#[test]
fn names_as_people_write_them_are_prose() {
    for name in [
        "every task started after the push",
        "checkout, after the deploy",
        "läuft überall",
    ] {
        assert!(is_prose(name), "{name}");
    }
    assert!(!is_prose("the password is eyJhbGciOiJI."));
}
