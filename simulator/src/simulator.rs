//! The simulator: a scenario, a clock, and whoever asks.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Clock,
    faults::{Armed, Deed, Delivery, Fault, FaultKind, Past, Striking},
    quota::Quotas,
    scenario::{Scenario, ScenarioError, Step, validate},
    time::after,
    wire::{self, ApiError, Asked, Call},
    world::{NoPage, World},
};

/// A simulated AWS account. Clones are the same account.
#[derive(Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
}

struct Shared {
    scenario: Scenario,
    clock: Clock,
    state: Mutex<State>,
}

struct State {
    world: World,
    past: Past,
    advanced: SignedDuration,
    faults: Vec<Armed>,
    quotas: Option<Quotas>,
    requests: Vec<Recorded>,
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The virtual time.
    pub at: Timestamp,
    /// `ecs:DescribeTasks`; a page is `http:/path`, and the opening of a WebSocket `ws:/path`.
    pub call: String,
    /// The HTTP method.
    pub method: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error's type, as `ClusterNotFoundException`; or what became of the answer on its way, as `reset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Why an action was not performed.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The scenario has no such action.
    #[error("there is no action named `{name}`; there are: {}", known.join(", "))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// The steps are not steps.
    #[error("{0}")]
    Malformed(String),
    /// It cannot be done in the world as it is.
    #[error("{0}")]
    Refused(String),
}

/// How late an answer is to be given, for whoever sends it.
#[derive(Debug, Clone, Copy)]
struct Late(Duration);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Steps {
    steps: Vec<Step>,
}

impl Simulator {
    /// A simulator of a scenario, at its start.
    pub fn new(scenario: Scenario, clock: Clock) -> Result<Self, ScenarioError> {
        let unsound = |fault| ScenarioError::Unsound {
            name: scenario.name().to_owned(),
            faults: vec![fault],
        };
        let world = World::new(Arc::clone(&scenario.document), &scenario.lot).map_err(unsound)?;
        let start = scenario.starts_at();
        let faults = scenario
            .document
            .faults
            .iter()
            .map(|fault| Armed::at(start, fault.clone()))
            .collect();
        let state = State {
            world,
            past: Past::of(&scenario.document, &scenario.lot),
            advanced: SignedDuration::ZERO,
            faults,
            quotas: scenario.document.quotas.map(Quotas::of_share),
            requests: Vec::new(),
        };
        Ok(Self {
            shared: Arc::new(Shared {
                scenario,
                clock,
                state: Mutex::new(state),
            }),
        })
    }

    /// What is simulated.
    pub fn scenario(&self) -> &Scenario {
        &self.shared.scenario
    }

    /// The clock it runs on.
    pub fn clock(&self) -> Clock {
        self.shared.clock
    }

    /// The state, played up to now. A panic while it was held leaves it as it was: sound enough to read.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self
            .shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let now = self
            .shared
            .clock
            .now(self.shared.scenario.starts_at(), state.advanced);
        state.world.play(now);
        state
    }

    /// Looks at the world as it is now.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.state().world)
    }

    /// The virtual time.
    pub fn now(&self) -> Timestamp {
        self.state().world.now
    }

    /// Lets virtual time jump ahead.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        let mut state = self.state();
        state.advanced = state.advanced.saturating_add(by);
    }

    /// Answers a request at once. How late it comes is told by [`respond`](Self::respond) only, and what
    /// becomes of it on its way by [`Delivery::of`].
    pub fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let call = Call::of(&request);
        let (parts, body) = request.into_parts();
        let mut guard = self.state();
        let state = &mut *guard;
        let now = state.world.now;
        let name = call.name();
        let striking = Striking::of(&state.faults, &name, now);
        let asked = Asked::of(&call, &body, &parts.headers, now)
            .distorted(striking.distortions(&name, now));
        let unsigned = call.is_signed() && !parts.headers.contains_key(http::header::AUTHORIZATION);
        let exceeds = state.exceeds_quota(&name, asked.region());
        let exceeded = exceeds.then_some(FaultKind::Throttled);
        let instead = || {
            let mut kinds = striking.kinds().chain(exceeded);
            kinds.find_map(|kind| wire::fault(kind, &state.world, &call, &asked))
        };
        let mut response = match unsigned {
            true => ApiError::missing_token().response(&asked),
            false => instead().unwrap_or_else(|| state.answer(&call, &asked, striking.age())),
        };
        if striking.garbles() {
            wire::garble(&mut response);
        }
        let takes = response.extensions().get::<wire::Takes>();
        let takes = takes.map(|page| page.0);
        if let Some(delay) = striking.delay().max(takes) {
            response.extensions_mut().insert(Late(delay));
        }
        wire::stamp(&mut response, &call, &asked.request_id, now);
        if let Some(delivery) = striking.delivery() {
            response.extensions_mut().insert(delivery);
        }
        state.record(name, parts.method.as_str(), &response);
        response
    }

    /// Answers a request, after the delay that a slow fault asks for.
    pub async fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        let response = self.answer(request);
        if let Some(Late(delay)) = response.extensions().get::<Late>() {
            tokio::time::sleep(*delay).await;
        }
        response
    }

    /// Whether nobody listens for any call now.
    pub(crate) fn refuses_all(&self) -> bool {
        let state = self.state();
        let refuses = |armed: &Armed| {
            armed.fault.fault == FaultKind::Refused && armed.strikes("*", state.world.now)
        };
        state.faults.iter().any(refuses)
    }

    /// The id of the task that opens a WebSocket at a path now.
    pub(crate) fn opens_socket(&self, path: &str) -> Result<String, NoPage> {
        let mut state = self.state();
        let opened = state.world.opens_socket(path);
        let status = match &opened {
            Ok(_) => 101,
            Err(NoPage::NoTarget) => 503,
            Err(NoPage::NotFound) => 404,
        };
        let answer = wire::response(status, "text/plain", Bytes::new());
        state.record(format!("ws:{path}"), "GET", &answer);
        opened
    }

    /// What the task sends back for a message over a WebSocket; none where it is gone.
    pub(crate) fn hears(&self, task: &str, path: &str, text: &str) -> Option<Vec<String>> {
        let mut state = self.state();
        let now = state.world.now;
        let [task, path, text] = [task, path, text].map(str::to_owned);
        let answers = state.world.hears(&task, &path, &text);
        state.past.record(now, Deed::Message { task, path, text });
        answers
    }

    /// Performs an action of the scenario, now.
    pub fn perform(&self, action: &str) -> Result<(), ActionError> {
        let actions = &self.shared.scenario.document.actions;
        let unknown = || ActionError::Unknown {
            name: action.to_owned(),
            known: actions.keys().cloned().collect(),
        };
        let action = actions.get(action).ok_or_else(unknown)?;
        self.perform_steps(&action.steps)
    }

    /// Performs steps of one's own, now: the text of a `steps:` list as scenarios have it.
    pub fn perform_yaml(&self, yaml: &str) -> Result<(), ActionError> {
        let steps: Steps = serde_saphyr::from_str(yaml)
            .map_err(|error| ActionError::Malformed(error.to_string()))?;
        let faults = validate::faults_of_steps(&steps.steps, &self.shared.scenario.document);
        if !faults.is_empty() {
            return Err(ActionError::Malformed(faults.join("\n")));
        }
        self.perform_steps(&steps.steps)
    }

    fn perform_steps(&self, steps: &[Step]) -> Result<(), ActionError> {
        let mut state = self.state();
        let now = state.world.now;
        state.past.record(now, Deed::Steps(steps.to_vec()));
        steps
            .iter()
            .try_for_each(|step| state.world.step(step).map_err(ActionError::Refused))
    }

    /// Makes a fault, counting from now.
    pub fn fault(&self, fault: Fault) {
        let mut state = self.state();
        let now = state.world.now;
        state.faults.push(Armed::at(now, fault));
    }

    /// Denies an action from now on.
    pub fn deny(&self, call: &str) {
        self.fault(Fault::new(call, FaultKind::Denied));
    }

    /// Throttles an action for a span of virtual time.
    pub fn throttle(&self, call: &str, span: Duration) {
        let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
        self.fault(Fault::new(call, FaultKind::Throttled).lasting(span));
    }

    /// Holds requests to a share of AWS's quotas from now on; 1 is all that AWS grants.
    pub fn grant(&self, share: f64) {
        self.state().quotas = Some(Quotas::of_share(share));
    }

    /// How many requests were throttled so far.
    pub fn throttled(&self) -> usize {
        let state = self.state();
        let throttled = |request: &&Recorded| {
            let error = request.error.as_deref();
            error.is_some_and(|error| error.starts_with("Throttling"))
        };
        state.requests.iter().filter(throttled).count()
    }

    /// Ends all faults, those of the scenario too.
    pub fn end_faults(&self) {
        self.state().faults.clear();
    }

    /// The faults that were made and not ended, whether or not their time has come.
    pub fn faults(&self) -> Vec<Fault> {
        self.state()
            .faults
            .iter()
            .map(|armed| armed.fault.clone())
            .collect()
    }

    /// What was asked so far, oldest first. Controls are not recorded.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state().requests.clone()
    }

    /// How often an operation was called, by its IAM name.
    pub fn count(&self, call: &str) -> usize {
        self.state()
            .requests
            .iter()
            .filter(|request| request.call == call)
            .count()
    }
}

impl State {
    /// The answer of the world as it is, or as it was some time ago. What is written is written now.
    fn answer(
        &mut self,
        call: &Call,
        asked: &Asked<'_>,
        age: Option<SignedDuration>,
    ) -> Response<Bytes> {
        let now = self.world.now;
        match age {
            Some(age) if call.is_read() => {
                wire::answer(self.past.at(after(now, -age)), call, asked)
            }
            _ => {
                if !call.is_read() {
                    let request = Deed::Request {
                        call: call.clone(),
                        body: Bytes::copy_from_slice(asked.body),
                        headers: asked.headers.clone(),
                    };
                    self.past.record(now, request);
                }
                wire::answer(&mut self.world, call, asked)
            }
        }
    }

    /// Takes a request out of its quota, and tells whether there was too little in it.
    fn exceeds_quota(&mut self, call: &str, region: Option<&str>) -> bool {
        let region = region.unwrap_or(&self.world.document.region);
        let quotas = self.quotas.as_mut();
        quotas.is_some_and(|quotas| !quotas.admit(call, region, self.world.now))
    }

    /// Keeps what was asked, and what became of it. A connection that is refused carries no request.
    fn record(&mut self, call: String, method: &str, response: &Response<Bytes>) {
        let delivery = Delivery::of(response);
        if delivery == Some(Delivery::Refused) {
            return;
        }
        let told = response.extensions().get::<wire::ErrorKind>();
        let error = delivery.map(Delivery::name).or(told.map(|kind| kind.0));
        self.requests.push(Recorded {
            at: self.world.now,
            call,
            method: method.to_owned(),
            status: response.status().as_u16(),
            error: error.map(str::to_owned),
        });
    }
}
