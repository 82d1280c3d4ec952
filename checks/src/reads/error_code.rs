//! The error code of an answer, in whichever way its service writes it: for the journal,
//! which hears of answers before the client library has read them.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// The bare code, `ThrottlingException`; empty where the answer names none.
pub(super) fn error_code(response: &HttpResponse) -> String {
    let header = |name| response.headers().get(name).filter(|text| !text.is_empty());
    let told = header("x-amzn-query-error").or_else(|| header("x-amzn-errortype"));
    match told {
        Some(told) => bare(told).to_owned(),
        None => in_body(response.body().bytes().unwrap_or_default()),
    }
}

/// AWS JSON and CBOR have it under `__type`, the query protocol in `<Code>`.
fn in_body(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let code = in_json(&text)
        .or_else(|| in_xml(&text))
        .or_else(|| in_cbor(body));
    code.map(|code| bare(&code).to_owned()).unwrap_or_default()
}

fn in_json(text: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Typed {
        #[serde(rename = "__type")]
        code: String,
    }
    let typed: Typed = serde_json::from_str(text).ok()?;
    Some(typed.code)
}

fn in_xml(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    Some(code.trim().to_owned())
}

/// The text behind the key `__type`: RFC 8949 writes its length into its first byte, or, from
/// 24 on, into the byte behind that.
fn in_cbor(body: &[u8]) -> Option<String> {
    const KEY: &[u8] = b"\x66__type";
    let at = body.windows(KEY.len()).position(|window| window == KEY)?;
    let (first, rest) = body[at + KEY.len()..].split_first()?;
    let (length, rest) = match first {
        0x60..0x78 => (first - 0x60, rest),
        0x78 => {
            let (length, rest) = rest.split_first()?;
            (*length, rest)
        }
        _ => return None,
    };
    let code = rest.get(..usize::from(length))?;
    Some(String::from_utf8_lossy(code).into_owned())
}

/// `com.amazonaws.ecs#ThrottlingException:http://…` and `ThrottlingException;Sender` without
/// what surrounds the name.
fn bare(code: &str) -> &str {
    let code = code.split([':', ';']).next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use proptest::prelude::*;

    use super::*;

    fn of(header: Option<(&'static str, &'static str)>, body: &[u8]) -> String {
        let status = 400.try_into().expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value);
        }
        error_code(&response)
    }

    #[test]
    fn finds_the_code_wherever_a_service_writes_it() {
        let json = br#"{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"m"}"#;
        let xml = b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code></Error>";
        let short = b"\xa1\x66__type\x6cAccessDenied";
        let long = b"\xbf\x66__type\x78\x2bcom.amazonaws.cloudwatch#LimitExceededFault\xff";
        for (header, body, code) in [
            (
                Some(("x-amzn-errortype", "ThrottlingException:http://x/")),
                &b""[..],
                "ThrottlingException",
            ),
            (
                Some(("x-amzn-query-error", "AccessDenied;Sender")),
                b"",
                "AccessDenied",
            ),
            (None, json, "ClusterNotFoundException"),
            (None, xml, "Throttling"),
            (None, short, "AccessDenied"),
            (None, long, "LimitExceededFault"),
            (None, b"<html>", ""),
            (None, b"\x66__type\x6cAcc", ""),
            (None, b"", ""),
        ] {
            assert_eq!(of(header, body), code, "{header:?} {body:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_answer_has_a_code_or_none(body in prop::collection::vec(any::<u8>(), 0..60), key in any::<bool>()) {
            let mut answer = if key { b"\xa1\x66__type".to_vec() } else { Vec::new() };
            answer.extend(body);
            let code = of(None, &answer);
            prop_assert!(!code.contains([':', ';', '#']) && code.trim() == code, "{:?}", code);
        }
    }
}
