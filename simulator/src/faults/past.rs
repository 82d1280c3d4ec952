//! The world as it was some time ago, for answers that are stale.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;

use crate::{
    scenario::{Document, Step},
    wire::{self, Asked, Call},
    world::World,
};

/// Something that was done to the world from outside; its history does the rest by itself.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// Steps of an action.
    Steps(Vec<Step>),
    /// A request that wrote.
    Request {
        call: Call,
        body: Bytes,
        headers: HeaderMap,
    },
    /// A message to a task, over a WebSocket at a path.
    Message {
        task: String,
        path: String,
        text: String,
    },
}

/// A second world of the same scenario, to which the same was done, at an earlier instant.
pub(crate) struct Past {
    document: Arc<Document>,
    lot: String,
    deeds: Vec<(Timestamp, Deed)>,
    shown: Option<Shown>,
}

/// The earlier world, and how many of the deeds it has come through.
struct Shown {
    world: World,
    done: usize,
}

impl Past {
    pub(crate) fn of(document: &Arc<Document>, lot: &str) -> Self {
        Self {
            document: Arc::clone(document),
            lot: lot.to_owned(),
            deeds: Vec::new(),
            shown: None,
        }
    }

    /// Keeps what is done to the world at an instant.
    pub(crate) fn record(&mut self, at: Timestamp, deed: Deed) {
        self.deeds.push((at, deed));
    }

    /// The world as it was at an instant.
    pub(crate) fn at(&mut self, instant: Timestamp) -> &mut World {
        let kept = self.shown.take();
        let kept = kept.filter(|shown| shown.world.now <= instant);
        let shown = self.shown.insert(kept.unwrap_or_else(|| Shown {
            world: World::before_all(Arc::clone(&self.document), &self.lot),
            done: 0,
        }));
        while let Some((at, deed)) = self.deeds.get(shown.done)
            && *at <= instant
        {
            shown.world.play(*at);
            deed.do_to(&mut shown.world);
            shown.done += 1;
        }
        shown.world.play(instant);
        &mut shown.world
    }
}

impl Deed {
    /// What could not be done then can't be done here; it was told to whoever tried.
    fn do_to(&self, world: &mut World) {
        match self {
            Self::Steps(steps) => {
                let _ = steps.iter().try_for_each(|step| world.step(step));
            }
            Self::Request {
                call,
                body,
                headers,
            } => {
                let asked = Asked::of(call, body, headers, world.now);
                wire::answer(world, call, &asked);
            }
            Self::Message { task, path, text } => {
                world.hears(task, path, text);
            }
        }
    }
}
