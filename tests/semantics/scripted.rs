//! Checks of a world that follows a script: `not-yet; 10s holds; 14s holds in 3s` is what
//! there is to see from the run's start, from 10s on and from 14s on, where it takes 3s to
//! see it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use touchdown::checks::contract::{
    Body, Check, Evidence, Finding, Look, Outside, Period, Source, State, Times, Unobserved,
};

/// What there is to see, and from when on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Script(Vec<Scene>);

#[derive(Clone, Debug)]
struct Scene {
    from: Duration,
    word: String,
    takes: Duration,
}

impl TryFrom<String> for Script {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.split(';')
            .map(scene)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn scene(text: &str) -> Result<Scene, String> {
    let (scene, takes) = text
        .trim()
        .split_once(" in ")
        .unwrap_or((text.trim(), "0s"));
    let (from, word) = scene.split_once(' ').unwrap_or(("0s", scene));
    Ok(Scene {
        from: from.parse::<Period>()?.get(),
        word: word.to_owned(),
        takes: takes.parse::<Period>()?.get(),
    })
}

impl Script {
    /// What a look sees that begins now.
    pub async fn look(&self, times: &Times) -> Result<State, Unobserved> {
        let since = times.now.duration_since(times.run_started).unsigned_abs();
        let scene = self.0.iter().rfind(|scene| scene.from <= since);
        let scene = scene.expect("a script says what there is at first");
        tokio::time::sleep(scene.takes).await;
        match scene.word.as_str() {
            "holds" => Ok(State::Holds),
            "not-yet" => Ok(State::NotYet),
            "broken" => Ok(State::Broken),
            // The look was made, but a fact is missing.
            "missing" => Ok(State::Unobserved),
            "unobserved" => Err(Unobserved::for_now("no answer")),
            "denied" => Err(Unobserved::lasting("access denied").hint("Allow it.")),
            "throttled" => Err(Unobserved {
                throttled: true,
                ..Unobserved::for_now("slow down")
            }),
            "hangs" => std::future::pending().await,
            other => panic!("the script says `{other}`"),
        }
    }
}

/// A finding whose headline has a number in it.
pub fn tasks(state: State) -> Finding {
    let running = match state {
        State::Holds => "3",
        State::NotYet => "1",
        State::Broken | State::Unobserved => "0",
    };
    Finding::new(state, format!("{running} of 3 tasks"))
}

/// As the script says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scripted {
    says: Script,
    /// How much later than the deadline the truth may arrive.
    late: Option<Period>,
}

/// What a scripted look brought back.
pub struct Told {
    state: State,
    evidence: Evidence,
}

impl Check for Scripted {
    const KIND: &'static str = "scripted";
    type Subject = Outside;
    type Facts = Told;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Told, Unobserved> {
        told(&self.says, look.times).await
    }

    fn judge(&self, _: &Outside, told: &Told) -> Finding {
        tasks(told.state).evidence(told.evidence.clone())
    }

    fn allowance(&self) -> Duration {
        self.late.map_or(Duration::ZERO, Period::get)
    }
}

/// As the script says, of something that must not be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Forbids(Scripted);

impl Check for Forbids {
    const KIND: &'static str = "forbids";
    const FORBIDS: bool = true;
    type Subject = Outside;
    type Facts = Told;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Told, Unobserved> {
        told(&self.0.says, look.times).await
    }

    fn judge(&self, _: &Outside, told: &Told) -> Finding {
        match told.state {
            State::Broken => Finding::broken("the forbidden was seen"),
            state => Finding::new(state, "nothing forbidden was seen"),
        }
    }

    fn allowance(&self) -> Duration {
        self.0.allowance()
    }
}

async fn told(script: &Script, times: &Times) -> Result<Told, Unobserved> {
    let state = script.look(times).await?;
    let source = Source {
        call: "script".into(),
        resource: "world".into(),
        request_id: None,
    };
    let evidence = Evidence {
        source,
        at: times.now,
        body: Body::compared("tasks", "3", tasks(state).headline),
    };
    Ok(Told { state, evidence })
}
