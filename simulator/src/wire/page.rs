//! Pages of what is deployed, as the load balancer passes them on.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, header};

use super::response;
use crate::world::World;

/// The page at a path, from whichever task answers.
pub(super) fn answer(world: &World, path: &str) -> Response<Bytes> {
    let (page, task) = match world.page(path) {
        Ok(found) => found,
        Err(crate::world::NoPage::NoTarget) => return no_target(),
        Err(crate::world::NoPage::NotFound) => {
            return response(404, "text/plain; charset=utf-8", "Not Found\n".into());
        }
    };
    let (content_type, body) = match (&page.json, &page.body) {
        (Some(json), _) => ("application/json", json.to_string()),
        (None, Some(body)) if body.trim_start().starts_with('<') => {
            ("text/html; charset=utf-8", body.clone())
        }
        (None, Some(body)) => ("text/plain; charset=utf-8", body.clone()),
        (None, None) => ("text/plain; charset=utf-8", String::new()),
    };
    let mut answer = response(
        page.status,
        content_type,
        body.replace("{task}", task).into(),
    );
    for (name, value) in &page.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            answer.headers_mut().insert(name, value);
        }
    }
    if let Ok(takes) = page.takes.try_into() {
        answer.extensions_mut().insert(Takes(takes));
    }
    answer
}

/// How long a page takes, in real time: for whoever sends the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Takes(pub std::time::Duration);

/// What an Application Load Balancer says when no target is registered.
pub(super) fn no_target() -> Response<Bytes> {
    of_load_balancer(503, "503 Service Temporarily Unavailable")
}

/// What it says when the target closed the connection.
pub(super) fn bad_gateway() -> Response<Bytes> {
    of_load_balancer(502, "502 Bad Gateway")
}

/// What an application says that fell over.
pub(super) fn broken() -> Response<Bytes> {
    response(
        500,
        "text/plain; charset=utf-8",
        "Internal Server Error\n".into(),
    )
}

/// What stands between a machine and the internet, and wants to be told who is there.
pub(super) fn log_in() -> Response<Bytes> {
    let body = "<!DOCTYPE html>\n<html><head><title>Log in</title></head>\n<body><form>Log in to use this network.\
                </form></body></html>\n";
    response(200, "text/html; charset=utf-8", body.into())
}

fn of_load_balancer(status: u16, title: &str) -> Response<Bytes> {
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         </body>\r\n</html>\r\n"
    );
    let mut answer = response(status, "text/html", body.into());
    answer
        .headers_mut()
        .insert(header::SERVER, HeaderValue::from_static("awselb/2.0"));
    answer
}
