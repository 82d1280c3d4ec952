//! Logins that a program keeps, by the protocol of Docker's credential helpers: the registry on standard input,
//! the login as JSON on standard output. It is the user's own program, which only their configuration names.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Mutex;

use super::login::{Configured, Login};
use crate::contract::Unobserved;
use crate::reads::connections::Connections;
use crate::reads::process::{CommandError, CommandRequest, Ending, Ran};

/// A program that asks a person is not waited for.
const WITHIN: Duration = Duration::from_secs(5);

/// What it prints where nobody has logged in; it then ends with the code 1.
const NOT_FOUND: &str = "credentials not found in native keychain";

/// The name of a login that is an identity token.
const IDENTITY_TOKEN: &str = "<token>";

/// The most of its own words that is told.
const TOLD: usize = 200;

/// What such programs gave in this run. Each is asked once about a registry.
#[derive(Default)]
pub(super) struct Logins(Mutex<HashMap<String, Option<Login>>>);

impl Logins {
    /// The login for a registry that the configured program keeps; none where nobody has logged in.
    ///
    /// # Errors
    /// [`Unobserved`] where it gives none, or where the configuration couldn't be read.
    pub async fn of(
        &self,
        connections: &Connections,
        configured: Result<Configured, Unobserved>,
        host: &str,
    ) -> Result<Option<Login>, Unobserved> {
        let Configured::Program(name) = configured? else {
            return Ok(None);
        };
        let mut known = self.0.lock().await;
        if let Some(login) = known.get(host) {
            return Ok(login.clone());
        }
        let program = format!("docker-credential-{name}");
        let ran = connections.programs.run(&request(&program, host)).await;
        let login = printed(ran).map_err(|why| gave_none(&program, host, &why))?;
        known.insert(host.to_owned(), login.clone());
        Ok(login)
    }
}

/// By what name the programs know a registry.
fn server(host: &str) -> &str {
    match host {
        "docker.io" => "https://index.docker.io/v1/",
        host => host,
    }
}

/// It gets the whole environment, as Docker gives it: keychains are found by it.
fn request(program: &str, host: &str) -> CommandRequest {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    CommandRequest {
        program: program.to_owned(),
        arguments: vec!["get".to_owned()],
        input: Some(server(host).to_owned()),
        pass_env: names.collect(),
        env: Vec::new(),
        folder: PathBuf::new(),
        within: WITHIN,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    username: String,
    secret: String,
}

fn printed(ran: Result<Ran, CommandError>) -> Result<Option<Login>, String> {
    let ran = ran.map_err(|error| match error {
        CommandError::NotFound => "it is not in PATH".to_owned(),
        other => other.to_string(),
    })?;
    let stdout = ran.stdout.text.trim();
    match ran.ending {
        Ending::Code(0) => login(stdout).ok_or_else(|| "what it printed is none".to_owned()),
        Ending::Code(_) if stdout == NOT_FOUND => Ok(None),
        Ending::Code(code) => Err(own_words(stdout, &ran.stderr.text)
            .unwrap_or_else(|| format!("it ended with code {code}"))),
        Ending::Signal(signal) => Err(format!("it ended by signal {signal}")),
        Ending::TimedOut => Err(format!("it took more than {} s", WITHIN.as_secs())),
        Ending::Flooded => Err("it printed without end".to_owned()),
    }
}

/// Somebody without a name is nobody.
fn login(text: &str) -> Option<Option<Login>> {
    let Written { username, secret } = serde_json::from_str(text).ok()?;
    Some(match (&*username, &*secret) {
        ("", "") => None,
        (IDENTITY_TOKEN, _) => Some(Login::IdentityToken(secret)),
        _ => Some(Login::Password {
            name: username,
            password: secret,
        }),
    })
}

/// Why it failed, in its own words: Docker's programs print them to standard output. What may hold a secret isn't
/// repeated.
fn own_words(stdout: &str, stderr: &str) -> Option<String> {
    let lines = stdout.lines().chain(stderr.lines());
    let mut told = lines.map(str::trim).filter(|line| !line.is_empty());
    let first = told.next()?;
    let is_plain = first.len() <= TOLD && !first.contains(['{', '"']);
    is_plain.then(|| first.to_owned())
}

fn gave_none(program: &str, host: &str, why: &str) -> Unobserved {
    Unobserved::lasting(format!("{program} gave no login for {host}: {why}")).hint(format!(
        "Docker's configuration names it. This must print a login where touchdown runs: \
         echo {} | {program} get",
        server(host)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::process::Printed;

    fn told(ending: Ending, stdout: &str, stderr: &str) -> Result<Option<Login>, String> {
        let text = |text: &str| Printed {
            text: text.to_owned(),
            omitted: 0,
        };
        printed(Ok(Ran {
            ending,
            stdout: text(stdout),
            stderr: text(stderr),
            took: Duration::ZERO,
            unset: Vec::new(),
        }))
    }

    #[test]
    fn a_login_is_read_as_the_programs_print_it() {
        let password = Login::Password {
            name: "ci".into(),
            password: "s3cret".into(),
        };
        for (text, login) in [
            (
                r#"{"ServerURL":"x","Username":"ci","Secret":"s3cret"}"#,
                Some(password),
            ),
            (
                r#"{"Username":"<token>","Secret":"1d"}"#,
                Some(Login::IdentityToken("1d".into())),
            ),
            (r#"{"ServerURL":"","Username":"","Secret":""}"#, None),
        ] {
            assert_eq!(told(Ending::Code(0), text, ""), Ok(login), "{text}");
        }
        let nobody = told(Ending::Code(1), &format!("{NOT_FOUND}\n"), "");
        assert_eq!(nobody, Ok(None));
    }

    #[test]
    fn a_failure_is_told_in_its_own_words_without_a_secret() {
        let secret = r#"{"Secret":"s3cret"}"#;
        for (ending, stdout, stderr, why) in [
            (Ending::Code(0), secret, "", "what it printed is none"),
            (Ending::Code(0), NOT_FOUND, "", "what it printed is none"),
            (Ending::Code(1), "locked\n", "x", "locked"),
            (
                Ending::Code(2),
                "",
                "\nno such keychain\n",
                "no such keychain",
            ),
            (Ending::Code(2), secret, "", "it ended with code 2"),
            (Ending::Code(2), "", "", "it ended with code 2"),
            (Ending::Signal(9), "", "", "it ended by signal 9"),
            (Ending::TimedOut, "", "", "it took more than 5 s"),
            (Ending::Flooded, "", "", "it printed without end"),
        ] {
            let refused = told(ending, stdout, stderr);
            assert_eq!(refused, Err(why.to_owned()), "{ending:?} {stdout}");
        }
        let absent = printed(Err(CommandError::NotFound));
        assert_eq!(absent, Err("it is not in PATH".to_owned()));
    }

    #[test]
    fn docker_hub_is_asked_for_by_its_first_name() {
        let asked = |host| request("docker-credential-x", host).input;
        assert_eq!(
            asked("docker.io").as_deref(),
            Some("https://index.docker.io/v1/")
        );
        assert_eq!(asked("ghcr.io").as_deref(), Some("ghcr.io"));
    }
}
