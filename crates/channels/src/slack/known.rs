//! What we learned of the workspace in passing: names of people and channels, kinds of
//! conversations. A comfort that may be lost at any time; nothing is decided by it.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::channel::PeerKind;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::api::{Person, Room};
use super::channel::Slack;
use super::destination::{is_person, may_have_name};

/// Entries that are kept of each sort; then they are learned anew. A workspace of thousands fits.
const MOST_KNOWN: usize = 4096;
/// Names that may wait to be asked for.
const MOST_WAITING: usize = 64;
/// Characters of a name that are kept.
const NAME_CHARS: usize = 80;
/// How long a name is waited for.
const NAME_TIMEOUT: Duration = Duration::from_secs(5);

/// What we learned.
#[derive(Debug, Default)]
pub(super) struct Known {
    state: Mutex<State>,
    asked: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Names of people and channels by their ids; none for those that have none.
    names: BTreeMap<String, Option<String>>,
    kinds: BTreeMap<String, PeerKind>,
    waiting: VecDeque<String>,
}

impl Known {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of a person or a channel, if we have heard it.
    pub(super) fn name_of(&self, id: &str) -> Option<String> {
        self.state().names.get(id).cloned().flatten()
    }

    /// What kind of conversation it is, if a message has told.
    pub(super) fn kind_of(&self, channel: &str) -> Option<PeerKind> {
        self.state().kinds.get(channel).copied()
    }

    /// A person or a channel has this name, or none that we can have.
    pub(super) fn learn_name(&self, id: &str, name: Option<&str>) {
        let name = name.map(|name| name.chars().take(NAME_CHARS).collect());
        keep(&mut self.state().names, id, name);
    }

    /// A conversation is of this kind.
    pub(super) fn learn_kind(&self, channel: &str, kind: PeerKind) {
        keep(&mut self.state().kinds, channel, kind);
    }

    /// Asks for the name of a person or a channel, for the next time. For people who were admitted,
    /// and where they wrote.
    pub(super) fn wonder(&self, id: &str) {
        let mut state = self.state();
        let knows = state.names.contains_key(id) || state.waiting.iter().any(|one| one == id);
        let may_ask = is_person(id) || may_have_name(id);
        if knows || state.waiting.len() >= MOST_WAITING || !may_ask {
            return;
        }
        state.waiting.push_back(id.to_owned());
        self.asked.notify_one();
    }

    async fn next_asked(&self) -> String {
        loop {
            let next = self.state().waiting.pop_front();
            match next {
                Some(id) => return id,
                None => self.asked.notified().await,
            }
        }
    }
}

fn keep<V>(map: &mut BTreeMap<String, V>, id: &str, value: V) {
    if map.len() >= MOST_KNOWN && !map.contains_key(id) {
        map.clear();
    }
    map.insert(id.to_owned(), value);
}

impl Slack {
    /// Looks up names as they are asked for, for ever. One that cannot be had is not asked for
    /// again.
    pub(super) async fn learn_names(&self) -> Infallible {
        loop {
            let id = self.known.next_asked().await;
            let asked = async {
                if is_person(&id) {
                    self.name_of_person(&id).await
                } else {
                    self.name_of_channel(&id).await
                }
            };
            let name = timeout(NAME_TIMEOUT, asked).await.ok().flatten();
            self.known.learn_name(&id, name.as_deref());
        }
    }

    async fn name_of_person(&self, id: &str) -> Option<String> {
        let params = [("user", id)];
        let asked = self.api.read::<Person>("users.info", &params);
        let user = asked.await.ok()?.user;
        user.profile.name().map(str::to_owned).or(user.name)
    }

    /// What Slack calls a conversation of several people is a list of them, which is no name.
    async fn name_of_channel(&self, id: &str) -> Option<String> {
        let params = [("channel", id)];
        let asked = self.api.read::<Room>("conversations.info", &params);
        let channel = asked.await.ok()?.channel;
        channel.name.filter(|_| !channel.is_mpim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_learned_is_bounded() {
        let known = Known::default();
        for at in 0..=MOST_KNOWN {
            known.learn_kind(&format!("C{at}"), PeerKind::Group);
        }
        assert_eq!(known.state().kinds.len(), 1);
        known.learn_name("U1", Some(&"x".repeat(500)));
        assert_eq!(known.name_of("U1").unwrap().len(), NAME_CHARS);
    }

    #[test]
    fn nobody_and_nothing_is_asked_for_twice() {
        let known = Known::default();
        for id in ["U1", "U1", "B1", "U2", "C1", "D1", "C1", "G1"] {
            known.wonder(id);
        }
        assert_eq!(known.state().waiting, ["U1", "U2", "C1", "G1"]);
        for id in ["U3", "C3"] {
            known.learn_name(id, None);
            known.wonder(id);
        }
        assert_eq!(known.state().waiting.len(), 4);
        for at in 0..1000 {
            known.wonder(&format!("U9{at}"));
        }
        assert_eq!(known.state().waiting.len(), MOST_WAITING);
    }
}
