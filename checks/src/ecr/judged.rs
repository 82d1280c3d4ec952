//! The images that are judged: how they are called, and from what is said of each to what is
//! said of all.

use crate::contract::{Expected, Finding, ImageReference, State, Unobserved};
use crate::ecs::short;

/// The expected image as people call it: without its registry, and by a short digest where it
/// has no tag.
pub(super) fn called(expected: &Expected) -> String {
    let image = &expected.image;
    let repository = image.repository.as_ref();
    let digest = image.digest.as_deref().map(short);
    ImageReference {
        repository: repository.or(expected.defined.repository.as_ref()).cloned(),
        digest: digest.filter(|_| image.tag.is_none()),
        tag: image.tag.clone(),
    }
    .without_registry()
}

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
    let rank = |state| match state {
        State::Holds => 0,
        State::NotYet => 1,
        State::Unobserved => 2,
        State::Broken => 3,
    };
    let left_out: Vec<String> = elsewhere
        .iter()
        .map(|(container, expected)| format!("{} (container `{container}`)", expected.image))
        .collect();
    let Some(state) = findings.iter().map(|f| f.state).max_by_key(|s| rank(*s)) else {
        return Err(none_judged(&left_out));
    };
    let (worst, others): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|f| f.state == state);
    let headlines: Vec<&str> = worst.iter().map(|f| f.headline.as_str()).collect();
    let mut headline = headlines.join("; ");
    if !left_out.is_empty() {
        headline += &format!("; not judged, as not in ECR: {}", left_out.join(", "));
    }
    Ok(Finding {
        state,
        headline,
        hint: worst.iter().find_map(|f| f.hint.clone()),
        lasting: worst.iter().all(|f| f.lasting),
        evidence: worst
            .into_iter()
            .chain(others)
            .flat_map(|f| f.evidence)
            .collect(),
    })
}

fn none_judged(elsewhere: &[String]) -> Unobserved {
    Unobserved::lasting(format!(
        "no image that is judged is in a private registry of ECR: {}",
        elsewhere.join(", ")
    ))
    .hint(
        "Only ECR is asked about images. Name the containers to judge with the target's `containers:`.",
    )
}

/// Literal facts for the tests of judges.
#[cfg(test)]
pub(super) mod literal {
    use super::*;
    use crate::contract::Known;

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
    fn the_worst_of_all_images_leads_and_its_equals_are_told_beside_it() {
        let findings = || {
            vec![
                Finding::holds("a holds"),
                Finding::broken("b is broken").hint("mend b"),
                Finding::unobserved("c is unknown"),
                Finding::broken("d is broken"),
            ]
        };
        let told = all(findings(), &[]).expect("a finding");
        assert_eq!(told.state, State::Broken);
        assert_eq!(told.headline, "b is broken; d is broken");
        assert_eq!(told.hint.as_deref(), Some("mend b"));
    }

    #[test]
    fn images_elsewhere_are_told_and_alone_they_leave_it_open() {
        let agent = expected("datadog/agent:7", Known::Unaskable);
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
    }

    #[test]
    fn images_are_called_by_tag_else_by_digest() {
        assert_eq!(called(&pushed("23:41:00")), "web:1");
        let pinned = || Known::PinnedOnly { digest: NEW.into() };
        let by_digest = expected(&format!("{REPOSITORY}@{NEW}"), pinned());
        assert_eq!(called(&by_digest), "web@sha256:80bf6ba3d275");
        assert_eq!(to_build(&by_digest), format!("{REPOSITORY}:TAG"));
    }
}
