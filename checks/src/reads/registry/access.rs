//! Access to a registry: who asks, as far as it wants to know.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::answer::unreachable;
use super::challenge::Challenge;
use super::helper::Logins;
use super::login::{Configured, Login};
use super::{OciRepository, token};
use crate::contract::Unobserved;
use crate::reads::connections::Connections;
use crate::reads::{Page, PageRequest};

/// What each repository was read with, so that only the first request of a run is challenged.
#[derive(Default)]
pub(crate) struct Tokens {
    known: Mutex<HashMap<OciRepository, String>>,
    logins: Logins,
}

impl Tokens {
    fn of(&self, repository: &OciRepository) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(repository).cloned()
    }

    fn keep(&self, repository: &OciRepository, authorization: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(repository.clone(), authorization.to_owned());
    }
}

/// The registry's answer; where it challenges, the one to the same request with what it asks for.
///
/// A login that stands in Docker's configuration is used at once. A program that keeps logins is run only
/// where an anonymous request is refused: public images need none.
pub(super) async fn granted(
    connections: &Connections,
    repository: &OciRepository,
    request: PageRequest,
) -> Result<Page, Unobserved> {
    let tokens = &connections.kept.registry_tokens;
    let asking = Asking {
        connections,
        repository,
        request,
    };
    // A token that has run out is challenged again.
    let first = asking.fetch(tokens.of(repository)).await?;
    let Some(challenge) = Challenge::of(&first, &asking.request.url) else {
        return Ok(first);
    };
    let configured = Configured::of(&repository.host).await;
    let written = match &configured {
        Ok(Configured::Login(login)) => Some(login),
        _ => None,
    };
    let mut answer = asking.answer(&challenge, written, &first).await;
    if written.is_none() && is_refused(&answer) {
        let kept = tokens.logins.of(connections, configured, &repository.host);
        match kept.await {
            Ok(None) => {}
            Ok(Some(login)) => answer = asking.answer(&challenge, Some(&login), &first).await,
            Err(unobserved) => return Err(unless_awaited(unobserved, &answer)),
        }
    }
    let Entered {
        page,
        authorization,
    } = answer?;
    if let Some(authorization) = authorization.filter(|_| page.status != 401) {
        tokens.keep(repository, &authorization);
    }
    Ok(page)
}

/// One question about a repository, to be asked by different people.
struct Asking<'a> {
    connections: &'a Connections,
    repository: &'a OciRepository,
    request: PageRequest,
}

/// An answer, and what it was given to.
struct Entered {
    page: Page,
    authorization: Option<String>,
}

impl Asking<'_> {
    async fn fetch(&self, authorization: Option<String>) -> Result<Page, Unobserved> {
        let mut request = self.request.clone();
        let header = authorization.map(|value| ("authorization".to_owned(), value));
        request.headers.extend(header);
        let answer = self.connections.web().fetch(request).await;
        answer.map_err(|error| unreachable(&self.request.url, self.repository, &error))
    }

    /// The answer to whoever has that login, or to anybody; the `refused` one where the challenge can't be
    /// answered so.
    async fn answer(
        &self,
        challenge: &Challenge,
        login: Option<&Login>,
        refused: &Page,
    ) -> Result<Entered, Unobserved> {
        let authorization = match challenge {
            Challenge::Basic => login.and_then(Login::basic),
            Challenge::Bearer(bearer) => {
                let token = token::fetch(self.connections, self.repository, bearer, login);
                Some(token.await?)
            }
        };
        let page = match &authorization {
            Some(authorization) => self.fetch(Some(authorization.clone())).await?,
            None => refused.clone(),
        };
        Ok(Entered {
            page,
            authorization,
        })
    }
}

/// Whether somebody else may be told more. Registries hide private repositories by 404, and limit strangers
/// by 429.
fn is_refused(answer: &Result<Entered, Unobserved>) -> bool {
    match answer {
        Ok(entered) => matches!(entered.page.status, 401 | 403 | 404 | 429),
        Err(unobserved) => unobserved.lasting || unobserved.throttled,
    }
}

/// What isn't there may still be pushed where everybody sees it.
fn unless_awaited(unobserved: Unobserved, answer: &Result<Entered, Unobserved>) -> Unobserved {
    let is_awaited = answer
        .as_ref()
        .is_ok_and(|entered| entered.page.status == 404);
    Unobserved {
        lasting: unobserved.lasting && !is_awaited,
        ..unobserved
    }
}
