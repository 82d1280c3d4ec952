//! Which of the environment's settings count: where the region and the credentials come from.

use super::profile::Profile;

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Where the region comes from that is asked where a target names none: the order is the SDK's.
#[must_use]
pub fn region_origin() -> String {
    let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    match variables.into_iter().find(|name| is_set(name)) {
        Some(variable) => variable.to_owned(),
        None => of_profile(Profile::of_environment().as_ref()),
    }
}

/// Where the credentials come from, as far as the environment tells.
#[must_use]
pub fn credentials_origin() -> String {
    if is_set("AWS_ACCESS_KEY_ID") && is_set("AWS_SECRET_ACCESS_KEY") {
        return "AWS_ACCESS_KEY_ID".to_owned();
    }
    match Profile::of_environment() {
        Some(profile) => of_profile(Some(&profile)),
        None if is_set("AWS_WEB_IDENTITY_TOKEN_FILE") => "AWS_WEB_IDENTITY_TOKEN_FILE".to_owned(),
        None => of_profile(None),
    }
}

fn of_profile(profile: Option<&Profile>) -> String {
    match profile {
        Some(Profile { name, variable }) => format!("the profile `{name}` ({variable})"),
        None => "the default profile, or the machine's role".to_owned(),
    }
}
