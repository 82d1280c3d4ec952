//! The secrets of the process itself: what touchdown asks AWS and its proxy with.

use touchdown_checks::reads::Connections;

use super::Redactor;

/// The variables of AWS credentials that are secret.
const CREDENTIALS: [&str; 4] = [
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// The variables whose addresses may hold a password.
const PROXIES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The fewest characters of a real credential; AWS's have 40 and more. What stands in for one
/// where there is no AWS (`test`, `simulated`) is a common word.
const REAL: usize = 16;

/// The secret values of an environment.
pub(crate) fn in_environment(variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let credentials = CREDENTIALS.iter().filter_map(|name| variable(name));
    let credentials = credentials.filter(|value| is_real(value));
    let proxies = PROXIES.iter().filter_map(|name| variable(name));
    let passwords = proxies.filter_map(|address| password(&address).map(str::to_owned));
    credentials.chain(passwords).collect()
}

/// Whether a credential is one that AWS gave.
fn is_real(credential: &str) -> bool {
    credential.trim().len() >= REAL
}

/// A redactor of this process's own secrets, for what is said outside of a run.
pub(crate) fn of_process() -> Redactor {
    Redactor::new(in_environment(|name| std::env::var(name).ok()))
}

impl Redactor {
    /// Takes in what AWS has been asked with so far, wherever that came from: a role, SSO, a
    /// profile.
    pub(crate) fn learn_credentials(&mut self, connections: &Connections) {
        let secrets = connections.secrets().into_iter();
        let new = secrets.filter(|secret| is_real(secret) && !self.knows(secret));
        let new: Vec<String> = new.collect();
        if !new.is_empty() {
            *self = self.knowing(new);
        }
    }
}

/// The password of `scheme://user:password@host`; the scheme may be left out.
fn password(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://").unwrap_or(("", address));
    let (user, _) = rest.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_proxy_passwords_are_secret() {
        let variables = [
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            (
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            ),
            ("AWS_SESSION_TOKEN", "simulated"),
            ("HTTPS_PROXY", "http://ci:p@ss/word@proxy:3128"),
            ("http_proxy", "ci:hunter2@proxy:3128"),
            ("ALL_PROXY", "http://proxy:3128"),
        ];
        let variable = |asked: &str| {
            let given = variables.iter().find(|(name, _)| *name == asked);
            given.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(
            in_environment(variable),
            [
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "p@ss/word",
                "hunter2"
            ]
        );
    }
}
