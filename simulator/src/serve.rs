//! The simulator on a loopback port, with its controls below `/_simulator/`.

mod door;
mod socket;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    thread,
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, State},
};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use door::{Cut, Door};

use crate::{
    faults::{Carried, Delivery, Fault},
    simulator::{ActionError, Simulator},
    wire,
};

/// Where the controls are.
const CONTROLS: &str = "/_simulator/";

/// More than any AWS request weighs.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A simulator that is being served. It stops when this is dropped.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Served {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to give as `--endpoint-url`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The server has nothing to say at its end, and a panic of its own was shown already.
            let _ = thread.join();
        }
    }
}

impl Simulator {
    /// Serves on 127.0.0.1, on a thread of its own, so that any kind of test can ask: port 0 takes a free one.
    pub fn start_on(&self, port: u16) -> io::Result<Served> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let simulator = self.clone();
        let thread = thread::Builder::new()
            .name("simulator".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                        return;
                    };
                    tokio::select! {
                        _ = simulator.serve(listener) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Served {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Serves until the listener fails.
    pub async fn serve(self, listener: tokio::net::TcpListener) -> io::Result<()> {
        let app = Router::new().fallback(handle).with_state(self.clone());
        let door = Door::open(listener, self)?;
        axum::serve(door, app.into_make_service_with_connect_info::<Cut>()).await
    }
}

async fn handle(
    State(simulator): State<Simulator>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, MOST_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return wire::response(413, "text/plain", Bytes::new()).map(Body::from),
    };
    let path = parts.uri.path();
    let control = path
        .strip_prefix(CONTROLS)
        .filter(|control| !control.starts_with("blobs/"))
        .map(str::to_owned);
    let response = match control {
        Some(control) => {
            let (status, body) = answer_control(
                &simulator,
                &parts.method,
                &control,
                parts.uri.query(),
                &body,
            );
            wire::response(
                status.as_u16(),
                "application/json",
                format!("{body:#}\n").into(),
            )
        }
        None => {
            let request = Request::from_parts(parts, body);
            return carried(simulator.respond(request).await, &cut).await;
        }
    };
    response.map(Body::from)
}

/// The answer as it is carried, or not.
async fn carried(response: Response<Bytes>, cut: &Cut) -> Response<Body> {
    let delivery = Delivery::of(&response);
    match delivery {
        // The connection stands already: it can only be reset.
        Some(Delivery::Refused | Delivery::Reset) => cut.reset(),
        Some(Delivery::Hung) => std::future::pending().await,
        Some(Delivery::Truncated | Delivery::Gigantic | Delivery::Dripping(_)) | None => {}
    }
    response.map(|body| Body::new(Carried::new(body, delivery)))
}

fn answer_control(
    simulator: &Simulator,
    method: &Method,
    control: &str,
    query: Option<&str>,
    body: &[u8],
) -> (StatusCode, Value) {
    let clock =
        || json!({ "now": simulator.now().to_string(), "speed": simulator.clock().speed() });
    match (method.as_str(), control) {
        ("GET", "clock") => (StatusCode::OK, clock()),
        ("GET", "requests") => (StatusCode::OK, json!(simulator.requests())),
        ("GET", "faults") => (StatusCode::OK, json!(simulator.faults())),
        ("GET", "scenario" | "") => (StatusCode::OK, scenario(simulator)),
        ("POST", "advance") => match query.and_then(span) {
            Some(by) => {
                simulator.advance(by);
                (StatusCode::OK, clock())
            }
            None => wrong("say how far: advance?by=90s"),
        },
        ("POST", "steps") => performed(
            simulator.perform_yaml(&String::from_utf8_lossy(body)),
            simulator,
        ),
        ("POST", "faults") => match fault(body) {
            Ok(fault) => {
                simulator.fault(fault);
                (StatusCode::OK, json!(simulator.faults()))
            }
            Err(mistake) => wrong(&format!(
                "{mistake}; a fault is {{\"call\": \"ecs:DescribeTasks\", \"fault\": \"denied\", \"for\": \"60s\"}}"
            )),
        },
        ("DELETE", "faults") => {
            simulator.end_faults();
            (StatusCode::OK, json!([]))
        }
        ("POST", action) => match action.strip_prefix("actions/") {
            Some(action) => performed(simulator.perform(action), simulator),
            None => unknown(),
        },
        _ => unknown(),
    }
}

fn fault(body: &[u8]) -> Result<Fault, String> {
    let fault: Fault = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    match fault.mistake() {
        Some(mistake) => Err(mistake),
        None => Ok(fault),
    }
}

/// The span in `by=90s`.
fn span(query: &str) -> Option<Duration> {
    let by = query.split('&').find_map(|pair| pair.strip_prefix("by="))?;
    let span: SignedDuration = by.replace("%20", " ").parse().ok()?;
    Duration::try_from(span).ok()
}

fn performed(result: Result<(), ActionError>, simulator: &Simulator) -> (StatusCode, Value) {
    match result {
        Ok(()) => (
            StatusCode::OK,
            json!({ "performed_at": simulator.now().to_string() }),
        ),
        Err(error) => (
            StatusCode::BAD_REQUEST,
            json!({ "error": error.to_string() }),
        ),
    }
}

fn wrong(why: &str) -> (StatusCode, Value) {
    (StatusCode::BAD_REQUEST, json!({ "error": why }))
}

fn unknown() -> (StatusCode, Value) {
    let known = [
        "GET scenario",
        "GET clock",
        "GET requests",
        "GET faults",
        "POST advance?by=90s",
        "POST actions/NAME",
        "POST steps",
        "POST faults",
        "DELETE faults",
    ];
    (
        StatusCode::NOT_FOUND,
        json!({ "error": "no such control", "controls": known }),
    )
}

fn scenario(simulator: &Simulator) -> Value {
    let scenario = simulator.scenario();
    let actions: Vec<Value> = scenario
        .actions()
        .into_iter()
        .map(
            |(name, about, commands)| json!({ "name": name, "about": about, "commands": commands }),
        )
        .collect();
    json!({
        "scenario": scenario.name(),
        "about": scenario.about(),
        "now": simulator.now().to_string(),
        "cluster": scenario.cluster(),
        "services": scenario.services(),
        "actions": actions,
    })
}
