//! The images that are judged: from what is said of each to what is said of all.

use crate::contract::{Expected, Finding, Unobserved};

/// What to do where no image is in ECR: naming containers would find none either.
pub(super) const ELSEWHERE: &str =
    "Leave this check out: only ECR is asked. `ecs.digest-running` judges images of any registry.";

/// The image with a tag, as a build command names it.
pub(super) fn to_build(expected: &Expected) -> String {
    let image = &expected.image;
    let repository = image.repository.as_ref();
    let repository = repository.or(expected.defined.repository.as_ref());
    format!(
        "{}:{}",
        repository.map_or("REPOSITORY", String::as_str),
        image.tag.as_deref().unwrap_or("TAG")
    )
}

/// What is said of all images: what is worst of any, with the evidence of each. `elsewhere`
/// holds the containers, with their images, that ECR can't be asked about.
///
/// # Errors
/// [`Unobserved`] where no image is in ECR.
pub(super) fn all(
    findings: Vec<Finding>,
    elsewhere: &[(&String, &Expected)],
) -> Result<Finding, Unobserved> {
    let left_out: Vec<String> = elsewhere
        .iter()
        .map(|(container, expected)| format!("{} (container `{container}`)", expected.image))
        .collect();
    let mut worst = Finding::worst_of(findings).ok_or_else(|| none_judged(&left_out))?;
    if !left_out.is_empty() {
        worst.headline += &format!("; not judged, as not in ECR: {}", left_out.join(", "));
    }
    Ok(worst)
}

fn none_judged(elsewhere: &[String]) -> Unobserved {
    Unobserved::lasting(format!(
        "no image that is judged is in a private registry of ECR: {}",
        elsewhere.join(", ")
    ))
    .hint(ELSEWHERE)
}

/// Literal facts for the tests of judges.
#[cfg(test)]
pub(super) mod literal {
    use super::*;
    use crate::contract::{ImageReference, Known};

    pub const REPOSITORY: &str = "099200121087.dkr.ecr.us-east-1.amazonaws.com/shop/web";
    pub const NEW: &str = "sha256:80bf6ba3d275aa8b5b025601bca467710fb88c4c069233512a17987499ef827f";
    pub const OLD: &str = "sha256:964c2ff9303223a9c1f71f0b9c4e2645d427794637e5652717a9e3dcf79268ba";

    /// What is expected where the task definition names `image`.
    pub fn expected(image: &str, known: Known) -> Expected {
        let image: ImageReference = image.parse().expect("an image");
        Expected {
            image: image.clone(),
            defined: image,
            known,
            source: None,
        }
    }

    /// `web:1` in ECR, pushed at that time.
    pub fn pushed(at: &str) -> Expected {
        let known = Known::Pushed {
            digest: NEW.into(),
            at: Some(crate::ecs::literal::at(at)),
        };
        expected(&format!("{REPOSITORY}:1"), known)
    }
}

#[cfg(test)]
mod tests {
    use super::literal::{NEW, REPOSITORY, expected, pushed};
    use super::*;
    use crate::contract::Known;

    #[test]
    fn images_elsewhere_are_told_and_alone_they_leave_it_open() {
        let agent = expected(
            "datadog/agent:7",
            Known::Unaskable(Unobserved::lasting("ghcr.io lets nobody in")),
        );
        let name = "agent".to_owned();
        let elsewhere = [(&name, &agent)];
        let told = all(vec![Finding::holds("a holds")], &elsewhere).expect("a finding");
        assert_eq!(
            told.headline,
            "a holds; not judged, as not in ECR: datadog/agent:7 (container `agent`)"
        );
        let open = all(Vec::new(), &elsewhere).expect_err("nothing is judged");
        assert!(
            open.lasting
                && open
                    .headline
                    .ends_with("datadog/agent:7 (container `agent`)")
        );
        assert_eq!(open.hint.as_deref(), Some(ELSEWHERE));
    }

    #[test]
    fn images_are_called_by_tag_else_by_digest() {
        assert_eq!(pushed("23:41:00").called(), "web:1");
        let pinned = || Known::PinnedOnly { digest: NEW.into() };
        let by_digest = expected(&format!("{REPOSITORY}@{NEW}"), pinned());
        assert_eq!(by_digest.called(), "web@sha256:80bf6ba3d275");
        assert_eq!(to_build(&by_digest), format!("{REPOSITORY}:TAG"));
    }
}
