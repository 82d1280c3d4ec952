//! Pictures of evidence: which can be shown, and what is said of one where none can be.

/// The types that a browser may be given. Others, such as SVG, can act.
const SHOWN: [&str; 2] = ["image/png", "image/jpeg"];

/// The picture as an address that holds it, where it is one that can be shown.
pub(super) fn address(media_type: &str, data: &str) -> Option<String> {
    let is_base64 = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'=');
    let is_shown = SHOWN.contains(&media_type) && !data.is_empty() && data.bytes().all(is_base64);
    is_shown.then(|| format!("data:{media_type};base64,{data}"))
}

/// What is said of it where it can't be shown: what it is, how large, and where it is to be seen.
pub(super) fn told(media_type: &str, data: &str) -> String {
    let padding = data.bytes().rev().take_while(|c| *c == b'=').count();
    let bytes = (data.len() / 4 * 3).saturating_sub(padding);
    let size = match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{} KiB", bytes.div_ceil(1024)),
    };
    let seen = match address(media_type, data) {
        Some(_) => "the HTML report shows it",
        None => "it is of a kind that is not shown",
    };
    format!("a picture ({media_type}, {size}): {seen}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_not_act_is_shown() {
        let shown = address("image/png", "iVBORw0KGgo=");
        assert_eq!(shown.as_deref(), Some("data:image/png;base64,iVBORw0KGgo="));
        for (media_type, data) in [
            ("image/svg+xml", "PHN2Zz4="),
            ("text/html", "PGI+"),
            ("image/png;x", "iVBO"),
            ("image/png", ""),
            ("image/png", "iV\"BO"),
        ] {
            assert_eq!(address(media_type, data), None, "{media_type} {data}");
        }
    }

    #[test]
    fn its_size_is_that_of_the_picture_and_not_of_its_letters() {
        let shown = "a picture (image/png, 8 bytes): the HTML report shows it";
        assert_eq!(told("image/png", "iVBORw0KGgo="), shown);
        let hidden = "a picture (image/svg+xml, 3 KiB): it is of a kind that is not shown";
        assert_eq!(told("image/svg+xml", &"A".repeat(4 << 10)), hidden);
    }
}
