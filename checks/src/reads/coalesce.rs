//! Sharing: equal questions are asked once, and ids that are asked for together travel in
//! one call.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::{OnceCell, watch};

use crate::contract::Unobserved;

type Answer<V> = Result<V, Unobserved>;

/// Answers by question, for one round: whoever asks second waits for the first's answer,
/// a failure included.
#[derive(Debug)]
pub(super) struct Asked<K, V> {
    answers: Mutex<HashMap<K, Arc<OnceCell<Answer<V>>>>>,
}

impl<K, V> Default for Asked<K, V> {
    fn default() -> Self {
        Self {
            answers: Mutex::default(),
        }
    }
}

impl<K: Eq + Hash, V: Clone> Asked<K, V> {
    /// The answer to `question`; `ask` runs only where nobody has asked before. Where the
    /// first asker gives up, the next one's `ask` takes over.
    ///
    /// What is asked lies on the heap, and is made for the first asker alone: the SDK's futures are
    /// so large that a few of them, one inside the other, would fill a thread's stack, and that
    /// those of a fleet's looks, which wait for the same answer, would take most of its memory.
    pub async fn once<'a>(
        &self,
        question: K,
        ask: impl FnOnce() -> BoxFuture<'a, Answer<V>>,
    ) -> Answer<V> {
        let cell = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(question).or_default())
        };
        cell.get_or_init(ask).await.clone()
    }

    /// The answer to `question` where somebody has asked and it has come; it asks nobody.
    pub fn known(&self, question: &K) -> Option<V> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(question)?.get()?.clone().ok()
    }
}

/// How long the first asker waits for others of the same round to join its call.
const GATHERING: Duration = Duration::from_millis(2);

/// Ids that are asked for at about the same time, gathered into calls of at most `size`.
/// An id is asked for once; those who ask again get the same answer.
pub(super) struct Batch<G, K, V> {
    size: usize,
    state: Arc<Mutex<Gathered<G, K, V>>>,
}

/// An id that nobody has asked AWS for yet, and where its answer goes.
type Waiting<K, V> = (K, watch::Sender<Option<Answer<V>>>);

struct Gathered<G, K, V> {
    known: HashMap<(G, K), watch::Receiver<Option<Answer<V>>>>,
    waiting: HashMap<G, Vec<Waiting<K, V>>>,
    /// How many keys of each group are known.
    counts: HashMap<G, usize>,
}

impl<G, K, V> Batch<G, K, V>
where
    G: Clone + Eq + Hash + Send + 'static,
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub fn of(size: usize) -> Self {
        let gathered = Gathered {
            known: HashMap::new(),
            waiting: HashMap::new(),
            counts: HashMap::new(),
        };
        Self {
            size,
            state: Arc::new(Mutex::new(gathered)),
        }
    }

    /// The answers for `keys`, in their order. `call` asks for at most `size` keys of one
    /// group, and answers in their order.
    pub async fn get<F>(&self, group: G, keys: &[K], call: F) -> Vec<Answer<V>>
    where
        F: Fn(Vec<K>) -> BoxFuture<'static, Answer<Vec<V>>> + Send + Sync + 'static,
    {
        let receivers: Vec<_> = self.enlist(&group, keys, call);
        join_all(receivers.into_iter().map(answered)).await
    }

    /// The answer for `key` where somebody has asked and it has come; it asks nobody.
    pub fn known(&self, group: G, key: K) -> Option<V> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = state.known.get(&(group, key))?.borrow().clone();
        answer?.ok()
    }

    /// How many keys of a group were asked for by now.
    pub fn count(&self, group: &G) -> usize {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.counts.get(group).copied().unwrap_or_default()
    }

    fn enlist<F>(&self, group: &G, keys: &[K], call: F) -> Vec<watch::Receiver<Option<Answer<V>>>>
    where
        F: Fn(Vec<K>) -> BoxFuture<'static, Answer<Vec<V>>> + Send + Sync + 'static,
    {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut receivers = Vec::with_capacity(keys.len());
        let gathering = state.waiting.contains_key(group);
        for key in keys {
            let id = (group.clone(), key.clone());
            if let Some(known) = state.known.get(&id) {
                receivers.push(known.clone());
                continue;
            }
            let (sender, receiver) = watch::channel(None);
            state.known.insert(id, receiver.clone());
            *state.counts.entry(group.clone()).or_default() += 1;
            state
                .waiting
                .entry(group.clone())
                .or_default()
                .push((key.clone(), sender));
            receivers.push(receiver);
        }
        if !gathering && state.waiting.contains_key(group) {
            // A task of its own, so that an asker who gives up takes nobody's answer along.
            tokio::spawn(send_off(
                Arc::clone(&self.state),
                self.size,
                group.clone(),
                call,
            ));
        }
        receivers
    }
}

async fn send_off<G, K, V, F>(state: Arc<Mutex<Gathered<G, K, V>>>, size: usize, group: G, call: F)
where
    G: Eq + Hash,
    K: Clone,
    V: Clone,
    F: Fn(Vec<K>) -> BoxFuture<'static, Answer<Vec<V>>>,
{
    tokio::time::sleep(GATHERING).await;
    let waiting = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.remove(&group).unwrap_or_default()
    };
    let calls = waiting.chunks(size).map(async |chunk| {
        let keys = chunk.iter().map(|(key, _)| key.clone()).collect();
        match call(keys).await {
            Ok(values) => {
                for ((_, sender), value) in chunk.iter().zip(values) {
                    sender.send_replace(Some(Ok(value)));
                }
            }
            Err(unobserved) => {
                for (_, sender) in chunk {
                    sender.send_replace(Some(Err(unobserved.clone())));
                }
            }
        }
    });
    join_all(calls).await;
}

async fn answered<V: Clone>(mut receiver: watch::Receiver<Option<Answer<V>>>) -> Answer<V> {
    match receiver.wait_for(Option::is_some).await {
        Ok(answer) => answer.clone().unwrap_or_else(|| Err(unanswered())),
        Err(_) => Err(unanswered()),
    }
}

/// Asks for all of `ids` in one call; where that fails because one of them isn't there (none),
/// for each alone, and `absent` stands for those that aren't.
pub(super) async fn all_or_each<'a, K: Clone, V>(
    ids: Vec<K>,
    ask: impl Fn(Vec<K>) -> BoxFuture<'a, Answer<Option<Vec<V>>>>,
    absent: impl Fn(&K) -> V,
) -> Answer<Vec<V>> {
    if let Some(all) = ask(ids.clone()).await? {
        return Ok(all);
    }
    if let [only] = &ids[..] {
        return Ok(vec![absent(only)]);
    }
    let mut each = Vec::with_capacity(ids.len());
    for id in ids {
        let found = ask(vec![id.clone()]).await?;
        let found = found.and_then(|mut found| found.pop());
        each.push(found.unwrap_or_else(|| absent(&id)));
    }
    Ok(each)
}

/// A call that answered for fewer ids than it was asked for.
pub(super) fn unanswered() -> Unobserved {
    Unobserved::for_now("AWS gave no answer for one of the ids it was asked for")
}

#[cfg(test)]
mod tests;
