//! AWS's Signature Version 4 of a request, by the SDK's own signer: the headers that it adds.

use std::time::SystemTime;

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use reqwest::Url;

use super::PageRequest;
use crate::reads::Signer;
use crate::reads::error::root;
use crate::reads::unreached::Unreached;

/// VPC Lattice takes no signature of a body ("Authenticated requests" in its user guide).
const WITHOUT_BODY: &str = "vpc-lattice-svcs";

/// S3 takes paths as they are, and wants the hash of the body in a header.
const AS_IT_IS: &str = "s3";

/// The headers that say who asks, for a request that is sent with this `host`. Of its own headers, those are signed
/// that nobody on the way changes: its type and AWS's own.
pub(super) fn headers(
    request: &PageRequest,
    signer: &Signer,
    host: &str,
) -> Result<Vec<(String, String)>, Unreached> {
    let unsendable = |why: String| Unreached::Unsendable(format!("it can't be signed: {why}"));
    let address = without_credentials(&request.url);
    let identity = signer.credentials.clone().into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(&signer.region)
        .name(&signer.service)
        .time(SystemTime::from(signer.at))
        .settings(settings(&signer.service))
        .build();
    let params = params
        .map_err(|error| unsendable(error.to_string()))?
        .into();
    let own = request.headers.iter();
    let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
    let own = own
        .filter(|(name, _)| is_signed(name))
        .chain([("host", host)]);
    let body = match signer.service.as_str() {
        WITHOUT_BODY => SignableBody::UnsignedPayload,
        _ => SignableBody::Bytes(request.body.as_deref().unwrap_or_default()),
    };
    let signable = SignableRequest::new(&request.method, address.as_str(), own, body);
    let signed = signable.and_then(|request| sign(request, &params));
    let (instructions, _) = signed
        .map_err(|error| unsendable(root(&error)))?
        .into_parts();
    let added = instructions.headers();
    Ok(added
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if matches!(service, WITHOUT_BODY | AS_IT_IS) {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    if service == AS_IT_IS {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    settings
}

fn is_signed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "content-type" || name.starts_with("x-amz-")
}

/// The address as it is asked for.
fn without_credentials(url: &Url) -> Url {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_credential_types::Credentials;

    use super::*;

    /// The keys of the examples that AWS publishes.
    fn signer(service: &str) -> Signer {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        Signer {
            service: service.into(),
            region: "us-east-1".into(),
            at: "2015-08-30T12:36:00Z".parse().expect("a time"),
            credentials: Credentials::new("AKIDEXAMPLE", secret, None, None, "test"),
        }
    }

    fn signed(request: &PageRequest, service: &str) -> Vec<(String, String)> {
        headers(request, &signer(service), "example.amazonaws.com").expect("headers")
    }

    fn asking(url: &str) -> PageRequest {
        PageRequest::get(url.parse().expect("an address"), Duration::from_secs(1), 1)
    }

    fn value<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
        let named = headers.iter().find(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    /// `get-vanilla` and `get-vanilla-query-order-key-case` of the Signature Version 4 test suite.
    #[test]
    fn it_is_the_signature_that_aws_publishes() {
        for (path, signature) in [
            (
                "/",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "/?Param2=value2&Param1=value1",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
        ] {
            let request = asking(&format!("https://ci:x@example.amazonaws.com{path}"));
            let headers = signed(&request, "service");
            let expected = format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}"
            );
            assert_eq!(value(&headers, "authorization"), Some(expected.as_str()));
            assert_eq!(value(&headers, "x-amz-date"), Some("20150830T123600Z"));
            assert_eq!(headers.len(), 2, "{headers:?}");
        }
    }

    #[test]
    fn a_body_is_signed_but_for_vpc_lattice() {
        let mut request = asking("https://example.amazonaws.com/a b");
        let empty = signed(&request, "execute-api");
        request.body = Some(b"{}".to_vec());
        assert_ne!(signed(&request, "execute-api"), empty);
        let unsigned = signed(&request, WITHOUT_BODY);
        let hash = value(&unsigned, "x-amz-content-sha256");
        assert_eq!(hash, Some("UNSIGNED-PAYLOAD"));
        let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert_eq!(
            value(&signed(&request, "s3"), "x-amz-content-sha256"),
            Some(hash)
        );
    }

    #[test]
    fn what_may_change_on_the_way_is_not_signed() {
        let mut request = asking("https://example.amazonaws.com/");
        let names = ["Accept", "Content-Type", "X-Amz-Target", "User-Agent"];
        let headers = names.map(|name| (name.to_owned(), "text".to_owned()));
        request.headers = headers.to_vec();
        let headers = signed(&request, "execute-api");
        let told = value(&headers, "authorization").expect("a header");
        assert!(
            told.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-target,"),
            "{told}"
        );
    }
}
